#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/journeys/endpoint_process.h"
#include "tests/journeys/season_deal.h"

using namespace doorstep;
using namespace doorstep::journey;

namespace {

constexpr const char* visits_header =
    "date,begins,area,label,tablets,homes,declined,no_answer,partial,call_back,again\n";
constexpr const char* needs_header = "need,about,homes,answers,agree,then\n";

// A plan of three small files, and what its reader says about it.
std::string found_in(const std::string& visits, const std::string& needs,
                     const std::string& usual = "question,answer,weight\n") {
    const auto folder = fresh_folder();
    REQUIRE(folder.ok());
    std::ofstream(*folder + "/visits.csv") << visits_header << visits;
    std::ofstream(*folder + "/needs.csv") << needs_header << needs;
    std::ofstream(*folder + "/usual.csv") << usual;
    Diagnostics found;
    read_plan(*folder, found);
    std::filesystem::remove_all(*folder);
    std::string text;
    for (const Diagnostic& each : found)
        text += each.text() + "\n";
    return text;
}

constexpr const char* one_visit = "2013-06-08,17:30,BE,SS-1,tab-01,2,0,0,0,1,0\n";

}  // namespace

TEST_CASE("the plan of 2013/14 has no mistake, and deals every card once", "[season][plan]") {
    Diagnostics found;
    const SeasonPlan plan = read_plan("tests/journeys/season/2013-14", found);
    CHECK(found.empty());
    CHECK(plan.tablets() == std::vector<std::string>{"tab-01", "tab-02", "tab-03", "tab-04"});
    const auto rounds = deal(plan, 5);
    REQUIRE(rounds.size() == plan.visits.size());
    std::map<const Card*, int> dealt;
    std::set<std::string> addresses;
    std::size_t doors = 0;
    for (const auto& round : rounds)
        for (const PlannedDoor& door : round) {
            ++doors;
            addresses.insert(door.road_code + " " + door.address.number_or_name + door.address.flat);
            for (const Card* card : door.cards)
                ++dealt[card];
        }
    CHECK(addresses.size() == doors);
    for (const Card& card : plan.cards)
        CHECK(dealt[&card] == card.homes);
}

TEST_CASE("the same seed deals the same season, another one does not", "[season][plan]") {
    Diagnostics found;
    const SeasonPlan plan = read_plan("tests/journeys/season/2013-14", found);
    const auto tablets = [&](std::uint64_t seed) {
        std::string all;
        for (const auto& round : deal(plan, seed))
            for (const PlannedDoor& door : round)
                all += door.tablet + (door.cards.empty() ? "" : door.cards.front()->need);
        return all;
    };
    CHECK(tablets(4) == tablets(4));
    CHECK(tablets(4) != tablets(5));
}

TEST_CASE("a mistake in a plan is told with its file and row", "[season][plan]") {
    CHECK(found_in(one_visit, "rails,medequip,2,help_topics=equipment_rails,medequip,\n").empty());
    const auto says = [](const std::string& text, std::initializer_list<const char*> words) {
        INFO(text);
        for (const char* word : words)
            CHECK(text.find(word) != std::string::npos);
    };
    says(found_in("2013-06-31,17:30,BE,SS-1,tab-01,2,0,0,0,0,0\n", ""), {"visits.csv", "row 2", "date"});
    says(found_in("2013-06-08,25:30,BE,SS-1,tab-01,2,0,0,0,0,0\n", ""), {"row 2", "time of day"});
    says(found_in("2013-06-08,17:30,BE,SS-1,tab-01,two,0,0,0,0,0\n", ""), {"row 2", "whole number"});
    says(found_in("2013-06-08,17:30,BE,SS-1,tab-01,2,0,0,0,3,0\n", ""), {"row 2", "called back"});
    says(found_in(std::string(one_visit) + one_visit, ""), {"row 3", "after the one above"});
    says(found_in(one_visit, "rails,medequip,3,help_topics=equipment_rails,medequip,\n"),
         {"needs.csv", "row 2", "there are 2"});
    says(found_in(one_visit, "rails,medequip,1,help_topics,medequip,\n"), {"row 2", "question=value"});
    says(found_in(one_visit, "rails,medequip,1,a=1,police,\n"), {"row 2", "about"});
    says(found_in(one_visit, "rails,medequip,1,a=1,none,withdrawn\n"), {"row 2", "withdrawn"});
    says(found_in(one_visit, "rails,medequip,1,a=1,medequip,\nwatch,nhw,1,a=1,nhw,\n"),
         {"row 3", "both answer a"});
    says(found_in(one_visit, "", "question,answer,weight\na,b,0\n"), {"usual.csv", "row 2"});
}
