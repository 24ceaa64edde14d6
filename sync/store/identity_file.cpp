#include "sync/store/identity_file.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "forms/base/encoding.h"
#include "forms/base/secret.h"
#include "sync/vault/durable_file.h"
#include "sync/vault/sealing.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* purpose = "doorstep identity of a tablet, 1";
constexpr const char* before = ".before";
constexpr std::size_t longest = 64 * 1024;

SecretBytes key_of(const DeviceSecret& device) {
    return derive(device.key(), purpose);
}

Error altered() {
    return {Fault::damaged,
            "What this tablet keeps about its enrolment was altered, or came from another device.",
            "Enrol the tablet anew. Its records stay as they are."};
}

}  // namespace

Result<void> keep_identity(const std::string& file, const TabletIdentity& identity,
                           const DeviceSecret& device) {
    const Json json{{"enrolment", identity.enrolment.text()},
                    {"tablet", identity.tablet},
                    {"endpoint", identity.endpoint},
                    {"token", identity.seed},
                    {"safeguarding_key", to_hex(identity.safeguarding_key)},
                    {"sealing_key", to_hex(identity.sealing_key)},
                    {"signing_key", to_hex(identity.signing_key)},
                    {"recovery_key", to_hex(identity.recovery_key)}};
    const SecretText text(json.dump(-1, ' ', true, Json::error_handler_t::replace));
    return write_durably(file, seal_under(key_of(device), text.view(), purpose), 0600);
}

Result<TabletIdentity> read_identity(const std::string& file, const DeviceSecret& device) {
    TRY(const std::string sealed, read_small_file(file, longest));
    const auto text = open_under(key_of(device), sealed, purpose);
    if (!text)
        return altered();
    const Json json = Json::parse(text->view(), nullptr, false);
    if (!json.is_object())
        return altered();
    bool whole = true;
    const auto word = [&](const char* name) {
        const auto found = json.find(name);
        whole = whole && found != json.end() && found->is_string();
        return whole ? found->get<std::string>() : std::string{};
    };
    const auto key = [&](const char* name) {
        const auto bytes = from_hex(word(name));
        whole = whole && bytes.has_value();
        return bytes.value_or(std::string{});
    };
    TabletIdentity identity;
    identity.enrolment = Uuid::parse(word("enrolment")).value_or(Uuid{});
    identity.tablet = word("tablet");
    identity.endpoint = word("endpoint");
    identity.seed = word("token");
    identity.safeguarding_key = key("safeguarding_key");
    identity.sealing_key = key("sealing_key");
    identity.signing_key = key("signing_key");
    identity.recovery_key = key("recovery_key");
    if (!whole || identity.enrolment.is_nil())
        return altered();
    return identity;
}

Result<void> renew_identity(const std::string& file, const TabletIdentity& identity,
                            const DeviceSecret& device) {
    const auto now = read_identity(file, device);
    // Of several that came one after the other the store stands on the first.
    if (now.ok() && now->enrolment != identity.enrolment && !read_identity(file + before, device).ok())
        TRY_DO(keep_identity(file + before, *now, device));
    return keep_identity(file, identity, device);
}

Result<std::vector<TabletIdentity>> known_identities(const std::string& file, const DeviceSecret& device) {
    std::vector<TabletIdentity> known(1);
    TRY(known.front(), read_identity(file, device));
    if (auto earlier = read_identity(file + before, device); earlier.ok())
        known.push_back(std::move(earlier).value());
    return known;
}

void forget_identity_before(const std::string& file) {
    ::unlink((file + before).c_str());
}

}  // namespace doorstep
