#include "sync/listener/officer_commands.h"

#include <fmt/format.h>

#include "forms/base/calendar.h"
#include "sync/endpoint/officers.h"

namespace doorstep {

namespace {

std::string instant_or(std::int64_t ms, const char* otherwise) {
    return ms == 0 ? std::string(otherwise) : instant_text(ms, 0);
}

CommandOutcome list_of(const std::vector<KnownOfficer>& known) {
    std::string out =
        fmt::format("{:<24} {:>8}  {:<29}  {}\n", "officer", "doors", "last door (UTC)", "left");
    for (const auto& one : known)
        out += fmt::format("{:<24} {:>8}  {:<29}  {}\n", one.officer, one.doors,
                           instant_or(one.last_ms, "never"), instant_or(one.left_ms, "no"));
    return {0, out, {}};
}

CommandOutcome done(const Result<void>& changed, const char* what) {
    return changed.ok() ? CommandOutcome{0, what, {}} : failed(changed.error());
}

}  // namespace

std::optional<CommandOutcome> officer_commands(DataFolder& data, const Command& command) {
    auto& endpoint = data.endpoint();
    const auto officer = command.word("officer");
    if (command.name == "officers") {
        const auto known = officers(endpoint);
        return known.ok() ? list_of(*known) : failed(known.error());
    }
    if (command.name == "officers-leave")
        return done(
            officer_leaves(endpoint, officer, operator_of(command),
                           command.word("unseen").empty() ? OfficerSeen::must_be : OfficerSeen::need_not_be),
            "Their sign-ins end on every tablet as soon as it syncs. What they recorded stays.\n");
    if (command.name == "officers-return")
        return done(officer_returns(endpoint, officer, operator_of(command)),
                    "A team lead may give them a sign-in again.\n");
    return std::nullopt;
}

}  // namespace doorstep
