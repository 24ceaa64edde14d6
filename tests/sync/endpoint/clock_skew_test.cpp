// What the endpoint makes of a tablet's wrong clock.
#include "sync/endpoint/clock_skew.h"

#include <limits>

#include "sync/endpoint/officers.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t here = 1'370'678'400'000;  // 2013-06-08 08:00 UTC
constexpr std::int64_t of_2036 = 2'082'758'400'000;

Operation referral_at(Random& random, std::int64_t at_ms, const Day& of) {
    auto operation = referral(random, Uuid::random(random), "fire");
    operation.at_ms = at_ms;
    operation.utc_offset_minutes = 60;
    operation.hybrid_clock = static_cast<std::uint64_t>(at_ms) << 16;
    std::get<ReferralRaised>(operation.payload).day = of;
    return operation;
}

wire::PushReply push_at(const Hand& tablet, std::size_t from, std::size_t to,
                        std::optional<std::int64_t> tablet_time_ms) {
    auto frame = tablet.frame(from, to);
    frame.tablet_time_ms = tablet_time_ms;
    return acknowledged(tablet.centre.handle(tablet.push_of(frame)));
}

std::string days(Centre& centre) {
    return centre.text("select cast(day as text) from referral");
}

}  // namespace

TEST_CASE("what a time is worth, by the clock that told it", "[clock]") {
    const auto corrected = [](std::int64_t at_ms, std::int64_t tablet_ms) {
        return corrected_ms(at_ms, {tablet_ms, here});
    };
    // As good as ours.
    CHECK_FALSE(corrected(here - 10 * day, here));
    CHECK_FALSE(corrected(here + 4 * 60'000, here - 4 * 60'000));
    // The same clock all along.
    CHECK(corrected(2 * hour, 5 * hour) == here - 3 * hour);
    CHECK(corrected(of_2036 - day, of_2036) == here - day);
    CHECK(corrected(here - 2 * day, here - day) == here - day);
    CHECK(corrected(here + day, here + 2 * day) == here - day);
    // Set right since, or put out since.
    CHECK(corrected(2 * hour, here) == here);
    CHECK(corrected(of_2036, here) == here);
    CHECK_FALSE(corrected(here - day, of_2036));
    CHECK_FALSE(corrected(here - day, 5 * hour));
    // By a clock that was wrong then and is now, and was set in between.
    CHECK(corrected(here - 3 * 365 * day + 17 * hour, here - 3 * 365 * day) == here);
    // Minutes off: however old.
    CHECK(corrected(here - 100 * day, here + 6 * 60'000) == here - 100 * day - 6 * 60'000);
    CHECK(corrected(of_2036, 5 * hour) == here);
    // Never after it came.
    CHECK(corrected(of_2036 + 60'000, of_2036) == here);
    for (const auto extreme :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
        CHECK(corrected(extreme, here + 2 * day) == here);
}

TEST_CASE("a fact from 1970 counts on the day on which it was recorded, and stays as it came", "[clock]") {
    Centre centre;
    Hand tablet(centre);
    const auto fact = referral_at(centre.random, 2 * hour, Day::at(2 * hour, 60));
    tablet.keep({fact});
    push_at(tablet, 0, 1, 10 * hour);  // eight hours later, the evening before is over
    CHECK(days(centre) == std::to_string(Day::at(here - 8 * hour, 60).since_1970));
    CHECK(centre.text("select cast(at_ms as text) from referral") == std::to_string(here - 8 * hour));
    CHECK(centre.text("select cast(at_ms as text) from operation where type = 'referral_raised'") ==
          std::to_string(2 * hour));
    CHECK(centre.rows("fact_clock") == 1);
    const auto log = centre.endpoint->store().log();
    REQUIRE(log.ok());
    // Told once, whatever is resent.
    push_at(tablet, 0, 1, 10 * hour);
    CHECK(centre.rows("operation") == 2);
    const auto listed = centre.endpoint->tablets();
    CHECK(listed->front().clock_off_ms == 10 * hour - here);
    CHECK(listed->front().clock_suspect_ms == here);
    // A tablet pulls it like any fact, its own too.
    const auto page = wire::decode_pull_reply(tablet.pull(0).body);
    REQUIRE(page.ok());
    REQUIRE(page->operations.size() == 2);
    CHECK(page->operations[0].json.empty());
    CHECK(page->operations[1].json.find("clock_corrected") != std::string::npos);
    // The same from the log, in whatever order.
    REQUIRE(centre.endpoint->store().rebuild().ok());
    CHECK(days(centre) == std::to_string(Day::at(here - 8 * hour, 60).since_1970));
}

TEST_CASE("a day that a person chose stays; only what the clock gave is mended", "[clock]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({referral_at(centre.random, of_2036 - hour, Day::of(2013, 5, 30))});
    push_at(tablet, 0, 1, of_2036);
    CHECK(days(centre) == std::to_string(Day::of(2013, 5, 30).since_1970));
    CHECK(centre.text("select cast(at_ms as text) from referral") == std::to_string(here - hour));
}

TEST_CASE("whoever does not say what time it is keeps any clock", "[clock]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({referral_at(centre.random, 2 * hour, Day::at(2 * hour, 60))});
    push_at(tablet, 0, 1, std::nullopt);
    CHECK(days(centre) == "0");
    CHECK(centre.rows("operation") == 1);
    CHECK(centre.endpoint->tablets()->front().clock_suspect_ms == 0);
}

TEST_CASE("no clock stops a push: the wildest are taken", "[clock]") {
    Centre centre;
    Hand tablet(centre);
    std::size_t pushed = 0;
    for (const std::int64_t wild :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
          std::int64_t{-1}, std::int64_t{0}, of_2036}) {
        auto fact = referral_at(centre.random, 0, Day::of(2013, 6, 8));
        fact.at_ms = wild;
        fact.hybrid_clock = 1;
        tablet.keep({fact});
        push_at(tablet, pushed, pushed + 1, wild);
        ++pushed;
    }
    CHECK(centre.rows("referral") == 5);
    CHECK(centre.text("select cast(max(at_ms) as text) from referral") == std::to_string(here));
    CHECK(centre.handle(tablet.request("GET", "/v1/tablet?tablet_time_ms=99999999999999999999")).status ==
          200);
    CHECK(centre.handle(tablet.request("GET", "/v1/tablet?tablet_time_ms=-5")).status == 200);
}

TEST_CASE("a clock that was set right is good again, and the list remembers", "[clock]") {
    Centre centre;
    const Hand tablet(centre);
    const auto ask = [&](std::int64_t tablet_ms) {
        CHECK(centre.handle(tablet.request("GET", fmt::format("/v1/tablet?tablet_time_ms={}", tablet_ms)))
                  .status == 200);
        return centre.endpoint->tablets()->front();
    };
    CHECK(ask(here + 4 * 60'000).clock_off_ms == 0);
    CHECK(ask(here + 4 * 60'000).clock_suspect_ms == 0);
    CHECK(ask(here - 6 * 60'000).clock_off_ms == -6 * 60'000);
    centre.clock.advance_ms(hour);
    CHECK(ask(here + hour).clock_off_ms == 0);
    CHECK(ask(here + hour).clock_suspect_ms == here);
}

TEST_CASE("officers who left are told to every tablet until they return", "[officers]") {
    Centre centre;
    const Hand tablet(centre);
    const auto told = [&] {
        const auto reply = wire::decode_tablet_reply(centre.handle(tablet.request("GET", "/v1/tablet")).body);
        REQUIRE(reply.ok());
        return reply->officers_left;
    };
    CHECK(told().empty());
    const auto unseen = OfficerSeen::need_not_be;
    REQUIRE(officer_leaves(*centre.endpoint, "off-pol-01", "operator anna", unseen).ok());
    REQUIRE(officer_leaves(*centre.endpoint, "off-pol-01", "operator anna").ok());
    REQUIRE(officer_leaves(*centre.endpoint, "off-ts-04", "operator anna", unseen).ok());
    CHECK(told() == std::vector<std::string>{"off-pol-01", "off-ts-04"});
    CHECK(officer_leaves(*centre.endpoint, "", "operator").error().fault == Fault::bad_input);
    CHECK(officer_leaves(*centre.endpoint, "Anna Smith", "operator").error().fault == Fault::bad_input);
    REQUIRE(officer_returns(*centre.endpoint, "off-pol-01", "operator anna").ok());
    CHECK(officer_returns(*centre.endpoint, "off-pol-01", "operator").error().fault == Fault::not_found);
    CHECK(told() == std::vector<std::string>{"off-ts-04"});
    const auto known = officers(*centre.endpoint);
    REQUIRE(known.ok());
    REQUIRE(known->size() == 1);
    CHECK(known->front().left_ms == here);
    CHECK(centre.text("select cast(count(*) as text) from audit_entry where what like 'officer-%'") == "4");
}
