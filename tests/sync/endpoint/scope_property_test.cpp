// No fact of another patch reaches a tablet that was given areas, against an oracle that reads the whole log.
// DOORSTEP_SEEDS says how many seasons are tried.
#include <algorithm>
#include <cstdlib>

#include "tests/sync/endpoint/area_centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// Doors of several areas, recorded by several tablets in turns.
class RandomSeason {
public:
    RandomSeason(AreaCentre& centre, std::uint64_t seed) : centre_(centre), chance_(seed) {
        for (const auto* name : {"tab-01", "tab-02", "tab-03"})
            tablets.push_back(std::make_unique<Hand>(centre, name));
    }
    std::vector<std::unique_ptr<Hand>> tablets;
    SlowOracle oracle;

    void go_on() {
        std::vector<Operation> facts;
        while (facts.size() <= chance_.below(4))
            add(facts);
        if (chance_.below(5) == 0) {
            for (auto& fact : facts)
                fact.sequence = 0;
            for (const auto& fact : facts)
                oracle.came({centre_.at_centre(fact)}, {});
            return;
        }
        auto& tablet = *tablets[chance_.below(tablets.size())];
        push_all(tablet, facts);
        oracle.came(facts, tablet.enrolment.enrolment);
    }
    std::vector<std::string> some_areas() {
        std::vector<std::string> areas;
        for (const auto* area : {"AB", "BE", "PB", "SX"})
            if (chance_.below(2) == 0)
                areas.emplace_back(area);
        return areas;
    }
    std::uint64_t below(std::uint64_t n) { return chance_.below(n); }

private:
    void add(std::vector<Operation>& facts) {
        const auto kind = chance_.below(10);
        const std::string area = std::vector<std::string>{"AB", "BE", "PB", "SX"}[chance_.below(4)];
        if (kind == 0)
            return facts.push_back(visit_in(centre_.random, area));
        if (kind < 4 || doors_.empty()) {
            doors_.push_back({door_in(centre_.random, area), {}, {}});
            doors_.back().contact = contact_fact(centre_.random, doors_.back().door);
            // Sometimes its door comes later, or never.
            if (chance_.below(6) != 0)
                facts.push_back(doors_.back().contact);
            return;
        }
        auto& one = doors_[chance_.below(doors_.size())];
        if (kind == 4)
            return facts.push_back(questionnaire_at(centre_.random, one.door));
        if (kind == 5)
            return facts.push_back(offer_at(centre_.random, one.door));
        if (kind == 6) {
            facts.push_back(referral_at(centre_.random, one.door));
            one.referrals.push_back(std::get<ReferralRaised>(facts.back().payload).referral);
            return;
        }
        if (kind == 7 && !one.referrals.empty())
            return facts.push_back(
                state_of(centre_.random, one.referrals[chance_.below(one.referrals.size())]));
        if (kind == 8) {
            auto elsewhere = one.door;
            elsewhere.area = area;
            facts.push_back(contact_fact(centre_.random, elsewhere));
            facts.back().supersedes = one.contact.id;
            return;
        }
        facts.push_back(
            fact_of(centre_.random, one.door.household, ContactTakenBack{one.door.contact, one.contact.id}));
    }
    struct Known {
        ContactRecorded door;
        Operation contact;
        std::vector<Uuid> referrals;
    };
    AreaCentre& centre_;
    SeededRandom chance_;
    std::vector<Known> doors_;
};

void is_what_the_oracle_says(const Followed& got, const SlowOracle& oracle, const Uuid& own,
                             std::uint64_t from, std::uint64_t through,
                             const std::function<bool(const std::string&)>& in_scope) {
    std::size_t expected = 0;
    for (const auto& [place, fact] : oracle.feed) {
        const bool due = place > from && place <= through && in_scope(fact.patch);
        expected += due ? 1 : 0;
        const auto found = got.facts.find(place);
        INFO("place " << place << " patch " << fact.patch);
        REQUIRE((found != got.facts.end()) == due);
        if (!due)
            continue;
        CHECK(found->second.id == fact.id);
        CHECK(found->second.patch == fact.patch);
        CHECK(found->second.json.empty() == (fact.tablet == own));
    }
    CHECK(got.facts.size() == expected);
}

}  // namespace

TEST_CASE("no fact of another patch ever reaches a tablet, and none of its own is missing",
          "[scope][property]") {
    const auto seeds = std::getenv("DOORSTEP_SEEDS") ? std::stoull(std::getenv("DOORSTEP_SEEDS")) : 3;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        INFO("seed " << seed);
        AreaCentre centre;
        RandomSeason season(centre, seed);
        for (int round = 0; round < 8; ++round) {
            for (int i = 0; i < 8; ++i)
                season.go_on();
            const auto& reader = *season.tablets[season.below(3)];
            const auto own = reader.enrolment.enrolment;
            const auto newest = season.oracle.feed.size();
            const auto areas = season.some_areas();
            if (areas.empty())
                continue;
            centre.give(reader.enrolment.tablet, areas);
            const auto from = season.below(newest + 1);
            const auto more = named(areas) + fmt::format("&limit={}", season.below(20) + 1);
            is_what_the_oracle_says(
                follow(reader, from, more), season.oracle, own, from, newest, [&](const std::string& patch) {
                    return patch.empty() || std::find(areas.begin(), areas.end(), patch) != areas.end();
                });
            const auto& one = areas[season.below(areas.size())];
            const auto through = season.below(newest + 1);
            is_what_the_oracle_says(history(reader, one, through, more), season.oracle, own, 0, through,
                                    [&](const std::string& patch) { return patch == one; });
            is_what_the_oracle_says(history(reader, "", through, more), season.oracle, own, 0, through,
                                    [&](const std::string& patch) { return patch.empty(); });
        }
        CHECK(*patch_totals(centre.sql, season.oracle.feed.size()) == *counted_patches(centre.sql));
    }
}
