#include "client/app/route.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "client/app/kept_file.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 11> words{"home",     "doors",     "door",    "questionnaire",
                                                 "counts",   "referrals", "waiting", "sync",
                                                 "settings", "officers",  "homes"};
constexpr std::size_t deepest = 32;

std::string file_in(const std::string& folder) {
    return folder + "/route.json";
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
    const auto word = std::find(words.begin(), words.end(), text_in(json, "at"));
    if (word == words.end())
        return false;
    place.at = static_cast<Stop::At>(word - words.begin());
    place.code = text_in(json, "code");
    const auto id = Uuid::parse(text_in(json, "id"));
    place.id = id.value_or(Uuid{});
    return !has_id(place.at) || id.has_value();
}

}  // namespace

std::string text_of(const Stop& place) {
    std::string text(words[static_cast<std::size_t>(place.at)]);
    if (has_id(place.at))
        text += "/" + place.id.text();
    else if (place.at == Stop::At::referrals)
        text += "/" + place.code;
    return text;
}

Route read_route(const std::string& folder) {
    const Json json = Json::parse(read_kept(file_in(folder)), nullptr, false);
    Route route{Stop{}};
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

Result<void> write_route(const std::string& folder, const Route& route) {
    Json json = Json::array();
    for (const Stop& place : route) {
        Json one{{"at", words[static_cast<std::size_t>(place.at)]}};
        if (has_id(place.at))
            one["id"] = place.id.text();
        if (place.at == Stop::At::questionnaire && !place.code.empty())
            one["code"] = place.code;
        json.push_back(std::move(one));
    }
    return write_kept(file_in(folder), json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
}

}  // namespace doorstep
