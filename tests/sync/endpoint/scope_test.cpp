// Each fact has its patch, and a tablet that was given areas pulls theirs.
#include <cstdlib>

#include "sync/endpoint/verify_store.h"
#include "sync/store/sqlite_work.h"
#include "sync/wire/limits.h"
#include "tests/sync/endpoint/area_centre.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("what follows from a door is of its area, whichever push brings it", "[scope]") {
    AreaCentre centre;
    Hand one(centre, "tab-01");
    Hand two(centre, "tab-02");
    const auto plan = visit_in(centre.random, "BE");
    const auto door = door_in(centre.random, "BE");
    const auto contact = contact_fact(centre.random, door);
    const auto finished = questionnaire_at(centre.random, door);
    push_all(one, {plan, contact, finished});
    CHECK(centre.patch(plan.id) == "BE");
    CHECK(centre.patch(contact.id) == "BE");
    CHECK(centre.patch(finished.id) == "BE");
    // Later, and from another tablet.
    const auto referral = referral_at(centre.random, door);
    const auto offer = offer_at(centre.random, door);
    push_all(two, {referral, offer});
    CHECK(centre.patch(referral.id) == "BE");
    CHECK(centre.patch(offer.id) == "BE");
    const auto& raised = std::get<ReferralRaised>(referral.payload);
    auto state = state_of(centre.random, raised.referral);
    state.hybrid_clock = 0;
    CHECK(centre.patch(centre.at_centre(state).id) == "BE");
    const auto back = fact_of(centre.random, door.household, ContactTakenBack{door.contact, contact.id});
    push_all(two, {back});
    CHECK(centre.patch(back.id) == "BE");
}

