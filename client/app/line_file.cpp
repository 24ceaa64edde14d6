#include "client/app/line_file.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "forms/base/secret.h"
#include "sync/vault/device_secret.h"
#include "sync/vault/durable_file.h"
#include "sync/vault/sealing.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* purpose = "doorstep line of a tablet, 1";
constexpr std::size_t longest = 64 * 1024;
constexpr std::array<std::string_view, 3> ways{"none", "automatic", "by_hand"};
// In the order of SyncTrouble.
constexpr std::array<std::string_view, 16> troubles{
    "none",          "no_answer", "captive_portal", "stranger",       "certificate", "proxy",
    "proxy_sign_in", "busy",      "not_taken",      "damaged_answer", "elsewhere",   "wrong_clock",
    "not_known",     "too_old",   "copied",         "storage"};
static_assert(troubles.size() == static_cast<std::size_t>(SyncTrouble::storage) + 1);

std::string file_of(const TabletPlaces& places) {
    return places.folder + "/line.sealed";
}

template<class Value, std::size_t size>
Value one_of(const std::array<std::string_view, size>& words, const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found != json.end() && found->is_string())
        for (std::size_t i = 0; i < size; ++i)
            if (found->get_ref<const std::string&>() == words[i])
                return static_cast<Value>(i);
    return Value{};
}

std::string text_in(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::int64_t number_in(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

}  // namespace

void LineNotes::follow_backup(Sequence acked_through, Sequence durable, std::int64_t now_ms) {
    if (durable >= acked_through)
        not_backed_up_since_ms = 0;
    else if (not_backed_up_since_ms == 0 || durable > durable_through)
        not_backed_up_since_ms = now_ms;
    durable_through = durable;
}

LineNotes read_line_notes(const TabletPlaces& places) {
    LineNotes notes;
    const auto device = DeviceSecret::load(places.device_secret);
    const auto sealed = read_small_file(file_of(places), longest);
    if (!device.ok() || !sealed.ok())
        return notes;
    const auto text = open_under(derive(device->key(), purpose), *sealed, purpose);
    const Json json = text ? Json::parse(text->view(), nullptr, false) : Json{};
    if (!json.is_object())
        return notes;
    notes.proxy.way = one_of<Proxy::Way>(ways, json, "proxy");
    notes.proxy.address = text_in(json, "address");
    notes.proxy.name = text_in(json, "name");
    notes.proxy.password = text_in(json, "password");
    notes.success_ms = number_in(json, "success_ms");
    notes.trouble = one_of<SyncTrouble>(troubles, json, "trouble");
    notes.trouble_ms = number_in(json, "trouble_ms");
    notes.proven_ms = number_in(json, "proven_ms");
    notes.told.at_ms = number_in(json, "told_at_ms");
    notes.told.told_ms = number_in(json, "told_ms");
    notes.told.boot = Uuid::parse(text_in(json, "told_boot")).value_or(Uuid{});
    notes.told.since_boot_ms = number_in(json, "told_since_boot_ms");
    notes.not_backed_up_since_ms = number_in(json, "not_backed_up_since_ms");
    notes.durable_through = static_cast<Sequence>(number_in(json, "durable_through"));
    notes.begun = number_in(json, "begun");
    return notes;
}

Result<void> write_line_notes(const TabletPlaces& places, const LineNotes& notes) {
    TRY(const auto device, DeviceSecret::load(places.device_secret));
    const Json json{{"proxy", ways[static_cast<std::size_t>(notes.proxy.way)]},
                    {"address", notes.proxy.address},
                    {"name", notes.proxy.name},
                    {"password", notes.proxy.password},
                    {"success_ms", notes.success_ms},
                    {"trouble", troubles[static_cast<std::size_t>(notes.trouble)]},
                    {"trouble_ms", notes.trouble_ms},
                    {"proven_ms", notes.proven_ms},
                    {"told_at_ms", notes.told.at_ms},
                    {"told_ms", notes.told.told_ms},
                    {"told_boot", notes.told.boot.text()},
                    {"told_since_boot_ms", notes.told.since_boot_ms},
                    {"not_backed_up_since_ms", notes.not_backed_up_since_ms},
                    {"durable_through", notes.durable_through},
                    {"begun", notes.begun}};
    const SecretText text(json.dump(-1, ' ', true, Json::error_handler_t::replace));
    return write_durably(file_of(places), seal_under(derive(device.key(), purpose), text.view(), purpose),
                         0600);
}

}  // namespace doorstep
