// Finding homes by what is typed.
#include "sync/search/household_search.h"

#include <catch2/catch.hpp>
#include <set>

#include "forms/base/random.h"
#include "sync/search/home_address.h"
#include "tests/sync/search/made_up_borough.h"

using namespace doorstep;

namespace {

// Homes named by their line, found as lines.
struct Homes {
    SeededRandom random{7};
    HouseholdSearch search;
    std::vector<std::string> lines;

    void add(std::string_view house, std::string_view road, std::string_view names = {},
             std::string_view postcode = {}, std::string_view town = {},
             std::optional<std::uint64_t> uprn = {}) {
        HouseholdText text;
        text.house = house;
        text.road = road;
        text.names = names;
        text.postcode = postcode;
        text.town = town;
        text.uprn = uprn;
        search.put(Uuid::random(random), text);
        lines.push_back(std::string(house) + " " + std::string(road));
    }
    std::vector<std::string> find(std::string_view typed) const {
        std::vector<std::string> found;
        for (const auto& each : search.find(typed).first)
            found.push_back(lines[each.row]);
        return found;
    }
};
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a home is found by the beginnings of its words, in any order", "[search]") {
    Homes homes;
    homes.add("14A", "Mill Lane");
    homes.add("2", "Quay Street");
    CHECK(homes.find("m") == Lines{"14A Mill Lane"});
    CHECK(homes.find("lane 14") == Lines{"14A Mill Lane"});
    CHECK(homes.find("MILL, la") == Lines{"14A Mill Lane"});
    CHECK(homes.find("14 a mill") == Lines{"14A Mill Lane"});
    CHECK(homes.find("ill").empty());
    CHECK(homes.find("mill quay").empty());
    CHECK(homes.find("").empty());
    CHECK(homes.find(" ,-' ").empty());
}

TEST_CASE("letters are forgiven: Lukasz finds Łukasz", "[search]") {
    Homes homes;
    homes.add("1", "Mill Lane", "Łukasz Đorđević");
    homes.add("2", "Straße", "Søren Þóra");
    for (const char* typed : {"lukasz", "LUKASZ", "łukasz", "dordevic", "đorđević"}) {
        INFO(typed);
        CHECK(homes.find(typed) == Lines{"1 Mill Lane"});
    }
    for (const char* typed : {"soren", "thora", "strasse", "sor", "SØREN"}) {
        INFO(typed);
        CHECK(homes.find(typed) == Lines{"2 Straße"});
    }
}

TEST_CASE("hyphens and apostrophes part words or are nothing", "[search]") {
    Homes homes;
    homes.add("1", "St John's Road", "Smith-Jones");
    homes.add("2", "St Johns Close", "Smithjones");
    homes.add("3", "Mill Lane", "O'Brien");
    homes.add("4", "Mill Lane", "OBrien");
    homes.add("5", "Mill Lane", "O Brien");
    CHECK(homes.find("st johns").size() == 2);
    CHECK(homes.find("st john's").size() == 2);
    CHECK(homes.find("smith-jones").size() == 2);
    CHECK(homes.find("smith jones").size() == 2);
    CHECK(homes.find("smithjones") == Lines{"1 St John's Road", "2 St Johns Close"});
    CHECK(homes.find("obrien") == Lines{"3 Mill Lane", "4 Mill Lane", "5 Mill Lane"});  // the last as a slip
    CHECK(homes.find("o'brien").size() == 3);
    CHECK(homes.find("o brien").size() == 3);
    CHECK(homes.find("brien") == Lines{"3 Mill Lane", "5 Mill Lane", "4 Mill Lane"});
}

