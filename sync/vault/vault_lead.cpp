// What a team lead does at an opened tablet, with no network; and the end of a rotation.
#include <fmt/format.h>

#include <algorithm>

#include "sync/vault/sealing.h"
#include "sync/vault/vault_state.h"

namespace doorstep {

namespace {

constexpr std::size_t label_size_max = 64;

Result<void> check_label(const std::vector<SignIn>& known, std::string_view label) {
    if (label.empty() || label.size() > label_size_max)
        return Error{Fault::bad_input,
                     fmt::format("The code of an officer has 1 to {} characters.", label_size_max),
                     {}};
    for (const auto& one : known)
        if (one.label == label)
            return Error{Fault::conflict, "There is a sign-in with this code already.",
                         "Choose another code, or give that one a new passphrase."};
    return {};
}

Error no_such_slot() {
    return {Fault::not_found, "There is no such sign-in on this device.", {}};
}

// A new pair for `slot`, under a passphrase; the charter then names its public half.  Takes
// half a second: before the change begins.
Result<void> furnish(const Vault::State& state, CharteredSlot& slot, SlotSecrets& secrets,
                     std::string_view label, std::string_view passphrase, PasswordCost cost) {
    const auto pair = KeyPair::make();
    slot.public_key = pair.public_key;
    const SecretBytes secret(pair.secret_key.view());
    TRY(secrets.wrap, wrap_slot(state, state.content.charter, slot, secret, label, passphrase, cost));
    secrets.label = seal_under(label_key(state.device), label, slot.id.raw());
    return {};
}

// In `content` and `session` alike; the copies are sealed when the charter is written.
KeyGeneration new_generation(VaultContent& content, VaultSession& session, const Clock& clock) {
    const auto seen = licence_of(content, session, clock);
    const KeyGeneration number = content.charter.generations.back().number + 1;
    auto key = SecretBytes::random(RowKeys::key_size);
    content.charter.generations.push_back({number, row_key_commitment(content.charter, number, key)});
    content.live.push_back({number, {}});
    session.row_keys.emplace(number, std::move(key));
    if (seen.proven)
        set_seen(content, session, seen.seen_ms);
    return number;
}

// The newest key is for nobody unless the file says it too.
Result<KeyGeneration> write_rotation(Vault::State& state, const ChangeLock& held, VaultContent next) {
    const KeyGeneration number = new_generation(next, *state.session, state.around.clock);
    if (auto written = state.write_chartered(held, std::move(next)); !written.ok()) {
        state.session->row_keys.erase(number);
        return written.error();
    }
    return number;
}

}  // namespace

Result<Uuid> Vault::add_slot(std::string_view label, SlotRole role, std::string_view passphrase,
                             PasswordCost cost) {
    TRY_DO(state_->lead_is_here());
    TRY_DO(check_passphrase(passphrase));
    TRY(const auto known, sign_ins());
    TRY_DO(check_label(known, label));
    if (known.size() == slots_max)
        return Error{Fault::refused, fmt::format("A device holds {} sign-ins at most.", slots_max),
                     "Remove one that is no longer used."};
    CharteredSlot slot{random_uuid(), role, 0, {}};
    SlotSecrets secrets{slot.id, {}, {}};
    TRY_DO(furnish(*state_, slot, secrets, label, passphrase, cost));
    TRY(const auto held, state_->begin_change());
    auto next = state_->content;
    next.charter.slots.push_back(slot);
    next.secrets.push_back(std::move(secrets));
    TRY_DO(state_->write_chartered(held, std::move(next)));
    return slot.id;
}

Result<void> Vault::reissue_slot(const Uuid& id, std::string_view passphrase, PasswordCost cost) {
    TRY_DO(state_->lead_is_here());
    TRY_DO(check_passphrase(passphrase));
    const auto* stands = state_->content.find(id);
    if (!stands)
        return no_such_slot();
    auto slot = *stands;
    auto secrets = *state_->content.secrets_of(id);
    const auto label = open_under(label_key(state_->device), secrets.label, id.raw());
    if (!label)
        return Error{Fault::damaged, "The name of this sign-in was altered.", "Remove it and add it anew."};
    TRY_DO(furnish(*state_, slot, secrets, std::string(label->view()), passphrase, cost));
    TRY(const auto held, state_->begin_change());
    // First, or a power cut would leave a fresh sign-in that its old tries close again.
    TRY_DO(state_->tries.reset(held, id));
    auto next = state_->content;  // of the same charter, or the change would not have begun
    *std::find_if(next.charter.slots.begin(), next.charter.slots.end(),
                  [&](const CharteredSlot& one) { return one.id == id; }) = slot;
    *next.secrets_of(id) = std::move(secrets);
    TRY_DO(state_->write_chartered(held, std::move(next)));
    if (state_->session->slot == id)
        lock();  // its key in memory is the old one
    return {};
}

Result<KeyGeneration> Vault::remove_slot(const Uuid& id) {
    TRY_DO(state_->lead_is_here());
    if (!state_->content.find(id))
        return no_such_slot();
    if (state_->session->slot == id)
        return Error{Fault::refused, "You cannot remove the sign-in that you are using.",
                     "Another team lead can."};
    TRY(const auto held, state_->begin_change());
    auto next = state_->content;
    std::erase_if(next.charter.slots, [&](const CharteredSlot& slot) { return slot.id == id; });
    std::erase_if(next.secrets, [&](const SlotSecrets& secrets) { return secrets.slot == id; });
    TRY(const auto generation, write_rotation(*state_, held, std::move(next)));
    // An entry left behind counts for nobody.
    static_cast<void>(state_->tries.keep_only(held, state_->slot_ids()).ok());
    return generation;
}

Result<KeyGeneration> Vault::begin_rotation() {
    TRY_DO(state_->lead_is_here());
    TRY(const auto held, state_->begin_change());
    return write_rotation(*state_, held, state_->content);
}

Result<void> Vault::finish_rotation(KeyGeneration old) {
    if (!state_->session)
        return vault_is_locked();
    TRY(const auto held, state_->begin_change());
    if (old >= state_->content.live.back().number)
        return Error{Fault::refused, "The newest row key cannot be dropped.", "Begin a rotation first."};
    auto next = state_->content;
    if (std::erase_if(next.live, [&](const LiveGeneration& one) { return one.number == old; }) != 0)
        TRY_DO(state_->write(held, std::move(next)));
    state_->session->row_keys.erase(old);
    return {};
}

std::vector<KeyGeneration> Vault::old_generations() const {
    std::vector<KeyGeneration> old;
    for (const auto& one : state_->content.live)
        if (one.number != state_->content.live.back().number)
            old.push_back(one.number);
    return old;
}

Result<void> Vault::renew_licence() {
    TRY_DO(state_->lead_is_here());
    TRY(const auto held, state_->begin_change());
    auto next = state_->content;
    give_licence(next, *state_->session, state_->around.clock.now_ms());
    TRY_DO(state_->write(held, std::move(next)));
    state_->session->expired = false;
    return {};
}

Result<void> Vault::follow_endpoint(const VerifyKey& endpoint) {
    TRY_DO(state_->lead_is_here());
    if (endpoint == state_->content.charter.endpoint)
        return {};
    TRY(const auto held, state_->begin_change());
    auto next = state_->content;
    next.charter.endpoint = endpoint;
    // Its day stays, so that nothing older is ever taken.
    next.endpoint_licence.signature.clear();
    return state_->write_chartered(held, std::move(next));
}

}  // namespace doorstep
