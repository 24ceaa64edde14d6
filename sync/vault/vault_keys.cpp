// Between what stands in the file and what an opened vault has in memory.
#include <algorithm>

#include "sync/vault/sealing.h"
#include "sync/vault/vault_state.h"

namespace doorstep {

namespace {

constexpr std::size_t key_size = RowKeys::key_size;

}  // namespace

SecretBytes label_key(const DeviceSecret& device) {
    return derive(device.key(), "doorstep labels 1");
}

SecretBytes identity_key(const DeviceSecret& device) {
    return derive(device.key(), "doorstep identity 1");
}

bool is_signed(const VaultContent& content, const VerifyKey& authority) {
    return content.charter.authority == authority &&
           verify(authority, "doorstep charter 1", charter_bytes(content.charter), content.charter_signature);
}

Result<VaultSession> open_session(const VaultContent& content, const Uuid& reader, const KeyPair& pair) {
    VaultSession session;
    for (const auto& generation : content.live) {
        auto key = open_copy(generation.copies, reader, pair);
        const auto chartered =
            std::find_if(content.charter.generations.begin(), content.charter.generations.end(),
                         [&](const auto& one) { return one.number == generation.number; });
        if (!key || chartered == content.charter.generations.end() ||
            row_key_commitment(content.charter, generation.number, *key) != chartered->commitment)
            return not_what_leads_signed();
        session.row_keys.emplace(generation.number, std::move(*key));
    }
    auto inbox = open_copy(content.inbox, reader, pair);
    if (!inbox || KeyPair::from_secret(inbox->view())->public_key != content.charter.inbox)
        return not_what_leads_signed();
    session.inbox = std::move(*inbox);
    return session;
}

Result<SecretBytes> open_authority(const VaultContent& content, const Uuid& reader, const KeyPair& pair) {
    auto seed = open_copy(content.authority, reader, pair);
    if (!seed || SigningPair::from_seed(seed->duplicate()).public_key != content.charter.authority)
        return not_what_leads_signed();
    return std::move(*seed);
}

Result<PassphraseWrap> wrap_slot(const Vault::State& state, const Charter& charter, const CharteredSlot& slot,
                                 const SecretBytes& slot_secret, std::string_view label,
                                 std::string_view passphrase, PasswordCost cost) {
    auto secret = SecretBytes::blank(2 * key_size + label.size());
    std::copy_n(slot_secret.data(), key_size, secret.data());
    std::copy_n(octets(std::string_view(charter.authority.bytes)), key_size, secret.data() + key_size);
    std::copy_n(octets(label), label.size(), secret.data() + 2 * key_size);
    return wrap_secret(secret, passphrase, state.device, cost, slot_context(charter, slot),
                       state.around.floor);
}

std::optional<OpenedSlot> open_slot(const Charter& charter, const CharteredSlot& slot,
                                    const PassphraseWrap& wrap, const SecretBytes& key) {
    const auto secret = open_wrap(wrap, key, slot_context(charter, slot));
    if (!secret || secret->size() < 2 * key_size)
        return std::nullopt;
    return OpenedSlot{SecretBytes(secret->part(0, key_size)),
                      VerifyKey{std::string(secret->part(key_size, key_size))},
                      std::string(secret->view().substr(2 * key_size))};
}

void seal_for_readers(VaultContent& content, const VaultSession& session) {
    for (auto& generation : content.live)
        generation.copies = copies_for(content, session.row_keys.at(generation.number), Readers::everybody);
    content.inbox = copies_for(content, session.inbox, Readers::everybody);
    content.authority = copies_for(content, session.authority, Readers::leads);
}

}  // namespace doorstep