TEST_CASE("a postcode is found with its space and without", "[search]") {
    Homes homes;
    homes.add("1", "Mill Lane", "", "WD6 1AA");
    homes.add("1", "Quay Street", "", "WD61AB");
    homes.add("2", "Quay Street", "", "WD23 1AB");
    CHECK(homes.find("wd6 1aa") == Lines{"1 Mill Lane"});
    CHECK(homes.find("wd61aa") == Lines{"1 Mill Lane"});
    CHECK(homes.find("WD6 1").size() == 2);
    CHECK(homes.find("wd61").size() == 2);
    CHECK(homes.find("wd6").size() == 2);
    CHECK(homes.find("1ab").size() == 2);
    CHECK(homes.find("quay wd23 1ab") == Lines{"2 Quay Street"});
    // One digit is a house, not the half of a postcode.
    CHECK(homes.find("1 quay") == Lines{"1 Quay Street"});
}

TEST_CASE("a UPRN is found from its sixth digit on", "[search]") {
    Homes homes;
    homes.add("1", "Mill Lane", "", "", "", 990000000017);
    homes.add("2", "Mill Lane", "", "", "", 100081);
    CHECK(homes.find("990000000017") == Lines{"1 Mill Lane"});
    CHECK(homes.find("990000") == Lines{"1 Mill Lane"});
    CHECK(homes.find("99000").empty());
    CHECK(homes.find("100081") == Lines{"2 Mill Lane"});
    CHECK(homes.find("000000100081") == Lines{"2 Mill Lane"});
    CHECK(homes.find("990000000018").empty());
    CHECK(homes.find("990000000017 mill").size() == 1);
}

TEST_CASE("small slips are forgiven, one from four letters and two from eight", "[search]") {
    Homes homes;
    homes.add("1", "Quillfeather Road", "Nowak");
    for (const char* typed : {"Quilfeather", "Quillfaether", "Qiullfeatehr", "Quillfeatherr", "wuillfeathet",
                              "nowka", "nowa", "novak", "nnowak", "onwak", "owak", "Quilfe", "qulfeath"}) {
        INFO(typed);
        CHECK(homes.find(typed) == Lines{"1 Quillfeather Road"});
    }
    for (const char* typed : {"nav", "navok", "Quilfther Road 2", "wuilfeatet", "rod", "xuilf"}) {
        INFO(typed);
        CHECK(homes.find(typed).empty());
    }
}

TEST_CASE("numbers are never forgiven", "[search]") {
    Homes homes;
    homes.add("1234", "Mill Lane", "", "WD6 1AA");
    CHECK(homes.find("1243").empty());
    CHECK(homes.find("1235").empty());
    CHECK(homes.find("wd6 1ab").empty());
    CHECK(homes.find("wd61ba").empty());
    CHECK(homes.find("1234 mlil").size() == 1);
}

TEST_CASE("what was typed as it stands comes before slips, whole words before beginnings, roads before towns",
          "[search]") {
    Homes homes;
    homes.add("10", "Milt Lane");
    homes.add("3", "Quay Street", "", "", "Mill Hill");
    homes.add("10", "Miller Lane");
    homes.add("10", "Mill Lane");
    homes.add("1", "Mill Lane");
    CHECK(homes.find("mill") ==
          Lines{"10 Mill Lane", "1 Mill Lane", "10 Miller Lane", "3 Quay Street", "10 Milt Lane"});
    CHECK(homes.find("1 mill") == Lines{"1 Mill Lane", "10 Mill Lane", "10 Miller Lane", "10 Milt Lane"});
    const auto found = homes.search.find("milt");
    REQUIRE(found.first.size() == 4);
    CHECK(found.first[0].edits == 0);
    CHECK(found.first[1].edits == 1);
    CHECK(homes.search.rows("mill") == std::vector<std::uint32_t>{1, 2, 3, 4});
    CHECK(homes.search.rows("mlil") == std::vector<std::uint32_t>{1, 3, 4});
    CHECK(homes.search.rows("").size() == 5);
}