TEST_CASE("what names no area, what two are named for, and what comes too early is for every tablet",
          "[scope]") {
    AreaCentre centre;
    Hand one(centre, "tab-01");
    const auto stranger = questionnaire_at(centre.random, door_in(centre.random, "BE"));
    const auto lost = state_of(centre.random, Uuid::random(centre.random));
    const auto odd = visit_in(centre.random, "no such place");
    const auto star = visit_in(centre.random, "*");
    const auto long_one = visit_in(centre.random, std::string(100'000, 'A'));
    push_all(one, {stranger, lost, odd, star, long_one});
    for (const auto& fact : {stranger, lost, odd, star, long_one})
        CHECK(centre.patch(fact.id).empty());
    auto unknown = wire::encode(visit_in(centre.random, "BE"));
    unknown.replace(unknown.find("visit_planned"), 13, "visit_dreamed");
    unknown.replace(unknown.find("\"sequence\":0"), 12, fmt::format("\"sequence\":{}", one.last + 1));
    one.keep_json({unknown});
    acknowledged(one.push(1, 2));
    CHECK(centre.rows("operation where patch = '' and status = 1") == 1);

    const auto door = door_in(centre.random, "BE");
    const auto contact = contact_fact(centre.random, door);
    push_all(one, {contact});
    auto moved = door;
    moved.area = "SX";
    auto correction = contact_fact(centre.random, moved);
    correction.supersedes = contact.id;
    push_all(one, {correction});
    CHECK(centre.patch(contact.id) == "BE");
    CHECK(centre.patch(correction.id).empty());
    const auto later = questionnaire_at(centre.random, door);
    push_all(one, {later});
    CHECK(centre.patch(later.id).empty());
}

TEST_CASE("a patch is what it was when its fact came, whatever comes after", "[scope]") {
    AreaCentre centre;
    Hand one(centre, "tab-01");
    Hand two(centre, "tab-02");
    const Hand reader(centre, "tab-03");
    centre.give("tab-03", {"SX"});
    const auto door = door_in(centre.random, "BE");
    const auto early = questionnaire_at(centre.random, door);
    push_all(one, {early});
    const auto before = follow(reader, 0, named({"SX"}));
    CHECK(before.facts.size() == 1);
    push_all(two, {contact_fact(centre.random, door)});
    CHECK(centre.patch(early.id).empty());
    const auto after = follow(reader, before.cursor, named({"SX"}));
    CHECK(after.facts.empty());
    CHECK(after.cursor == 2);
}

TEST_CASE("a tablet that was given areas pulls theirs and what is for everyone", "[scope]") {
    AreaCentre centre;
    Hand one(centre, "tab-01");
    Hand two(centre, "tab-02");
    centre.give("tab-02", {"SX"});
    for (const auto* area : {"BE", "SX", "AB"})
        push_all(one, whole_door(centre.random, area));
    push_all(two, whole_door(centre.random, "BE"));
    const auto got = follow(two, 0, named({"SX"}) + "&limit=3");
    INFO("pages " << got.pages << " cursor " << got.cursor);
    REQUIRE(got.facts.size() == 4);
    CHECK(got.cursor == 16);
    for (const auto& [place, fact] : got.facts) {
        CHECK(fact.patch == "SX");
        CHECK((place > 4 && place <= 8));
    }
    REQUIRE(got.totals.size() == 2);
    CHECK(got.totals[0].patch == "SX");
    CHECK(got.totals[0].facts == 4);
    wire::IdSum sum;
    for (const auto& [place, fact] : got.facts)
        sum.add(fact.id);
    CHECK(got.totals[0].sum == sum);
    CHECK(got.totals[1] == wire::PatchTotal{"", 0, {}});
    // Who was given none has all of it, and is told no patches.
    const auto whole = scoped_page(one.pull(0, named({})));
    CHECK(whole.operations.size() == 16);
    CHECK(whole.scope.empty());
    CHECK(whole.patches.empty());
    CHECK_FALSE(whole.operations[0].patch);
}

TEST_CASE("an app that knows no scope is given a page without holes, and of other areas places alone",
          "[scope]") {
    AreaCentre centre;
    Hand one(centre, "tab-01");
    const Hand old(centre, "tab-02");
    centre.give("tab-02", {"SX"});
    push_all(one, whole_door(centre.random, "BE"));
    push_all(one, whole_door(centre.random, "SX"));
    const auto page = scoped_page(old.pull(0));
    CHECK(page.scope.empty());
    REQUIRE(page.operations.size() == 8);
    CHECK(page.cursor == 8);
    for (const auto& fact : page.operations)
        CHECK(fact.json.empty() == (fact.pull_sequence <= 4));
}

TEST_CASE("a scope that is not the tablet's, and the history of what it was not given, are refused",
          "[scope]") {
    AreaCentre centre;
    Hand one(centre, "tab-01");
    const Hand two(centre, "tab-02");
    push_all(one, whole_door(centre.random, "BE"));
    centre.give("tab-02", {"SX", "AB"});
    CHECK(scoped_page(two.pull(0, named({"AB", "SX"}))).cursor == 4);
    for (const auto& scope : {named({}), named({"BE"}), named({"SX"}), std::string("&scope=")}) {
        const auto refused = two.pull(0, scope);
        CHECK(refused.status == 409);
        CHECK(code_of(refused) == "scope");
    }
    for (const auto* patch : {"BE", "*", "PB", "SX%00", "sx"}) {
        INFO(patch);
        CHECK(ask_history(two, patch, 0, 4, named({"AB", "SX"})).status == 409);
        CHECK(ask_history(two, patch, 0, 4, "").status == 409);
    }
    // Without a scope that it names nobody knows for what it takes the holes.
    CHECK(ask_history(two, "SX", 0, 4, "").status == 409);
    CHECK(ask_history(two, "SX", 0, 4, named({"AB", "SX"})).status == 200);
    CHECK(ask_history(two, "SX", 0, 5, named({"AB", "SX"})).status == 409);
    CHECK(ask_history(two, "SX", 3, 2, named({"AB", "SX"})).status == 400);
    CHECK(ask_history(one, "BE", 0, 4, named({})).status == 409);
    CHECK(scoped_page(ask_history(one, "*", 0, 3, named({}))).operations.size() == 3);
}

TEST_CASE("no page goes so far beyond an order to forget that nobody knows whether it was kept", "[scope]") {
    AreaCentre centre;
    Hand one(centre, "tab-01");
    const Hand two(centre, "tab-02");
    centre.give("tab-02", {"SX"});
    const auto forget = centre.at_centre([&] {
        Operation order;
        order.subject = Uuid::random(centre.random);
        order.payload = RecordsErased{order.subject, {Uuid::random(centre.random)}, {}};
        return order;
    }());
    for (int i = 0; i < 150; ++i)
        push_all(one, whole_door(centre.random, "BE"));
    const auto page = scoped_page(two.pull(0, named({"SX"})));
    REQUIRE(page.operations.size() == 1);
    CHECK(page.operations[0].id == forget.id);
    CHECK(page.cursor == limits::pull_operations_max);
    CHECK(page.more);
    CHECK(scoped_page(two.pull(page.cursor, named({"SX"}))).cursor == 601);
}

TEST_CASE("the totals of the patches are those of the facts, in every order of events", "[scope]") {
    AreaCentre centre;
    Hand one(centre, "tab-01");
    Hand two(centre, "tab-02");
    auto door = whole_door(centre.random, "BE");
    push_all(one, door);
    push_all(two, door);  // known: counted once
    push_all(two, whole_door(centre.random, "SX"));
    acknowledged(two.push(0, 2));  // again
    centre.at_centre([&] {
        auto plan = visit_in(centre.random, "BE");
        plan.hybrid_clock = 0;
        return plan;
    }());
    const auto newest = *centre.endpoint->store().cursor_max();
    const auto kept = patch_totals(centre.sql, newest);
    const auto counted = counted_patches(centre.sql);
    REQUIRE(kept.ok());
    REQUIRE(counted.ok());
    CHECK(*kept == *counted);
    CHECK(kept->size() == 2);
    CHECK(patch_totals(centre.sql, newest + 1)->empty());
    REQUIRE(centre.sql.script("update patch_total set facts = facts + 1 where patch = 'SX'").ok());
    const auto verdict = verify_store(*centre.endpoint);
    REQUIRE(verdict.ok());
    CHECK(verdict->text().find("each area") != std::string::npos);
}

TEST_CASE("facts from before there were patches are given theirs once", "[scope]") {
    AreaCentre centre;
    Hand one(centre, "tab-01");
    SlowOracle oracle;
    const auto came = [&](const std::vector<Operation>& facts) {
        push_all(one, facts);
        oracle.came(facts, one.enrolment.enrolment);
    };
    came({visit_in(centre.random, "BE")});
    for (const auto* area : {"BE", "SX"}) {
        const auto door = door_in(centre.random, area);
        const auto contact = contact_fact(centre.random, door);
        const auto referral = referral_at(centre.random, door);
        came({contact, questionnaire_at(centre.random, door), offer_at(centre.random, door), referral,
              state_of(centre.random, std::get<ReferralRaised>(referral.payload).referral)});
        came({fact_of(centre.random, door.household, ContactTakenBack{door.contact, contact.id})});
    }
    came({questionnaire_at(centre.random, door_in(centre.random, "BE")), visit_in(centre.random, "*")});
    REQUIRE(centre.sql.script("update operation set patch = null; delete from patch_total").ok());
    REQUIRE(centre.sql.begin().ok());
    REQUIRE(fill_in_patches(centre.sql).ok());
    REQUIRE(centre.sql.commit().ok());
    for (const auto& [place, fact] : oracle.feed) {
        INFO(place);
        CHECK(centre.patch(fact.id) == (fact.patch == "*" ? "" : fact.patch));
    }
    CHECK(*patch_totals(centre.sql, oracle.feed.size()) == *counted_patches(centre.sql));
}

TEST_CASE("what others recorded elsewhere costs a pull nothing", "[scope]") {
    AreaCentre centre;
    if (centre.sql.engine() != SqlConnection::Engine::sqlite)
        return;  // it alone counts its work
    Hand one(centre, "tab-01");
    const Hand two(centre, "tab-02");
    centre.give("tab-02", {"SX"});
    const auto work = [&](const Hand& tablet, const std::string& more) {
        for (int i = 0; i < 2; ++i)
            scoped_page(tablet.pull(0, more));  // its statements stand
        const auto before = work_of(centre.sql.inner());
        scoped_page(tablet.pull(0, more));
        return work_of(centre.sql.inner()).since(before);
    };
    for (int i = 0; i < 5; ++i)
        push_all(one, whole_door(centre.random, "SX"));
    const auto whole = work(one, named({}) + "&limit=20");
    const auto scoped = work(two, named({"SX"}));
    for (int i = 0; i < 200; ++i)
        push_all(one, whole_door(centre.random, "BE"));
    const auto later_whole = work(one, named({}) + "&limit=20");
    const auto later = work(two, named({"SX"}));
    if (std::getenv("DOORSTEP_SAY_FIGURES"))
        fmt::print("steps of a pull of 20 facts: everything {} and {}, an area {} and {}\n", whole.steps,
                   later_whole.steps, scoped.steps, later.steps);
    CHECK(later.steps <= scoped.steps * 11 / 10);
    CHECK(later.full_scan <= scoped.full_scan);
    CHECK(later_whole.steps <= whole.steps * 11 / 10);
}
