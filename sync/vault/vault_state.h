// The inside of a Vault.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "forms/base/sha256.h"
#include "sync/vault/change_lock.h"
#include "sync/vault/pin_shift.h"
#include "sync/vault/try_counter.h"
#include "sync/vault/vault.h"

namespace doorstep {

using RowKeyBytes = std::map<KeyGeneration, SecretBytes>;

// What an opened vault has in memory.
struct VaultSession {
    Uuid slot;  // nil: by the recovery key
    SlotRole role = SlotRole::officer;
    std::string label;
    RowKeyBytes row_keys;
    SecretBytes inbox;
    SecretBytes slot_secret;    // empty after a PIN
    SecretBytes authority;      // the leads' signing seed; empty unless by a lead's passphrase
    VerifyKey authority_key;    // as this sign-in has always known it
    std::int64_t began_ms = 0;  // the shift, on BootTime
    bool expired = false;       // the licence, and a lead is here to renew it
};

struct Vault::State {
    VaultPlace place;
    DeviceSecret device;
    VaultSurroundings around;
    VaultContent content;
    std::optional<Sha256> stands;  // of the file that `content` is; nothing: no file yet
    TryCounter tries;
    std::optional<VaultSession> session;

    // Each change begins so: alone, and from what stands on the disk.
    // Errors: as ChangeLock::take() and follow().
    Result<ChangeLock> begin_change();
    // Takes over what another program wrote.  conflict: somebody is signed in here, and it
    // is about who may sign in or about the keys.
    Result<void> follow();
    // Durable, then it stands.
    Result<void> write(const ChangeLock& held, VaultContent next);
    // The same for a change that leads make: numbers and signs the charter first.
    Result<void> write_chartered(const ChangeLock& held, VaultContent next);
    // Nothing is left to guess at in a slot whose ten tries are made.
    Result<void> destroy_closed(const ChangeLock& held);
    Result<void> destroy(const ChangeLock& held, const std::vector<Uuid>& slots);
    std::vector<Uuid> closed_slots() const;
    Result<void> lead_is_here() const;
    std::vector<Uuid> slot_ids() const;
    Result<void> end_shifts();
    bool goes_on(const PinShift& shift) const;
};

Error vault_is_locked();
Error changed_by_another();
Error closed_sign_in();
Error not_what_leads_signed();
Uuid random_uuid();  // from the kernel

// --- vault_keys.cpp: between the file and a session ------------------------------
SecretBytes label_key(const DeviceSecret& device);
SecretBytes identity_key(const DeviceSecret& device);
// The charter is signed by this key, and names it.
bool is_signed(const VaultContent& content, const VerifyKey& authority);
// Row keys and inbox for one reader; damaged when any is missing or not the chartered one.
Result<VaultSession> open_session(const VaultContent& content, const Uuid& reader, const KeyPair& pair);
// The leads' signing seed for one reader.
Result<SecretBytes> open_authority(const VaultContent& content, const Uuid& reader, const KeyPair& pair);
// A slot's own secrets under its passphrase: key, leads' public key, label.
Result<PassphraseWrap> wrap_slot(const Vault::State& state, const Charter& charter, const CharteredSlot& slot,
                                 const SecretBytes& slot_secret, std::string_view label,
                                 std::string_view passphrase, PasswordCost cost);
struct OpenedSlot {
    SecretBytes secret;
    VerifyKey authority;
    std::string label;
};
std::optional<OpenedSlot> open_slot(const Charter& charter, const CharteredSlot& slot,
                                    const PassphraseWrap& wrap, const SecretBytes& key);
// Everything that lists readers, sealed anew for those whom `content` names now.
void seal_for_readers(VaultContent& content, const VaultSession& session);

// --- vault_licence.cpp -----------------------------------------------------------
struct LicenceView {
    Licence licence;
    std::int64_t now_ms = 0;  // never before what was seen
    std::int64_t seen_ms = 0;
    bool proven = false;  // what was seen is what an opened vault wrote
};
LicenceView licence_of(const VaultContent& content, const VaultSession& session, const Clock& clock);
void set_seen(VaultContent& content, const VaultSession& session, std::int64_t at_ms);
void give_licence(VaultContent& content, const VaultSession& session, std::int64_t now_ms);

}  // namespace doorstep