TEST_CASE("the flat and the house of one home do not make a third number", "[search]") {
    Homes homes;
    homes.add("14", "Mill Lane");
    HouseholdText text;
    text.flat = "Flat 1";
    text.house = "4";
    text.road = "Mill Lane";
    homes.search.put(Uuid::random(homes.random), text);
    homes.lines.emplace_back("Flat 1, 4 Mill Lane");
    CHECK(homes.find("flat 1 4 mill lane") == Lines{"Flat 1, 4 Mill Lane"});
    CHECK(homes.find("1 4 mill") == Lines{"Flat 1, 4 Mill Lane"});
}

TEST_CASE("only the best are given, and how many there are", "[search]") {
    Homes homes;
    for (int i = 0; i < 130; ++i)
        homes.add(std::to_string(i), "Mill Lane");
    const auto found = homes.search.find("mill");
    CHECK(found.matches == 130);
    REQUIRE(found.first.size() == HouseholdSearch::usual_limit);
    CHECK(found.first[49].row == 49);
    CHECK(homes.search.find("mill", 0).matches == 130);
    CHECK(homes.search.find("mill", 0).first.empty());
}

TEST_CASE("one home comes, changes and goes", "[search]") {
    HouseholdSearch search;
    SeededRandom random(3);
    const Uuid home = Uuid::random(random);
    const Uuid other = Uuid::random(random);
    HouseholdText text;
    text.house = "14A";
    text.road = "Mill Lane";
    CHECK(search.put(home, text) == 0);
    CHECK(search.put(other, text) == 1);
    text.names = "Łucja";
    CHECK(search.put(home, text) == 0);
    CHECK(search.size() == 2);
    CHECK(search.find("mill").matches == 2);
    CHECK(search.find("lucja").first.at(0).household == home);
    text.names = "Ewa";
    search.put(home, text);
    CHECK(search.find("lucja").matches == 0);
    search.remove(home);
    search.remove(home);
    CHECK_FALSE(search.contains(home));
    CHECK(search.contains(other));
    CHECK(search.find("ewa").matches == 0);
    CHECK(search.rows("") == std::vector<std::uint32_t>{1});
    CHECK(search.put(home, text) == 0);
    search.clear();
    CHECK(search.size() == 0);
    CHECK(search.find("mill").matches == 0);
    CHECK(search.put(home, text) == 0);
}

TEST_CASE("an index that many changes went through says what a new one says", "[search]") {
    const auto borough = made_up_borough(2'000);
    SeededRandom random(11);
    HouseholdSearch changed;
    const auto put = [](HouseholdSearch& search, const HomeAddress& home, std::size_t name) {
        const std::string names = made_up_name(name);
        HouseholdText text = search_text(home);
        text.names = names;
        search.put(household_of_uprn(home.uprn), text);
    };
    for (std::size_t i = 0; i < borough.size(); ++i)
        put(changed, borough[i], i);
    std::set<std::size_t> gone;
    for (int i = 0; i < 20'000; ++i) {
        const std::size_t at = random.below(borough.size());
        if (random.below(3) == 0) {
            changed.remove(household_of_uprn(borough[at].uprn));
            gone.insert(at);
        } else {
            put(changed, borough[at], random.below(5'000));
            gone.erase(at);
        }
    }
    for (std::size_t i = 0; i < borough.size(); ++i)
        if (!gone.contains(i))
            put(changed, borough[i], i);
    HouseholdSearch fresh;
    for (std::size_t i = 0; i < borough.size(); ++i)
        if (!gone.contains(i))
            put(fresh, borough[i], i);
    CHECK(changed.size() == fresh.size());
    const auto ids = [](const HouseholdSearch& search, const std::string& typed) {
        std::set<std::pair<int, Uuid>> found;
        for (const auto& each : search.find(typed, 5'000).first)
            found.emplace(each.edits, each.household);
        return found;
    };
    for (const char* typed : {"m", "14", "mill la", "lucja", "quilfeather road", "za1", "upper", "990000"}) {
        INFO(typed);
        CHECK(ids(changed, typed) == ids(fresh, typed));
    }
    CHECK(changed.bytes() < 4 * fresh.bytes());
}
