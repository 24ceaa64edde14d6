// agencies list|set|test|alarms, referrals list|show|answer|withdraw|resend|release.
#include <fmt/format.h>

#include <map>

#include "forms/base/calendar.h"
#include "forms/base/counted.h"
#include "forms/base/encoding.h"
#include "sync/agencies/alarms.h"
#include "sync/agencies/answers.h"
#include "sync/agencies/drop_folder.h"
#include "sync/agencies/inbox.h"
#include "sync/agencies/referral_list.h"
#include "sync/agencies/webhook.h"
#include "sync/endpoint/audit.h"
#include "sync/listener/commands.h"
#include "sync/listener/sending.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

// The operator waits, and so does the writer.
constexpr std::int64_t test_ms = 5'000;

std::string when(std::int64_t at_ms) {
    return at_ms == 0 ? "never" : instant_text(at_ms, 0).substr(0, 19) + "Z";
}

std::string_view place_of(const AgencyLine& line) {
    return line.adapter == AdapterKind::webhook  ? std::string_view(line.url)
           : line.adapter == AdapterKind::folder ? std::string_view(line.folder)
                                                 : std::string_view("-");
}

// In the transaction of what was done.  Ids alone: what an agency or a resident said stands in the fact.
Result<void> noted(Transaction& transaction, DataFolder& data, const Command& command, std::string about) {
    return note_in_audit(transaction.sql(), data.clock(),
                         {operator_of(command), command.name, std::move(about), {}});
}

Result<std::map<std::string, std::int64_t>> under_way(SqlConnection& sql) {
    std::map<std::string, std::int64_t> counts;
    TRY_DO(sql.query("select agency, count(*) from outbox where partnership = :partnership "
                     "and state in ('waiting', 'leased', 'unknown', 'verify', 'gate') group by agency",
                     {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                         counts[row.text(0)] = row.integer(1);
                         return true;
                     }));
    return counts;
}

Result<CommandOutcome> list_agencies(DataFolder& data) {
    auto& sql = data.endpoint().store().sql();
    TRY(const auto lines, agency_lines(sql));
    TRY(auto counts, under_way(sql));
    std::string out = fmt::format("{:<20} {:<8} {:<8} {:>7} {:>9}  {:<20}  {}\n", "agency", "way", "signs",
                                  "alarm h", "under way", "last checked (UTC)", "place");
    for (const auto& line : lines) {
        out += fmt::format(
            "{:<20} {:<8} {:<8} {:>7} {:>9}  {:<20}  {}{}\n", line.agency, word(line.adapter),
            word(line.signing), fmt::format("{}/{}", line.alarm_hours, line.urgent_alarm_hours),
            counts[line.agency], when(line.reconciled_ms), place_of(line), line.paused ? " (paused)" : "");
        counts.erase(line.agency);
    }
    for (const auto& [agency, count] : counts)
        out += fmt::format("{:<20} {:<8} {:<8} {:>7} {:>9}\n", agency, "none", "-", "24/1", count);
    if (const auto* keys = data.endpoint().keys())
        out += fmt::format("\nThe key that ed25519 signatures are checked with: {}\n",
                           to_hex(keys->signing.public_key.bytes));
    return CommandOutcome{0, out, {}};
}

Result<CommandOutcome> set_agency(DataFolder& data, const Command& command) {
    auto& store = data.endpoint().store();
    const LineWish wish{command.word("agency"),      command.word("adapter"), command.word("url"),
                        command.word("folder"),      command.word("sign"),    command.word("secret"),
                        command.word("ask"),         command.word("paused"),  command.word("alarm-hours"),
                        command.word("urgent-hours")};
    TRY(auto transaction, store.begin());
    auto& sql = transaction.sql();
    TRY(const auto before, agency_line(sql, wish.agency));
    TRY(const auto line, line_of(wish, before, data.directory(), data.endpoint().keys()));
    TRY_DO(is_of_no_other(sql, line));
    TRY_DO(keep_line(sql, store.clock(), line));
    TRY_DO(noted(transaction, data, command, "agency " + line.agency));
    TRY_DO(transaction.commit());
    return CommandOutcome{0,
                          fmt::format("{} is reached by {}{}.\n", line.agency, word(line.adapter),
                                      line.paused ? ", paused" : ""),
                          fmt::format("Try it: doorstep-endpoint agencies test {}\n", line.agency)};
}

