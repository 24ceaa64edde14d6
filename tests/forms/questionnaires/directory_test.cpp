// The shipped directory: who may receive, what may be offered, which columns are
// printed.
#include <catch2/catch.hpp>
#include <regex>
#include <string>
#include <vector>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

std::vector<std::string> labels(const ColumnSet& set) {
    std::vector<std::string> all;
    for (const ReportColumn& column : set.columns)
        all.push_back(column.label);
    return all;
}

}  // namespace

TEST_CASE("every agency and offer of the field is in the directory", "[questionnaires]") {
    for (const char* code : {"police",
                             "fire",
                             "nhw",
                             "red_cross",
                             "cah",
                             "volunteering",
                             "medequip",
                             "herts_home_help",
                             "trading_standards",
                             "herts_help",
                             "citizens_advice",
                             "foodbank",
                             "stop_smoking",
                             "housing_hbc",
                             "adult_care",
                             "child_services",
                             "thriving_families",
                             "you_can",
                             "domestic_abuse",
                             "memory_support",
                             "herts_mind",
                             "drug_alcohol",
                             "gp",
                             "falls",
                             "activity_scheme",
                             "asb_team",
                             "modern_slavery_unit"}) {
        INFO(code);
        CHECK(shipped_directory().agency(code));
    }
    for (const char* code : {"crime_prevention_advice",
                             "smoke_detector",
                             "smoke_detector_fitting",
                             "co_alarm_advice",
                             "healthy_lifestyle_help",
                             "quit_smoking_support",
                             "community_involvement_info",
                             "first_aid_session",
                             "home_safety_check",
                             "purse_bell",
                             "secret_pocket",
                             "card_defender",
                             "plate_screws",
                             "immobilise_signup",
                             "watch_signup",
                             "scam_advice",
                             "warm_home_pack",
                             "specialist_alarm",
                             "fire_retardant_bedding",
                             "letterbox_protection",
                             "fire_safety_advice",
                             "large_print_pack"}) {
        INFO(code);
        CHECK(shipped_directory().offer(code));
    }
    REQUIRE(shipped_directory().agency("fire")->service("fire_safe_and_well"));
    CHECK_FALSE(shipped_directory().agency("fire_safe_and_well"));
}

TEST_CASE("agencies come and go without a change of code", "[questionnaires]") {
    const Day before = Day::of(2016, 3, 31);
    const Day after = Day::of(2016, 4, 1);
    for (const char* code : {"cah", "medequip"}) {
        CHECK(shipped_directory().agency(code)->valid.covers(before));
        CHECK_FALSE(shipped_directory().agency(code)->valid.covers(after));
    }
    CHECK_FALSE(shipped_directory().agency("volunteering")->valid.covers(before));
    CHECK(shipped_directory().agency("volunteering")->valid.covers(after));
    CHECK(shipped_directory().agency("police")->valid.covers(before));
    CHECK(shipped_directory().agency("police")->valid.covers(after));
}

TEST_CASE("agencies that one would not want on a hall table are sensitive", "[questionnaires]") {
    for (const char* code : {"drug_alcohol", "herts_mind", "citizens_advice", "domestic_abuse"})
        CHECK(shipped_directory().agency(code)->sensitive);
    for (const char* code : {"fire", "nhw", "red_cross", "police"})
        CHECK_FALSE(shipped_directory().agency(code)->sensitive);
}

TEST_CASE("the report columns are those that were printed", "[questionnaires]") {
    const ColumnSet* first = shipped_directory().column_set("2013-14");
    const ColumnSet* later = shipped_directory().column_set("2016");
    REQUIRE(first);
    REQUIRE(later);
    CHECK(labels(*first) ==
          std::vector<std::string>{"Police", "Fire", "CAH", "NHW", "Red Cross", "Medequip"});
    CHECK(first->columns[2].agency == "cah");
    CHECK(first->columns[5].agency == "medequip");
    CHECK(labels(*later) == std::vector<std::string>{"Police", "Fire", "Volunteering", "Neighbourhood Watch",
                                                     "British Red Cross", "Herts Home Help Service"});
    std::size_t not_recorded = 0;
    for (const ReportColumn& column : later->columns)
        not_recorded += column.agency ? 0U : 1U;
    CHECK(not_recorded == 1);
    for (const ReportColumn& column : first->columns)
        CHECK(column.agency);
    CHECK(first->household_form == "safer_streets_doorstep");
    CHECK(later->household_form == "safer_streets_doorstep");
}

TEST_CASE("there is a set of columns for today", "[questionnaires]") {
    const ColumnSet* current = shipped_directory().column_set("current");
    REQUIRE(current);
    CHECK(current->valid.covers(Day::of(2026, 3, 14)));
    CHECK(labels(*current).size() == 6);
}

TEST_CASE("every telephone number is from a range that is never given out", "[questionnaires]") {
    const std::regex never_real("01632 960[0-9]{3}|020 7946 0[0-9]{3}|07700 900[0-9]{3}");
    for (const Agency& agency : shipped_directory().agencies) {
        INFO(agency.code);
        CHECK(std::regex_match(agency.telephone_in_hours, never_real));
        if (!agency.telephone_out_of_hours.empty())
            CHECK(std::regex_match(agency.telephone_out_of_hours, never_real));
        CHECK(agency.lawful_basis.find("demonstration") == 0);
        CHECK(agency.agreement_reference.find("DEMO-") == 0);
    }
}

}  // namespace doorstep
