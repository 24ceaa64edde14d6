// What stands in a vault's file, and how it becomes bytes.  Only the vault reads this.
//
// Three kinds of trust in one file.  The charter (who may sign in, which keys there are)
// carries the signature of a key that only team leads and the recovery key hold, so that
// an officer with all rights over the disk cannot make himself a lead or slip in a row
// key of his own.  Secrets are sealed to those whom the charter names.  All of it
// together carries a proof under the device secret, so that a changed byte is told
// before anybody types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/vault/device_secret.h"
#include "sync/vault/passphrase.h"
#include "sync/vault/sealed_box.h"
#include "sync/vault/sealed_row.h"
#include "sync/vault/signing.h"

namespace doorstep {

enum class SlotRole : std::uint8_t { officer = 1, lead = 2 };

struct CharteredSlot {
    Uuid id;
    SlotRole role = SlotRole::officer;
    std::uint32_t compartment = 0;
    PublicKey public_key;
};

// The commitment lets a sealed row key be told from any other.
struct CharteredGeneration {
    KeyGeneration number = 0;
    std::string commitment;
};

struct Charter {
    Uuid vault;
    std::uint64_t number = 0;  // of this charter; each replaces the one before
    std::vector<CharteredSlot> slots;
    std::vector<CharteredGeneration> generations;  // all there ever were, rising
    PublicKey recovery;
    PublicKey inbox;
    VerifyKey identity;   // of the tablet
    VerifyKey authority;  // of its leads
    VerifyKey endpoint;   // whose licences are good; empty when there is none
};

// One secret for one reader; the nil id is the recovery key.
struct KeyCopy {
    Uuid reader;
    std::string box;
};

struct SlotSecrets {
    Uuid slot;
    std::string label;    // sealed under the device secret, for the page of sign-ins
    PassphraseWrap wrap;  // what opens the slot; destroyed after ten tries
};

struct LiveGeneration {
    KeyGeneration number = 0;
    std::vector<KeyCopy> copies;
};

// Signed by the leads' key or by the endpoint's.
struct SignedLicence {
    std::int64_t issued_ms = 0;
    std::int64_t until_ms = 0;
    std::string signature;  // empty: none was ever given
};

// The largest time an opened vault has seen since a licence was given.
struct SeenTime {
    std::int64_t at_ms = 0;
    std::int64_t endpoint_issued_ms = 0;  // of the endpoint's licence known then
    KeyGeneration generation = 0;         // whose row key proves it
    std::string proof;
};

struct VaultContent {
    Charter charter;
    std::string charter_signature;
    std::vector<SlotSecrets> secrets;  // one for each slot of the charter, in its order
    std::vector<LiveGeneration> live;  // rising
    std::vector<KeyCopy> inbox;
    std::vector<KeyCopy> authority;  // for leads and the recovery key only
    std::string identity;            // the tablet's seed, sealed under the device secret
    SignedLicence lead_licence;
    SignedLicence endpoint_licence;
    SeenTime seen;

    const CharteredSlot* find(const Uuid& slot) const;
    SlotSecrets* secrets_of(const Uuid& slot);
    const SlotSecrets* secrets_of(const Uuid& slot) const;
};

inline constexpr std::size_t slots_max = 64;
inline constexpr std::size_t vault_file_size_max = 1 << 20;

std::string charter_bytes(const Charter& charter);
std::string encode_vault(const VaultContent& content, const DeviceSecret& device);
// damaged: any byte is not what was written, or the device secret is another one;
// newer_version.
Result<VaultContent> decode_vault(std::string_view bytes, const DeviceSecret& device);
// Without the device secret, which may be lost: believe nothing but what opens.
Result<VaultContent> decode_unproven(std::string_view bytes);

// A secret for every reader that the charter names and that still has a key of its own.
enum class Readers { everybody, leads };
std::vector<KeyCopy> copies_for(const VaultContent& content, const SecretBytes& secret, Readers readers);
// Nothing when there is no copy for that reader or it does not open.
std::optional<SecretBytes> open_copy(const std::vector<KeyCopy>& copies, const Uuid& reader,
                                     const KeyPair& pair);
std::string row_key_commitment(const Charter& charter, KeyGeneration generation, const SecretBytes& key);

// What a slot's wrap and label belong to.
std::string slot_context(const Charter& charter, const CharteredSlot& slot);

}  // namespace doorstep
