#include "sync/listener/audit_commands.h"

#include <fmt/format.h>

#include "forms/base/calendar.h"
#include "forms/base/counted.h"
#include "sync/endpoint/audit.h"

namespace doorstep {

namespace {

Result<std::vector<wire::AuditHead>> heads_in(std::string_view text) {
    std::vector<wire::AuditHead> heads;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.empty())
            continue;
        auto head = wire::AuditHead::parse(line);
        if (!head)
            return Error{Fault::bad_input, fmt::format("Line {} is no head of an audit.", number),
                         "Give the lines as doorstep audit-heads printed them."};
        heads.push_back(std::move(*head));
    }
    return heads;
}

std::string entry_line(const NotedEntry& noted) {
    std::string line = fmt::format("{:>8}  {}  {}  {}", noted.number, instant_text(noted.at_ms, 0),
                                   noted.entry.who, noted.entry.what);
    for (const auto& part : {noted.entry.about, noted.entry.reason})
        if (!part.empty())
            line += "  " + part;
    return line + "\n";
}

std::string in_words(const AuditVerdict& verdict, std::size_t heads) {
    std::string text;
    for (const auto& fault : verdict.faults)
        text += fault + "\n";
    text += verdict.ok() ? fmt::format("{}, whole.", counted(verdict.entries, "entry", "entries"))
                         : fmt::format("The audit of {} is not what it was.",
                                       counted(verdict.entries, "entry", "entries"));
    if (heads > 0)
        text += fmt::format(" {} of {} agree.", verdict.heads_matched,
                            counted(heads, "head of tablets", "heads of tablets"));
    if (verdict.heads_lost > 0)
        text += fmt::format(" {} of entries after the backup that was restored: those are lost with it.",
                            counted(verdict.heads_lost, "is", "are"));
    return text + "\n";
}

Result<CommandOutcome> audit(Endpoint& endpoint, const Command& command) {
    TRY(const auto heads, heads_in(command.word("heads")));
    if (!heads.empty() && endpoint.keys() == nullptr)
        return Error{Fault::refused, "This endpoint has no keys, so that no head can be one of its.", ""};
    auto& sql = endpoint.store().sql();
    TRY(const auto verdict,
        check_audit(sql, heads, endpoint.keys() ? endpoint.keys()->signing.public_key : VerifyKey{}));
    CommandOutcome outcome{verdict.ok() ? 0 : 1, {}, in_words(verdict, heads.size())};
    TRY_DO(read_audit(sql, 0, [&](const NotedEntry& noted) {
        outcome.out += entry_line(noted);
        return true;
    }));
    return outcome;
}

}  // namespace

std::optional<CommandOutcome> audit_commands(DataFolder& data, const Command& command) {
    if (command.name != "audit")
        return std::nullopt;
    auto outcome = audit(data.endpoint(), command);
    return outcome.ok() ? std::move(*outcome) : failed(outcome.error());
}

}  // namespace doorstep
