// A tablet that was given areas holds their history and no other, whatever is cut, locked or restored.
#include <algorithm>
#include <map>
#include <set>

#include "sync/endpoint/erasure.h"
#include "sync/store/fact_tables.h"
#include "sync/wire/codec.h"
#include "tests/support/faulty_disk.h"
#include "tests/sync/area_facts.h"
#include "tests/sync/canary_home.h"
#include "tests/sync/tablet/backed_up_centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

struct AreaCentre : BackedUpCentre {
    AreaCentre() { publish(); }
    void publish() {
        for (const std::string area : {"BE", "SX", "AB"})
            REQUIRE(endpoint.publish({{wire::ParcelKind::addresses, area, "homes of " + area, {}, {}}}).ok());
    }
    void give(const std::string& tablet, const std::vector<std::string>& areas) {
        REQUIRE(endpoint.give_addresses(tablet, areas).ok());
    }
    // Places of the feed with their patches: the truth.
    std::map<Uuid, std::string> patches() {
        std::map<Uuid, std::string> found;
        REQUIRE(sql->query("select operation_id, patch from operation", {},
                           [&](const SqlRow& row) {
                               found[row.uuid(0)] = row.text(1);
                               return true;
                           })
                    .ok());
        return found;
    }
};

void record(SealedTablet& tablet, std::vector<Operation> facts) {
    for (auto& fact : facts)
        fact.hybrid_clock = 0;
    auto transaction = tablet.store->begin();
    REQUIRE(transaction.ok());
    const auto kept = transaction->append(std::move(facts));
    REQUIRE(kept.ok());
    REQUIRE(transaction->commit().ok());
}
void record_visits(SealedTablet& tablet, const std::string& area, int count) {
    constexpr int in_one_act = 100;
    for (; count > 0; count -= in_one_act) {
        std::vector<Operation> facts;
        for (int i = 0; i < std::min(count, in_one_act); ++i)
            facts.push_back(visit_in(tablet.random, area));
        record(tablet, std::move(facts));
    }
}

std::set<Uuid> ids_where(SqlConnection& sql, const std::string& which) {
    std::set<Uuid> ids;
    REQUIRE(sql.query("select operation_id from operation where " + which, {},
                      [&](const SqlRow& row) {
                          ids.insert(row.uuid(0));
                          return true;
                      })
                .ok());
    return ids;
}

// Everything of these patches and of none, and of others nothing but what it recorded itself.
void holds_exactly(AreaCentre& centre, SealedTablet& tablet, const std::vector<std::string>& areas) {
    const auto own = ids_where(*tablet.sql, "tablet_seq is not null");
    auto expected = own;
    for (const auto& [id, patch] : centre.patches())
        if (patch.empty() || areas.empty() || std::find(areas.begin(), areas.end(), patch) != areas.end())
            expected.insert(id);
    CHECK(ids_where(*tablet.sql, "true") == expected);
    // Row by row it is what the log gives.
    const auto before = tablet.dump();
    REQUIRE(tablet.store->rebuild().ok());
    CHECK(tablet.dump() == before);
}

// Whatever was cut: what is said to be whole is whole.
void is_whole_where_it_says_so(AreaCentre& centre, SealedTablet& tablet) {
    const auto stands = tablet.store->position();
    REQUIRE(stands.ok());
    const auto here = ids_where(*tablet.sql, "true");
    for (const auto& held : stands->held) {
        if (!held.is_whole())
            continue;
        const auto due = ids_where(*centre.sql, "patch = '" + held.patch +
                                                    "' and pull_seq <= " + std::to_string(stands->cursor));
        INFO(held.patch << " at " << held.at << " through " << held.through << " cursor " << stands->cursor);
        CHECK(std::includes(here.begin(), here.end(), due.begin(), due.end()));
    }
}

struct TwoAreas {
    AreaCentre centre;
    SealedTablet one{centre, "tab-01", 51};
    SealedTablet two{centre, "tab-02", 52};

    TwoAreas() {
        one.enrol();
        two.enrol();
    }
    void work(const std::string& area) {
        record(one, whole_door(one.random, area));
        one.sync_whole();
    }
};

constexpr const char* line_is_cut = "The network is gone.";

}  // namespace

