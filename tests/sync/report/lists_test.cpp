// The lists behind the numbers.
#include "sync/report/lists.h"

#include <algorithm>
#include <set>

#include "sync/wire/codec.h"
#include "tests/sync/random_operations.h"
#include "tests/sync/report/desk.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::vector<ReferralRow> rows_of(Desk& desk, const std::string& column, const Period& period = all_time(),
                                 const std::string& set = "2013-14") {
    const auto rows = referrals_of(*desk.sql, desk.directory, period, set, column);
    if (!rows.ok())
        FAIL(rows.error().text());
    return *rows;
}

std::int64_t counted(const std::vector<ReferralRow>& rows) {
    return std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.counted; });
}

Operation try_at(Desk& desk, const Uuid& contact, const Uuid& visit, const Uuid& household, Day day,
                 ContactOutcome outcome, const std::string& number) {
    ContactRecorded recorded;
    recorded.contact = contact;
    recorded.visit = visit;
    recorded.household = household;
    recorded.road_code = "BE-001";
    recorded.outcome = outcome;
    recorded.day = day;
    recorded.address = {number, "", "Żwirki Road", "WD6 9OV", 990000000004};
    return desk.keep(recorded, day);
}

const Day first_day = Day::of(2026, 3, 14);

void fill(Desk& desk, RandomOperations& source) {
    std::vector<wire::OpenedOperation> facts;
    for (const auto& operation : source.several(5 + source.random().below(120)))
        facts.push_back(wire::open_operation(wire::encode(operation)));
    auto transaction = desk.store->begin();
    REQUIRE(transaction.ok());
    REQUIRE(transaction->append_received(facts, Uuid{})->quarantined.empty());
    REQUIRE(transaction->commit().ok());
}

}  // namespace

TEST_CASE("the rows behind a column are as many as its number says", "[report][lists][oracle]") {
    std::int64_t all_counted = 0;
    std::int64_t others = 0;
    std::int64_t open = 0;
    // A database of its own each takes PostgreSQL some time.
    const std::int64_t seeds = on_postgresql() ? 15 : 150;
    for (std::int64_t seed = 1; seed <= seeds; ++seed) {
        RandomOperations source(static_cast<std::uint64_t>(seed));
        Desk desk;
        fill(desk, source);
        const auto from = Day::of(2026, 3, 1).plus(static_cast<int>(source.random().below(200)));
        const Period period{from, from.plus(static_cast<int>(source.random().below(200)))};
        for (const auto& set : desk.directory.column_sets) {
            const auto counts = desk.counts(period, set.code);
            INFO("seed " << seed << " set " << set.code);
            std::int64_t of_columns = 0;
            for (const auto& column : counts.columns) {
                const auto rows = rows_of(desk, column.label, period, set.code);
                REQUIRE(counted(rows) == column.referrals.value_or(0));
                of_columns += counted(rows);
            }
            const auto every = rows_of(desk, "", period, set.code);
            REQUIRE(counted(every) == of_columns + counts.other_agencies);
            std::set<std::pair<Uuid, std::string>> met, raised;
            for (const auto& row : every) {
                REQUIRE(period.from <= row.day);
                REQUIRE(row.day <= period.to);
                REQUIRE_FALSE((row.counted && (row.withdrawn || row.already_open)));
                if (!row.withdrawn)
                    (row.already_open ? met : raised).emplace(row.contact, row.agency);
            }
            for (const auto& pair : raised)
                met.erase(pair);
            REQUIRE(static_cast<std::int64_t>(met.size()) == counts.already_open);
            all_counted += of_columns;
            others += counts.other_agencies;
            open += counts.already_open;
        }
    }
    CHECK(all_counted > seeds);
    CHECK(others > seeds / 3);
    CHECK(open > seeds / 3);
}

