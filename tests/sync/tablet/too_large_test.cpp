// What expands to more than the endpoint takes at once: the engine sends less, until all is through.
#include "sync/endpoint/expanded_bytes.h"
#include "sync/tablet/runner.h"
#include "tests/sync/tablet/engine_bench.h"
#include "tests/sync/tablet/in_process.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

void raise_at_length(Tablet& tablet, std::size_t bytes) {
    ReferralRaised raised;
    raised.referral = Uuid::random(tablet.random);
    raised.contact = Uuid::random(tablet.random);
    raised.household = Uuid::random(tablet.random);
    raised.agency = "fire";
    raised.urgency = "routine";
    raised.reasons = {std::string(bytes, 'a')};
    raised.agreement.given_by = "resident";
    raised.day = Day::of(2013, 6, 8);
    Operation fact;
    fact.subject = raised.household;
    fact.payload = raised;
    tablet.keep({fact});
}

}  // namespace

TEST_CASE("a tablet whose push expands to too much sends less at a time until all is through",
          "[too_large]") {
    constexpr std::size_t reason_bytes = 300'000;
    constexpr int referrals = 30;
    static_assert(reason_bytes * referrals > 2 * expanded::of_push_max);
    Centre centre;
    Tablet tablet(centre, "tab-01", 21);
    for (int i = 0; i < referrals; ++i)
        raise_at_length(tablet, reason_bytes);
    DirectClient http(centre, tablet.identity);
    int refused = 0;
    http.on_the_way_back = [&](HttpReply reply) {
        refused += reply.status == 413 ? 1 : 0;
        return Result<HttpReply>(std::move(reply));
    };
    SeededRandom jitter(5);
    const auto outcome = sync_now(tablet.store, http, centre.clock, jitter,
                                  [&](std::int64_t ms) { centre.clock.advance_ms(ms); });
    REQUIRE(outcome.ok());
    CHECK(outcome->up_to_date);
    CHECK(refused >= 1);
    CHECK(refused < referrals);
    CHECK(count_rows(*centre.sql, "outbox") == referrals);
    CHECK(tablet.store.position()->acked_through == referrals);
    CHECK(centre.endpoint.store().quarantined()->empty());
}

TEST_CASE("what was too large halves down to one envelope, below what a time-out leaves", "[engine]") {
    EngineBench bench;
    for (int i = 0; i < 20; ++i)
        bench.keep_fact();
    bench.begin_and_compare();
    std::vector<std::size_t> sizes;
    const auto next = [&] {
        bench.now += limits::retry_ms_max;
        bench.step(Woken{bench.now});
        REQUIRE(bench.find<LoadUnsent>());
        sizes.push_back(bench.find<LoadUnsent>()->bytes);
    };
    // Of what was sent: half of what might have been would be the same again.
    for (const std::size_t count : {20u, 10u, 5u, 1u, 1u}) {
        bench.reply(Lane::push, bench.load(count), bench.ours({}, 413));
        next();
    }
    CHECK(sizes == std::vector<std::size_t>{40, 20, 10, 2, 1});
    bench.reply(Lane::push, bench.load(1), Error{Fault::unreachable, "It could not be reached.", ""});
    next();
    CHECK(sizes.back() == 1);
    bench.reply(Lane::push, bench.load(1), bench.ours(wire::encode(bench.acknowledgement(1))));
    bench.step(Kept{Lane::push, bench.position(1), bench.now});
    REQUIRE(bench.find<LoadUnsent>());
    CHECK(bench.find<LoadUnsent>()->bytes == 2);
}
