#include "sync/vault/device_secret.h"

#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

// Of a tablet and of a centre: either has one.
constexpr const char* by_recovery =
    "Put it back from the device's set-up, or use the recovery key of the custody sheet: doorstep recover "
    "on a tablet, doorstep-endpoint keys recover at the centre.";

}  // namespace

Result<DeviceSecret> DeviceSecret::make(const std::string& file) {
    if (::access(file.c_str(), F_OK) == 0)
        return Error{Fault::conflict, fmt::format("{} is there already.", file),
                     "This device has its secret; remove the file only together with its vault."};
    auto secret = SecretBytes::random(size);
    TRY_DO(write_durably(file, secret.view(), 0600));
    return DeviceSecret(std::move(secret));
}

Result<DeviceSecret> DeviceSecret::load(const std::string& file) {
    auto content = read_small_file(file, 4096);
    if (!content.ok() && content.error().fault == Fault::not_found)
        return Error{Fault::not_found, fmt::format("The device secret {} is missing.", file), by_recovery};
    if (!content)
        return content.error();
    struct stat facts {};
    const bool read_by_others = ::stat(file.c_str(), &facts) != 0 || (facts.st_mode & 077) != 0 ||
                                (facts.st_uid != ::geteuid() && facts.st_uid != 0);
    auto secret = SecretBytes(*content);
    sodium_memzero(content->data(), content->size());
    if (read_by_others)
        return Error{Fault::refused, fmt::format("Others may read the device secret {}.", file),
                     "Give it to the user of Doorstep alone: mode 0600."};
    if (secret.size() != size)
        return Error{
            Fault::damaged,
            fmt::format("The device secret {} has {} bytes instead of {}.", file, secret.size(), size),
            by_recovery};
    return DeviceSecret(std::move(secret));
}

}  // namespace doorstep
