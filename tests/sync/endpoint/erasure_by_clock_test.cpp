// What an order to forget is held against, where a tablet's clock is wrong: the time at which something was
// recorded, and not what that clock told.
#include <algorithm>

#include "sync/endpoint/erasure.h"
#include "sync/endpoint/set_aside.h"
#include "sync/store/in_doubt.h"
#include "tests/support/rescue_by_hand.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/canary_home.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;

bool has(const std::string& text, const std::string& mark) {
    return text.find(mark) != std::string::npos;
}

// A home that is forgotten, on the engine of this run, and tablets that say what their clocks tell.
struct ClockedCentre : Centre {
    TemporaryFolder folder;
    ErasureList list{folder / "erasures.list"};
    Hand right{*this, "tab-04"};
    Uuid visit = Uuid::random(random);
    Uuid home;
    std::size_t others = 0;  // of its facts

    ClockedCentre() {
        CanaryHome first(random, visit, Day::at(clock.now_ms(), 60), clock.now_ms(), "FIRST");
        home = first.home;
        first.facts.pop_back();  // how a referral stands is no tablet's to say
        others = first.facts.size();
        right.keep(first.facts);
        CHECK(acknowledged(push(right)).quarantined.empty());
        clock.advance_ms(hour_ms);
    }
    Forgetting forgetting() {
        auto by = endpoint->forgetting(list);
        REQUIRE(by.ok());
        return *by;
    }
    void forget() {
        const auto erased = erase_subject(forgetting(), home);
        INFO((erased.ok() ? std::string{} : erased.error().text()));
        REQUIRE(erased.ok());
    }
    // Door, questionnaire, offer and referral at that home, by a clock that tells this.
    std::vector<Operation> recorded(std::int64_t at_ms) {
        CanaryHome again(random, visit, Day::at(at_ms, 60), at_ms);
        again.facts.pop_back();
        for (auto& fact : again.facts) {
            fact.subject = home;
            if (auto* door = std::get_if<ContactRecorded>(&fact.payload))
                door->household = home;
            if (auto* raised = std::get_if<ReferralRaised>(&fact.payload))
                raised->household = home;
        }
        return again.facts;
    }
    // The newest envelope.
    EndpointResponse push(const Hand& tablet, std::optional<std::int64_t> tablet_ms = {}) {
        auto frame = tablet.frame(tablet.envelopes.size() - 1, tablet.envelopes.size());
        frame.tablet_time_ms = tablet_ms;
        return handle(tablet.push_of(frame));
    }
    TakenIn take_in(const Hand& tablet) {
        const auto last = tablet.envelopes.size();
        const auto taken =
            endpoint->take_in(rescue_by_hand(tablet.enrolment, tablet.frame(last - 1, last)), "operator");
        INFO((taken.ok() ? std::string{} : taken.error().text()));
        REQUIRE(taken.ok());
        return *taken;
    }
    // How many facts still say what was answered.
    std::int64_t whole(const std::string& mark = canary) {
        const auto log = endpoint->store().log();
        REQUIRE(log.ok());
        return std::count_if(log->begin(), log->end(),
                             [&](const Operation& one) { return has(wire::encode(one), mark); });
    }
    std::int64_t waiting() { return rows("outbox where state = 'waiting'"); }
    std::int64_t forgotten() { return rows("erased_operation") - static_cast<std::int64_t>(others); }
    // What a tablet reads from the start: how many places of its own it is to forget.
    std::size_t told_to_forget(const Hand& tablet) {
        const auto page = wire::decode_pull_reply(tablet.pull(0).body);
        REQUIRE(page.ok());
        return page->forgotten.size();
    }
    std::int64_t read_by(const Hand& tablet) {
        const auto page = wire::decode_pull_reply(tablet.pull(0).body);
        REQUIRE(page.ok());
        return std::count_if(page->operations.begin(), page->operations.end(),
                             [](const wire::PulledOperation& one) { return has(one.json, canary); });
    }
    void check_kept(const Hand& tablet, const wire::PushReply& reply) {
        CHECK(reply.quarantined.empty());
        CHECK(whole() == 4);
        CHECK(waiting() == 1);
        CHECK(forgotten() == 0);
        CHECK(told_to_forget(tablet) == 0);
        CHECK(read_by(right) == 4);
    }
    void check_forgotten(const Hand& tablet, const wire::PushReply& reply) {
        CHECK(reply.quarantined.empty());
        CHECK(whole() == 0);
        CHECK(waiting() == 0);
        CHECK(forgotten() == 4);
        CHECK(told_to_forget(tablet) == 4);
        CHECK(read_by(right) == 0);
    }
    // Nobody can tell: nothing is destroyed, nobody is given it, and nothing leaves.
    void check_doubted(const Hand& tablet, const wire::PushReply& reply) {
        REQUIRE(reply.quarantined.size() == 4);
        CHECK(reply.quarantined.front().reason == in_doubt_reason);
        CHECK(whole() == 4);
        CHECK(waiting() == 0);
        CHECK(forgotten() == 0);
        CHECK(told_to_forget(tablet) == 0);
        CHECK(read_by(right) == 0);
    }
    // What comes a second time changes nothing.
    void check_same_again(const Hand& tablet) {
        const auto kept = whole();
        take_in(tablet);
        Hand again(*this, "tab-09");
        auto facts = endpoint->store().log();
        REQUIRE(facts.ok());
        std::erase_if(*facts, [&](const Operation& one) { return !has(wire::encode(one), canary); });
        if (!facts->empty()) {
            again.keep(*facts);
            acknowledged(push(again, clock.now_ms()));
        }
        CHECK(whole() == kept);
        CHECK(rows("fork") == 0);
        const auto model = *endpoint->store().dump_read_model();
        REQUIRE(endpoint->store().rebuild().ok());
        CHECK(*endpoint->store().dump_read_model() == model);
    }
};

}  // namespace

