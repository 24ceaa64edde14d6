// What the recovery key does where a vault does not open any more: the device secret is
// lost, or a byte of the file is not what was written.
#include "sync/vault/durable_file.h"
#include "sync/vault/sealing.h"
#include "sync/vault/vault_state.h"

namespace doorstep {

namespace {

// Nobody proved these bytes: believe nothing but what opens.
Result<VaultContent> read_unproven(const std::string& bytes, const KeyPair& recovery) {
    TRY(auto content, decode_unproven(bytes));
    if (content.charter.recovery != recovery.public_key)
        return Error{Fault::refused, "This is not the recovery key of that vault.",
                     "Look for the custody sheet of the same partnership."};
    return content;
}

Result<VaultSession> session_by_recovery(const VaultContent& content, const KeyPair& recovery,
                                         const VaultSurroundings& around) {
    TRY(auto session, open_session(content, Uuid{}, recovery));
    TRY(session.authority, open_authority(content, Uuid{}, recovery));
    if (!is_signed(content, content.charter.authority))
        return not_what_leads_signed();
    session.role = SlotRole::lead;
    session.authority_key = content.charter.authority;
    session.began_ms = around.boot.since_boot_ms();
    return session;
}

// What hung on the device secret of before opens no more.
void forget_device(VaultContent& content, const DeviceSecret& device) {
    const auto identity = SigningPair::make();
    content.charter.identity = identity.public_key;
    content.identity = seal_under(identity_key(device), identity.seed.view(), content.charter.vault.raw());
    content.charter.slots.clear();
    content.secrets.clear();
}

}  // namespace

Result<RowKeys> Vault::rescue_row_keys(const std::string& file, const KeyPair& recovery) {
    TRY(const auto bytes, read_small_file(file, vault_file_size_max));
    TRY(const auto content, read_unproven(bytes, recovery));
    TRY(auto session, open_session(content, Uuid{}, recovery));
    RowKeys keys;
    for (auto& [generation, key] : session.row_keys)
        keys.add(generation, std::move(key));
    return keys;
}

Result<Vault> Vault::remake(const VaultPlace& place, DeviceSecret device, const VaultSurroundings& around,
                            const KeyPair& recovery, const NewLead& lead) {
    TRY_DO(check_passphrase(lead.passphrase));
    TRY(const auto bytes, read_small_file(place.file, vault_file_size_max));
    TRY(auto content, read_unproven(bytes, recovery));
    TRY(auto session, session_by_recovery(content, recovery, around));
    forget_device(content, device);
    give_licence(content, session, around.clock.now_ms());
    TRY_DO(write_durably(place.file + ".before-recovery", bytes, 0600));
    TRY(auto tries, TryCounter::create(place.tries, device, around.boot));
    auto state = std::make_unique<State>(State{place, std::move(device), around, std::move(content),
                                               Sha256::of(bytes), std::move(tries), std::move(session)});
    Vault vault(std::move(state));
    // The first write: until then the file is what it was.
    TRY(const auto slot, vault.add_slot(lead.label, SlotRole::lead, lead.passphrase, lead.cost));
    vault.state_->session->slot = slot;
    vault.state_->session->label = lead.label;
    return vault;
}

}  // namespace doorstep
