// Going on within a shift by PIN.
#include <fmt/format.h>

#include <algorithm>

#include "sync/vault/pin_shift.h"
#include "sync/vault/sealing.h"
#include "sync/vault/vault_state.h"

namespace doorstep {

namespace {

constexpr std::size_t key_size = RowKeys::key_size;
constexpr std::size_t number_size = 4;

Error shift_is_over() {
    return {Fault::refused, "The PIN is good for one shift, and that is over.",
            "Sign in with the passphrase."};
}

Error wrong_pin(const TryCounter& tries, const Uuid& shift) {
    const int left = TryCounter::pin_tries - tries.made(shift);
    if (left <= 0)
        return {Fault::refused, fmt::format("The PIN was wrong {} times.", TryCounter::pin_tries),
                "Sign in with the passphrase."};
    return {Fault::refused, "That is not the PIN of this shift.",
            left == 1 ? "One try is left; then it takes the passphrase."
                      : fmt::format("{} tries are left.", left)};
}

// Leads' key, inbox, and each row key behind its generation; all of fixed size.
SecretBytes shift_secret(const VaultSession& session) {
    auto secret = SecretBytes::blank(2 * key_size + session.row_keys.size() * (number_size + key_size));
    auto* out = std::copy_n(octets(std::string_view(session.authority_key.bytes)), key_size, secret.data());
    out = std::copy_n(session.inbox.data(), key_size, out);
    for (const auto& [generation, key] : session.row_keys) {
        for (std::size_t byte = 0; byte < number_size; ++byte)
            *out++ = static_cast<unsigned char>(generation >> (8 * byte) & 0xff);
        out = std::copy_n(key.data(), key_size, out);
    }
    return secret;
}

std::optional<VaultSession> session_of(const SecretBytes& secret) {
    constexpr std::size_t entry = number_size + key_size;
    if (secret.size() < 2 * key_size || (secret.size() - 2 * key_size) % entry != 0)
        return std::nullopt;
    VaultSession session;
    session.authority_key.bytes = secret.part(0, key_size);
    session.inbox = SecretBytes(secret.part(key_size, key_size));
    for (std::size_t at = 2 * key_size; at < secret.size(); at += entry) {
        KeyGeneration generation = 0;
        for (std::size_t byte = 0; byte < number_size; ++byte)
            generation |= KeyGeneration{secret.data()[at + byte]} << (8 * byte);
        session.row_keys.emplace(generation, SecretBytes(secret.part(at + number_size, key_size)));
    }
    return session;
}

// A generation that came since is not in the shift; one that went since is let go.
bool follow(VaultSession& session, const VaultContent& content) {
    const auto& live = content.live;
    std::erase_if(session.row_keys, [&](const auto& key) {
        return std::none_of(live.begin(), live.end(), [&](const auto& l) { return l.number == key.first; });
    });
    return session.row_keys.size() == live.size();
}

// Counted, on top of whatever other programs counted since; or why nobody may try now.
Result<void> count_pin(Vault::State& state, const PinShift& shift) {
    TRY(const auto held, state.begin_change());
    auto& tries = state.tries;
    if (!state.goes_on(shift))
        return shift_is_over();
    if (tries.made(shift.shift) >= TryCounter::pin_tries)
        return wrong_pin(tries, shift.shift);
    if (const auto wait = tries.wait_ms(shift.shift); wait > 0)
        return Error{Fault::refused,
                     fmt::format("Please wait {} seconds before the next try.", (wait + 999) / 1000),
                     "Or sign in with the passphrase."};
    return tries.count(held, shift.shift);
}

// A lead may have removed the sign-in meanwhile, or another one ended the shift.
Result<void> end_pin_trial(Vault::State& state, const PinShift& shift) {
    TRY(const auto held, state.begin_change());
    if (!state.goes_on(shift))
        return shift_is_over();
    return state.tries.reset(held, shift.shift);
}

Result<SecretBytes> try_pin(Vault::State& state, const PinShift& shift, std::string_view pin) {
    const auto go_on = [&](UnlockStep after) {
        return !state.around.go_on_after || state.around.go_on_after(after);
    };
    const Error stopped{Fault::broken, "Stopped between two steps.", {}};
    TRY_DO(count_pin(state, shift));
    if (!go_on(UnlockStep::counted))
        return stopped;
    TRY(const auto key, wrapping_key(shift.wrap, pin, state.device, state.around.floor));
    if (!go_on(UnlockStep::stretched))
        return stopped;
    auto secret = open_wrap(shift.wrap, key, shift_context(shift));
    if (!secret)
        return wrong_pin(state.tries, shift.shift);
    if (!go_on(UnlockStep::checked))
        return stopped;
    TRY_DO(end_pin_trial(state, shift));
    return std::move(*secret);
}

}  // namespace

Result<int> Vault::seal_shift(std::string_view pin) {
    if (!state_->session)
        return vault_is_locked();
    const auto& session = *state_->session;
    const auto* secrets = state_->content.secrets_of(session.slot);
    if (!secrets)
        return Error{Fault::refused, "A PIN needs a sign-in of one's own.", "Sign in with a passphrase."};
    if (session.expired)
        return Error{Fault::refused, "The licence of this device has run out.", "Renew it first."};
    TRY_DO(check_pin(pin));
    PinShift shift{id(), random_uuid(), session.slot, state_->around.boot.boot(), session.began_ms, {}};
    if (!is_running(shift, state_->around.boot))
        return shift_is_over();
    TRY(shift.wrap, wrap_secret(shift_secret(session), pin, state_->device, secrets->wrap.cost,
                                shift_context(shift), state_->around.floor));
    // Known to the counter first: a shift that it does not know is none.
    TRY(const auto held, state_->begin_change());
    TRY_DO(state_->tries.keep_only(held, state_->slot_ids()));
    TRY_DO(state_->tries.reset(held, shift.shift));
    return keep_shift(shift);
}

bool Vault::State::goes_on(const PinShift& shift) const {
    return shift.vault == content.charter.vault && content.find(shift.slot) &&
           !content.secrets_of(shift.slot)->wrap.destroyed() && tries.has(shift.shift) &&
           is_running(shift, around.boot);
}

bool Vault::pin_helps(int number) const {
    const auto shift = shift_at(number);
    return shift.ok() && state_->goes_on(*shift) && state_->tries.made(shift->shift) < TryCounter::pin_tries;
}

Result<void> Vault::unlock_by_pin(int number, std::string_view pin) {
    lock();
    TRY(const auto shift, shift_at(number));
    TRY(const auto secret, try_pin(*state_, shift, pin));
    const auto* slot = state_->content.find(shift.slot);
    auto session = session_of(secret);
    if (!session || !is_signed(state_->content, session->authority_key))
        return not_what_leads_signed();
    if (!follow(*session, state_->content))
        return shift_is_over();
    const auto label = open_under(label_key(state_->device), state_->content.secrets_of(shift.slot)->label,
                                  shift.slot.raw());
    session->slot = shift.slot;
    session->role = slot->role;
    session->label = label ? std::string(label->view()) : std::string{};
    session->began_ms = shift.began_ms;
    // No look at the licence: within twelve hours nobody is shut out of a questionnaire.
    state_->session = std::move(*session);
    static_cast<void>(note_time().ok());
    return {};
}

}  // namespace doorstep
