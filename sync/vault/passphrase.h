// What people type: its rules, Argon2id, and secrets sealed under both a passphrase and
// the device secret.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "sync/vault/boot_time.h"
#include "sync/vault/device_secret.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

// What one try costs: passes of Argon2id over so much memory.
struct PasswordCost {
    std::uint32_t passes = 2;
    std::uint32_t memory_kib = 19 * 1024;

    // Below this nothing is made and nothing is opened.
    static constexpr PasswordCost floor() { return {2, 19 * 1024}; }
    static constexpr std::uint32_t memory_kib_max = 256 * 1024;
    bool operator==(const PasswordCost&) const = default;
};

// Spaces around and between words count once.  Errors (bad_input) say which rule; the
// text itself is in no message.
Result<void> check_passphrase(std::string_view text);  // 10 characters, or three words
Result<void> check_pin(std::string_view text);         // 6 to 12 digits, no run, no pattern

// The cost that takes 300 to 500 ms here, as near as floor and memory limit let it.
// `milliseconds` runs Argon2id at a cost and says how long it took.  Seconds of work: ask
// once, at enrolment.
using CostMeasure = std::function<std::int64_t(PasswordCost)>;
PasswordCost calibrate(const CostMeasure& milliseconds);
CostMeasure measured_by(const BootTime& time);  // `time` must outlive it

// A secret under KEK = BLAKE2b(key = device secret, Argon2id(passphrase, salt, cost)).
struct PassphraseWrap {
    PasswordCost cost;
    std::string salt;    // 16 bytes
    std::string sealed;  // empty: destroyed

    bool destroyed() const { return sealed.empty(); }
};

// `associated` says what the secret belongs to; cost and salt are authenticated too.
// A cost under the floor is raised to it.
Result<PassphraseWrap> wrap_secret(const SecretBytes& secret, std::string_view passphrase,
                                   const DeviceSecret& device, PasswordCost cost, std::string_view associated,
                                   PasswordCost floor = PasswordCost::floor());
// The slow half: Argon2id.  damaged: a cost under the floor or beyond reason, which no
// wrap of ours has.
Result<SecretBytes> wrapping_key(const PassphraseWrap& wrap, std::string_view passphrase,
                                 const DeviceSecret& device, PasswordCost floor = PasswordCost::floor());
// The quick half.  Nothing: another passphrase, another device, or altered bytes.
std::optional<SecretBytes> open_wrap(const PassphraseWrap& wrap, const SecretBytes& key,
                                     std::string_view associated);

}  // namespace doorstep
