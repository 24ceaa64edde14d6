// The licence of a tablet: 35 days, given by a lead here or by the endpoint from afar.
#include <algorithm>

#include "forms/base/packing.h"
#include "sync/vault/sealing.h"
#include "sync/vault/vault_state.h"

namespace doorstep {

namespace {

constexpr std::string_view lead_purpose = "doorstep licence by a lead 1";
constexpr std::string_view endpoint_purpose = "doorstep licence by the endpoint 1";
constexpr std::string_view seen_purpose = "doorstep time seen 1";
constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
constexpr std::int64_t note_every_ms = std::int64_t{10} * 60 * 1000;
constexpr std::int64_t take_every_ms = std::int64_t{6} * 3600 * 1000;

std::string licence_bytes(const Uuid& vault, const SignedLicence& licence) {
    Packer packed;
    packed.raw(vault.raw());
    packed(licence.issued_ms, licence.until_ms);
    return packed.bytes();
}

bool is_genuine(const Uuid& vault, const SignedLicence& licence, const VerifyKey& key,
                std::string_view purpose) {
    return !licence.signature.empty() && licence.until_ms - licence.issued_ms <= Vault::licence_ms &&
           verify(key, purpose, licence_bytes(vault, licence), licence.signature);
}

// A day's grace: two clocks never agree.  More, and a licence given while a clock was years
// ahead would run for years once it is set right.
bool is_ahead(const SignedLicence& licence, std::int64_t clock_ms) {
    return licence.issued_ms - day_ms > clock_ms;
}

std::string seen_proof(const Uuid& vault, const SeenTime& seen, const SecretBytes& row_key) {
    Packer packed;
    packed.raw(vault.raw());
    packed(seen.at_ms, seen.endpoint_issued_ms, seen.generation);
    return proof(row_key, seen_purpose, packed.bytes());
}

bool is_proven(const VaultContent& content, const VaultSession& session) {
    const auto key = session.row_keys.find(content.seen.generation);
    return key != session.row_keys.end() &&
           same_bytes(seen_proof(content.charter.vault, content.seen, key->second), content.seen.proof);
}

}  // namespace

LicenceView licence_of(const VaultContent& content, const VaultSession& session, const Clock& clock) {
    const Uuid& vault = content.charter.vault;
    const bool by_lead = is_genuine(vault, content.lead_licence, content.charter.authority, lead_purpose);
    const bool by_endpoint =
        is_genuine(vault, content.endpoint_licence, content.charter.endpoint, endpoint_purpose);
    LicenceView view;
    view.proven = is_proven(content, session);
    // Whoever signs a licence says what time it is: a clock that once ran years ahead
    // must not close the device for years.
    const bool told_since =
        by_endpoint && content.endpoint_licence.issued_ms > content.seen.endpoint_issued_ms;
    view.seen_ms = told_since ? content.endpoint_licence.issued_ms : content.seen.at_ms;
    view.now_ms = std::max(clock.now_ms(), view.seen_ms);
    const auto look_at = [&](const SignedLicence& licence, bool genuine) {
        if (!genuine || view.now_ms >= licence.until_ms)
            return;
        // The clock itself, not what was seen: seen was the day that a clock ahead told.
        if (is_ahead(licence, clock.now_ms())) {
            view.licence.not_yet = true;
            return;
        }
        view.licence.valid = view.proven;
        view.licence.until_ms = std::max(view.licence.until_ms, licence.until_ms);
    };
    look_at(content.lead_licence, by_lead);
    look_at(content.endpoint_licence, by_endpoint);
    view.licence.not_yet = view.licence.not_yet && !view.licence.valid;
    return view;
}

void set_seen(VaultContent& content, const VaultSession& session, std::int64_t at_ms) {
    auto& seen = content.seen;
    seen.at_ms = at_ms;
    seen.endpoint_issued_ms = content.endpoint_licence.issued_ms;
    seen.generation = session.row_keys.rbegin()->first;
    seen.proof = seen_proof(content.charter.vault, seen, session.row_keys.rbegin()->second);
}

void give_licence(VaultContent& content, const VaultSession& session, std::int64_t now_ms) {
    // One that an endpoint gave while its clock ran ahead would keep all later ones out.
    if (is_ahead(content.endpoint_licence, now_ms))
        content.endpoint_licence = {now_ms, now_ms, {}};
    auto& licence = content.lead_licence;
    licence = {now_ms, now_ms + Vault::licence_ms, {}};
    licence.signature = sign(SigningPair::from_seed(session.authority.duplicate()), lead_purpose,
                             licence_bytes(content.charter.vault, licence));
    set_seen(content, session, now_ms);
}

SignedLicence sign_licence(const SigningPair& endpoint, const Uuid& vault, std::int64_t issued_ms,
                           std::int64_t until_ms) {
    SignedLicence licence{issued_ms, until_ms, {}};
    licence.signature = sign(endpoint, endpoint_purpose, licence_bytes(vault, licence));
    return licence;
}

namespace {

Result<void> check_licence(const VaultContent& content, const SignedLicence& licence, const Clock& clock) {
    if (!is_genuine(content.charter.vault, licence, content.charter.endpoint, endpoint_purpose))
        return Error{Fault::refused, "The licence that came is not from this partnership's endpoint.",
                     "Sync again; if it stays so, ask the administrator."};
    if (licence.issued_ms <= content.endpoint_licence.issued_ms)
        return Error{Fault::refused, "The licence that came is not newer than the one here.", {}};
    if (is_ahead(licence, clock.now_ms()))
        return Error{Fault::refused, "The licence that came is of a day that this clock has not reached.",
                     "Set the date and time, here or at the endpoint, then sync again."};
    return {};
}

// Each sync brings one.  One that says next to nothing new is worth no write.
bool is_hardly_new(const VaultContent& content, const SignedLicence& licence) {
    const auto& standing = content.endpoint_licence;
    return !standing.signature.empty() && licence.issued_ms < standing.issued_ms + take_every_ms &&
           content.seen.at_ms < licence.issued_ms + day_ms;
}

}  // namespace

Result<void> Vault::accept_licence(const SignedLicence& licence) {
    TRY_DO(check_licence(state_->content, licence, state_->around.clock));
    if (is_hardly_new(state_->content, licence))
        return {};
    TRY(const auto held, state_->begin_change());
    const auto& content = state_->content;
    TRY_DO(check_licence(content, licence, state_->around.clock));
    auto next = content;
    next.endpoint_licence = licence;
    TRY_DO(state_->write(held, std::move(next)));
    // It opens; whoever is at work is never shut out by one that came.
    if (state_->session)
        state_->session->expired =
            state_->session->expired &&
            !licence_of(state_->content, *state_->session, state_->around.clock).licence.valid;
    return {};
}

Licence Vault::licence() const {
    return licence_of(state_->content, *state_->session, state_->around.clock).licence;
}

namespace {

// The time to note; nothing where what was noted will do.
std::optional<std::int64_t> time_to_note(const VaultContent& content, const VaultSession& session,
                                         const Clock& clock) {
    const auto view = licence_of(content, session, clock);
    // What is not proven stays so until somebody renews: noting must not wash it clean.
    if (!view.proven || (view.now_ms < content.seen.at_ms + note_every_ms &&
                         content.seen.endpoint_issued_ms == content.endpoint_licence.issued_ms))
        return std::nullopt;
    return view.now_ms;
}

}  // namespace

Result<void> Vault::note_time() {
    if (!state_->session)
        return vault_is_locked();
    const auto& session = *state_->session;
    if (!time_to_note(state_->content, session, state_->around.clock))
        return {};
    TRY(const auto held, state_->begin_change());
    // Another program may have noted it meanwhile.
    const auto at_ms = time_to_note(state_->content, session, state_->around.clock);
    if (!at_ms)
        return {};
    auto next = state_->content;
    set_seen(next, session, *at_ms);
    return state_->write(held, std::move(next));
}

}  // namespace doorstep
