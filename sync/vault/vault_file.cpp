#include "sync/vault/vault_file.h"

#include <algorithm>

#include "forms/base/packing.h"
#include "sync/vault/sealing.h"

namespace doorstep {

namespace {

constexpr std::string_view family = "doorstep vault ";
constexpr std::string_view header = "doorstep vault 1\n";
constexpr std::string_view file_purpose = "doorstep vault file 1";
constexpr std::size_t proof_size = 32;

}  // namespace

template<class Archive, Is<Uuid> T>
void pack(Archive& archive, T& id) {
    if constexpr (Archive::reading)
        id = Uuid::from_bytes(archive.raw(16)).value_or(Uuid{});
    else
        archive.raw(id.raw());
}

template<class Archive, Is<PublicKey> T>
void pack(Archive& archive, T& key) {
    archive(key.bytes);
}

template<class Archive, Is<VerifyKey> T>
void pack(Archive& archive, T& key) {
    archive(key.bytes);
}

template<class Archive, Is<PassphraseWrap> T>
void pack(Archive& archive, T& wrap) {
    auto& [cost, salt, sealed] = wrap;
    archive(cost.passes, cost.memory_kib, salt, sealed);
}

template<class Archive, Is<CharteredSlot> T>
void pack(Archive& archive, T& slot) {
    auto& [id, role, compartment, public_key] = slot;
    archive(id, role, compartment, public_key);
}

template<class Archive, Is<CharteredGeneration> T>
void pack(Archive& archive, T& generation) {
    auto& [number, commitment] = generation;
    archive(number, commitment);
}

template<class Archive, Is<Charter> T>
void pack(Archive& archive, T& charter) {
    auto& [vault, number, slots, generations, recovery, inbox, identity, authority, endpoint] = charter;
    archive(vault, number, slots, generations, recovery, inbox, identity, authority, endpoint);
}

template<class Archive, Is<KeyCopy> T>
void pack(Archive& archive, T& copy) {
    auto& [reader, box] = copy;
    archive(reader, box);
}

template<class Archive, Is<SlotSecrets> T>
void pack(Archive& archive, T& secrets) {
    auto& [slot, label, wrap] = secrets;
    archive(slot, label, wrap);
}

template<class Archive, Is<LiveGeneration> T>
void pack(Archive& archive, T& generation) {
    auto& [number, copies] = generation;
    archive(number, copies);
}

template<class Archive, Is<SignedLicence> T>
void pack(Archive& archive, T& licence) {
    auto& [issued_ms, until_ms, signature] = licence;
    archive(issued_ms, until_ms, signature);
}

template<class Archive, Is<SeenTime> T>
void pack(Archive& archive, T& seen) {
    auto& [at_ms, endpoint_issued_ms, generation, proof] = seen;
    archive(at_ms, endpoint_issued_ms, generation, proof);
}

template<class Archive, Is<VaultContent> T>
void pack(Archive& archive, T& content) {
    auto& [charter, signature, secrets, live, inbox, authority, identity, lead, endpoint, seen] = content;
    archive(charter, signature, secrets, live, inbox, authority, identity, lead, endpoint, seen);
}

namespace {

// What the rest of the vault takes for granted.
bool is_whole(const VaultContent& content) {
    const auto& charter = content.charter;
    if (charter.slots.size() != content.secrets.size() || charter.slots.size() > slots_max ||
        content.live.empty() || charter.generations.empty() || charter.recovery.bytes.size() != 32 ||
        charter.inbox.bytes.size() != 32 || content.live.back().number != charter.generations.back().number)
        return false;
    for (std::size_t i = 0; i < charter.slots.size(); ++i) {
        const auto& slot = charter.slots[i];
        if (slot.id != content.secrets[i].slot || slot.id.is_nil() || slot.public_key.bytes.size() != 32 ||
            (slot.role != SlotRole::officer && slot.role != SlotRole::lead))
            return false;
    }
    const auto rise = [](const auto& all) {
        return std::adjacent_find(all.begin(), all.end(), [](const auto& a, const auto& b) {
                   return a.number >= b.number;
               }) == all.end();
    };
    return rise(content.live) && rise(charter.generations);
}

Error damaged_file() {
    return {Fault::damaged, "The vault of this device was altered, or belongs to another device.",
            "Put back its last copy with its device secret, or open it with the recovery key of the custody "
            "sheet: doorstep recover."};
}

Result<VaultContent> unpack(std::string_view body) {
    VaultContent content;
    Unpacker packed(body);
    packed(content);
    if (!packed.ok() || !packed.at_end() || !is_whole(content))
        return damaged_file();
    return content;
}

}  // namespace

const CharteredSlot* VaultContent::find(const Uuid& slot) const {
    for (const auto& one : charter.slots)
        if (one.id == slot)
            return &one;
    return nullptr;
}

const SlotSecrets* VaultContent::secrets_of(const Uuid& slot) const {
    for (const auto& one : secrets)
        if (one.slot == slot)
            return &one;
    return nullptr;
}

SlotSecrets* VaultContent::secrets_of(const Uuid& slot) {
    return const_cast<SlotSecrets*>(std::as_const(*this).secrets_of(slot));
}

std::string charter_bytes(const Charter& charter) {
    Packer packed;
    packed(charter);
    return packed.bytes();
}

std::string encode_vault(const VaultContent& content, const DeviceSecret& device) {
    Packer packed;
    packed(content);
    std::string bytes = std::string(header) + packed.bytes();
    bytes += proof(derive(device.key(), file_purpose), file_purpose, bytes);
    return bytes;
}

Result<VaultContent> decode_vault(std::string_view bytes, const DeviceSecret& device) {
    if (bytes.size() < header.size() + proof_size)
        return damaged_file();
    const auto written = bytes.substr(0, bytes.size() - proof_size);
    if (!same_bytes(proof(derive(device.key(), file_purpose), file_purpose, written),
                    bytes.substr(written.size())))
        return damaged_file();
    // Proven first: a flipped bit in the header is damage, not a newer version.
    if (!written.starts_with(header) && written.starts_with(family))
        return Error{Fault::newer_version, "The vault of this device was written by a newer Doorstep.",
                     "Install that version again; nothing was changed."};
    return written.starts_with(header) ? unpack(written.substr(header.size())) : damaged_file();
}

Result<VaultContent> decode_unproven(std::string_view bytes) {
    if (bytes.size() < header.size() + proof_size || !bytes.starts_with(header))
        return damaged_file();
    return unpack(bytes.substr(header.size(), bytes.size() - header.size() - proof_size));
}

std::vector<KeyCopy> copies_for(const VaultContent& content, const SecretBytes& secret, Readers readers) {
    constexpr std::size_t block = 16;  // what is sealed here is all of one length
    std::vector<KeyCopy> copies{{Uuid{}, seal(content.charter.recovery, secret.view(), block)}};
    for (const auto& slot : content.charter.slots) {
        const bool reads = readers == Readers::everybody || slot.role == SlotRole::lead;
        if (reads && !content.secrets_of(slot.id)->wrap.destroyed())
            copies.push_back({slot.id, seal(slot.public_key, secret.view(), block)});
    }
    return copies;
}

std::optional<SecretBytes> open_copy(const std::vector<KeyCopy>& copies, const Uuid& reader,
                                     const KeyPair& pair) {
    for (const auto& copy : copies)
        if (copy.reader == reader)
            if (const auto secret = open_sealed(pair, copy.box); secret && secret->view().size() == 32)
                return SecretBytes(secret->view());
    return std::nullopt;
}

std::string row_key_commitment(const Charter& charter, KeyGeneration generation, const SecretBytes& key) {
    Packer packed;
    packed.raw(charter.vault.raw());
    packed(generation);
    return proof(key, "doorstep row key 1", packed.bytes());
}

std::string slot_context(const Charter& charter, const CharteredSlot& slot) {
    Packer packed;
    packed.raw(charter.vault.raw());
    packed(slot.id, slot.role, slot.compartment, slot.public_key);
    return packed.bytes();
}

}  // namespace doorstep
