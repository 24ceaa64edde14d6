#include "sync/listener/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "forms/base/counted.h"
#include "forms/base/encoding.h"
#include "sync/listener/audit_commands.h"
#include "sync/listener/backup_commands.h"
#include "sync/listener/code_commands.h"
#include "sync/listener/officer_commands.h"
#include "sync/listener/parcel_commands.h"
#include "sync/listener/set_aside_commands.h"
#include "sync/listener/subject_commands.h"
#include "sync/listener/tablet_commands.h"
#include "sync/report/counts.h"
#include "sync/wire/ticket.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

wire::Ticket ticket_of(const Enrolment& made, const std::string& pins) {
    return {made.enrolment,   made.tablet,           made.seed,         made.sealing_key,
            made.signing_key, made.safeguarding_key, made.recovery_key, pins};
}

// Before anything is told or shown.
Result<void> noted_first(Endpoint& endpoint, const Command& command, std::string about, std::string reason) {
    return endpoint.note({operator_of(command), command.name, std::move(about), std::move(reason)});
}

CommandOutcome enrol(DataFolder& data, const Command& command) {
    if (const auto stored = data.keys_are_stored(); !stored.ok())
        return failed(stored.error());
    const auto pins = data.authority().pins();
    if (!pins.ok())
        return failed(pins.error());
    const auto made = data.endpoint().enrol(command.tablet, operator_of(command));
    if (!made.ok())
        return failed(made.error());
    return {0,
            fmt::format("tablet     {}\nenrolment  {}\nseed       {}\nticket     {}\n", made->tablet,
                        made->enrolment.text(), made->seed, wire::encode(ticket_of(*made, *pins))),
            "The seed and the ticket are shown this once. Give them to that tablet only.\n"};
}

CommandOutcome make_keys(DataFolder& data, const Command& command) {
    const auto sheet = data.make_keys();
    if (!sheet.ok())
        return failed(sheet.error());
    if (const auto noted = noted_first(data.endpoint(), command, {}, {}); !noted.ok())
        return failed(noted.error());
    return {0, std::string(sheet->view()), how_to_confirm};
}

CommandOutcome confirm_keys(DataFolder& data, const Command& command) {
    const auto confirmed = data.confirm_keys();
    if (!confirmed.ok())
        return failed(confirmed.error());
    if (const auto noted = noted_first(data.endpoint(), command, {}, {}); !noted.ok())
        return failed(noted.error());
    return {0, "The custody sheet is stored. Tablets can be enrolled.\n", *confirmed};
}

Result<Day> day_of(const std::string& option, const std::string& text) {
    if (const auto day = Day::parse(text))
        return *day;
    return Error{Fault::bad_input, fmt::format("{} \"{}\" is not a date.", option, text),
                 "Write dates as 2013-06-08."};
}

Result<Counts> counts_of(Endpoint& endpoint, const Command& command) {
    TRY(const auto from, day_of("--from", command.from));
    TRY(const auto to, day_of("--to", command.to));
    if (to < from)
        return Error{Fault::bad_input, fmt::format("--to {} is before --from {}.", to.text(), from.text()),
                     "Give the earlier day first."};
    return endpoint.report({from, to}, command.columns);
}

CommandOutcome report(Endpoint& endpoint, const Command& command) {
    if (const auto noted = noted_first(endpoint, command, command.columns,
                                       fmt::format("{} to {}", command.from, command.to));
        !noted.ok())
        return failed(noted.error());
    const auto counts = counts_of(endpoint, command);
    if (!counts.ok())
        return failed(counts.error());
    if (command.form == "csv")
        return {0, as_csv(*counts), {}};
    return {0, command.form == "json" ? as_json(*counts) : as_table(*counts), {}};
}

// What it recorded by that clock counts at the right time all the same (clock_skew.h).
std::string clock_note(const EnrolledTablet& tablet) {
    if (tablet.clock_off_ms == 0)
        return tablet.clock_suspect_ms == 0
                   ? std::string{}
                   : fmt::format("  its clock was wrong on {}", instant_text(tablet.clock_suspect_ms, 0));
    constexpr std::int64_t minute_ms = 60'000;
    const auto minutes = std::abs(tablet.clock_off_ms) / minute_ms;
    return fmt::format("  its clock is {} {}",
                       minutes < 48 * 60 ? fmt::format("{} minutes", minutes)
                                         : fmt::format("{} days", minutes / (24 * 60)),
                       tablet.clock_off_ms > 0 ? "fast" : "slow");
}

// branches.h
std::string branch_note(const EnrolledTablet& tablet) {
    std::string note;
    if (tablet.forked_ms != 0)
        note += fmt::format("  forked: another history of it came first on {}",
                            instant_text(tablet.forked_ms, 0));
    if (tablet.has_hole)
        note += "  something before what a rescue file brought is missing";
    return note;
}

