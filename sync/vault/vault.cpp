#include "sync/vault/vault.h"

#include <fmt/format.h>
#include <unistd.h>

#include "sync/vault/durable_file.h"
#include "sync/vault/sealing.h"
#include "sync/vault/vault_state.h"

namespace doorstep {

namespace {

Error closed_sign_in() {
    return {Fault::refused,
            fmt::format("This sign-in was closed after {} wrong passphrases.", TryCounter::passphrase_tries),
            "A team lead can give it a new passphrase."};
}

Error too_soon(std::int64_t wait_ms) {
    return {Fault::refused,
            fmt::format("Please wait {} seconds before the next try.", (wait_ms + 999) / 1000),
            {}};
}

Error wrong_passphrase(const TryCounter& tries, const Uuid& slot) {
    const int left = TryCounter::passphrase_tries - tries.made(slot);
    std::string mend =
        left == 1 ? "One try is left; then this sign-in is closed." : fmt::format("{} tries are left.", left);
    if (const auto wait = tries.wait_ms(slot); wait > 0)
        mend += fmt::format(" The next one in {} seconds.", (wait + 999) / 1000);
    return {Fault::refused, "That is not the passphrase of this sign-in.", mend};
}

Error stopped() {
    return {Fault::broken, "Stopped between two steps.", {}};
}

bool may_go_on(const VaultSurroundings& around, UnlockStep after) {
    return !around.go_on_after || around.go_on_after(after);
}

}  // namespace

Error vault_is_locked() {
    return {Fault::refused, "The vault is locked.", "Sign in first."};
}

Error not_what_leads_signed() {
    return {Fault::damaged, "The vault of this device does not say what its leads signed.",
            "Do not work on with it: open it with the recovery key, or enrol the device again."};
}

Uuid random_uuid() {
    auto id = *Uuid::from_bytes(random_bytes(16));
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);  // version 4
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

// --- the state -----------------------------------------------------------------

Result<void> Vault::State::write(VaultContent next) {
    TRY_DO(replace_and_wipe(place.file, encode_vault(next, device), 0600));
    content = std::move(next);
    return {};
}

Result<void> Vault::State::write_chartered(VaultContent next) {
    ++next.charter.number;
    seal_for_readers(next, *session);
    next.charter_signature = doorstep::sign(SigningPair::from_seed(session->authority.duplicate()),
                                            "doorstep charter 1", charter_bytes(next.charter));
    return write(std::move(next));
}

Result<void> Vault::State::destroy(const Uuid& slot) {
    auto next = content;
    next.secrets_of(slot)->wrap.sealed.clear();
    const auto forget = [&](std::vector<KeyCopy>& copies) {
        std::erase_if(copies, [&](const KeyCopy& copy) { return copy.reader == slot; });
    };
    for (auto& generation : next.live)
        forget(generation.copies);
    forget(next.inbox);
    forget(next.authority);
    return write(std::move(next));
}

Result<void> Vault::State::lead_is_here() const {
    if (!session)
        return vault_is_locked();
    if (session->role != SlotRole::lead)
        return Error{Fault::refused, "Only a team lead may do this.", "Ask one to sign in."};
    if (session->authority.empty())
        return Error{Fault::refused, "This needs the passphrase of a team lead, not the PIN.",
                     "Lock, and sign in with the passphrase."};
    return {};
}

std::vector<Uuid> Vault::State::slot_ids() const {
    std::vector<Uuid> ids;
    for (const auto& slot : content.charter.slots)
        ids.push_back(slot.id);
    return ids;
}

// --- a vault that is not there yet, and one that is -------------------------------

Vault::Vault(std::unique_ptr<State> state) : state_(std::move(state)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;
Vault::~Vault() = default;

Result<Vault> Vault::create(const VaultPlace& place, DeviceSecret device, const VaultSurroundings& around,
                            const NewVault& made) {
    if (::access(place.file.c_str(), F_OK) == 0)
        return Error{Fault::conflict, "This device has a vault already.", "Open it instead."};
    if (!usable(made.recovery))
        return Error{Fault::bad_input, "The recovery key of the partnership is not a key.",
                     "Fetch the endpoint's keys again."};
    TRY_DO(check_passphrase(made.lead_passphrase));
    TRY(auto tries, TryCounter::create(place.tries, device, around.boot));

    const auto inbox = KeyPair::make();
    const auto identity = SigningPair::make();
    auto authority = SigningPair::make();
    VaultContent content;
    content.charter = {
        random_uuid(), 0, {}, {}, made.recovery, inbox.public_key, identity.public_key, authority.public_key,
        made.endpoint};
    content.identity = seal_under(identity_key(device), identity.seed.view(), content.charter.vault.raw());

    VaultSession session;
    session.role = SlotRole::lead;
    session.authority = std::move(authority.seed);
    session.authority_key = authority.public_key;
    session.inbox = SecretBytes(inbox.secret_key.view());
    session.began_ms = around.boot.since_boot_ms();
    auto row_key = SecretBytes::random(RowKeys::key_size);
    content.charter.generations.push_back({1, row_key_commitment(content.charter, 1, row_key)});
    content.live.push_back({1, {}});
    session.row_keys.emplace(1, std::move(row_key));
    give_licence(content, session, around.clock.now_ms());

    auto state = std::make_unique<State>(
        State{place, std::move(device), around, std::move(content), std::move(tries), std::move(session)});
    Vault vault(std::move(state));
    TRY(const auto slot, vault.add_slot(made.lead_label, SlotRole::lead, made.lead_passphrase, made.cost));
    vault.state_->session->slot = slot;
    vault.state_->session->label = made.lead_label;
    return vault;
}

Result<Vault> Vault::open(const VaultPlace& place, DeviceSecret device, const VaultSurroundings& around) {
    TRY(const auto bytes, read_small_file(place.file, vault_file_size_max));
    TRY(auto content, decode_vault(bytes, device));
    std::vector<Uuid> slots;
    for (const auto& slot : content.charter.slots)
        slots.push_back(slot.id);
    TRY(auto tries, TryCounter::open(place.tries, device, around.boot, slots));
    auto state = std::make_unique<State>(
        State{place, std::move(device), around, std::move(content), std::move(tries), {}});
    // A tenth try that was counted and never ended.  Where the disk refuses, the counter
    // keeps the sign-in closed all the same.
    for (const auto& slot : slots)
        if (state->tries.made(slot) >= TryCounter::passphrase_tries &&
            !state->content.secrets_of(slot)->wrap.destroyed())
            static_cast<void>(state->destroy(slot).ok());
    return Vault(std::move(state));
}

// --- locked or open ---------------------------------------------------------------

Result<std::vector<SignIn>> Vault::sign_ins() const {
    const auto key = label_key(state_->device);
    std::vector<SignIn> all;
    for (const auto& slot : state_->content.charter.slots) {
        const auto& secrets = *state_->content.secrets_of(slot.id);
        const auto label = open_under(key, secrets.label, slot.id.raw());
        if (!label)
            return Error{Fault::damaged, "The names of the sign-ins on this device were altered.",
                         "Put back the last copy of the vault."};
        const int made = state_->tries.made(slot.id);
        const bool closed = secrets.wrap.destroyed() || made >= TryCounter::passphrase_tries;
        all.push_back({slot.id, slot.role, std::string(label->view()), closed,
                       closed ? 0 : TryCounter::passphrase_tries - made,
                       closed ? 0 : state_->tries.wait_ms(slot.id)});
    }
    return all;
}

const Uuid& Vault::id() const {
    return state_->content.charter.vault;
}

const VerifyKey& Vault::tablet_key() const {
    return state_->content.charter.identity;
}

const PublicKey& Vault::inbox_key() const {
    return state_->content.charter.inbox;
}

Result<std::string> Vault::sign(std::string_view purpose, std::string_view content) const {
    auto seed = open_under(identity_key(state_->device), state_->content.identity, id().raw());
    if (!seed || seed->size() != 32)
        return Error{Fault::damaged, "The identity key of this device was altered.",
                     "Enrol the device again; nothing that it holds is lost."};
    const auto pair = SigningPair::from_seed(std::move(*seed));
    if (pair.public_key != tablet_key())
        return Error{Fault::damaged, "The identity key of this device is another one's.",
                     "Enrol the device again; nothing that it holds is lost."};
    return doorstep::sign(pair, purpose, content);
}

bool Vault::is_open() const {
    return state_->session.has_value();
}

bool Vault::tries_were_damaged() const {
    return state_->tries.was_damaged();
}

void Vault::lock() {
    state_->session.reset();
}

// --- opening -----------------------------------------------------------------------

namespace {

// Between here and the result lies the one thing that a guesser wants to repeat.
Result<OpenedSlot> try_passphrase(Vault::State& state, const CharteredSlot& slot,
                                  std::string_view passphrase) {
    const auto& wrap = state.content.secrets_of(slot.id)->wrap;
    if (wrap.destroyed() || state.tries.made(slot.id) >= TryCounter::passphrase_tries)
        return closed_sign_in();
    if (const auto wait = state.tries.wait_ms(slot.id); wait > 0)
        return too_soon(wait);
    TRY_DO(state.tries.count(slot.id));
    if (!may_go_on(state.around, UnlockStep::counted))
        return stopped();
    TRY(const auto key, wrapping_key(wrap, passphrase, state.device, state.around.floor));
    if (!may_go_on(state.around, UnlockStep::stretched))
        return stopped();
    auto opened = open_slot(state.content.charter, slot, wrap, key);
    if (!opened && state.tries.made(slot.id) >= TryCounter::passphrase_tries) {
        static_cast<void>(state.destroy(slot.id).ok());  // else open() does it
        return closed_sign_in();
    }
    if (!opened)
        return wrong_passphrase(state.tries, slot.id);
    if (!may_go_on(state.around, UnlockStep::checked))
        return stopped();
    TRY_DO(state.tries.reset(slot.id));
    return std::move(*opened);
}

}  // namespace

Result<void> Vault::unlock(const Uuid& id, std::string_view passphrase) {
    lock();
    const auto* slot = state_->content.find(id);
    if (!slot)
        return Error{Fault::not_found, "There is no such sign-in on this device.", {}};
    TRY(auto opened, try_passphrase(*state_, *slot, passphrase));
    const auto& content = state_->content;
    const auto label = open_under(label_key(state_->device), content.secrets_of(id)->label, id.raw());
    if (!is_signed(content, opened.authority) || !label || label->view() != opened.label)
        return not_what_leads_signed();
    const auto pair = KeyPair::from_secret(opened.secret.view());
    TRY(auto session, open_session(content, id, *pair));
    session.slot = id;
    session.role = slot->role;
    session.label = opened.label;
    session.authority_key = opened.authority;
    session.began_ms = state_->around.boot.since_boot_ms();
    if (slot->role == SlotRole::lead) {
        TRY(session.authority, open_authority(content, id, *pair));
    }
    session.slot_secret = std::move(opened.secret);
    session.expired = !licence_of(content, session, state_->around.clock).licence.valid;
    if (session.expired && slot->role == SlotRole::officer)
        return Error{Fault::refused, "This device has not been to the centre for 35 days and has closed.",
                     "Let it sync, or ask a team lead to sign in and renew it. What it holds is safe."};
    state_->session = std::move(session);
    // Neither of these is worth shutting the officer out on a full disk.
    static_cast<void>(note_time().ok());
    static_cast<void>(state_->tries.keep_only(state_->slot_ids()).ok());
    return {};
}

Result<void> Vault::unlock_by_recovery(const KeyPair& recovery) {
    lock();
    const auto& content = state_->content;
    if (recovery.public_key != content.charter.recovery)
        return Error{Fault::refused, "This is not the recovery key of this device.",
                     "Look for the custody sheet of the same partnership."};
    TRY(auto session, open_session(content, Uuid{}, recovery));
    TRY(session.authority, open_authority(content, Uuid{}, recovery));
    if (!is_signed(content, content.charter.authority))
        return not_what_leads_signed();
    session.role = SlotRole::lead;
    session.authority_key = content.charter.authority;
    session.began_ms = state_->around.boot.since_boot_ms();
    session.expired = !licence_of(content, session, state_->around.clock).licence.valid;
    state_->session = std::move(session);
    return {};
}

// --- open ----------------------------------------------------------------------------

Result<RowKeys> Vault::row_keys() const {
    if (!state_->session)
        return vault_is_locked();
    if (state_->session->expired)
        return Error{Fault::refused, "The licence of this device has run out.", "Renew it first."};
    RowKeys keys;
    for (const auto& [generation, key] : state_->session->row_keys)
        keys.add(generation, key.duplicate());
    return keys;
}

SlotRole Vault::role() const {
    return state_->session->role;
}

const std::string& Vault::label() const {
    return state_->session->label;
}

bool Vault::acts_as_lead() const {
    return state_->session && !state_->session->authority.empty();
}

Result<SecretText> Vault::open_inbox(std::string_view sealed) const {
    if (!state_->session)
        return vault_is_locked();
    auto opened = open_sealed({inbox_key(), SecretText(state_->session->inbox.view())}, sealed);
    if (!opened)
        return Error{Fault::damaged, "What came from the centre was not sealed to this device.",
                     "Sync again."};
    return std::move(*opened);
}

Result<void> Vault::change_passphrase(std::string_view passphrase, PasswordCost cost) {
    if (!state_->session)
        return vault_is_locked();
    const auto& session = *state_->session;
    if (session.slot_secret.empty())
        return Error{Fault::refused, "A new passphrase needs the old one.",
                     "Lock, sign in with the passphrase, and change it then."};
    TRY_DO(check_passphrase(passphrase));
    auto next = state_->content;
    TRY(next.secrets_of(session.slot)->wrap, wrap_slot(*state_, next.charter, *next.find(session.slot),
                                                       session.slot_secret, session.label, passphrase, cost));
    return state_->write(std::move(next));
}

}  // namespace doorstep
