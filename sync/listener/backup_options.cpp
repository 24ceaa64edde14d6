#include "sync/listener/backup_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "sync/listener/restore.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

constexpr std::size_t key_file_bytes_max = 4096;
constexpr std::int64_t minute_ms = 60'000;

}  // namespace

void declare_backup(CLI::App& app, BackupWords& words) {
    auto& backup = *app.add_subcommand("backup", "A sealed copy of everything, beside a running serve too");
    auto* const to = backup.add_option("--to", words.to, "The folder it goes into, which must be there");
    backup.add_option("--key", words.key,
                      "A file with the X25519 public key to seal to, in hex; else the recovery key");
    backup.add_flag("--off-site", words.off_site, "That folder is off site, whatever disk it seems to be on");
    auto* const done = backup.add_option("--off-site-done", words.off_site_done,
                                         "This backup, by name, was copied away: what it holds is covered");
    done->excludes(to);
    backup.require_option(1, 0);

    auto& restore =
        *app.add_subcommand("restore", "From a backup into a new folder (--data), as a new epoch");
    restore.add_option("file", words.file, "The backup")->required();
    restore.add_option("--sheet", words.sheet, "A file with the custody sheet, or with its recovery line")
        ->required();
    restore.add_option("--reason", words.reason, "Why, for the audit");
    auto* const list = restore.add_option(
        "--erasures", words.erasures,
        "The erasure list: erasures.list of the endpoint's folder, or the newest beside its backups");
    restore
        .add_flag("--no-erasures", words.no_erasures,
                  "Nobody was forgotten since that backup, or the list is lost")
        ->excludes(list);
    restore.add_option("--send-journal", words.journal,
                       "The file of serve --send-journal: only what it names is asked for before it is sent");

    auto& verify = *app.add_subcommand("verify", "Whether the endpoint, or a backup, is whole");
    verify.add_option("file", words.file, "A backup; else the endpoint itself");
    verify.add_option("--sheet", words.sheet, "With the recovery key: what a restore of it would give");

    app.add_subcommand("drill", "Make a backup and try its restore, in a scratch folder");

    auto& epoch = *app.add_subcommand("epoch", "The endpoint's epoch");
    epoch.require_subcommand(1);
    epoch.fallthrough();
    epoch.add_subcommand("new", "This database was set back by other means: it goes on as it is")
        ->add_option("--reason", words.reason, "Why, for the audit")
        ->required();
}

void declare_backup_of_serve(CLI::App& serve, ServeOptions& options) {
    serve.add_option("--backup-to", options.backups.folder, "A folder for backups, made while it serves");
    serve
        .add_option_function<std::int64_t>(
            "--backup-every",
            [&options](std::int64_t minutes) { options.backups.every_ms = minutes * minute_ms; },
            "Minutes between them (15)")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{24 * 60}));
    serve.add_flag("--backup-off-site", options.backups.off_site,
                   "That folder is off site, whatever disk it seems to be on");
    serve.add_option("--high-water", options.high_water,
                     "A file on another disk that tells when the database was set back");
}

Result<std::map<std::string, std::string, std::less<>>> backup_words(const BackupWords& words) {
    std::map<std::string, std::string, std::less<>> found{{"reason", words.reason},
                                                          {"off_site", words.off_site ? "yes" : ""},
                                                          {"off_site_done", words.off_site_done}};
    // The running endpoint may stand in another folder.
    std::error_code failed;
    if (!words.to.empty())
        found["to"] = std::filesystem::absolute(words.to, failed).string();
    if (!words.key.empty()) {
        TRY(found["key"], read_small_file(words.key, key_file_bytes_max));
    }
    return found;
}

// In the words of its option: of a file deep within it nobody knows what it was for.
Result<void> is_file(const char* option, const std::string& file) {
    std::error_code failed;
    if (file.empty() || std::filesystem::is_regular_file(file, failed))
        return {};
    return Error{Fault::not_found,
                 std::filesystem::exists(file, failed) ? fmt::format("{} is no file.", file)
                                                       : fmt::format("The file {} does not exist.", file),
                 fmt::format("Check what {} names.", option)};
}

Result<std::string> run_restore(const BackupWords& words, const BackupPlace& place, const KeyPair& recovery) {
    if (words.erasures.empty() && !words.no_erasures)
        return Error{Fault::bad_input, "Whoever was forgotten since that backup would be here again.",
                     "Name the erasure list: --erasures FILE. Where there is none, say --no-erasures."};
    TRY_DO(is_file("--send-journal", words.journal));
    if (std::error_code failed; !words.erasures.empty() && !std::filesystem::exists(words.erasures, failed))
        return Error{Fault::not_found, "There is no erasure list at " + words.erasures + ".",
                     "An endpoint that never forgot anybody has none: --no-erasures."};
    TRY(const auto restored, restore({words.file, place.data, place.questionnaires, place.device_secret,
                                      words.erasures, place.who, words.reason, place.database, words.journal},
                                     recovery));
    return fmt::format("Restored into {}: {}Serve it; every tablet then sends again what it lacks.\n{}",
                       place.data, restored.text(), restored.to_do());
}

Result<std::string> run_verify_file(const BackupWords& words, const BackupPlace& place,
                                    const KeyPair* recovery) {
    if (recovery == nullptr) {
        TRY_DO(check_backup_file(words.file));
        return std::string("The copy is what was written. With --sheet its content is checked too.\n");
    }
    const auto scratch = place.data + ".verify";
    TRY(const auto restored, drill(words.file, *recovery, scratch, place.questionnaires));
    return "A restore would give: " + restored.text();
}

}  // namespace doorstep
