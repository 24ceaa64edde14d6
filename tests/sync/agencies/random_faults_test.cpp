// Many seeds: agencies that fail in every way, endpoints that are killed at every point, two
// processes, withdrawals in between.  One effect per referral at the agency, and nothing lost.
#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

struct Season {
    Rig rig;
    std::vector<Uuid> referrals;
    std::unique_ptr<Sender> other;
    std::vector<Parcel> on_the_wire;  // answered, and never recorded

    explicit Season(std::uint64_t seed) : rig(seed) {
        for (const char* agency : {"fire", "police"}) {
            rig.webhook(agency);
            rig.stubs[agency].does = [this](const HttpRequest& request) { return way(request); };
        }
        other = rig.another_sender();
    }
    AgencyDoes way(const HttpRequest& request) {
        if (rig.random.chance(0.4))
            return AgencyDoes::well;
        auto way = static_cast<AgencyDoes>(rig.random.below(agency_ways));
        // A refusal ends it for the machine; another test has it.
        if (way == AgencyDoes::refuses_422 || (way == AgencyDoes::plain_404 && request.method == "POST"))
            way = AgencyDoes::fails_503;
        return way;
    }
    void step_or_die() {
        auto& sender = rig.random.chance(0.5) ? *rig.sender : *other;
        const auto taken = must(sender.take());
        if (!taken.parcel || rig.random.chance(0.1))
            return;  // killed before the wire
        const auto came = deliver(*taken.parcel, rig.connect(), rig.clock, rig.random);
        if (rig.random.chance(0.1))
            return;  // killed before it was kept
        must(sender.record(*taken.parcel, came));
    }
    void play() {
        for (int minute = 0; minute < 240; ++minute) {
            if (minute < 60 && rig.random.chance(0.3))
                referrals.push_back(rig.refer(rig.random.chance(0.5) ? "fire" : "police"));
            if (!referrals.empty() && rig.random.chance(0.03))
                rig.withdraw_on_tablet(referrals[rig.random.below(referrals.size())]);
            for (int i = 0; i < 3; ++i)
                step_or_die();
            if (rig.random.chance(0.02)) {
                rig.start();
                other = rig.another_sender();
            }
            // What is under way at an agency ends before it is asked.
            rig.clock.advance_ms(60'000);
            for (auto& [name, stub] : rig.stubs)
                stub.settle();
        }
    }
    // The faults end: everything comes to rest.
    void recover() {
        for (auto& [name, stub] : rig.stubs)
            stub.does = [](const HttpRequest&) { return AgencyDoes::well; };
        rig.work_for(24 * hour_ms, 300'000);
    }
    int effects(const Uuid& referral) {
        return rig.stubs["fire"].effects_of(referral) + rig.stubs["police"].effects_of(referral);
    }
};

}  // namespace

TEST_CASE("over random faults each referral has one effect, and none is lost", "[faults]") {
    int withdrawn = 0;
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        Season season(seed);
        season.play();
        season.recover();
        for (const auto& referral : season.referrals) {
            const auto row = season.rig.row(referral);
            INFO("seed " << seed << ", referral " << referral.text() << ", " << row.state << ", attempt "
                         << row.attempt << ": " << row.problem);
            if (row.state == "withdrawn") {
                ++withdrawn;
                CHECK(season.effects(referral) <= 1);
                if (season.effects(referral) == 1) {
                    CHECK(row.withdrawal == "told");
                    CHECK(season.rig.stubs["fire"].withdrawals[referral] +
                              season.rig.stubs["police"].withdrawals[referral] >=
                          1);
                }
                continue;
            }
            CHECK(row.state == "sent");
            CHECK(season.effects(referral) == 1);
            CHECK(season.rig.status(referral) == "1 sent");
        }
    }
    CHECK(withdrawn > 0);
}

TEST_CASE("the same seed sends the same requests", "[faults]") {
    const auto trace = [](std::uint64_t seed) {
        Season season(seed);
        season.play();
        std::string all;
        for (const auto& [name, stub] : season.rig.stubs)
            for (const auto& request : stub.seen)
                all += name + " " + request.method + " " + request.path + " " + request.body + "\n";
        return all;
    };
    CHECK(trace(11) == trace(11));
    CHECK(trace(11) != trace(12));
}