TEST_CASE("two tablets of different areas hold each its own", "[scope]") {
    TwoAreas place;
    place.centre.give("tab-01", {"BE"});
    place.centre.give("tab-02", {"SX"});
    SealedTablet lead(place.centre, "tab-03", 53);
    lead.enrol();
    place.work("BE");
    place.work("AB");
    record(place.two, whole_door(place.two.random, "SX"));
    place.two.sync_whole();
    place.one.sync_whole();
    lead.sync_whole();
    holds_exactly(place.centre, place.one, {"BE"});
    holds_exactly(place.centre, place.two, {"SX"});
    holds_exactly(place.centre, lead, {});
    CHECK(lead.store->position()->held.empty());
    CHECK(place.two.dump().find("BE-001") == std::string::npos);
}

TEST_CASE("an area that is given later comes with its history, and then goes on", "[scope]") {
    TwoAreas place;
    place.centre.give("tab-02", {"SX"});
    record_visits(place.one, "BE", 620);  // more than a page
    place.one.sync_whole();
    place.work("SX");
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {"SX"});
    place.centre.give("tab-02", {"BE", "SX"});
    place.work("BE");
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {"BE", "SX"});
    place.work("BE");
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {"BE", "SX"});
    const auto position = place.two.store->position();
    REQUIRE(position.ok());
    for (const auto& held : position->held)
        CHECK(held.is_whole());
}

TEST_CASE("an area that is taken away goes from the tablet, and what it recorded itself stays", "[scope]") {
    TwoAreas place;
    place.centre.give("tab-02", {"BE", "SX"});
    place.work("BE");
    place.work("SX");
    record(place.two, whole_door(place.two.random, "BE"));
    place.two.sync_whole();
    place.centre.give("tab-02", {"SX"});
    record(place.two, whole_door(place.two.random, "BE"));  // not sent when it hears of it
    {
        DirectClient http(place.centre, place.two.identity);
        http.on_the_way = [](HttpRequest& request) {
            if (request.path == "/v1/push")
                request.body.clear();
        };
        static_cast<void>(place.two.sync(http));
    }
    CHECK(place.two.store->position()->acked_through == 4);
    CHECK(ids_where(*place.two.sql, "tablet_seq is not null").size() == 8);
    CHECK(ids_where(*place.two.sql, "tablet_seq is null").size() == 4);
    place.two.sync_whole();
    CHECK(place.two.store->position()->acked_through == 8);
    holds_exactly(place.centre, place.two, {"SX"});
    // Given again, it comes again.
    place.centre.give("tab-02", {"BE", "SX"});
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {"BE", "SX"});
}

TEST_CASE("from the whole partnership to an area and back", "[scope]") {
    TwoAreas place;
    for (const auto* area : {"BE", "SX", "AB"})
        place.work(area);
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {});
    place.centre.give("tab-02", {"SX"});
    place.work("BE");
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {"SX"});
    place.work("SX");
    place.centre.give("tab-02", {});
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {});
    place.work("AB");
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {});
    place.centre.give("tab-02", {"AB"});
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {"AB"});
}

TEST_CASE("what was pulled in another scope than the endpoint's counts for nothing", "[scope]") {
    TwoAreas place;
    place.centre.give("tab-02", {"SX"});
    place.work("BE");
    place.work("SX");
    DirectClient http(place.centre, place.two.identity);
    int status = 0;
    bool changed = false;
    http.on_the_way = [&](HttpRequest& request) {
        status += request.path.starts_with("/v1/tablet") ? 1 : 0;
        // Between the status and the pull.
        if (request.path.starts_with("/v1/pull") && !std::exchange(changed, true))
            place.centre.give("tab-02", {"BE"});
    };
    const auto outcome = place.two.sync(http);
    REQUIRE(outcome.ok());
    CHECK(outcome->up_to_date);
    CHECK(status == 2);
    holds_exactly(place.centre, place.two, {"BE"});
}

