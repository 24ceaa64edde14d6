// Opening the sealed store by and by: people first, then the tables, on a thread of its own.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "sync/store/unlock.h"
#include "sync/wire/codec.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/random_operations.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::string line_of(const PeopleRow& row) {
    std::string line;
    for (const Uuid* id : {&row.operation, &row.contact, &row.household})
        line += id->text() + "|";
    line += std::to_string(row.hybrid_clock) + "|" + (row.uprn ? std::to_string(*row.uprn) : "-");
    for (const auto part :
         {row.number_or_name, row.flat, row.road, row.postcode, row.language, row.respondent})
        line.append("|").append(part);
    return line;
}

// What holds after the batch, by contact.
void take_in(const PeopleBatch& batch, std::map<Uuid, std::string>& people) {
    for (const Uuid& contact : batch.gone)
        CHECK(people.erase(contact) == 1);
    for (const PeopleRow& row : batch.rows)
        people[row.contact] = line_of(row);
}

std::vector<std::string> sorted(const std::map<Uuid, std::string>& people) {
    std::vector<std::string> lines;
    for (const auto& [contact, line] : people)
        lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::vector<std::string> people_in_tables(SqlConnection& sql) {
    std::vector<std::string> lines;
    REQUIRE(
        sql.query("select operation_id, contact, household, hybrid_clock, uprn, number_or_name, flat, road, "
                  "postcode, language, respondent from people_contact_now",
                  {},
                  [&](const SqlRow& row) {
                      const std::string texts[] = {row.blob(5), row.blob(6), row.blob(7),
                                                   row.blob(8), row.blob(9), row.blob(10)};
                      PeopleRow one{
                          row.uuid(0), row.uuid(1), row.uuid(2), static_cast<std::uint64_t>(row.integer(3)),
                          texts[0],    texts[1],    texts[2],    texts[3],
                          texts[4],    texts[5],    {}};
                      if (!row.is_null(4))
                          one.uprn = static_cast<std::uint64_t>(row.integer(4));
                      lines.push_back(line_of(one));
                      return true;
                  })
            .ok());
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::vector<wire::OpenedOperation> as_pulled(const std::vector<Operation>& operations) {
    std::vector<wire::OpenedOperation> pulled;
    for (const Operation& one : operations)
        pulled.push_back(wire::open_operation(wire::encode(one)));
    return pulled;
}

void fill(Rig& rig, int contacts) {
    RandomOperations operations(3);
    std::vector<Operation> all;
    while (static_cast<int>(all.size()) < contacts) {
        Operation one = operations.one();
        auto* contact = std::get_if<ContactRecorded>(&one.payload);
        if (!contact)
            continue;
        contact->contact = Uuid::random(rig.random);
        one.supersedes.reset();
        one.hybrid_clock = all.size() + 1;
        all.push_back(one);
    }
    rig.receive(as_pulled(all), Uuid{});
}

}  // namespace

TEST_CASE("what unlocking tells of people is what the tables say afterwards, whatever came in what order",
          "[store][unlock]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        TemporaryFolder folder;
        Rig rig(folder / "s.sqlite");
        RandomOperations operations(seed);
        auto all = operations.several(5 + seed * 4);
        for (std::size_t i = all.size(); i > 1; --i)
            std::swap(all[i - 1], all[operations.random().below(i)]);
        rig.receive(as_pulled(all), Uuid{});
        if (seed % 3 == 0)
            REQUIRE(rig.store->rebuild().ok());
        rig.close();

        Unlock unlock(rig.file, rig.keys);
        std::map<Uuid, std::string> people;
        while (const auto batch = unlock.people())
            take_in(*batch, people);
        CHECK(unlock.people_done());
        auto sql = unlock.whole();
        if (!sql.ok())
            FAIL(sql.error().text());
        CHECK(sorted(people) == people_in_tables(**sql));
    }
}

TEST_CASE("a correction that came before what it corrects is told at the end", "[store][unlock]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    const auto a_try = [&](const Uuid& contact, const char* road, std::uint64_t clock) {
        Operation one;
        one.id = Uuid::random(rig.random);
        one.hybrid_clock = clock;
        ContactRecorded recorded;
        recorded.contact = contact;
        recorded.visit = recorded.household = contact;
        recorded.outcome = ContactOutcome::no_answer;
        recorded.address.road = road;
        one.payload = recorded;
        return one;
    };
    const Uuid moved = Uuid::random(rig.random);
    const Uuid undone = Uuid::random(rig.random);
    const Operation wrong = a_try(moved, "Wrong Road", 20);
    Operation right = a_try(moved, "Right Road", 10);
    right.supersedes = wrong.id;
    const Operation mistaken = a_try(undone, "No Road", 30);
    Operation taken_back = mistaken;
    taken_back.id = Uuid::random(rig.random);
    taken_back.payload = ContactTakenBack{undone, mistaken.id};
    rig.receive(as_pulled({right, taken_back}), Uuid{});
    rig.receive(as_pulled({wrong, mistaken}), Uuid{});
    rig.close();
    Unlock unlock(rig.file, rig.keys);
    std::map<Uuid, std::string> people;
    const auto first = unlock.people();
    REQUIRE(first);
    CHECK(first->rows.size() == 2);
    take_in(*first, people);
    const auto last = unlock.people();
    REQUIRE(last);
    CHECK(last->gone.size() == 2);
    REQUIRE(last->rows.size() == 1);
    CHECK(last->rows.front().road == "Right Road");
    take_in(*last, people);
    CHECK_FALSE(unlock.people());
    const auto sql = unlock.whole();
    REQUIRE(sql.ok());
    CHECK(sorted(people) == people_in_tables(**sql));
}

