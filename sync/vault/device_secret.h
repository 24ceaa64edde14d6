// 32 bytes that stand outside the data folder, so that a passphrase guessed over a copy
// of that folder opens nothing.  Today a file of mode 0600; systemd-creds may put the
// same file there, unsealed by the TPM.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

class DeviceSecret {
public:
    static constexpr std::size_t size = 32;

    // Made once, at enrolment, and durable when it returns.  conflict: one is there
    // already; it is never overwritten, since a vault may hang on it.
    static Result<DeviceSecret> make(const std::string& file);
    // not_found, damaged, refused (others may read it): each says what to do.
    static Result<DeviceSecret> load(const std::string& file);

    explicit DeviceSecret(SecretBytes bytes) : bytes_(std::move(bytes)) {}
    const SecretBytes& key() const { return bytes_; }

private:
    SecretBytes bytes_;
};

}  // namespace doorstep