TEST_CASE(
    "a cut at any request or answer leaves no half history that is taken for whole, and holds up no push",
    "[scope][cut]") {
    for (const bool answer : {false, true})
        for (int cut = 1; cut < 8; ++cut) {
            INFO("cut " << cut << (answer ? " of the answer" : " of the request"));
            TwoAreas place;
            place.centre.give("tab-02", {"SX"});
            record_visits(place.one, "BE", answer ? 40 : 620);
            place.one.sync_whole();
            place.work("SX");
            place.two.sync_whole();
            place.centre.give("tab-02", {"AB", "BE", "SX"});
            place.work("BE");
            record(place.two, whole_door(place.two.random, "AB"));
            {
                DirectClient http(place.centre, place.two.identity);
                int requests = 0;
                http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
                    ++requests;
                    if (answer ? requests == cut : requests >= cut)
                        return Error{Fault::unreachable, line_is_cut, ""};
                    return reply;
                };
                static_cast<void>(place.two.sync(http));
            }
            is_whole_where_it_says_so(place.centre, place.two);
            place.two.lock();
            place.two.unlock_and_fold();
            is_whole_where_it_says_so(place.centre, place.two);
            place.two.sync_whole();
            holds_exactly(place.centre, place.two, {"AB", "BE", "SX"});
        }
}

TEST_CASE("what is recorded goes out although a history cannot come", "[scope]") {
    TwoAreas place;
    place.centre.give("tab-02", {"SX"});
    place.work("BE");
    place.two.sync_whole();
    place.centre.give("tab-02", {"BE"});
    record(place.two, whole_door(place.two.random, "BE"));
    DirectClient http(place.centre, place.two.identity);
    http.on_the_way = [](HttpRequest& request) {
        if (request.path.starts_with("/v1/pull"))
            request.path += "&broken";
    };
    const auto outcome = place.two.sync(http);
    REQUIRE(outcome.ok());
    CHECK_FALSE(outcome->up_to_date);
    CHECK(place.two.store->position()->acked_through == 4);
}

TEST_CASE("a locked tablet fetches and drops areas too, and has done it when somebody signs in", "[scope]") {
    TwoAreas place;
    place.centre.give("tab-02", {"SX"});
    record_visits(place.one, "BE", 620);
    place.one.sync_whole();
    place.work("SX");
    place.two.sync_whole();
    place.two.lock();
    place.centre.give("tab-02", {"AB", "BE"});
    place.work("AB");
    place.two.sync_whole();
    const auto position = place.two.store->position();
    REQUIRE(position.ok());
    for (const auto& held : position->held)
        CHECK(held.is_whole());
    place.work("BE");
    place.two.sync_whole();
    place.two.unlock_and_fold();
    holds_exactly(place.centre, place.two, {"AB", "BE"});
    // Away and back again before anybody signs in.
    place.two.lock();
    place.centre.give("tab-02", {"AB"});
    place.two.sync_whole();
    place.work("BE");
    place.centre.give("tab-02", {"AB", "BE"});
    place.two.sync_whole();
    place.two.unlock_and_fold();
    holds_exactly(place.centre, place.two, {"AB", "BE"});
}

TEST_CASE("a restore in between leaves each tablet with its areas", "[scope][restored]") {
    TwoAreas place;
    place.centre.give("tab-02", {"SX"});
    place.work("BE");
    place.work("SX");
    place.two.sync_whole();
    const auto backup = place.centre.back_up();
    place.work("SX");
    place.work("BE");
    place.centre.give("tab-02", {"BE", "SX"});
    const bool locked = GENERATE(false, true);
    const bool half = GENERATE(false, true);
    if (locked)
        place.two.lock();
    DirectClient http(place.centre, place.two.identity);
    http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
        if (half && http.exchanges > 2)
            return Error{Fault::unreachable, line_is_cut, ""};
        return reply;
    };
    static_cast<void>(place.two.sync(http));
    place.centre.restore(backup);  // to when it had one area
    place.two.sync_whole();
    place.one.sync_whole();
    place.two.sync_whole();
    if (locked)
        place.two.unlock_and_fold();
    holds_exactly(place.centre, place.two, {"SX"});
    place.centre.give("tab-02", {"BE", "SX"});
    place.work("BE");
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {"BE", "SX"});
}