TEST_CASE("a list shows other agencies, open needs and withdrawn ones, each marked", "[report][lists]") {
    Desk desk;
    const auto visit = desk.id(), home = desk.id(), then = desk.id(), now = desk.id();
    try_at(desk, then, visit, home, first_day, ContactOutcome::completed, "4");
    try_at(desk, now, visit, home, first_day.plus(7), ContactOutcome::completed, "4A");
    const auto first = desk.referral(then, home, "fire", first_day);
    const auto again = desk.referral(now, home, "fire", first_day.plus(7));
    const auto library = desk.referral(now, home, "library", first_day.plus(7));
    const auto gone = desk.referral(now, home, "police", first_day.plus(7));
    desk.state(gone, ReferralState::withdrawn, first_day.plus(8));
    desk.state(first, ReferralState::accepted, first_day.plus(8));
    const auto rows = rows_of(desk, "");
    REQUIRE(rows.size() == 4);
    const auto row = [&](const Uuid& id) {
        return *std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.referral == id; });
    };
    CHECK(row(first).counted);
    CHECK(row(first).state == ReferralState::accepted);
    CHECK(row(first).address.number_or_name == "4");
    CHECK((row(again).already_open && !row(again).counted));
    CHECK(row(again).state == ReferralState::raised);
    CHECK(row(again).address.number_or_name == "4A");
    CHECK(row(library).counted);
    CHECK((row(gone).withdrawn && !row(gone).counted));
    CHECK(rows_of(desk, "Fire").size() == 2);
    CHECK(rows_of(desk, "Herts Home Help Service", all_time(), "2016").empty());
}

TEST_CASE("a list of an unknown column or set says which there are", "[report][lists]") {
    Desk desk;
    const auto column = referrals_of(*desk.sql, desk.directory, all_time(), "2013-14", "Coastguard");
    REQUIRE_FALSE(column.ok());
    CHECK(column.error().fault == Fault::not_found);
    CHECK(column.error().mend.find("Police, Fire, CAH") != std::string::npos);
    CHECK(referrals_of(*desk.sql, desk.directory, all_time(), "1999", "").error().fault == Fault::not_found);
    CHECK(referrals_of(*desk.sql, desk.directory, {first_day, first_day.plus(-1)}, "2013-14", "")
              .error()
              .fault == Fault::bad_input);
}

TEST_CASE("the doors of a visit stand as they ended last, with every try behind them", "[report][lists]") {
    Desk desk;
    const auto visit = desk.id(), home = desk.id(), contact = desk.id();
    const auto first = try_at(desk, contact, visit, home, first_day, ContactOutcome::no_answer, "4");
    const auto second = try_at(desk, contact, visit, home, first_day, ContactOutcome::declined, "4");
    try_at(desk, desk.id(), visit, desk.id(), first_day, ContactOutcome::no_access, "6");
    try_at(desk, desk.id(), desk.id(), home, first_day.plus(30), ContactOutcome::call_back, "4");
    auto doors = contacts_of(*desk.sql, visit);
    REQUIRE((doors.ok() && doors->size() == 2));
    CHECK(doors->front().fact == second.id);
    CHECK(doors->front().attempts == 2);
    CHECK(doors->front().outcome == ContactOutcome::declined);
    CHECK(doors->front().address.uprn == 990000000004);
    CHECK(doors->front().address.road == "Żwirki Road");
    auto tries = tries_at(*desk.sql, home);
    REQUIRE((tries.ok() && tries->size() == 3));
    CHECK((*tries)[0].outcome == ContactOutcome::call_back);
    CHECK((*tries)[1].attempts == 2);
    CHECK((*tries)[2].attempts == 1);

    desk.keep(ContactTakenBack{contact, second.id}, first_day);
    doors = contacts_of(*desk.sql, visit);
    REQUIRE((doors.ok() && doors->size() == 2));
    CHECK(doors->front().fact == first.id);
    CHECK(doors->front().attempts == 1);
    CHECK(tries_at(*desk.sql, home)->size() == 2);
    desk.keep(ContactTakenBack{contact, first.id}, first_day);
    CHECK(contacts_of(*desk.sql, visit)->size() == 1);
    CHECK(figures_of(*desk.sql, visit)->contacts == 1);
}

