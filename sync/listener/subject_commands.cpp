#include "sync/listener/subject_commands.h"

#include <fmt/format.h>

#include "forms/base/counted.h"
#include "sync/endpoint/passphrase_holders.h"
#include "sync/endpoint/subject_record.h"
#include "sync/listener/noted.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

template<class Made>
CommandOutcome shown(const Result<Made>& made) {
    return made.ok() ? CommandOutcome{0, *made, {}} : failed(made.error());
}

Result<Uuid> subject_in(const Command& command) {
    if (const auto id = Uuid::parse(command.word("subject")); id && !id->is_nil())
        return *id;
    return Error{Fault::bad_input, "That is no id of a home or person.",
                 "An id has 32 hexadecimal digits: 01234567-89ab-4cde-8f01-23456789abcd."};
}

// Who asks and why is noted before anything is shown or changed.
Result<void> note_asked(DataFolder& data, const Command& command, const std::string& what,
                        const std::string& about) {
    // As they call themselves, and as the system knows them.
    return note(data, {fmt::format("{} ({})", command.word("who"), operator_of(command)), what, about,
                       command.word("reason")});
}

Result<void> must_say(const Command& command, std::initializer_list<const char*> words) {
    for (const auto* word : words)
        if (command.word(word).empty())
            return Error{Fault::bad_input, fmt::format("--{} is missing.", word),
                         "It stands in the audit beside what was done."};
    return {};
}

Result<std::string> erase(DataFolder& data, const Command& command) {
    TRY_DO(must_say(command, {"who", "reason"}));
    TRY(const auto subject, subject_in(command));
    TRY(const auto by, data.forgetting());
    TRY_DO(note_asked(data, command, "erase", subject.text()));
    TRY(const auto erased, erase_subject(by, subject));
    TRY_DO(data.forget_copies());
    TRY_DO(data.checkpoint_wholly());
    return fmt::format(
        "Forgotten: {}, by the order {}. Bare rows for the counts are left.\nTablets forget with their next "
        "sync. Concerns, if there are any, stay: the safeguarding leads decide on them.\n",
        counted(static_cast<std::uint64_t>(erased.facts), "fact", "facts"), erased.order.text());
}

Result<std::string> retention_run(DataFolder& data, const Command& command) {
    TRY(const auto by, data.forgetting());
    TRY_DO(note_asked(data, command, "retention", ""));
    TRY(const auto facts, run_retention(by, {}));
    if (facts > 0)
        TRY_DO(data.forget_copies());
    TRY_DO(data.checkpoint_wholly());
    return fmt::format("Forgotten because their time is over: {}.\n",
                       counted(static_cast<std::uint64_t>(facts), "fact", "facts"));
}

Result<std::string> retention_shown(DataFolder& data) {
    const RetentionRule rule;
    TRY(const auto report, retention_report(data.endpoint().store(), rule));
    return fmt::format(
        "questionnaires, contacts and offers are kept {} months, referrals {} months, concerns and audit 72\n"
        "facts of homes held whole            {}\noldest of them                       {}\n"
        "facts of which the count alone is left {}\npast their time, forgotten next      {}\n"
        "kept until reviewed (do not return)  {}\nwaiting for a later referral         {}\n"
        "concerns older than 72 months        {}\norders that a tablet has not confirmed {}\n",
        rule.questionnaires, rule.referrals, report.facts_held,
        report.oldest_at_ms == 0 ? std::string("-") : instant_text(report.oldest_at_ms, 0), report.facts_bare,
        report.due, report.kept_on_purpose, report.waiting_for_later, report.concerns_due,
        report.unconfirmed);
}

Result<std::string> history(DataFolder& data, const Command& command) {
    TRY_DO(must_say(command, {"who"}));
    TRY(const auto subject, subject_in(command));
    TRY(const auto facts, record_of(data.endpoint().store(), subject));
    TRY_DO(note_asked(data, command, "history", subject.text()));
    TRY(const auto readers, noted_about(data, subject));
    return history_text(facts, data.clock()) + "\nRead by:\n" + readers;
}

