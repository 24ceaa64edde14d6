#include "client/app/route.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "client/app/kept_file.h"
#include "forms/base/packing.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 11> route_words{"home",     "doors",     "door",    "questionnaire",
                                                       "counts",   "referrals", "waiting", "sync",
                                                       "settings", "officers",  "homes"};
constexpr std::size_t deepest = 32;

// In no table of the store: none of its rows can be put here, and nothing of this there.
const RowIdentity in_its_file{{}, "where one is", 1, 0, 1};

std::string file_in(const std::string& folder) {
    return folder + "/route.sealed";
}

std::string clear_file_in(const std::string& folder) {
    return folder + "/route.json";
}

void forget_clear_route(const std::string& folder) {
    const std::string file = clear_file_in(folder);
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0)
        return;
    static_cast<void>(
        overwrite_part(file, 0, std::string(static_cast<std::size_t>(facts.st_size), '\0')).ok());
    ::unlink(file.c_str());
}

std::string text_in(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool has_id(Stop::At at) {
    return at == Stop::At::doors || at == Stop::At::door || at == Stop::At::questionnaire;
}

bool read_place(const Json& json, Stop& place) {
    if (!json.is_object())
        return false;
    const auto word = std::find(route_words.begin(), route_words.end(), text_in(json, "at"));
    if (word == route_words.end())
        return false;
    place.at = static_cast<Stop::At>(word - route_words.begin());
    place.code = text_in(json, "code");
    const auto id = Uuid::parse(text_in(json, "id"));
    place.id = id.value_or(Uuid{});
    return !has_id(place.at) || id.has_value();
}

}  // namespace

std::string text_of(const Stop& place) {
    std::string text(route_words[static_cast<std::size_t>(place.at)]);
    if (has_id(place.at))
        text += "/" + place.id.text();
    else if (place.at == Stop::At::referrals)
        text += "/" + place.code;
    return text;
}

Route read_route(const std::string& folder, const RowKeys& keys) {
    Route route{Stop{}};
    const std::string kept = read_kept(file_in(folder));
    KeyGeneration generation = 0;
    std::string sealed;
    Unpacker packed(kept);
    packed(generation, sealed);
    if (!packed.ok() || !packed.at_end())
        return route;
    const auto text = keys.open(in_its_file, generation, sealed);
    if (!text.ok())
        return route;
    const Json json = Json::parse(text->view(), nullptr, false);
    if (!json.is_array())
        return route;
    for (const Json& each : json) {
        Stop place;
        if (!read_place(each, place) || route.size() >= deepest)
            break;
        if (place.at != Stop::At::home)
            route.push_back(std::move(place));
    }
    return route;
}

Result<void> write_route(const std::string& folder, const Route& route, const RowKeys& keys) {
    Json json = Json::array();
    for (const Stop& place : route) {
        Json one{{"at", route_words[static_cast<std::size_t>(place.at)]}};
        if (has_id(place.at))
            one["id"] = place.id.text();
        if (place.at == Stop::At::questionnaire && !place.code.empty())
            one["code"] = place.code;
        json.push_back(std::move(one));
    }
    Packer packed;
    packed(keys.newest(), keys.seal(in_its_file, json.dump(-1, ' ', true, Json::error_handler_t::replace)));
    TRY_DO(write_kept(file_in(folder), packed.bytes()));
    forget_clear_route(folder);
    return {};
}

}  // namespace doorstep
