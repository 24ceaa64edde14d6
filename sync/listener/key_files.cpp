#include "sync/listener/key_files.h"

#include <fmt/format.h>
#include <string.h>

#include <filesystem>

#include "forms/base/calendar.h"
#include "forms/base/encoding.h"
#include "sync/vault/custody_sheet.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t key_file_bytes_max = 4096;
constexpr std::string_view older_header = "doorstep safeguarding key 1\npublic ";
constexpr std::string_view older_secret = "\nsecret ";
constexpr std::size_t key_digits = 64;

bool is_there(const std::string& file) {
    std::error_code failed;
    return fs::exists(file, failed);
}

// Of the folder itself, however it was named: "." too has a name in the folder above.
std::string beside(const std::string& folder, std::string_view suffix) {
    std::error_code failed;
    auto path = fs::absolute(folder, failed).lexically_normal().string();
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    return path.append(suffix);
}

std::optional<KeyPair> read_older(std::string_view text) {
    const auto digits = text.size() == older_header.size() + older_secret.size() + 2 * key_digits + 1 &&
                                text.starts_with(older_header)
                            ? text.substr(older_header.size() + key_digits + older_secret.size(), key_digits)
                            : std::string_view{};
    auto secret = from_hex(digits);
    auto pair = secret ? KeyPair::from_secret(*secret) : std::nullopt;
    if (secret)
        ::explicit_bzero(secret->data(), secret->size());
    if (!pair || to_hex(pair->public_key.bytes) != text.substr(older_header.size(), key_digits))
        return std::nullopt;
    return pair;
}

}  // namespace

KeyFiles::KeyFiles(const std::string& folder, const std::string& device_secret)
    : keys_((fs::path(folder) / "endpoint.keys").string()),
      stored_((fs::path(folder) / "endpoint.keys.stored").string()),
      shown_((fs::path(folder) / "endpoint.keys.shown").string()),
      older_((fs::path(folder) / "safeguarding.key").string()),
      device_(device_secret.empty() ? beside(folder, ".device-secret") : device_secret) {}

Result<DeviceSecret> KeyFiles::device() const {
    auto kept = DeviceSecret::load(device_);
    if (kept.ok() || kept.error().fault != Fault::not_found || stored())
        return kept;
    return DeviceSecret::make(device_);
}

Result<std::optional<WorkingKeys>> KeyFiles::load() const {
    if (!is_there(keys_))
        return std::optional<WorkingKeys>{};
    const auto device = DeviceSecret::load(device_);
    if (!device.ok() && device.error().fault == Fault::not_found)
        return Error{Fault::not_found, device.error().what,
                     "Put it back, or make another with the custody sheet: doorstep-endpoint keys recover."};
    if (!device.ok())
        return device.error();
    TRY(const auto kept, read_small_file(keys_, key_file_bytes_max));
    TRY(auto keys, read_working_keys(kept, *device));
    return std::optional<WorkingKeys>(std::move(keys));
}

Result<void> KeyFiles::recover(const KeyPair& recovery) const {
    TRY(const auto kept, read_small_file(keys_, key_file_bytes_max));
    if (load().ok())
        return Error{Fault::refused, "The keys of this endpoint open as they are.", "Nothing was changed."};
    TRY(const auto keys, recover_working_keys(kept, recovery));
    auto device = DeviceSecret::load(device_);
    if (!device.ok() && device.error().fault == Fault::not_found)
        device = DeviceSecret::make(device_);
    if (!device.ok())
        return device.error();
    return write_durably(keys_, keep_working_keys(keys, *device), 0600);
}

Result<KeyFiles::Made> KeyFiles::make(const Clock& clock, const ShowSheet& show) const {
    if (stored())
        return Error{Fault::refused, "This endpoint has its keys, and their custody sheet is stored.", ""};
    TRY(const auto secret, device());
    TRY(auto older, older_safeguarding());
    EndpointKeys keys = EndpointKeys::make();
    if (older)
        keys.safeguarding = std::move(*older);
    const auto kept = keep_working_keys(keys, secret);
    const auto now = clock.now_ms();
    auto sheet = custody_sheet(keys, "Doorstep endpoint", instant_text(now, clock.utc_offset_minutes(now)));
    // First the sheet: what fails or is killed in between leaves a sheet without keys, which is
    // written anew, and never keys without a sheet.
    if (show) {
        TRY_DO(show(sheet.view()));
        TRY_DO(mark_shown(keys.recovery.public_key));
    }
    TRY_DO(write_durably(keys_, kept, 0600));
    TRY(auto working, read_working_keys(kept, secret));
    return Made{std::move(working), std::move(sheet), std::move(keys.recovery)};
}

// By the public half, so that new keys do not count as shown because older ones were.
Result<void> KeyFiles::mark_shown(const PublicKey& recovery) const {
    return write_durably(shown_, to_hex(recovery.bytes) + "\n", 0600);
}

bool KeyFiles::was_shown(const PublicKey& recovery) const {
    const auto marked = read_small_file(shown_, key_file_bytes_max);
    return marked.ok() && *marked == to_hex(recovery.bytes) + "\n";
}

Result<std::string> KeyFiles::kept() const {
    return is_there(keys_) ? read_small_file(keys_, key_file_bytes_max) : Result<std::string>(std::string{});
}

bool KeyFiles::stored() const {
    return is_there(stored_);
}

Result<void> KeyFiles::mark_stored() const {
    if (!is_there(keys_))
        return Error{Fault::refused, "This endpoint has no keys yet.",
                     "Make them with doorstep-endpoint keys make, and store the sheet."};
    if (stored())
        return {};  // nothing is written, so that a full disk does not stop a start
    return write_durably(stored_, "the custody sheet is stored\n", 0600);
}

Result<std::optional<KeyPair>> KeyFiles::older_safeguarding() const {
    if (!is_there(older_))
        return std::optional<KeyPair>{};
    TRY(auto text, read_small_file(older_, key_file_bytes_max));
    auto pair = read_older(text);
    ::explicit_bzero(text.data(), text.size());
    if (!pair)
        return Error{Fault::damaged, fmt::format("{} is not a safeguarding key, or it is damaged.", older_),
                     "Put back the copy that was made of it; it is never overwritten."};
    return pair;
}

}  // namespace doorstep