TEST_CASE("what a wrong clock recorded beside an erasure is set aside for a person", "[erase][clock]") {
    // Right when it recorded, before the order, and gone slow since; slow all along; fast all along: what
    // came does not tell one from the other.
    const auto [recorded_off, told_off, since_ms] = GENERATE(
        table<std::int64_t, std::int64_t, std::int64_t>({{-47 * hour_ms, -39 * hour_ms, 21 * hour_ms},
                                                         {-day_ms, -day_ms, hour_ms},
                                                         {-hour_ms, day_ms, 2 * hour_ms}}));
    ClockedCentre centre;
    Hand tablet(centre, "tab-05");
    centre.forget();
    centre.clock.advance_ms(since_ms);
    tablet.keep(centre.recorded(centre.clock.now_ms() + recorded_off));
    centre.clock.advance_ms(60'000);
    centre.check_doubted(tablet, acknowledged(centre.push(tablet, centre.clock.now_ms() + told_off)));
    CHECK(centre.rows("fact_clock") == 4);
    // Its clock was set right since.
    CHECK(acknowledged(centre.push(tablet, centre.clock.now_ms())).quarantined.size() == 4);
    centre.check_same_again(tablet);
    CHECK(centre.forgotten() == 0);
}

TEST_CASE("a wrong clock lets in nothing that would be set aside for something else", "[erase][clock]") {
    ClockedCentre centre;
    centre.forget();
    Hand tablet(centre, "tab-05");
    Operation forged;
    forged.id = Uuid::random(centre.random);
    forged.subject = centre.home;
    const bool of_before = GENERATE(true, false);
    forged.hybrid_clock = static_cast<std::uint64_t>(of_before ? hour_ms : centre.clock.now_ms() + 1) << 16;
    forged.payload = ClockCorrected{
        Uuid::random(centre.random),
        {{Uuid::random(centre.random), centre.clock.now_ms(), Day::of(2013, 6, 8), std::uint64_t{1} << 40}}};
    tablet.keep({forged});
    const auto reply = acknowledged(centre.push(tablet, 2 * hour_ms));
    REQUIRE(reply.quarantined.size() == 1);
    CHECK(reply.quarantined.front().reason != in_doubt_reason);
    CHECK(set_aside_list(centre.sql, 10)->all == 1);
    CHECK(centre.rows("fact_clock") == 0);
}

TEST_CASE("what was begun before the erasure and finished after it by any clock is kept", "[erase][clock]") {
    const auto off = GENERATE(std::int64_t{0}, 2 * hour_ms, day_ms);
    ClockedCentre centre;
    auto facts = centre.recorded(centre.clock.now_ms() + off);
    centre.forget();
    centre.clock.advance_ms(hour_ms);
    for (auto& fact : facts)
        fact.hybrid_clock = static_cast<std::uint64_t>(centre.clock.now_ms() + off) << 16;
    Hand tablet(centre, "tab-05");
    tablet.keep(facts);
    centre.clock.advance_ms(60'000);
    centre.check_kept(tablet, acknowledged(centre.push(tablet, centre.clock.now_ms() + off)));
    centre.check_same_again(tablet);
}

TEST_CASE("what a clock that stands at 1970 recorded after the erasure is kept", "[erase][clock]") {
    ClockedCentre centre;
    centre.forget();
    centre.clock.advance_ms(hour_ms);
    Hand lost(centre, "tab-05");
    lost.keep(centre.recorded(2 * hour_ms));
    centre.clock.advance_ms(60'000);
    centre.check_kept(lost, acknowledged(centre.push(lost, 2 * hour_ms + 60'000)));
    centre.check_same_again(lost);
}

TEST_CASE("what a fast clock recorded before the erasure is forgotten as it comes", "[erase][clock]") {
    ClockedCentre centre;
    Hand fast(centre, "tab-06");
    fast.keep(centre.recorded(centre.clock.now_ms() + day_ms));
    centre.clock.advance_ms(hour_ms / 2);
    centre.forget();
    centre.clock.advance_ms(60'000);
    centre.check_forgotten(fast, acknowledged(centre.push(fast, centre.clock.now_ms() + day_ms)));
    centre.check_same_again(fast);
}

TEST_CASE("of right clocks, and of those that are not told, the hybrid clock decides, ties too",
          "[erase][clock]") {
    const bool told = GENERATE(true, false);
    const bool later = GENERATE(true, false);
    ClockedCentre centre;
    centre.forget();
    const auto order =
        static_cast<std::uint64_t>(std::stoll(centre.text("select cast(hybrid_clock as text) from erasure")));
    auto facts = centre.recorded(centre.clock.now_ms());
    for (auto& fact : facts)
        fact.hybrid_clock = order + (later ? 1u : 0u);
    centre.clock.advance_ms(60'000);
    Hand tablet(centre, "tab-05");
    tablet.keep(facts);
    const auto reply =
        acknowledged(centre.push(tablet, told ? std::optional(centre.clock.now_ms()) : std::nullopt));
    if (later)
        centre.check_kept(tablet, reply);
    else
        centre.check_forgotten(tablet, reply);
    centre.check_same_again(tablet);
}

TEST_CASE("a rescue that may be of before the erasure or after it is set aside for a person",
          "[erase][clock]") {
    ClockedCentre centre;
    Hand slow(centre, "tab-05");
    const bool at_1970 = GENERATE(true, false);
    if (!at_1970) {
        // The centre heard its clock, and that it was a day slow.
        slow.keep({visit(centre.random)});
        acknowledged(centre.push(slow, centre.clock.now_ms() - day_ms));
    }
    centre.forget();
    centre.clock.advance_ms(hour_ms);
    slow.keep(centre.recorded(at_1970 ? 2 * hour_ms : centre.clock.now_ms() - day_ms));
    centre.clock.advance_ms(60'000);
    const auto before = centre.rows("contact");
    CHECK(centre.take_in(slow).set_aside == 4);
    CHECK(centre.whole() == 4);
    CHECK(centre.waiting() == 0);
    CHECK(centre.forgotten() == 0);
    CHECK(centre.rows("contact") == before);
    CHECK(centre.read_by(centre.right) == 0);
    CHECK(centre.told_to_forget(slow) == 0);
    const auto aside = set_aside_list(centre.sql, 10);
    REQUIRE(aside.ok());
    REQUIRE(aside->rows.size() == 4);
    CHECK(aside->rows.front().reason == in_doubt_reason);
    centre.check_same_again(slow);
    CHECK(set_aside_list(centre.sql, 10)->all == 4);
    CHECK(centre.waiting() == 0);
    // It was before.
    centre.forget();
    CHECK(centre.whole() == 0);
    CHECK(centre.waiting() == 0);
    CHECK(centre.forgotten() == 4);
    CHECK(centre.rows("contact") == before + 1);
    CHECK(set_aside_list(centre.sql, 10)->all == 0);
    CHECK(centre.told_to_forget(slow) == 4);
    centre.check_same_again(slow);
}

TEST_CASE("a rescue is judged at once where either clock says the same", "[erase][clock]") {
    ClockedCentre centre;
    Hand slow(centre, "tab-05");
    const bool was_wrong = GENERATE(true, false);
    slow.keep({visit(centre.random)});
    acknowledged(centre.push(slow, centre.clock.now_ms() - (was_wrong ? day_ms : 0)));
    slow.keep(centre.recorded(centre.clock.now_ms() - 2 * day_ms));
    centre.forget();
    centre.clock.advance_ms(hour_ms);
    CHECK(centre.take_in(slow).set_aside == 0);
    CHECK(centre.whole() == 0);
    CHECK(centre.forgotten() == 4);
    centre.clock.advance_ms(3 * day_ms);
    slow.keep(centre.recorded(centre.clock.now_ms() - day_ms));
    CHECK(centre.take_in(slow).set_aside == 0);
    CHECK(centre.whole() == 4);
    CHECK(centre.forgotten() == 4);
}

TEST_CASE("what came while an order waited for its carrying out is judged by corrected clocks",
          "[erase][clock]") {
    ClockedCentre centre;
    Hand fast(centre, "tab-06");
    Hand slow(centre, "tab-05");
    fast.keep(centre.recorded(centre.clock.now_ms() + day_ms));
    centre.clock.advance_ms(60'000);
    const auto clock = static_cast<std::uint64_t>(centre.clock.now_ms()) << 16;
    // It was written to the list, and then the disk failed.
    REQUIRE(centre.list
                .add({{Uuid::random(centre.random), centre.home, "erase", clock, centre.clock.now_ms(),
                       std::vector<Uuid>(1, Uuid::random(centre.random))}})
                .ok());
    centre.clock.advance_ms(hour_ms);
    slow.keep(centre.recorded(centre.clock.now_ms() - day_ms));
    acknowledged(centre.push(slow, centre.clock.now_ms() - day_ms));
    acknowledged(centre.push(fast, centre.clock.now_ms() + day_ms));
    CHECK(centre.whole() == 8);
    CHECK(*reapply_erasures(centre.forgetting()) == 1);
    CHECK(centre.whole() == 4);
    CHECK(centre.whole("FIRST") == 0);
    CHECK(centre.told_to_forget(slow) == 0);
    CHECK(centre.told_to_forget(fast) == 4);
}