Result<void> test_line(DataFolder& data, const AgencyLine& line) {
    auto& store = data.endpoint().store();
    if (line.adapter == AdapterKind::inbox)
        return InboxAdapter(store.sql(), store.clock()).test(line.agency);
    if (line.adapter == AdapterKind::folder)
        return DropFolder(line.folder).test(line.agency);
    TRY(const auto place, webhook_place(line.url));
    TRY(auto signer, webhook_signer(line, data.endpoint().keys()));
    TRY(const auto http, connect_to_agencies(nullptr, test_ms)(place.origin));
    SystemRandom random;
    return WebhookAdapter(*http, place.path, true, std::move(signer), store.clock(), random)
        .test(line.agency);
}

Result<CommandOutcome> test_agency(DataFolder& data, const Command& command) {
    const auto agency = command.word("agency");
    TRY(const auto line, agency_line(data.endpoint().store().sql(), agency));
    if (!line)
        return Error{Fault::not_found, fmt::format("No way to the agency \"{}\" is set.", agency),
                     "Set one: doorstep-endpoint agencies set."};
    TRY_DO(test_line(data, *line));
    return CommandOutcome{0, fmt::format("{} can be reached by {}.\n", agency, word(line->adapter)), {}};
}

Result<CommandOutcome> list_alarms(DataFolder& data) {
    auto& store = data.endpoint().store();
    TRY(const auto alarms, agency_alarms(store.sql(), store.clock()));
    std::string out;
    for (const auto& alarm : alarms)
        out += fmt::format("{} {:<14} {:<20} {} {}\n", when(alarm.since_ms), alarm.kind, agency_code(alarm),
                           alarm.referral.text(), words_of(alarm));
    return CommandOutcome{0, out.empty() ? std::string("Nothing about agencies needs a person.\n") : out, {}};
}

std::string line_of(const ListedReferral& listed) {
    const auto& row = listed.row;
    return fmt::format(
        "{} {:<20} {:<8} {:<14} {:<14} {} {}\n", row.referral.text(), row.agency, listed.urgency, row.state,
        listed.cycle == 1 ? listed.status : fmt::format("{} ({})", listed.status, listed.cycle),
        when(row.raised_ms), row.problem);
}

Result<CommandOutcome> referrals(DataFolder& data, const Command& command) {
    TRY(const auto found,
        list_referrals(data.endpoint().store().sql(), {command.word("agency"), command.word("state")}));
    std::string out = fmt::format("{:<36} {:<20} {:<8} {:<14} {:<14} {:<20} {}\n", "referral", "agency",
                                  "urgency", "outbox", "state", "raised (UTC)", "problem");
    for (const auto& listed : found)
        out += line_of(listed);
    return CommandOutcome{0, out, {}};
}

Result<Uuid> referral_of(const Command& command) {
    if (const auto id = Uuid::parse(command.word("referral")))
        return *id;
    return Error{Fault::bad_input, "That is not the id of a referral.", "Take it from referrals list."};
}

Result<CommandOutcome> show(DataFolder& data, const Command& command) {
    TRY(const auto id, referral_of(command));
    TRY(const auto shown, show_referral(data.endpoint().store().sql(), id));
    const auto& row = shown.listed.row;
    std::string out =
        fmt::format("referral   {}\nagency     {}\nurgency    {}\noutbox     {}{}\nraised     {}\n"
                    "arrived    {}\n",
                    row.referral.text(), row.agency, shown.listed.urgency, row.state,
                    row.withdrawal.empty() ? "" : ", agency: " + row.withdrawal, when(row.raised_ms),
                    when(row.arrived_ms));
    if (!row.their_id.empty())
        out += fmt::format("their id   {}\n", row.their_id);
    if (row.linked_to)
        out += fmt::format("linked to  {} (the need was open there already)\n", row.linked_to->text());
    if (!row.problem.empty())
        out += fmt::format("problem    {}\n", row.problem);
    for (const auto& line : shown.journal)
        out += fmt::format("attempt {}  {} {}\n", line.attempt.attempt, when(line.attempt.at_ms),
                           line.outcome.empty() ? "nothing is known of it" : line.outcome);
    for (const auto& line : shown.history)
        out += fmt::format("cycle {}    {} {}\n", line.cycle, when(line.at_ms), line.state);
    return CommandOutcome{0, out, {}};
}

