// Every branch of the doorstep questionnaire.
#include <catch2/catch.hpp>

#include "tests/forms/questionnaires/every_branch.h"

namespace doorstep {
namespace {

const Walked& walked(const std::string& version) {
    return walk_every_branch(version, {{"reach_phone", {"07700 900123", "0123"}},
                                       {"reach_email", {"layla@example.org", "layla at example"}}});
}

}  // namespace

TEST_CASE("every branch of the doorstep questionnaire can be taken", "[questionnaires][branches]") {
    for (const std::string version : {"2013", "current"}) {
        for (const std::string& one : walked(version).missed)
            UNSCOPED_INFO(one);
        CHECK(walked(version).missed.empty());
        for (const std::string& one : walked(version).wrong)
            UNSCOPED_INFO(one);
        CHECK(walked(version).wrong.empty());
    }
}

TEST_CASE("numbers and texts of the doorstep questionnaire keep to the field's bounds",
          "[questionnaires][branches]") {
    using Numbers = std::map<std::string, AcceptedNumbers>;
    CHECK(walked("2013").numbers ==
          Numbers{{"household_size", {1, 20}}, {"vehicles", {0, 9}}, {"first_aid_places", {0, 20}}});
    CHECK(walked("current").numbers == Numbers{{"household_size", {1, 20}},
                                               {"vehicles", {0, 9}},
                                               {"first_aid_places", {0, 20}},
                                               {"alarms_fitted_now", {0, 10}},
                                               {"alarms_supplied_now", {0, 10}}});
    using Longest = std::map<std::string, std::size_t>;
    CHECK(walked("2013").longest == Longest{{"language_other", 60},
                                            {"concern_detail", 1000},
                                            {"other_notes", 1000},
                                            {"safe_contact_note", 300}});
    for (const std::string version : {"2013", "current"}) {
        CHECK(walked(version).exclusive ==
              std::set<std::string>{"format standard", "concerns none", "plate_screws no_thanks",
                                    "lifestyle_help none", "help_topics none", "officer_concern none",
                                    "safe_contact no_contact"});
        CHECK(walked(version).required == std::set<std::string>{"privacy_given", "age_bands"});
    }
}

TEST_CASE("every choice of the doorstep questionnaire fits by itself", "[questionnaires][branches]") {
    std::size_t choices = 0;
    for (const auto& [question, chosen] : walked("current").chosen)
        choices += chosen.size();
    // Counted in the field's table, and besides: alarm types 3, safe contact 5.
    CHECK(choices == 95 + 3 + 5);
    CHECK(walked("current").chosen.size() == 19 + 2);
}

}  // namespace doorstep
