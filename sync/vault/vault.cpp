#include "sync/vault/vault.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "sync/vault/durable_file.h"
#include "sync/vault/sealing.h"
#include "sync/vault/vault_state.h"

namespace doorstep {

namespace {

bool is_there(const std::string& file) {
    return ::access(file.c_str(), F_OK) == 0;
}

Error has_a_vault() {
    return {Fault::conflict, "This device has a vault already.", "Open it instead."};
}

std::string lock_of(const VaultPlace& place) {
    return place.file + ".lock";
}

// Never those of a vault that another program has made meanwhile.
Result<TryCounter> new_tries(const VaultPlace& place, const DeviceSecret& device, const BootTime& time) {
    TRY(const auto held, ChangeLock::take(lock_of(place)));
    if (is_there(place.file))
        return has_a_vault();
    return TryCounter::create(place.tries, device, time);
}

}  // namespace

Error vault_is_locked() {
    return {Fault::refused, "The vault is locked.", "Sign in first."};
}

Error not_what_leads_signed() {
    return {Fault::damaged, "The vault of this device does not say what its leads signed.",
            "Do not work on with it. Whoever keeps the custody sheet opens it: doorstep recover."};
}

Error closed_sign_in() {
    return {Fault::refused,
            fmt::format("This sign-in was closed after {} wrong passphrases.", TryCounter::passphrase_tries),
            "A team lead can give it a new passphrase."};
}

Error changed_by_another() {
    return {Fault::conflict, "The sign-ins of this tablet were changed by another program.",
            "Lock, and sign in again."};
}

Uuid random_uuid() {
    auto id = *Uuid::from_bytes(random_bytes(16));
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);  // version 4
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

// --- the state -----------------------------------------------------------------

Result<ChangeLock> Vault::State::begin_change() {
    TRY(auto held, ChangeLock::take(lock_of(place)));
    TRY_DO(follow());
    TRY_DO(tries.catch_up(held, slot_ids()));
    return held;
}

Result<void> Vault::State::follow() {
    if (!stands) {
        if (is_there(place.file))
            return has_a_vault();
        return {};
    }
    TRY(const auto bytes, read_small_file(place.file, vault_file_size_max));
    const auto found = Sha256::of(bytes);
    if (found == *stands)
        return {};
    TRY(auto next, decode_vault(bytes, device));
    // The keys in memory are those of one charter; what else there is may be newer.
    const bool same_charter = next.charter_signature == content.charter_signature &&
                              charter_bytes(next.charter) == charter_bytes(content.charter);
    if (session && !same_charter)
        return changed_by_another();
    content = std::move(next);
    stands = found;
    return {};
}

Result<void> Vault::State::write(const ChangeLock&, VaultContent next) {
    const auto bytes = encode_vault(next, device);
    TRY_DO(replace_and_wipe(place.file, bytes, 0600));
    content = std::move(next);
    stands = Sha256::of(bytes);
    return {};
}

Result<void> Vault::State::write_chartered(const ChangeLock& held, VaultContent next) {
    ++next.charter.number;
    seal_for_readers(next, *session);
    next.charter_signature = doorstep::sign(SigningPair::from_seed(session->authority.duplicate()),
                                            "doorstep charter 1", charter_bytes(next.charter));
    return write(held, std::move(next));
}

std::vector<Uuid> Vault::State::closed_slots() const {
    std::vector<Uuid> closed;
    for (const auto& slot : content.charter.slots)
        if (tries.made(slot.id) >= TryCounter::passphrase_tries &&
            !content.secrets_of(slot.id)->wrap.destroyed())
            closed.push_back(slot.id);
    return closed;
}

Result<void> Vault::State::destroy_closed(const ChangeLock& held) {
    return destroy(held, closed_slots());
}

Result<void> Vault::State::destroy(const ChangeLock& held, const std::vector<Uuid>& slots) {
    if (slots.empty())
        return {};
    auto next = content;
    const auto forget = [&](std::vector<KeyCopy>& copies) {
        std::erase_if(copies, [&](const KeyCopy& copy) {
            return std::find(slots.begin(), slots.end(), copy.reader) != slots.end();
        });
    };
    for (const Uuid& slot : slots)
        next.secrets_of(slot)->wrap.sealed.clear();
    for (auto& generation : next.live)
        forget(generation.copies);
    forget(next.inbox);
    forget(next.authority);
    return write(held, std::move(next));
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
    if (is_there(place.file))
        return has_a_vault();
    if (!usable(made.recovery))
        return Error{Fault::bad_input, "The recovery key of the partnership is not a key.",
                     "Fetch the endpoint's keys again."};
    TRY_DO(check_passphrase(made.lead_passphrase));
    TRY(auto tries, new_tries(place, device, around.boot));

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

    auto state = std::make_unique<State>(State{
        place, std::move(device), around, std::move(content), {}, std::move(tries), std::move(session)});
    Vault vault(std::move(state));
    TRY(const auto slot, vault.add_slot(made.lead_label, SlotRole::lead, made.lead_passphrase, made.cost));
    vault.state_->session->slot = slot;
    vault.state_->session->label = made.lead_label;
    return vault;
}

Result<Vault> Vault::open(const VaultPlace& place, DeviceSecret device, const VaultSurroundings& around) {
    TRY(const auto bytes, read_small_file(place.file, vault_file_size_max));
    TRY(auto content, decode_vault(bytes, device));
    TRY(auto tries, TryCounter::open(place.tries, device, around.boot));
    auto state = std::make_unique<State>(
        State{place, std::move(device), around, std::move(content), Sha256::of(bytes), std::move(tries), {}});
    if (!state->tries.is_read())
        TRY_DO(state->begin_change());
    // A tenth try that was counted and never ended.  Where the disk refuses, the counter
    // keeps the sign-in closed all the same.
    if (!state->closed_slots().empty())
        if (const auto held = state->begin_change(); held.ok())
            static_cast<void>(state->destroy_closed(*held).ok());
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

Result<bool> Vault::end_sign_ins(std::string_view label) {
    TRY(const auto all, sign_ins());
    std::vector<Uuid> slots;
    for (const auto& one : all)
        if (one.label == label && !state_->content.secrets_of(one.slot)->wrap.destroyed())
            slots.push_back(one.slot);
    if (slots.empty())
        return false;
    TRY(const auto held, state_->begin_change());
    TRY_DO(state_->destroy(held, slots));
    return true;
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

const Uuid& Vault::slot() const {
    return state_->session->slot;
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
    const auto& charter = state_->content.charter;
    TRY(auto wrap, wrap_slot(*state_, charter, *state_->content.find(session.slot), session.slot_secret,
                             session.label, passphrase, cost));
    TRY(const auto held, state_->begin_change());
    auto next = state_->content;
    if (next.secrets_of(session.slot)->wrap.destroyed())
        return closed_sign_in();
    next.secrets_of(session.slot)->wrap = std::move(wrap);
    return state_->write(held, std::move(next));
}

}  // namespace doorstep
