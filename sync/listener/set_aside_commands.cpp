#include "sync/listener/set_aside_commands.h"

#include <fmt/format.h>

#include "forms/base/calendar.h"
#include "sync/endpoint/set_aside.h"
#include "sync/listener/noted.h"

namespace doorstep {

namespace {

// More lines say nothing more.
constexpr std::int64_t lines_max = 1'000;

Result<std::string> list(DataFolder& data, const Command& command) {
    TRY_DO(note(data, {operator_of(command), command.name, "", ""}));
    TRY(const auto aside, set_aside_list(data.endpoint().store().sql(), lines_max));
    if (aside.rows.empty())
        return std::string("Nothing is set aside.\n");
    std::string out = fmt::format("{:<36} {:<16} {:<29} {}\n", "fact", "tablet", "since (UTC)", "why");
    for (const auto& row : aside.rows)
        out +=
            fmt::format("{:<36} {:<16} {:<29} {}\n", row.fact.text(), row.tablet.empty() ? "-" : row.tablet,
                        row.since_ms == 0 ? std::string("-") : instant_text(row.since_ms, 0), row.reason);
    if (aside.all > aside.rows.size())
        out += fmt::format("and {} more\n", aside.all - aside.rows.size());
    return out;
}

}  // namespace

std::optional<CommandOutcome> set_aside_commands(DataFolder& data, const Command& command) {
    if (command.name != "set-aside-list")
        return std::nullopt;
    const auto listed = list(data, command);
    return listed.ok() ? CommandOutcome{0, *listed, {}} : failed(listed.error());
}

}  // namespace doorstep
