#include "sync/store/walks.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/support/temporary_folder.h"
#include "tests/sync/store/facts.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::vector<WalkDoor> a_walk(std::size_t doors, Random& random) {
    std::vector<WalkDoor> walk;
    for (std::size_t i = 0; i < doors; ++i) {
        WalkDoor door{Uuid::random(random), "BE", fmt::format("BE-{:03}", i / 90 + 1), {}};
        door.address = {fmt::format("{}", doors - i), i % 7 == 0 ? "Flat B" : "", "Łąkowa Road", "WD6 9OV",
                        std::nullopt};
        if (i % 2 == 0)
            door.address.uprn = 990'000'000'000 + i;
        walk.push_back(std::move(door));
    }
    return walk;
}

// Counts what is asked of the connection behind it.
class Counted final : public SqlConnection {
public:
    explicit Counted(SqlConnection& inner) : inner_(inner) {}
    std::size_t statements = 0;
    std::size_t commits = 0;

    using SqlConnection::query;
    using SqlConnection::run;
    Engine engine() const override { return inner_.engine(); }
    Result<void> script(std::string_view sql) override { return ++statements, inner_.script(sql); }
    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override {
        return ++statements, inner_.run(sql, parameters);
    }
    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        return ++statements, inner_.query(sql, parameters, each);
    }
    Result<void> begin() override { return inner_.begin(); }
    Result<void> commit() override { return ++commits, inner_.commit(); }
    void rollback() noexcept override { inner_.rollback(); }
    Result<void> savepoint() override { return inner_.savepoint(); }
    Result<void> release_savepoint() override { return inner_.release_savepoint(); }
    void rollback_to_savepoint() noexcept override { inner_.rollback_to_savepoint(); }

private:
    SqlConnection& inner_;
};

}  // namespace

TEST_CASE("a walk is kept in its order, and comes back after a start", "[store][walks]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    const auto visit = Uuid::random(rig.random);
    const auto other = Uuid::random(rig.random);
    const auto walk = a_walk(120, rig.random);
    REQUIRE(Walks(*rig.store).keep(visit, walk).ok());
    REQUIRE(Walks(*rig.store).keep(other, a_walk(3, rig.random)).ok());
    rig.open();
    const Walks walks(*rig.store);
    CHECK(*walks.doors(visit) == walk);
    CHECK(walks.doors(other)->size() == 3);
    CHECK(walks.visits()->size() == 2);
    CHECK(walks.doors(Uuid::random(rig.random))->empty());
}

TEST_CASE("a new walk takes the place of the old one", "[store][walks]") {
    Rig rig(":memory:");
    Walks walks(*rig.store);
    const auto visit = Uuid::random(rig.random);
    REQUIRE(walks.keep(visit, a_walk(50, rig.random)).ok());
    const auto shorter = a_walk(10, rig.random);
    REQUIRE(walks.keep(visit, shorter).ok());
    CHECK(*walks.doors(visit) == shorter);
    REQUIRE(walks.keep(visit, {}).ok());
    CHECK(walks.visits()->empty());
}

TEST_CASE("a home that stands twice in a walk leaves the old walk", "[store][walks]") {
    Rig rig(":memory:");
    Walks walks(*rig.store);
    const auto visit = Uuid::random(rig.random);
    const auto walk = a_walk(4, rig.random);
    REQUIRE(walks.keep(visit, walk).ok());
    auto twice = a_walk(6, rig.random);
    twice[5].household = twice[2].household;
    const auto refused = walks.keep(visit, twice);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::bad_input);
    CHECK(refused.error().what.find("Door 6") != std::string::npos);
    CHECK(*walks.doors(visit) == walk);
}

TEST_CASE("a walk is no fact: not pushed, not folded, not taken by a rebuild", "[store][walks]") {
    Rig rig(":memory:");
    const auto visit = Uuid::random(rig.random);
    const auto before = rig.dump();
    const auto walk = a_walk(20, rig.random);
    REQUIRE(Walks(*rig.store).keep(visit, walk).ok());
    CHECK(rig.dump() == before);
    CHECK(rig.store->log()->empty());
    CHECK(rig.store->unsent(0, 1'000'000, 100)->empty());
    REQUIRE(rig.store->rebuild().ok());
    CHECK(*Walks(*rig.store).doors(visit) == walk);
}

TEST_CASE("the doors of a whole town are kept in one transaction, a statement to a door", "[store][walks]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    const auto walk = a_walk(42'700, rig.random);
    const auto visit = Uuid::random(rig.random);
    Counted counted(*rig.sql);
    auto store = Store::open(counted, StoreRole::tablet, rig.clock, rig.random);
    REQUIRE(store.ok());
    counted.statements = counted.commits = 0;
    REQUIRE(Walks(*store).keep(visit, walk).ok());
    CHECK(counted.commits == 1);
    CHECK(counted.statements <= walk.size() + 2);
    counted.statements = 0;
    CHECK(Walks(*store).doors(visit)->size() == walk.size());
    CHECK(counted.statements == 1);
}
