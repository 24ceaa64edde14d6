#include "sync/operation/operation.h"

#include <catch2/catch.hpp>
#include <limits>
#include <set>

#include "sync/operation/hybrid_clock.h"

using namespace doorstep;

TEST_CASE("every word of an enum reads back as itself, and no other word reads", "[operation]") {
    std::set<std::string_view> seen;
    for (int i = 0; i <= static_cast<int>(ContactOutcome::already_visited); ++i) {
        const auto outcome = static_cast<ContactOutcome>(i);
        CHECK(contact_outcome(word(outcome)) == outcome);
        seen.insert(word(outcome));
    }
    CHECK(seen.size() == 12);
    for (int i = 0; i <= static_cast<int>(ReferralState::withdrawn); ++i)
        CHECK(referral_state(word(static_cast<ReferralState>(i))) == static_cast<ReferralState>(i));
    for (int i = 0; i <= static_cast<int>(OfferStatus::delivered); ++i)
        CHECK(offer_status(word(static_cast<OfferStatus>(i))) == static_cast<OfferStatus>(i));
    for (int i = 0; i <= static_cast<int>(ShareBasis::vital_interest); ++i)
        CHECK(share_basis(word(static_cast<ShareBasis>(i))) == static_cast<ShareBasis>(i));
    CHECK_FALSE(contact_outcome("Completed"));
    CHECK_FALSE(referral_state(""));
    CHECK_FALSE(referral_state("raised "));
    CHECK(word(ContactOutcome::do_not_return) == "do_not_return");
    CHECK(word(ReferralState::in_progress) == "in_progress");
    CHECK(word(ShareBasis::vital_interest) == "vital_interest");
}

TEST_CASE("an operation tells its type, also one that this program does not know", "[operation]") {
    Operation operation;
    operation.payload = ReferralRaised{};
    CHECK(type_name(operation) == "referral_raised");
    operation.payload = UnknownPayload{"follow_up_made", "{}"};
    CHECK(type_name(operation) == "follow_up_made");
}

TEST_CASE("the hybrid clock only moves forward, whatever the wall clock does", "[operation][clock]") {
    HybridClock clock;
    std::uint64_t last = 0;
    for (const std::int64_t now : {1'000LL, 1'000LL, 999LL, 5'000LL, -7LL, 0LL, 4'999LL, 5'001LL}) {
        const auto reading = clock.next(now);
        CHECK(reading > last);
        last = reading;
    }
    CHECK((last >> 16) == 5'001);
    CHECK((last & 0xffff) == 0);
}

TEST_CASE("more readings in a millisecond than the counter holds run into the next one",
          "[operation][clock]") {
    HybridClock clock;
    auto last = clock.next(10);
    for (int i = 0; i < 70'000; ++i) {
        const auto reading = clock.next(10);
        REQUIRE(reading > last);
        last = reading;
    }
    CHECK((last >> 16) == 11);
}

TEST_CASE("a reading seen elsewhere is passed, but not one from a tablet in 2035", "[operation][clock]") {
    const std::int64_t now = 1'773'500'000'000;
    HybridClock clock;
    clock.next(now);
    const auto nearby = static_cast<std::uint64_t>(now + 299'000) << 16;
    clock.see(nearby, now);
    CHECK(clock.next(now) > nearby);
    const auto before = clock.last();
    clock.see(static_cast<std::uint64_t>(now + 301'000) << 16, now);
    clock.see(std::numeric_limits<std::uint64_t>::max(), now);
    CHECK(clock.last() == before);
    clock.see(1, now);
    CHECK(clock.last() == before);
}

TEST_CASE("clocks far out of range neither overflow nor go back", "[operation][clock]") {
    HybridClock clock;
    const auto high = clock.next(std::numeric_limits<std::int64_t>::max());
    CHECK(high < (std::uint64_t{1} << 63));
    clock.see(high, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max());
    CHECK(clock.next(0) >= high);
    clock.see(5, std::numeric_limits<std::int64_t>::min());
    CHECK(clock.last() >= high);
}
