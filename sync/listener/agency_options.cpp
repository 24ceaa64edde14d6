#include "sync/listener/agency_options.h"

#include <sys/stat.h>

#include <CLI/CLI.hpp>

#include "forms/base/encoding.h"
#include "sync/agencies/answers.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

void declare_set(CLI::App& agencies, Command& command) {
    auto& words = command.words;
    auto& set =
        *agencies.add_subcommand("set", "How an agency is reached; what is not named stays as it was");
    set.add_option("agency", words["agency"], "Its code in the directory")->required();
    set.add_option("--adapter", words["adapter"], "inbox, webhook or folder");
    set.add_option("--url", words["url"], "webhook: where referrals are posted, https://host/path");
    set.add_option("--sign", words["sign"], "webhook: ed25519 (the endpoint's key) or hmac (a secret)");
    set.add_option("--secret-file", words["secret-file"],
                   "webhook: a file with the secret, for its owner alone");
    set.add_option("--ask", words["ask"], "webhook: yes if GET url/ID answers, else no");
    set.add_option("--folder", words["folder"], "folder: its whole path");
    set.add_option("--paused", words["paused"], "yes: nothing is handed over; no");
    set.add_option("--alarm-hours", words["alarm-hours"], "Raised and not received: an alarm after (24)");
    set.add_option("--urgent-alarm-hours", words["urgent-hours"], "The same for what is for today (1)");
}

CLI::App& referral_command(CLI::App& referrals, Command& command, const char* name, const char* what) {
    auto& one = *referrals.add_subcommand(name, what);
    one.add_option("referral", command.words["referral"], "Its id")->required();
    return one;
}

}  // namespace

void declare_agencies(CLI::App& app, Command& command) {
    auto& words = command.words;
    auto& agencies = *app.add_subcommand("agencies", "The ways to the agencies");
    agencies.require_subcommand(1);
    agencies.fallthrough();
    agencies.add_subcommand("list", "Every way, and what is under way to it");
    declare_set(agencies, command);
    agencies.add_subcommand("test", "Whether a referral could be handed over now")
        ->add_option("agency", words["agency"], "Its code in the directory")
        ->required();
    agencies.add_subcommand("alarms", "What about agencies needs a person");

    auto& referrals = *app.add_subcommand("referrals", "Referrals on their way to agencies");
    referrals.require_subcommand(1);
    referrals.fallthrough();
    auto& list = *referrals.add_subcommand("list", "Ids, states and times; no content");
    list.add_option("--agency", words["agency"], "Of one agency");
    list.add_option("--state", words["state"], "In one state of the outbox: waiting, unknown ...");
    referral_command(referrals, command, "show", "One referral: its attempts and its states");
    auto& answer = referral_command(referrals, command, "answer", "What its agency says, as by telephone");
    answer.add_option("--state", words["state"], "received, accepted, in_progress, completed, declined ...")
        ->required();
    answer.add_option("--note", words["note"], "In the agency's words");
    answer.add_option("--handed-over", words["handed-over"],
                      "How the agency got one that has not left from here: in words, as paper");
    referral_command(referrals, command, "withdraw", "The resident withdraws it; the agency is told")
        .add_option("--reason", words["reason"], "Why")
        ->required();
    referral_command(referrals, command, "resend", "A person knows that the agency does not hold it");
    referral_command(referrals, command, "release", "A person saw the signature on paper");
}

void declare_sending(CLI::App& serve, SendingOptions& sending) {
    serve.add_option("--send-journal", sending.journal_file,
                     "Write every attempt to hand a referral over into this file too, on another disk");
    serve.add_option("--alarm-command", sending.alarm_command,
                     "A program that is run with ids when something needs a person");
}

Result<void> read_agency_secret(Command& command) {
    const auto file = command.word("secret-file");
    if (file.empty())
        return {};
    struct stat facts {};
    if (::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && (facts.st_mode & 077u) != 0)
        return Error{Fault::refused, "Others may read the secret in " + file + ".",
                     "Close it to them: chmod 600 " + file};
    TRY(auto secret, read_small_file(file, 1024));
    while (secret.ends_with('\n') || secret.ends_with('\r'))
        secret.pop_back();
    command.words["secret"] = std::move(secret);
    command.words.erase("secret-file");
    return {};
}

Result<void> check_withdrawal(const Command& command) {
    if (command.name != "referrals-withdraw")
        return {};
    const auto reason = command.word("reason");
    if (reason.find_first_not_of(" \t\r\n") == std::string::npos)
        return Error{Fault::bad_input, "A withdrawal needs a reason.", "Say why with --reason."};
    if (reason.size() > answer_note_bytes_max || !is_utf8(reason))
        return Error{Fault::bad_input, "The reason is too long or is not plain text.",
                     "Write at most 2,000 bytes of UTF-8."};
    return {};
}

}  // namespace doorstep
