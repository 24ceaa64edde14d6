// The keys of a centre, made at its first start: what tablets seal to, what it signs
// with, and two pairs whose secret halves people keep on paper.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/vault/passphrase.h"
#include "sync/vault/sealed_box.h"
#include "sync/vault/signing.h"

namespace doorstep {

struct EndpointKeys {
    KeyPair sealing;       // questionnaires are sealed to it
    SigningPair signing;   // acknowledgements, licences, orders
    KeyPair safeguarding;  // concerns are sealed to it
    KeyPair recovery;      // opens every vault of the partnership; kept nowhere but on paper
    static EndpointKeys make();
};

// What a running endpoint holds: its two working pairs and the public halves of the
// others.
struct WorkingKeys {
    KeyPair sealing;
    SigningPair signing;
    PublicKey safeguarding;
    PublicKey recovery;
};

// For another thread, or a drill.
WorkingKeys copy_of(const WorkingKeys& keys);

// The working pairs as bytes for a file: under the endpoint's device secret, and to the
// recovery key for the day on which that is lost.
std::string keep_working_keys(const EndpointKeys& keys, const DeviceSecret& device);
std::string keep_working_keys(const WorkingKeys& keys, const DeviceSecret& device);
// damaged: altered, or the device secret is another one.
Result<WorkingKeys> read_working_keys(std::string_view kept, const DeviceSecret& device);
// refused: the recovery key of another endpoint; damaged: altered.
Result<WorkingKeys> recover_working_keys(std::string_view kept, const KeyPair& recovery);

// The safeguarding secret at rest, once for each safeguarding lead; opened in that
// person's sign-in only.  Whoever calls counts the tries (try_counter.h).
struct SafeguardingSlot {
    Uuid lead;
    PassphraseWrap wrap;
};
Result<SafeguardingSlot> wrap_safeguarding(const KeyPair& safeguarding, const Uuid& lead,
                                           std::string_view passphrase, PasswordCost cost,
                                           const DeviceSecret& device,
                                           PasswordCost floor = PasswordCost::floor());
// refused: the passphrase, or altered bytes, or a slot of another key.
Result<KeyPair> open_safeguarding(const SafeguardingSlot& slot, const PublicKey& safeguarding,
                                  std::string_view passphrase, const DeviceSecret& device,
                                  PasswordCost floor = PasswordCost::floor());

}  // namespace doorstep
