// Opening by a passphrase or by the recovery key.
#include <fmt/format.h>

#include "sync/vault/sealing.h"
#include "sync/vault/vault_state.h"

namespace doorstep {

namespace {

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

Error no_licence(const Licence& licence) {
    if (licence.not_yet)
        return {Fault::refused,
                "This device's clock stands before the day on which it was last given leave to work.",
                "Set the date and time, or ask a team lead to sign in and renew it. What it holds is safe."};
    return {Fault::refused, "This device has not been to the centre for 35 days and has closed.",
            "Let it sync, or ask a team lead to sign in and renew it. What it holds is safe."};
}

bool may_go_on(const VaultSurroundings& around, UnlockStep after) {
    return !around.go_on_after || around.go_on_after(after);
}

struct Trial {
    CharteredSlot slot;
    PassphraseWrap wrap;
};

// Counted, on top of whatever other programs counted since; or why nobody may try now.
Result<Trial> count_trial(Vault::State& state, const Uuid& id) {
    TRY(const auto held, state.begin_change());
    const auto* slot = state.content.find(id);
    if (!slot)
        return Error{Fault::not_found, "There is no such sign-in on this device.", {}};
    const auto& wrap = state.content.secrets_of(id)->wrap;
    if (wrap.destroyed() || state.tries.made(id) >= TryCounter::passphrase_tries)
        return closed_sign_in();
    if (const auto wait = state.tries.wait_ms(id); wait > 0)
        return too_soon(wait);
    TRY_DO(state.tries.count(held, id));
    return Trial{*slot, wrap};
}

Error failed_trial(Vault::State& state, const Uuid& id) {
    const auto held = state.begin_change();
    if (state.tries.made(id) < TryCounter::passphrase_tries)
        return wrong_passphrase(state.tries, id);
    if (held.ok())
        static_cast<void>(state.destroy_closed(*held).ok());  // else open() does it
    return closed_sign_in();
}

// What was tried must still stand: a lead may have removed it meanwhile.
Result<void> end_trial(Vault::State& state, const Trial& trial) {
    TRY(const auto held, state.begin_change());
    const auto* slot = state.content.find(trial.slot.id);
    if (!slot || slot->public_key != trial.slot.public_key ||
        state.content.secrets_of(slot->id)->wrap.sealed != trial.wrap.sealed)
        return changed_by_another();
    return state.tries.reset(held, slot->id);
}

// Between here and the result lies the one thing that a guesser wants to repeat.
Result<OpenedSlot> try_passphrase(Vault::State& state, const Uuid& id, std::string_view passphrase) {
    TRY(const auto trial, count_trial(state, id));
    if (!may_go_on(state.around, UnlockStep::counted))
        return stopped();
    TRY(const auto key, wrapping_key(trial.wrap, passphrase, state.device, state.around.floor));
    if (!may_go_on(state.around, UnlockStep::stretched))
        return stopped();
    auto opened = open_slot(state.content.charter, trial.slot, trial.wrap, key);
    if (!opened)
        return failed_trial(state, id);
    if (!may_go_on(state.around, UnlockStep::checked))
        return stopped();
    TRY_DO(end_trial(state, trial));
    return std::move(*opened);
}

}  // namespace

Result<void> Vault::State::end_shifts() {
    TRY(const auto held, begin_change());
    return tries.keep_only(held, slot_ids());
}

Result<void> Vault::unlock(const Uuid& id, std::string_view passphrase, Shifts shifts) {
    lock();
    TRY(auto opened, try_passphrase(*state_, id, passphrase));
    const auto& content = state_->content;
    const auto* slot = content.find(id);
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
    const auto licence = licence_of(content, session, state_->around.clock).licence;
    session.expired = !licence.valid;
    if (session.expired && slot->role == SlotRole::officer)
        return no_licence(licence);
    state_->session = std::move(session);
    // Neither of these is worth shutting the officer out on a full disk.
    static_cast<void>(note_time().ok());
    if (shifts == Shifts::end)
        static_cast<void>(state_->end_shifts().ok());
    return {};
}

Result<void> Vault::unlock_by_recovery(const KeyPair& recovery) {
    lock();
    TRY_DO(state_->follow());
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

}  // namespace doorstep
