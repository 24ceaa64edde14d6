#include "sync/listener/authority_commands.h"

#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>

#include <filesystem>

#include "forms/base/encoding.h"
#include "sync/listener/authority.h"
#include "sync/vault/custody_sheet.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

constexpr const char* read_again =
    "A running serve reads its certificate again with SIGHUP, and twice a day.\n";

struct Opened {
    explicit Opened(const AuthorityOptions& options)
        : files(options.data, options.device_secret), authority(options.data, files, clock) {}
    KeyFiles files;
    SystemClock clock;
    Authority authority;
};

Result<void> there_is_one(const AuthorityOptions& options) {
    std::error_code problem;
    if (std::filesystem::exists(options.data + "/authority.key", problem))
        return {};
    return Error{Fault::not_found,
                 "There is no endpoint with an authority in the folder " + options.data + ".",
                 "Check --data; serve and enrol make one."};
}

Result<std::string> shown(const AuthorityOptions& options) {
    TRY_DO(there_is_one(options));
    const Opened opened(options);
    TRY(const auto pins, opened.authority.pins());
    return fmt::format("authority  {}\nspare      {}\n", to_hex(pins.substr(0, 32)),
                       pins.size() > 32 ? to_hex(pins.substr(32)) : std::string("none"));
}

Result<std::string> spare_kept(const AuthorityOptions& options) {
    TRY_DO(there_is_one(options));
    const Opened opened(options);
    TRY(const auto recovery, recovery_key_in(options.sheet));
    TRY(const auto keys, opened.files.load());
    if (!keys || keys->recovery != recovery.public_key)
        return Error{Fault::refused, "The sheet is of another endpoint.", "Look for the sheet of this one."};
    TRY_DO(opened.authority.keep_spare(recovery));
    return std::string("Tablets that are enrolled from now on know the spare, too.\n");
}

Result<std::string> spare_used(const AuthorityOptions& options) {
    TRY_DO(there_is_one(options));
    const Opened opened(options);
    TRY(const auto recovery, recovery_key_in(options.sheet));
    TRY_DO(opened.authority.use_spare(recovery));
    return std::string(
        "The spare authority signs from now on. Tablets that know it go on as before; they trust "
        "the one before it until they are enrolled again.\n");
}

Result<std::string> for_proxy(const AuthorityOptions& options) {
    const Opened opened(options);
    TRY(const auto made, opened.authority.make_certificate(names_to_serve({}, options.names)));
    TRY(const auto key, private_key_pem(made.key));
    const auto folder = std::filesystem::path(options.out);
    TRY_DO(write_durably((folder / "endpoint-key.pem").string(), key.view(), 0600));
    TRY_DO(write_durably((folder / "endpoint.pem").string(), made.chain, 0644));
    return fmt::format("{} and {} are for the proxy; make them again within 90 days.\n",
                       (folder / "endpoint.pem").string(), (folder / "endpoint-key.pem").string());
}

CommandOutcome outcome(const Result<std::string>& done, const char* beside = "") {
    return done.ok() ? CommandOutcome{0, *done, beside} : failed(done.error());
}

}  // namespace

CommandOutcome authority_show(const AuthorityOptions& options) {
    return outcome(shown(options));
}

CommandOutcome authority_spare(const AuthorityOptions& options) {
    return outcome(spare_kept(options));
}

CommandOutcome authority_use_spare(const AuthorityOptions& options) {
    return outcome(spare_used(options), read_again);
}

CommandOutcome authority_proxy(const AuthorityOptions& options) {
    return outcome(for_proxy(options));
}

Result<KeyPair> recovery_key_in(const std::string& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && (facts.st_mode & 077) != 0)
        return Error{Fault::refused, "Others may read the keys in " + file + ".",
                     "Close it to them: chmod 600 " + file};
    auto read = read_small_file(file, std::size_t{64} * 1024);
    if (!read.ok())
        return Error{read.error().fault, read.error().what,
                     read.error().mend.empty() ? std::string("Name a file that holds the custody sheet.")
                                               : read.error().mend};
    auto& text = *read;
    auto pair = from_custody_sheet(CustodyKey::recovery, text);
    ::explicit_bzero(text.data(), text.size());
    return pair;
}

}  // namespace doorstep
