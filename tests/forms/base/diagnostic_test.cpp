#include "forms/base/diagnostic.h"

#include <catch2/catch.hpp>

using namespace doorstep;

TEST_CASE("a diagnostic says file, sheet, row, column, what and how to mend it", "[base]") {
    const Diagnostic one{.code = "unknown-list",
                         .place = {"safer.xlsx", "survey", 14, 1, "type"},
                         .what = "the list \"yesno\" is not on the choices sheet.",
                         .why = "Lists there: yes_no.",
                         .mend = "rename it."};
    CHECK(one.text() == "safer.xlsx, sheet survey, row 14, column A (type): the list \"yesno\" is not on the "
                        "choices sheet. Lists there: yes_no. Mend: rename it.");
    CHECK(has_error({one}));
}

TEST_CASE("a diagnostic without a place says only what it knows", "[base]") {
    const Diagnostic one{.code = "x", .severity = Severity::warning, .what = "odd."};
    CHECK(one.text() == "warning: odd.");
    CHECK_FALSE(has_error({one}));
}

TEST_CASE("columns have letters", "[base]") {
    CHECK(column_letters(1) == "A");
    CHECK(column_letters(26) == "Z");
    CHECK(column_letters(27) == "AA");
    CHECK(column_letters(16384) == "XFD");
    CHECK(column_letters(0).empty());
}

TEST_CASE("the nearest name is found only when it is near", "[base]") {
    const std::vector<std::string> names{"red_cross", "police", "fire"};
    CHECK(nearest("red_crss", names) == "red_cross");
    CHECK(nearest("polcie", names) == "police");
    CHECK(nearest("fir", names) == "fire");
    CHECK(nearest("volunteering", names).empty());
    CHECK(nearest("x", {}).empty());
}