TEST_CASE("an order to forget passes by a tablet that holds the fact no more, and one that never did",
          "[scope][forget]") {
    TwoAreas place;
    TemporaryFolder folder;
    ErasureList list{folder / "erasures.list"};
    SealedTablet never(place.centre, "tab-03", 54);
    never.enrol();
    place.centre.give("tab-02", {"BE", "SX"});
    place.centre.give("tab-03", {"SX"});
    CanaryHome home{place.centre.random, Uuid::random(place.centre.random), Day::of(2013, 6, 8),
                    place.centre.clock.now_ms()};
    home.facts.pop_back();  // how a referral stands is no officer's to say: other tablets do not read it
    record(place.one, home.facts);
    place.one.sync_whole();
    place.two.sync_whole();
    place.centre.give("tab-02", {"SX"});
    place.two.sync_whole();
    CHECK(place.two.dump().find(canary) == std::string::npos);
    place.centre.clock.advance_ms(60'000);
    const auto by = place.centre.endpoint.forgetting(list);
    REQUIRE(by.ok());
    REQUIRE(erase_subject(*by, home.home).ok());
    for (auto* tablet : {&place.one, &place.two, &never}) {
        tablet->sync_whole();
        CHECK(tablet->dump().find(canary) == std::string::npos);
    }
    place.work("SX");
    place.two.sync_whole();
    never.sync_whole();
    place.work("SX");
    place.two.sync_whole();
    never.sync_whole();
    CHECK(retention_report(place.centre.endpoint.store(), {})->unconfirmed == 0);
    place.centre.give("tab-02", {"BE"});
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {"BE"});
    const auto log = place.two.store->log();
    REQUIRE(log.ok());
    for (const auto& fact : *log)
        CHECK(wire::encode(fact).find(canary) == std::string::npos);
}

namespace {

// Of a hazard at that home; it takes the place of what is `seen`.
Uuid note_hazard(SealedTablet& tablet, const Uuid& home, const std::string& area, const std::string& text,
                 std::vector<Uuid> seen = {}) {
    HomeNoted noted;
    noted.household = home;
    noted.area = area;
    noted.kind = HomeNoteKind::hazard;
    noted.holds = seen.empty();
    noted.text = text;
    noted.officer = "off-pol-01";
    noted.day = Day::of(2013, 6, 8);
    noted.review = noted.day.plus(183);
    noted.until = noted.day.plus(730);
    Operation fact;
    fact.id = Uuid::random(tablet.random);
    fact.subject = home;
    fact.base = std::move(seen);
    fact.payload = noted;
    record(tablet, {fact});
    return fact.id;
}

}  // namespace

TEST_CASE("notes on homes go with their area, and nothing that they took the place of comes back",
          "[scope][notes]") {
    TwoAreas place;
    place.centre.give("tab-02", {"BE", "SX"});
    const auto home = Uuid::random(place.centre.random);
    const auto first = note_hazard(place.one, home, "SX", std::string("Loose dog, ") + canary);
    note_hazard(place.one, home, "SX", "", {first});
    place.one.sync_whole();
    place.two.sync_whole();
    REQUIRE(count_rows(*place.two.sql, "people_note") == 2);
    REQUIRE(count_rows(*place.two.sql, "home_note") == 1);
    place.centre.give("tab-02", {"BE"});
    place.two.sync_whole();
    CHECK(count_rows(*place.two.sql, "people_note") == 0);
    CHECK(count_rows(*place.two.sql, "home_note") == 0);
    CHECK(place.two.dump().find(canary) == std::string::npos);
    holds_exactly(place.centre, place.two, {"BE"});
}

TEST_CASE("a note that takes the place of one of another area reaches whoever holds that one",
          "[scope][notes]") {
    TwoAreas place;
    place.centre.give("tab-02", {"SX"});
    const auto home = Uuid::random(place.centre.random);
    const auto holding = "(select 1 from home_note where holds = 1)";
    const auto first = note_hazard(place.one, home, "SX", "Loose dog");
    place.one.sync_whole();
    place.two.sync_whole();
    REQUIRE(count_rows(*place.two.sql, holding) == 1);
    note_hazard(place.one, home, "BE", "", {first});
    place.one.sync_whole();
    place.two.sync_whole();
    CHECK(count_rows(*place.two.sql, holding) == 0);
}

