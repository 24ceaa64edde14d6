#include "tests/sync/search/made_up_borough.h"

#include <array>
#include <fmt/format.h>

#include "forms/base/random.h"

namespace doorstep {

namespace {

constexpr auto beginnings = std::to_array<std::string_view>(
    {"Ash",   "Quill", "Heather", "Mill",   "Thistle", "Copper", "Lark",  "Wicket", "Bramble", "Saffron",
     "Hazel", "Otter", "Marl",    "Pepper", "Juniper", "Silver", "Raven", "Tansy",  "Linden",  "Cobble",
     "Fern",  "Elder", "Kestrel", "Barley", "Orchard", "Winter", "Stone", "Rowan",  "Meadow",  "Harbour"});
constexpr auto endings = std::to_array<std::string_view>(
    {"feather", "grove", "field", "mere",  "wick",   "stead", "ford", "croft",  "dale", "wood",
     "bourne",  "hurst", "ley",   "combe", "thorpe", "well",  "gate", "bridge", "moor", "holt",
     "",        "'s",    "ham",   "ton",   "den",    "worth", "cote", "shaw",   "rick", "by"});
constexpr auto kinds = std::to_array<std::string_view>(
    {"Road", "Lane", "Street", "Close", "Avenue", "Way", "Gardens", "Drive", "Court", "Hill", "Crescent"});
constexpr auto towns =
    std::to_array<std::string_view>({"Oxborough", "Wendlemere", "Tarnford", "Applewick", "Great Kexley"});
constexpr auto areas = std::to_array<std::string_view>({"BE", "PB", "AB"});
constexpr auto names = std::to_array<std::string_view>(
    {"Łucja",      "Søren", "Zoë",    "Siân",    "Þóra",   "Đorđe", "Amina",   "Bilal", "Chidi",
     "Dorota",     "Ewa",   "Fatou",  "Grace",   "Harjit", "Ioana", "Jędrzej", "Karim", "Leïla",
     "Małgorzata", "Noël",  "O'Neil", "Pádraig", "Quyên",  "René",  "Straße",  "Tomáš"});

std::string road_name(std::size_t number) {
    const std::size_t begin = number % beginnings.size();
    const std::size_t end = number / beginnings.size() % endings.size();
    const std::size_t kind = (number / beginnings.size() / endings.size() + number) % kinds.size();
    const std::string saint = number % 37 == 5 ? "St " : "";
    return fmt::format("{}{}{} {}", saint, beginnings[begin], endings[end], kinds[kind]);
}

std::string postcode_of(std::size_t number) {
    return fmt::format("Z{}{} {}{}{}", static_cast<char>('A' + number / 33800 % 20), number / 6760 % 5 + 1,
                       number / 676 % 10, static_cast<char>('A' + number / 26 % 26),
                       static_cast<char>('A' + number % 26));
}

void name_house(std::size_t at, Random& random, HomeAddress& home) {
    home.house = std::to_string(at + 1);
    if (random.below(12) == 0)
        home.house += static_cast<char>('A' + random.below(3));
    if (random.below(40) == 0) {
        home.house = fmt::format("{} Cottage", beginnings[random.below(beginnings.size())]);
    } else if (random.below(8) == 0) {
        home.flat = fmt::format("Flat {}", random.below(12) + 1);
        if (random.below(2) == 0)
            home.building = fmt::format("{} House", beginnings[random.below(beginnings.size())]);
    }
}

std::string capitals(std::string text) {
    for (char& each : text)
        if (each >= 'a' && each <= 'z')
            each = static_cast<char>(each - 'a' + 'A');
    return text;
}

}  // namespace

std::string made_up_name(std::size_t number) {
    return fmt::format("{} {}{}", names[number * 7 % names.size()],
                       beginnings[number / 3 % beginnings.size()], endings[number / 11 % endings.size()]);
}

std::vector<HomeAddress> made_up_borough(std::size_t homes, std::uint64_t seed) {
    SeededRandom random(seed);
    std::vector<HomeAddress> all;
    all.reserve(homes);
    std::size_t postcode = 0;
    for (std::size_t road = 0; all.size() < homes; ++road) {
        const std::size_t here = std::min<std::size_t>(20 + random.below(41), homes - all.size());
        const std::string name = road_name(road);
        const std::string_view town = towns[road / 300 % towns.size()];
        for (std::size_t at = 0; at < here; ++at) {
            if (at % 15 == 0)
                ++postcode;
            HomeAddress home;
            home.uprn = 990'000'000'000 + all.size() * 7 + random.below(7);
            name_house(at, random, home);
            home.road = name;
            home.locality = road % 3 == 0 ? "Upper Side" : "";
            home.town = town;
            home.postcode = postcode_of(postcode);
            home.ward = fmt::format("E0500{:04}", road / 25 % 10'000);
            home.area = areas[road / 10 % areas.size()];
            home.road_code = fmt::format("{}-{:03}", home.area, road % 1'000);
            all.push_back(std::move(home));
        }
    }
    return all;
}

std::string as_gazetteer(const std::vector<HomeAddress>& homes) {
    std::string csv =
        "UPRN,LOGICAL_STATUS,SAO_TEXT,PAO_START_NUMBER,PAO_START_SUFFIX,PAO_TEXT,STREET_DESCRIPTION,"
        "LOCALITY,TOWN_NAME,POSTCODE_LOCATOR,WARD_CODE,AREA,ROAD_CODE\r\n";
    for (const HomeAddress& home : homes) {
        std::string number;
        std::string suffix;
        std::string name = capitals(home.building);
        if (home.house[0] >= '0' && home.house[0] <= '9')
            for (const char each : home.house)
                (each >= 'A' ? suffix : number) += each;
        else
            name = capitals(home.house);
        csv += fmt::format("{},1,\"{}\",{},{},{},{},{},{},{},{},{},{}\r\n", home.uprn, capitals(home.flat),
                           number, suffix, name, capitals(home.road), capitals(home.locality),
                           capitals(home.town), home.postcode, home.ward, home.area, home.road_code);
    }
    return csv;
}

}  // namespace doorstep