TEST_CASE("the figures of one visit, and the visits, latest first", "[report][lists]") {
    Desk desk;
    const auto early = desk.id(), late = desk.id(), home = desk.id(), door = desk.id(), next = desk.id();
    desk.keep(VisitPlanned{early, "SS-1", "safer_streets", "BE", first_day, {"A"}}, first_day);
    desk.keep(VisitPlanned{late, "SS-2", "safer_streets", "PB", first_day.plus(7), {"A"}}, first_day);
    try_at(desk, door, early, home, first_day, ContactOutcome::completed, "4");
    try_at(desk, next, late, home, first_day.plus(7), ContactOutcome::completed, "4");
    desk.questionnaire(door, first_day);
    desk.questionnaire(next, first_day.plus(7), false);
    desk.referral(door, home, "fire", first_day);
    desk.referral(door, home, "fire", first_day);
    desk.referral(door, home, "library", first_day);
    desk.referral(next, home, "fire", first_day.plus(7));
    const auto visits = planned_visits(*desk.sql);
    REQUIRE((visits.ok() && visits->size() == 2));
    CHECK(visits->front().label == "SS-2");
    CHECK(visits->back().day == first_day);
    const auto figures = figures_of(*desk.sql, early);
    REQUIRE(figures.ok());
    CHECK(figures->contacts == 1);
    CHECK(figures->questionnaires == 1);
    CHECK(figures->referrals == 2);
    CHECK(figures_of(*desk.sql, late)->questionnaires == 0);
    CHECK(figures_of(*desk.sql, late)->referrals == 0);
}

TEST_CASE("what is not acknowledged is listed with its door, oldest first", "[report][lists]") {
    const auto sql = empty_database();
    ManualClock clock{1'773'500'000'000, 0};
    SeededRandom random{1};
    auto store = Store::open(*sql, StoreRole::tablet, clock, random);
    REQUIRE(store.ok());
    const auto keep = [&](const Uuid& subject, Payload payload) {
        Operation operation;
        operation.subject = subject;
        operation.payload = std::move(payload);
        auto transaction = store->begin();
        REQUIRE(transaction.ok());
        REQUIRE(transaction->append({operation}).ok());
        REQUIRE(transaction->commit().ok());
    };
    const auto visit = Uuid::random(random), home = Uuid::random(random), referral = Uuid::random(random);
    keep(visit, VisitPlanned{visit, "SS-1", "safer_streets", "BE", first_day, {"A"}});
    ContactRecorded contact;
    contact.contact = Uuid::random(random);
    contact.visit = visit;
    contact.household = home;
    contact.day = first_day;
    contact.address = {"4", "", "Quillfeather Road", "WD6 9OV", std::nullopt};
    keep(home, contact);
    ReferralRaised raised;
    raised.referral = referral;
    raised.household = home;
    raised.contact = contact.contact;
    raised.agency = "fire";
    raised.agreement.given_by = "resident";
    raised.day = first_day;
    keep(home, raised);
    keep(home, ReferralStateSet{referral, 1, ReferralState::withdrawn, "", "off-pol-01"});
    auto facts = unsent_facts(*sql);
    if (!facts.ok())
        FAIL(facts.error().text());
    REQUIRE(facts->size() == 4);
    CHECK((*facts)[0].type == "visit_planned");
    CHECK((*facts)[0].label == "SS-1");
    CHECK_FALSE((*facts)[0].address);
    CHECK((*facts)[1].address == contact.address);
    CHECK((*facts)[1].agency.empty());
    CHECK((*facts)[2].agency == "fire");
    CHECK((*facts)[3].agency == "fire");
    CHECK(*sent_facts(*sql) == 0);
    REQUIRE(sql->run("update sync_state set acked_seq = 3").ok());
    facts = unsent_facts(*sql);
    REQUIRE((facts.ok() && facts->size() == 1));
    CHECK(facts->front().type == "referral_state_set");
    CHECK(facts->front().subject == home);
    CHECK(*sent_facts(*sql) == 3);
}