TEST_CASE("a patch that is not as the endpoint counts it is pulled again, once a day", "[scope]") {
    TwoAreas place;
    place.centre.give("tab-02", {"SX"});
    place.work("SX");
    place.work("SX");
    place.two.sync_whole();
    const auto lose = [&] {
        const auto lost = *ids_where(*place.two.sql, "patch = 'SX'").rbegin();
        const auto lose_from = [&](auto tables) {
            for (const auto table : tables)
                REQUIRE(place.two.sql
                            ->run("delete from " + std::string(table) + " where operation_id = :id",
                                  {{"id", Blob{std::string(lost.raw())}}})
                            .ok());
        };
        lose_from(tables_of_bare_facts);
        lose_from(tables_of_facts_beside);
    };
    lose();
    place.work("SX");
    DirectClient http(place.centre, place.two.identity);
    REQUIRE(place.two.sync(http)->up_to_date);
    REQUIRE(place.two.sync()->up_to_date);
    holds_exactly(place.centre, place.two, {"SX"});
    lose();
    place.work("SX");
    place.two.sync_whole();
    CHECK(ids_where(*place.two.sql, "patch = 'SX'").size() == 15);
    place.centre.clock.advance_ms(pulled_again_ms);
    place.work("SX");
    place.two.sync_whole();
    holds_exactly(place.centre, place.two, {"SX"});
}

namespace {

// A tablet on a disk that can lose its power.
struct OnDisk {
    faults::FaultyDisk disk;
    RowKeys keys;
    SeededRandom random{77};
    std::unique_ptr<SqlConnection> sql;
    std::optional<Store> store;

    OnDisk(AreaCentre& centre, const std::string& name, faults::Files files = {})
        : disk(name, std::move(files)) {
        keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'k')));
        auto opened = open_sealed("doorstep.sqlite", keys, {disk.name()});
        if (!opened.ok())
            FAIL(opened.error().text());
        sql = std::move(*opened);
        auto made = Store::open(*sql, StoreRole::tablet, centre.clock, random);
        REQUIRE(made.ok());
        store.emplace(std::move(*made));
    }
    bool sync(AreaCentre& centre, const TabletIdentity& identity) {
        DirectClient http(centre, identity);
        const auto outcome = sync_now(
            *store, http, centre.clock, random, [&](std::int64_t ms) { centre.clock.advance_ms(ms); }, 3);
        return outcome.ok() && outcome->up_to_date;
    }
};

}  // namespace

TEST_CASE("the power that goes amid a snapshot leaves no half of it for whole", "[scope][power]") {
    TwoAreas place;
    place.centre.give("tab-02", {"SX"});
    for (const auto* area : {"BE", "SX", "AB"})
        place.work(area);
    record_visits(place.one, "BE", 30);
    place.one.sync_whole();
    OnDisk tablet(place.centre, "scope-disk");
    REQUIRE(tablet.store->enrol(place.two.identity).ok());
    REQUIRE(tablet.sync(place.centre, place.two.identity));
    place.centre.give("tab-02", {"AB", "BE"});
    SeededRandom chance(5);
    std::vector<faults::Files> survivors;
    tablet.disk.at_change = [&] {
        if (tablet.disk.changes() % 3 == 0 && survivors.size() < 60)
            survivors.push_back(tablet.disk.after_cut(chance));
    };
    REQUIRE(tablet.sync(place.centre, place.two.identity));
    tablet.disk.at_change = nullptr;
    const auto whole = tablet.store->dump_read_model();
    REQUIRE(survivors.size() > 10);
    for (std::size_t i = 0; i < survivors.size(); i += 3) {
        INFO("survivor " << i);
        OnDisk again(place.centre, "scope-survivor", survivors[i]);
        const auto stands = again.store->position();
        REQUIRE(stands.ok());
        const auto here = ids_where(*again.sql, "true");
        for (const auto& held : stands->held) {
            if (!held.is_whole())
                continue;
            const auto due =
                ids_where(*place.centre.sql,
                          "patch = '" + held.patch + "' and pull_seq <= " + std::to_string(stands->cursor));
            CHECK(std::includes(here.begin(), here.end(), due.begin(), due.end()));
        }
        REQUIRE(again.sync(place.centre, place.two.identity));
        CHECK(*again.store->dump_read_model() == *whole);
    }
}
