#include "forms/base/calendar.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <ctime>

#include "forms/base/clock.h"

using namespace doorstep;

TEST_CASE("a day reads back as it was written", "[base]") {
    for (const char* text : {"1970-01-01", "2013-06-08", "2016-02-29", "1899-12-31", "2100-03-01"})
        CHECK(Day::parse(text).value().text() == text);
    CHECK(Day::parse("1970-01-02")->since_1970 == 1);
    CHECK(Day::parse("1969-12-31")->since_1970 == -1);
}

TEST_CASE("what is no date is refused", "[base]") {
    for (const char* text : {"", "2013-6-8", "2013-02-29", "2013-13-01", "2013-00-10", "20130608",
                             "2013-06-08 ", "+013-06-08", "2013-06-3a"})
        CHECK_FALSE(Day::parse(text).has_value());
}

TEST_CASE("the day at the door is local: 23:50 and 00:20 in London at the end of March", "[base]") {
    // 2026-03-31 22:50 UTC and 23:20 UTC, in British summer time.
    const std::int64_t late = Day::of(2026, 3, 31).start_ms() + (22 * 60 + 50) * 60'000LL;
    const std::int64_t later = late + 30 * 60'000;
    CHECK(Day::at(late, 60).text() == "2026-03-31");
    CHECK(Day::at(later, 60).text() == "2026-04-01");
    CHECK(Day::at(later, 0).text() == "2026-03-31");
    CHECK(Day::at(-1, 0).text() == "1969-12-31");
    CHECK(instant_text(later, 60) == "2026-04-01T00:20:00.000+01:00");
    CHECK(instant_text(0, -210) == "1969-12-31T20:30:00.000-03:30");
}

TEST_CASE("a clock on the machine's zone follows the change to summer time", "[base]") {
    const char* before = std::getenv("TZ");
    const std::string kept = before ? before : "";
    setenv("TZ", "Europe/London", 1);
    tzset();
    // The clocks change on Sunday 29 March 2026 at 01:00 UTC.
    const std::int64_t change = Day::of(2026, 3, 29).start_ms() + 3'600'000;
    const ManualClock clock(change);
    CHECK(clock.utc_offset_minutes(change - 1) == 0);
    CHECK(clock.utc_offset_minutes(change) == 60);
    CHECK(ManualClock(change, -420).utc_offset_minutes(change) == -420);
    kept.empty() ? unsetenv("TZ") : setenv("TZ", kept.c_str(), 1);
    tzset();
}