Result<std::string> subject_access(DataFolder& data, const Command& command) {
    TRY_DO(must_say(command, {"who", "reason"}));
    TRY(const auto subject, subject_in(command));
    TRY(const auto facts, record_of(data.endpoint().store(), subject));
    TRY_DO(note_asked(data, command, "subject-access", subject.text()));
    return subject_bundle(subject, facts, data.clock());
}

Result<std::string> seen(DataFolder& data, const Command& command) {
    TRY(const auto subject, subject_in(command));
    return noted_about(data, subject);
}

// --- export: two persons ---------------------------------------------------------

std::string confirmer_context(const Uuid& id) {
    return "doorstep export " + std::string(id.raw());
}

Result<std::string> add_confirmer(DataFolder& data, const Command& command) {
    TRY_DO(check_holder_name(command.word("name")));
    TRY_DO(check_passphrase(command.word("passphrase")));
    TRY(const auto device, data.device_secret());
    const auto id = Uuid::random(data.random());
    TRY(auto wrap, wrap_secret(SecretBytes::random(), command.word("passphrase"), device,
                               PasswordCost{3, 64 * 1024}, confirmer_context(id)));
    TRY_DO(note_asked(data, command, "confirmer-add", command.word("name")));
    TRY_DO(
        keep_holder(data.endpoint().store().sql(), for_export, command.word("name"), {id, std::move(wrap)}));
    return std::string("From now on this person may confirm an export of somebody else.\n");
}

Result<void> prove(DataFolder& data, const std::string& name, const std::string& passphrase) {
    TRY(const auto device, data.device_secret());
    auto& sql = data.endpoint().store().sql();
    TRY(const auto holder, begin_try(sql, for_export, name));
    TRY(const auto key, wrapping_key(holder.wrap, passphrase, device));
    if (!open_wrap(holder.wrap, key, confirmer_context(holder.id)))
        return Error{Fault::refused,
                     fmt::format("That is not the passphrase of {}. Nothing was exported.", name), ""};
    return end_try(sql, for_export, name);
}

// A name alone is anybody's: both prove who they are.
Result<void> confirm(DataFolder& data, const Command& command) {
    const auto who = command.word("who");
    const auto second = command.word("second");
    if (second == who)
        return Error{Fault::refused, "Whoever exports cannot confirm it too.", "Ask a second person."};
    TRY_DO(prove(data, who, command.word("own_passphrase")));
    return prove(data, second, command.word("passphrase"));
}

Result<std::string> export_all(DataFolder& data, const Command& command) {
    TRY_DO(must_say(command, {"who", "second", "reason"}));
    const auto from = Day::parse(command.from);
    const auto to = Day::parse(command.to);
    if (!from || !to || *to < *from)
        return Error{Fault::bad_input, "--from and --to are no period.", "Write dates as 2013-06-08."};
    TRY_DO(confirm(data, command));
    const ExportMark mark{Uuid::random(data.random()), command.word("who"), command.word("second"),
                          data.clock().now_ms()};
    auto noted = command;
    noted.words["reason"] = fmt::format("{} (confirmed by {})", command.word("reason"), mark.second);
    TRY_DO(note_asked(data, noted, "export", mark.id.text()));
    return export_csv(data.endpoint().store(), *from, *to, mark);
}

Result<std::string> confirmers(DataFolder& data) {
    TRY(const auto names, holders(data.endpoint().store().sql(), for_export));
    std::string out;
    for (const auto& name : names)
        out += name + "\n";
    return out;
}

}  // namespace

std::optional<CommandOutcome> subject_commands(DataFolder& data, const Command& command) {
    const auto& name = command.name;
    if (name == "erase")
        return shown(erase(data, command));
    if (name == "retention-run")
        return shown(retention_run(data, command));
    if (name == "retention-report")
        return shown(retention_shown(data));
    if (name == "history")
        return shown(history(data, command));
    if (name == "subject-access")
        return shown(subject_access(data, command));
    if (name == "seen")
        return shown(seen(data, command));
    if (name == "export")
        return shown(export_all(data, command));
    if (name == "confirmers-add")
        return shown(add_confirmer(data, command));
    if (name == "confirmers-list")
        return shown(confirmers(data));
    return std::nullopt;
}

}  // namespace doorstep