// An answered one never leaves: a slip in the id must not keep one here for ever.
Result<void> may_be_answered(const OutboxRow& row, const Command& command) {
    if (!has_not_left(row) || !command.word("handed-over").empty())
        return {};
    return Error{
        Fault::conflict,
        fmt::format("This referral has not left: it is {}. An answered one is never sent.", row.state),
        "Check the id. If the agency has it all the same, add --handed-over and how it got it."};
}

Result<CommandOutcome> answer(DataFolder& data, const Command& command) {
    TRY(const auto id, referral_of(command));
    const auto said = answer_word(command.word("state"));
    if (!said)
        return Error{Fault::bad_input,
                     fmt::format("\"{}\" is no answer of an agency.", command.word("state")),
                     fmt::format("Write {}.", answer_words)};
    auto& store = data.endpoint().store();
    TRY(auto transaction, store.begin());
    TRY(const auto row, outbox_row(transaction.sql(), id));
    if (!row)
        return no_such_referral();
    TRY_DO(may_be_answered(*row, command));
    const auto note = command.word(command.word("note").empty() ? "handed-over" : "note");
    TRY(const auto taken,
        take_answer(transaction, store.clock(), {id, row->agency, said->state, said->reopened, note, 0}));
    TRY_DO(noted(transaction, data, command, "referral " + id.text() + " " + command.word("state")));
    TRY_DO(transaction.commit());
    return CommandOutcome{0,
                          taken == AnswerTaken::added ? "The answer goes to the tablets with the next sync.\n"
                                                      : "That was known already.\n",
                          {}};
}

Result<CommandOutcome> withdraw(DataFolder& data, const Command& command) {
    TRY(const auto id, referral_of(command));
    auto& store = data.endpoint().store();
    TRY(auto transaction, store.begin());
    TRY(const auto taken,
        withdraw_referral(transaction, store.clock(), id, command.word("reason"), "endpoint"));
    TRY(const auto row, outbox_row(transaction.sql(), id));
    TRY_DO(noted(transaction, data, command, "referral " + id.text()));
    TRY_DO(transaction.commit());
    const bool tell = row && row->withdrawal == withdrawal_word::to_tell;
    return CommandOutcome{0,
                          taken == AnswerTaken::known ? "It was withdrawn before.\n"
                          : tell                      ? "It is withdrawn, and the agency will be told.\n"
                                                      : "It is withdrawn; nothing was sent.\n",
                          {}};
}

Result<CommandOutcome> hand_over_again(DataFolder& data, const Command& command, bool release) {
    TRY(const auto id, referral_of(command));
    auto& store = data.endpoint().store();
    TRY(auto transaction, store.begin());
    TRY_DO((release ? release_referral : resend_referral)(transaction.sql(), store.clock(), id));
    TRY_DO(noted(transaction, data, command, "referral " + id.text()));
    TRY_DO(transaction.commit());
    return CommandOutcome{0, "It waits to be handed over.\n", {}};
}

CommandOutcome told(const Result<CommandOutcome>& done) {
    return done.ok() ? *done : failed(done.error());
}

}  // namespace

std::optional<CommandOutcome> agency_commands(DataFolder& data, const Command& command) {
    const auto& name = command.name;
    if (name == "agencies-list")
        return told(list_agencies(data));
    if (name == "agencies-set")
        return told(set_agency(data, command));
    if (name == "agencies-test")
        return told(test_agency(data, command));
    if (name == "agencies-alarms")
        return told(list_alarms(data));
    if (name == "referrals-list")
        return told(referrals(data, command));
    if (name == "referrals-show")
        return told(show(data, command));
    if (name == "referrals-answer")
        return told(answer(data, command));
    if (name == "referrals-withdraw")
        return told(withdraw(data, command));
    if (name == "referrals-resend" || name == "referrals-release")
        return told(hand_over_again(data, command, name == "referrals-release"));
    return std::nullopt;
}

}  // namespace doorstep
