// The wire cut at any byte of a sealed sync, in both directions: it resumes, loses nothing, doubles nothing.
#include <mutex>

#include "tests/support/cutting_proxy.h"
#include "tests/sync/listener/working.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// What everybody has is fetched by each, so that many short rounds cost less than one long one.
constexpr int cuts_in_a_round = 100;

struct Round {
    int cuts = 0;
    std::int64_t facts = 0;
};

Round cut_again_and_again(int wanted, std::uint64_t seed) {
    Data data;
    REQUIRE(data.program.serve());
    // Enough of them that the limit of a tablet's minute is not what is tested.
    std::vector<std::unique_ptr<RealTablet>> tablets;
    for (int i = 0; i < std::max(6, wanted / 12); ++i)
        tablets.push_back(std::make_unique<RealTablet>(data.program, fmt::format("tab-{:03}", i)));

    std::mutex guard;
    Cut planned;
    CuttingProxy wire(data.program.port(), [&] {
        const std::lock_guard lock(guard);
        return planned;
    });
    // How long a whole sync is, both ways.
    planned.never = true;
    tablets.front()->keep_visits(3, 600);
    REQUIRE(tablets.front()->sync(wire.address()).up_to_date);
    tablets.front()->keep_visits(3, 600);
    REQUIRE(tablets.front()->sync(wire.address()).up_to_date);

    SeededRandom chance(seed);
    bool honest = true;
    for (std::size_t turn = 0; wire.cuts() < wanted && turn < static_cast<std::size_t>(20 * wanted); ++turn) {
        RealTablet& tablet = *tablets[turn % tablets.size()];
        tablet.keep_visits(1 + static_cast<int>(chance.below(3)), 600);
        {
            const std::lock_guard lock(guard);
            const bool upward = chance.below(2) == 0;
            planned = {upward, 1 + chance.below(std::max<std::size_t>(wire.longest(upward), 3'000)),
                       chance.below(2) == 0, false};
        }
        const auto before = tablet.store.position()->acked_through;
        static_cast<void>(tablet.sync(wire.address(), 1, 1));
        const auto after = *tablet.store.position();
        honest = honest && after.acked_through >= before && after.acked_through <= after.last_sequence;
    }
    CHECK(wire.cuts() >= wanted);
    CHECK(honest);
    std::int64_t kept = 0;
    for (const auto& tablet : tablets) {
        CHECK(tablet->sync(data.program.address(), 20, 1'000).up_to_date);
        CHECK(tablet->store.position()->acked_through == tablet->store.position()->last_sequence);
        kept += tablet->kept;
    }
    CHECK(tablets.front()->sync(data.program.address(), 20, 1'000).up_to_date);
    CHECK(tablets.back()->sync(data.program.address(), 20, 1'000).up_to_date);
    CHECK(*tablets.front()->store.dump_read_model(true) == *tablets.back()->store.dump_read_model(true));
    CHECK(data.program.end() == 0);
    CHECK(rows_in(data.program, "operation") == kept);
    CHECK(rows_in(data.program, "fact_visit") == kept);
    CHECK(rows_in(data.program, "branch") == 0);
    return {wire.cuts(), kept};
}

}  // namespace

TEST_CASE("a sync that is cut at any byte resumes, and nothing is lost or doubled", "[listener][cuts]") {
    const int wanted = size_of_run("DOORSTEP_CUTS", 60);
    Round all;
    for (std::uint64_t seed = 18; all.cuts < wanted && seed < 18 + 10'000; ++seed) {
        const auto round = cut_again_and_again(std::min(cuts_in_a_round, wanted - all.cuts), seed);
        all = {all.cuts + round.cuts, all.facts + round.facts};
    }
    std::printf("%d cuts of a sealed sync: %lld facts, none lost, none doubled\n", all.cuts,
                static_cast<long long>(all.facts));
}