TEST_CASE("the newest two hundred people come first, and the tables are whole afterwards",
          "[store][unlock]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig, 2'500);
    const std::string before = rig.dump();
    rig.close();
    {
        Unlock unlock(rig.file, rig.keys);
        std::uint64_t last = 2'501;
        std::size_t told = 0;
        for (auto batch = unlock.people(); batch; batch = unlock.people()) {
            CHECK(batch->rows.size() == (told == 0 ? 200 : std::min<std::size_t>(1'000, 2'500 - told)));
            CHECK(batch->gone.empty());
            for (const PeopleRow& row : batch->rows) {
                CHECK(row.hybrid_clock < last);
                last = row.hybrid_clock;
            }
            told += batch->rows.size();
        }
        CHECK(told == 2'500);
        auto sql = unlock.whole();
        REQUIRE(sql.ok());
        rig.sql = std::move(sql).value();
        auto store = Store::open(*rig.sql, StoreRole::tablet, rig.clock, rig.random);
        REQUIRE(store.ok());
        rig.store.emplace(std::move(store).value());
    }
    CHECK(rig.dump() == before);
    fill(rig, 1);
    const std::string after = rig.dump();
    rig.open();
    CHECK(rig.dump() == after);
}

TEST_CASE("nobody has to ask for people before the tables", "[store][unlock]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig, 6'000);  // more than wait for a reader
    rig.close();
    Unlock unlock(rig.file, rig.keys);
    const auto sql = unlock.whole();
    REQUIRE(sql.ok());
    CHECK(people_in_tables(**sql).size() == 6'000);
}

TEST_CASE("an unlock that is abandoned, wherever it stands, leaves the file as it was and free",
          "[store][unlock]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig, 6'000);
    const std::string before = rig.dump();
    rig.close();
    for (const std::size_t batches : {0u, 1u, 3u, 100u}) {
        Unlock unlock(rig.file, rig.keys);
        for (std::size_t i = 0; i < batches && unlock.people(); ++i) {
        }
        unlock.abandon();
        CHECK_FALSE(unlock.people().has_value());
        CHECK(unlock.people_done());
        if (batches != 1)
            CHECK_FALSE(unlock.whole().ok());
    }
    { Unlock at_once(rig.file, rig.keys); }
    rig.open();
    CHECK(rig.dump() == before);
}

TEST_CASE("what is wrong with the file is told when the tables are asked for", "[store][unlock]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig, 300);
    rig.close();
    RowKeys other;
    other.add(1, SecretBytes::random(RowKeys::key_size));
    Unlock unlock(rig.file, other);
    CHECK_FALSE(unlock.people().has_value());
    const auto sql = unlock.whole();
    REQUIRE_FALSE(sql.ok());
    CHECK(sql.error().fault == Fault::damaged);
    Unlock nowhere(folder / "missing/s.sqlite", other);
    CHECK_FALSE(nowhere.whole().ok());
}

TEST_CASE("a store of plain rows is sealed by unlocking too", "[store][unlock]") {
    TemporaryFolder folder;
    const std::string file = folder / "s.sqlite";
    ManualClock clock(1, 0);
    SeededRandom random(1);
    {
        auto plain = open_sqlite(file);
        REQUIRE(plain.ok());
        auto store = Store::open(**plain, StoreRole::tablet, clock, random);
        REQUIRE(store.ok());
        auto transaction = store->begin();
        REQUIRE(transaction->append_received(as_pulled(RandomOperations(4).several(40)), Uuid{}).ok());
        REQUIRE(transaction->commit().ok());
    }
    RowKeys keys = test_keys();
    Unlock unlock(file, keys);
    std::map<Uuid, std::string> people;
    while (const auto batch = unlock.people())
        take_in(*batch, people);
    const auto sql = unlock.whole();
    REQUIRE(sql.ok());
    CHECK_FALSE(people.empty());
    CHECK(sorted(people) == people_in_tables(**sql));
}

TEST_CASE("the waker is called for batches and for the tables, on another thread", "[store][unlock]") {
    TemporaryFolder folder;
    Rig rig(folder / "s.sqlite");
    fill(rig, 500);
    rig.close();
    std::atomic<int> woken{0};
    Unlock unlock(rig.file, rig.keys, {}, [&] { ++woken; });
    REQUIRE(unlock.whole().ok());
    CHECK(unlock.is_loaded() == false);  // taken
    CHECK(woken >= 2);
}
