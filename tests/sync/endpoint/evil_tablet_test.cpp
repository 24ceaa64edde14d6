// Whoever has a stolen tablet's seed says in its name what only the centre or an agency may say.
#include "tests/sync/endpoint/centre.h"
#include "tests/sync/random_operations.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

const Day evil_day = Day::of(2013, 6, 8);

Operation said(Random& random, Payload payload) {
    auto operation = visit(random);
    operation.payload = std::move(payload);
    return operation;
}

ContactRecorded door_of(Random& random, const Uuid& in_visit) {
    ContactRecorded door;
    door.contact = Uuid::random(random);
    door.visit = in_visit;
    door.household = Uuid::random(random);
    door.area = "BE";
    door.outcome = ContactOutcome::no_answer;
    door.day = evil_day;
    return door;
}

// What another tablet pushed, and what an attacker knows of it: every id.
struct Victim {
    Centre centre;
    Hand tablet{centre, "tab-01"};
    Hand evil{centre, "tab-02"};
    std::vector<Uuid> ids;
    Uuid raised = Uuid::random(centre.random);

    Victim() {
        centre.directory.column_sets.push_back(
            {"all", "All", {}, "safer_streets_doorstep", {{"Fire", "fire"}}});
        auto planned = visit(centre.random);
        const auto of = std::get<VisitPlanned>(planned.payload).visit;
        std::vector<Operation> facts{planned, referral(centre.random, raised, "fire")};
        for (int i = 0; i < 4; ++i)
            facts.push_back(said(centre.random, door_of(centre.random, of)));
        for (const auto& one : facts)
            ids.push_back(one.id);
        tablet.keep(facts);
        acknowledged(tablet.push(0, 1));
    }
    std::string counts() {
        const auto sums = centre.endpoint->report({Day::of(2013, 1, 1), Day::of(2013, 12, 31)}, "all");
        REQUIRE(sums.ok());
        return as_json(*sums);
    }
    std::string folded() {
        const auto text = centre.endpoint->store().dump_read_model();
        REQUIRE(text.ok());
        return *text;
    }
    wire::PullReply page_of(const Hand& whose) {
        const auto answer = whose.pull(0);
        REQUIRE(answer.status == 200);
        return *wire::decode_pull_reply(answer.body);
    }
    // Of its tries at doors those that count for another day, and every word about a clock.
    std::string moved() {
        return centre.text("select count(*) from fact_clock") +
               centre.text("select count(*) from fact_contact c join operation o on o.partnership = "
                           "c.partnership and o.operation_id = c.operation_id join tablet t on "
                           "t.partnership = o.partnership and t.enrolment = o.enrolment where t.tablet = "
                           "'tab-01' and c.day <> " +
                           std::to_string(evil_day.since_1970));
    }
};

CorrectedTime moved_to_2010(const Uuid& fact) {
    return {fact, 1'270'000'000'000, Day::of(2010, 4, 1), 1};
}

}  // namespace

TEST_CASE("what only the centre or an agency may say is kept and obeyed by nobody when a tablet says it",
          "[push][evil]") {
    Victim victim;
    auto& random = victim.centre.random;
    const auto counts = victim.counts();
    const auto folded = victim.folded();
    const auto place = *victim.centre.endpoint->store().cursor_max();
    auto newer = said(random, RecordsErased{Uuid::random(random), victim.ids, {}});
    newer.type_version = 2;
    victim.evil.keep(
        {said(random, RecordsErased{Uuid::random(random), victim.ids, {}}),
         said(random, ClockCorrected{victim.tablet.enrolment.enrolment, {moved_to_2010(victim.ids.back())}}),
         said(random, ReferralStateSet{victim.raised, 1'000'000, ReferralState::completed, "x", "fire"}),
         newer});
    const auto reply = acknowledged(victim.evil.push(0, 1));
    CHECK(reply.acked_through == 4);
    CHECK(reply.quarantined.size() == 4);
    CHECK(victim.centre.endpoint->store().quarantined()->size() == 4);
    CHECK(victim.counts() == counts);
    CHECK(victim.folded() == folded);
    CHECK(victim.moved() == "00");
    const auto page = victim.page_of(victim.tablet);
    CHECK(page.forgotten.empty());
    REQUIRE(page.operations.size() == place + 4);
    for (auto i = static_cast<std::size_t>(place); i < page.operations.size(); ++i)
        CHECK(page.operations[i].json.empty());
    // Read again, as after an update.
    REQUIRE(victim.centre.endpoint->store().rebuild().ok());
    CHECK(victim.folded() == folded);
    CHECK(victim.centre.endpoint->store().quarantined()->size() == 4);
    // Said again it stays what it was.
    CHECK(acknowledged(victim.evil.push(0, 1)).quarantined == reply.quarantined);
    CHECK(victim.centre.rows("fork") == 0);
}

TEST_CASE("a resident's withdrawal is taken from any tablet, in whatever cycle it stands", "[push][evil]") {
    Victim victim;
    const int cycle = GENERATE(1, 2);
    victim.evil.keep({said(victim.centre.random,
                           ReferralStateSet{victim.raised, cycle, ReferralState::withdrawn, "", "off-02"})});
    CHECK(acknowledged(victim.evil.push(0, 1)).quarantined.empty());
    CHECK(victim.centre.text("select state from outbox") == "withdrawn");
}

TEST_CASE("random facts of every type under one enrolment change no other tablet's facts and no past count",
          "[push][evil]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 9));
    Victim victim;
    auto& random = victim.centre.random;
    const auto counts = victim.counts();
    const auto page = victim.page_of(victim.evil);
    RandomOperations some(seed);
    for (int batch = 0; batch < 3; ++batch) {
        auto facts = some.several(20);  // of 2026
        for (auto& one : facts)
            if (std::get_if<ReferralStateSet>(&one.payload) && some.random().chance(0.5))
                std::get<ReferralStateSet>(one.payload) = {
                    victim.raised, static_cast<int>(1 + some.random().below(1'000'000)),
                    static_cast<ReferralState>(some.random().below(8)), "", "fire"};
        std::vector<CorrectedTime> times;
        std::vector<Uuid> ids;
        for (const auto& id : victim.ids)
            if (some.random().chance(0.5)) {
                times.push_back(moved_to_2010(id));
                ids.push_back(id);
            }
        facts.push_back(said(random, ClockCorrected{victim.evil.enrolment.enrolment, times}));
        facts.push_back(said(random, RecordsErased{Uuid::random(random), ids, {}}));
        const auto at = victim.evil.envelopes.size();
        victim.evil.keep(facts);
        acknowledged(victim.evil.push(at, at + 1));
    }
    CHECK(victim.counts() == counts);
    CHECK(victim.moved() == "00");
    const auto after = victim.page_of(victim.evil);
    REQUIRE(after.operations.size() >= page.operations.size());
    CHECK(std::equal(
        page.operations.begin(), page.operations.end(), after.operations.begin(),
        [](const auto& one, const auto& other) { return one.id == other.id && one.json == other.json; }));
    CHECK(victim.page_of(victim.tablet).forgotten.empty());
    CHECK(victim.centre.text("select count(*) from referral_status where word <> 'withdrawn'") == "0");
}
