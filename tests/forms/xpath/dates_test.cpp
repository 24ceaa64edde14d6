#include <catch2/catch.hpp>
#include <cmath>

#include "tests/forms/xpath/planted_tree.h"

namespace doorstep::xpath {
namespace {

// London: an hour ahead from the last Sunday of March to the last of October 2024.
class London final : public Clock {
public:
    std::int64_t now_ms() const override { return 0; }
    int utc_offset_minutes(std::int64_t at_ms) const override {
        return at_ms >= 1'711'846'800'000 && at_ms < 1'729'990'800'000 ? 60 : 0;
    }
};

Asking in_london(std::int64_t now_ms, int offset) {
    static const London london;
    Asking ask({"data", "", {{"day", "2024-03-11"}, {"blank", ""}}});
    ask.at.now_ms = now_ms;
    ask.at.utc_offset_minutes = offset;
    ask.at.clock = &london;
    return ask;
}

constexpr std::int64_t april_10 = 1'712'745'000'000;  // 2024-04-10T10:30:00Z, summer time
constexpr std::int64_t january_10 = 1'704'882'600'000;

TEST_CASE("dates are read in the shapes that forms have and in no other", "[xpath]") {
    const Asking ask({"data", ""});
    for (const auto* text :
         {"2024-02-29", " 2024-02-29 ", "2024-02-29T10:20", "2024-02-29T10:20:30", "2024-02-29T10:20:30.5",
          "2024-02-29T10:20:30.123456Z", "2024-02-29T10:20:30+01:00", "2024-02-29T10:20:30-0930",
          "2024-02-29T10:20:30+01"}) {
        INFO(text);
        CHECK_FALSE(std::isnan(ask.number("number('" + std::string(text) + "')")));
    }
    for (const auto* text :
         {"2023-02-29", "2024-13-01", "2024-00-10", "2024-2-29", "24-02-29", "2024-02-29T",
          "2024-02-29T24:00", "2024-02-29T10", "2024-02-29T10:60", "2024-02-29T10:20:60",
          "2024-02-29T10:20:30.", "2024-02-29T10:20:30+24:00", "2024-02-29 10:20", "2024-02-29T10:20:30+1",
          "2024-02-29x", "0000-01-01", "10:20", "2024-02-29T10:20 Z"}) {
        INFO(text);
        CHECK(std::isnan(ask.number("number('" + std::string(text) + "')")));
    }
}

TEST_CASE("a date is the local midnight in days, and back", "[xpath]") {
    Asking ask({"data", ""});
    ask.at.utc_offset_minutes = -7 * 60;
    CHECK(ask.number("date('1970-01-01')") == Approx(7.0 / 24).epsilon(1e-15));
    CHECK(ask.number("number('1970-01-02T00:00:00Z')") == 1);
    CHECK(ask.text("date('2018-01-01' + 1)") == "2018-01-02");
    CHECK(ask.text("date(1.5)") == "1970-01-02T05:00:00.000-07:00");
    CHECK(ask.text("date-time('2024-05-01T10:20:30.5+02:00')") == "2024-05-01T01:20:30.500-07:00");
    CHECK(ask.number("'2021-11-30' - '2021-11-29'") == 1);
    CHECK(ask.number("decimal-time('06:00:00.000-07:00')") == 0.25);
    CHECK(ask.number("decimal-time('13:00:00Z')") == 0.25);
    CHECK(std::isnan(ask.number("decimal-time('24:00')")));
}

TEST_CASE("spans of days are whole across the change of the clock", "[xpath]") {
    for (const auto& [now, offset] : {std::pair{april_10, 60}, std::pair{january_10, 0}}) {
        const Asking ask = in_london(now, offset);
        CHECK(ask.number("date('2024-04-10') - date('2024-03-11')") == 30);
        CHECK(ask.number("'2024-04-10' - /data/day") == 30);
        CHECK(ask.truth("/data/day = date('2024-04-10') - 30"));
        CHECK(ask.truth("/data/day <= date('2024-04-10') - 30"));
        CHECK(ask.truth("/data/day >= date('2024-04-10') - 30"));
        CHECK(ask.text("date(/data/day + 30)") == "2024-04-10");
        CHECK(ask.text("date(date('2024-04-10') - 30)") == "2024-03-11");
        CHECK(ask.number("(date('2024-07-01') - date('2024-01-01')) div 7") == 26);
    }
}

TEST_CASE("instants are written with the offset of their own day", "[xpath]") {
    const Asking ask = in_london(april_10, 60);
    CHECK(ask.text("now()") == "2024-04-10T11:30:00.000+01:00");
    CHECK(ask.text("today()") == "2024-04-10");
    CHECK(ask.text("date-time('2024-01-10T12:00:00Z')") == "2024-01-10T12:00:00.000+00:00");
    CHECK(ask.text("date-time('2024-06-10T12:00:00Z')") == "2024-06-10T13:00:00.000+01:00");
    CHECK(ask.text("format-date-time('2024-06-10T12:00:00Z', '%H:%M')") == "13:00");
}

TEST_CASE("the local day decides what today is", "[xpath]") {
    Asking ask({"data", ""});
    ask.at.now_ms = 1'700'004'600'000;  // 2023-11-14T23:30:00Z
    CHECK(ask.text("today()") == "2023-11-14");
    ask.at.utc_offset_minutes = 60;
    CHECK(ask.text("today()") == "2023-11-15");
    CHECK(ask.truth("today() < now()"));
    CHECK(ask.truth("today() + 1 > now()"));
}

TEST_CASE("dates are formatted letter by letter", "[xpath]") {
    const Asking ask({"data", ""});
    CHECK(ask.text("format-date('2012-08-05', '%Y/%y/%m/%n/%b/%d/%e/%a')") == "2012/12/08/8/Aug/05/5/Sun");
    CHECK(ask.text("format-date-time('2012-08-05T07:08:09.012', '%H:%h:%M:%S.%3')") == "07:7:08:09.012");
    CHECK(ask.text("format-date('2012-08-05T07:08:09.012', '%H:%M')") == "00:00");
    CHECK(ask.text("format-date('2012-08-05', '100%% %')") == "100% %");
    CHECK(ask.text("format-date('', '%Y')").empty());
    CHECK(ask.text("format-date('soon', '%Y')").empty());
    CHECK(ask.text("format-date('Wed Aug 08 2012 06:07:08 GMT+0000 (UTC)', '%Y-%m-%d')") == "2012-08-08");
    CHECK(ask.fails("format-date('2012-08-05', '%Q')"));
}

TEST_CASE("a date and the same instant in other words are equal", "[xpath]") {
    Asking ask({"data", "", {{"d", "2024-05-01"}, {"e", "2024-05-01T00:00:00.000Z"}, {"f", "2024-05-02"}}});
    CHECK(ask.truth("/data/d = /data/e"));
    CHECK_FALSE(ask.truth("/data/d != /data/e"));
    CHECK(ask.truth("/data/d = '2024-05-01T02:00:00+02:00'"));
    CHECK(ask.truth("/data/d != /data/f"));
    CHECK(ask.truth("date('2024-05-01') = '2024-05-01'"));
    CHECK(ask.truth("'yes' != date('2024-05-01')"));
}

TEST_CASE("days beyond the calendar are no dates", "[xpath]") {
    const Asking ask({"data", ""});
    for (const auto* text : {"date(1e)", "date(99999999999)", "date(-99999999999)", "date(1 div 0)",
                             "date(0 div 0)", "date-time('9999999999999999')"})
        if (std::string_view(text) != "date(1e)") {
            INFO(text);
            CHECK(ask.text(text) == "Invalid Date");
            CHECK(ask.text("format-date(" + std::string(text) + ", '%Y')").empty());
        }
    CHECK(ask.text("date('9999-12-31')") == "9999-12-31");
    CHECK(ask.text("date('0001-01-01')") == "0001-01-01");
}

}  // namespace
}  // namespace doorstep::xpath