CommandOutcome tablets(Endpoint& endpoint) {
    const auto found = endpoint.tablets();
    if (!found.ok())
        return failed(found.error());
    std::string out = fmt::format("{:<16} {:<36} {:>8} {:>8}  {}\n", "tablet", "enrolment", "acked", "unsent",
                                  "last seen (UTC)");
    for (const auto& one : *found)
        out += fmt::format("{:<16} {:<36} {:>8} {:>8}  {}{}{}\n", one.tablet, one.enrolment.text(),
                           one.acked_through, one.unsent,
                           one.last_seen_ms == 0 ? std::string("never") : instant_text(one.last_seen_ms, 0),
                           clock_note(one), branch_note(one));
    return {0, out, {}};
}

std::string_view beside_note(TakenIn::Beside beside) {
    switch (beside) {
    case TakenIn::Beside::behind_hole:
        return " (something before them is missing; if the tablet still has it, let it sync)";
    case TakenIn::Beside::other_history:
        return " (of another history of that tablet: its storage was copied or set back)";
    case TakenIn::Beside::no:
        break;
    }
    return {};
}

CommandOutcome take_in(DataFolder& data, const Command& command) {
    auto& endpoint = data.endpoint();
    if (const auto read = data.read_forms(); !read.ok())
        return failed(read.error());
    const auto taken = endpoint.take_in(command.frame, operator_of(command));
    if (!taken.ok())
        return failed(taken.error());
    return {0,
            fmt::format("{} ({}): {} here{}, acknowledged through {}{}.\n", taken->tablet,
                        taken->enrolment.text(), counted(taken->facts, "fact is", "facts are"),
                        beside_note(taken->beside), taken->acked_through,
                        taken->set_aside == 0 ? std::string{}
                                              : fmt::format("; {} of them set aside", taken->set_aside)),
            {}};
}

constexpr std::array<CommandFamily, 10> families = {
    agency_commands, audit_commands,   backup_commands, subject_commands, concern_commands,
    tablet_commands, officer_commands, parcel_commands, code_commands,    set_aside_commands};

}  // namespace

std::string operator_of(const Command& command) {
    const auto named = command.word("operator");
    return named.empty() ? std::string("operator") : "operator " + named;
}

CommandOutcome failed(const Error& error) {
    const bool asked_wrongly = error.fault == Fault::bad_input || error.fault == Fault::not_found;
    return {asked_wrongly ? 2 : 1, {}, error.text() + "\n"};
}

const char* const how_to_confirm =
    "These keys are shown this once. Store the sheet as it says, then: doorstep-endpoint keys confirm\n";

CommandOutcome run_command(DataFolder& data, const Command& command) {
    if (command.name == "enrol")
        return enrol(data, command);
    if (command.name == "report")
        return report(data.endpoint(), command);
    if (command.name == "tablets")
        return tablets(data.endpoint());
    if (command.name == "take-in")
        return take_in(data, command);
    if (command.name == "keys-make")
        return make_keys(data, command);
    if (command.name == "keys-confirm")
        return confirm_keys(data, command);
    for (const auto family : families)
        if (auto outcome = family(data, command))
            return std::move(*outcome);
    return {2, {}, "The running endpoint does not know this command; it may be another version.\n"};
}

std::string encode(const Command& command) {
    const Json json{{"name", command.name},
                    {"tablet", command.tablet},
                    {"from", command.from},
                    {"to", command.to},
                    {"columns", command.columns},
                    {"form", command.form},
                    {"frame", to_base64(command.frame)},
                    {"words", command.words}};
    return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

std::string encode(const CommandOutcome& outcome) {
    const Json json{{"status", outcome.status}, {"out", outcome.out}, {"err", outcome.err}};
    return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

Result<Command> decode_command(const std::string& line) {
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object())
        return Error{Fault::bad_input, "The command could not be read.", ""};
    Command command{text_of(json, "name"),
                    text_of(json, "tablet"),
                    text_of(json, "from"),
                    text_of(json, "to"),
                    text_of(json, "columns"),
                    text_of(json, "form"),
                    from_base64(text_of(json, "frame")).value_or("")};
    const auto words = json.find("words");
    if (words != json.end() && words->is_object())
        for (const auto& [name, value] : words->items())
            if (value.is_string())
                command.words.emplace(name, value.get<std::string>());
    return command;
}

Result<CommandOutcome> decode_outcome(const std::string& line) {
    const Json json = Json::parse(line, nullptr, false);
    const auto status = json.is_object() ? json.find("status") : json.end();
    if (!json.is_object() || status == json.end() || !status->is_number_integer())
        return Error{Fault::broken, "The running endpoint ended before it had answered.",
                     "Look at its messages, and repeat the command."};
    return CommandOutcome{std::clamp(status->get<int>(), 0, 2), text_of(json, "out"), text_of(json, "err")};
}

}  // namespace doorstep
