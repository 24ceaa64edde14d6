#include <catch2/catch.hpp>

#include "forms/xlsform/parameters.h"
#include "forms/xlsform/types.h"

using namespace doorstep::xlsform;

TEST_CASE("a type is known under its other names, with any spaces and capitals", "[types]") {
    const auto name = [](const char* text) { return std::string(read_type(text).value().type.name); };
    CHECK(name("int") == "integer");
    CHECK(name("Photo") == "image");
    CHECK(name("GPS") == "geopoint");
    CHECK(name("date_time") == "dateTime");
    CHECK(name("trigger") == "acknowledge");
    CHECK(name("begin  lgroup") == "group");
    CHECK(name("begin_repeat") == "repeat");
    CHECK(name("csv-external") == "csv-external");
    CHECK(name("imei") == "deviceid");
}

TEST_CASE("a select is taken apart into type, list and other", "[types]") {
    const auto one = read_type("select one  yes_no or_other").value();
    CHECK(one.type.name == "select_one");
    CHECK(one.list == "yes_no");
    CHECK(one.or_other);
    CHECK(read_type("select_multiple towns or specify other").value().or_other);
    CHECK(read_type("select_one ${name}").value().list == "${name}");
    const auto file = read_type("select one from file wards.csv").value();
    CHECK(file.type.choices == ChoiceSource::file);
    CHECK(file.list == "wards.csv");
    CHECK(read_type("select all that apply from towns").value().type.name == "select_multiple");
    CHECK(read_type("rank topics").value().type.bind == "odk:rank");
}

TEST_CASE("a slip in a type is told with the nearest type", "[types]") {
    CHECK_FALSE(read_type("select_on yes_no"));
    CHECK(nearest_type("select_on yes_no") == "select_one yes_no");
    CHECK(nearest_type("intger") == "integer");
    CHECK(nearest_type("begin grup") == "begin group");
    CHECK(nearest_type("zebra crossing").empty());
}
