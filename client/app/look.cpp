#include "client/app/look.h"

#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "client/app/kept_file.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 3> theme_words{"light", "dark", "sunlight"};

std::string file_in(const std::string& folder) {
    return folder + "/settings.json";
}

}  // namespace

int text_size_near(int percent) {
    int nearest = 100;
    for (const int size : {100, 135, 200})
        if (std::abs(percent - size) < std::abs(percent - nearest))
            nearest = size;
    return nearest;
}

Look read_look(const std::string& folder) {
    Look look;
    const Json json = Json::parse(read_kept(file_in(folder)), nullptr, false);
    if (!json.is_object())
        return look;
    if (const auto theme = json.find("theme"); theme != json.end() && theme->is_string())
        for (std::size_t i = 0; i < theme_words.size(); ++i)
            if (theme->get_ref<const std::string&>() == theme_words[i])
                look.theme = static_cast<Theme>(i);
    if (const auto size = json.find("text_percent"); size != json.end() && size->is_number_integer()) {
        const auto percent = size->get<std::int64_t>();
        look.text_percent = percent > 0 && percent < 1000 ? text_size_near(static_cast<int>(percent)) : 100;
    }
    return look;
}

Result<void> write_look(const std::string& folder, const Look& look) {
    const Json json{{"theme", theme_words[static_cast<std::size_t>(look.theme)]},
                    {"text_percent", look.text_percent}};
    return write_kept(file_in(folder), json.dump(2) + "\n");
}

}  // namespace doorstep
