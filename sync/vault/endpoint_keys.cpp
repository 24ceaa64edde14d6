#include "sync/vault/endpoint_keys.h"

#include <algorithm>

#include "forms/base/packing.h"
#include "sync/vault/sealing.h"

namespace doorstep {

namespace {

constexpr std::string_view header = "doorstep endpoint keys 1\n";
constexpr std::size_t key_size = 32;

Error damaged_keys() {
    return {Fault::damaged, "The keys of this endpoint were altered, or its device secret is another one.",
            "Put back their last copy, or open them with the custody sheet: doorstep-endpoint keys recover."};
}

struct KeptKeys {
    std::string facts;  // the public halves: authenticated with both
    std::string under_device;
    std::string to_recovery;
};

std::string facts_of(const PublicKey& safeguarding, const PublicKey& recovery) {
    return safeguarding.bytes + recovery.bytes;
}

Result<KeptKeys> parts_of(std::string_view kept) {
    if (!kept.starts_with(header))
        return damaged_keys();
    KeptKeys parts;
    Unpacker packed(kept.substr(header.size()));
    packed(parts.facts, parts.under_device, parts.to_recovery);
    if (!packed.ok() || !packed.at_end() || parts.facts.size() != 2 * key_size)
        return damaged_keys();
    return parts;
}

Result<WorkingKeys> working_keys(const KeptKeys& parts, std::string_view secrets) {
    auto sealing = KeyPair::from_secret(secrets.substr(0, key_size));
    WorkingKeys keys;
    keys.sealing = std::move(*sealing);
    keys.signing = SigningPair::from_seed(SecretBytes(secrets.substr(key_size, key_size)));
    keys.safeguarding.bytes = parts.facts.substr(0, key_size);
    keys.recovery.bytes = parts.facts.substr(key_size);
    return keys;
}

std::string kept_keys(const KeyPair& sealing, const SigningPair& signing, const PublicKey& safeguarding,
                      const PublicKey& recovery, const DeviceSecret& device) {
    // The public halves again inside: a sealed box says nothing of who filled it.
    const auto facts = facts_of(safeguarding, recovery);
    auto secrets = SecretBytes::blank(2 * key_size + facts.size());
    auto* out = secrets.data();
    for (const std::string_view part :
         {sealing.secret_key.view(), signing.seed.view(), std::string_view(facts)})
        out = std::copy_n(octets(part), part.size(), out);
    Packer packed;
    packed(facts, seal_under(derive(device.key(), header), secrets.view(), facts),
           seal(recovery, secrets.view()));
    return std::string(header) + packed.bytes();
}

std::string slot_context(const Uuid& lead, const PublicKey& safeguarding) {
    return "safeguarding " + std::string(lead.raw()) + safeguarding.bytes;
}

}  // namespace

EndpointKeys EndpointKeys::make() {
    return {KeyPair::make(), SigningPair::make(), KeyPair::make(), KeyPair::make()};
}

WorkingKeys copy_of(const WorkingKeys& keys) {
    auto sealing = KeyPair::from_secret(keys.sealing.secret_key.view());
    return {std::move(*sealing), keys.signing.duplicate(), keys.safeguarding, keys.recovery};
}

std::string keep_working_keys(const EndpointKeys& keys, const DeviceSecret& device) {
    return kept_keys(keys.sealing, keys.signing, keys.safeguarding.public_key, keys.recovery.public_key,
                     device);
}

std::string keep_working_keys(const WorkingKeys& keys, const DeviceSecret& device) {
    return kept_keys(keys.sealing, keys.signing, keys.safeguarding, keys.recovery, device);
}

Result<WorkingKeys> read_working_keys(std::string_view kept, const DeviceSecret& device) {
    TRY(const auto parts, parts_of(kept));
    const auto secrets = open_under(derive(device.key(), header), parts.under_device, parts.facts);
    if (!secrets || secrets->size() != 2 * key_size + parts.facts.size())
        return damaged_keys();
    return working_keys(parts, secrets->view());
}

Result<WorkingKeys> recover_working_keys(std::string_view kept, const KeyPair& recovery) {
    TRY(const auto parts, parts_of(kept));
    if (parts.facts.substr(key_size) != recovery.public_key.bytes)
        return Error{Fault::refused, "This is not the recovery key of this endpoint.",
                     "Look for the custody sheet that was printed with its keys."};
    const auto secrets = open_sealed(recovery, parts.to_recovery);
    if (!secrets || secrets->view().size() != 2 * key_size + parts.facts.size() ||
        secrets->view().substr(2 * key_size) != parts.facts)
        return damaged_keys();
    return working_keys(parts, secrets->view());
}

Result<SafeguardingSlot> wrap_safeguarding(const KeyPair& safeguarding, const Uuid& lead,
                                           std::string_view passphrase, PasswordCost cost,
                                           const DeviceSecret& device, PasswordCost floor) {
    TRY_DO(check_passphrase(passphrase));
    SafeguardingSlot slot{lead, {}};
    TRY(slot.wrap, wrap_secret(SecretBytes(safeguarding.secret_key.view()), passphrase, device, cost,
                               slot_context(lead, safeguarding.public_key), floor));
    return slot;
}

Result<KeyPair> open_safeguarding(const SafeguardingSlot& slot, const PublicKey& safeguarding,
                                  std::string_view passphrase, const DeviceSecret& device,
                                  PasswordCost floor) {
    TRY(const auto key, wrapping_key(slot.wrap, passphrase, device, floor));
    const auto secret = open_wrap(slot.wrap, key, slot_context(slot.lead, safeguarding));
    auto pair = secret ? KeyPair::from_secret(secret->view()) : std::nullopt;
    if (!pair || pair->public_key != safeguarding)
        return Error{Fault::refused, "That is not the passphrase of this safeguarding lead.", {}};
    return std::move(*pair);
}

}  // namespace doorstep
