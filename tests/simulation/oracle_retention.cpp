// What tablets may let go of, and must, and what is left of it.
#include <fmt/format.h>

#include "sync/operation/bare.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "tests/simulation/must.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_log.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
constexpr std::int64_t own_kept_days = 14;

bool is_long_acknowledged(const World& world, const Model::Fact& fact) {
    return fact.acked_ms != 0 && world.clock.now_ms() / day_ms - fact.acked_ms / day_ms >= own_kept_days;
}

// What is known of homes stays as long as it counts, and two days more; some clocks are a day off.
std::set<Uuid> notes_that_count(World& world, SimTablet& tablet) {
    std::vector<Uuid> ids;
    must(read_ids(tablet.sql(), ids, "select operation_id from home_note where until_day >= :day",
                  {{"day", world.clock.now_ms() / day_ms - 3}})
             ? Result<void>()
             : Result<void>(Error{}),
         "oracle");
    return {ids.begin(), ids.end()};
}

}  // namespace

std::set<Uuid> shortened_on(SimTablet& tablet) {
    std::vector<Uuid> ids;
    must(read_ids(tablet.sql(), ids, "select operation_id from operation where shortened in (1, 2)")
             ? Result<void>()
             : Result<void>(Error{}),
         "oracle");
    return {ids.begin(), ids.end()};
}

bool may_be_bare(const World& world, const std::string& whose, const Model::Fact& fact,
                 const std::string& kept) {
    const auto whole = wire::decode(fact.bytes);
    const auto here = wire::decode(kept);
    if (whose == "the endpoint" || !whole.ok() || !here.ok() || here->subject != whole->subject)
        return false;
    auto left = bare(*whole, whole->subject);
    if (!left)
        return false;
    const bool another_place = world.model.enrolled_again.count(fact.tablet) != 0;
    if (another_place)
        left->sequence = here->sequence;
    return wire::encode(*left) == kept &&
           (fact.tablet != whose || another_place || is_long_acknowledged(world, fact));
}

// The log of the endpoint, with what this tablet let go of as its bare form, folded by itself.
std::string read_model_expected(World& world, const Log& centre, SimTablet& tablet) {
    const auto shortened = shortened_on(tablet);
    SeededRandom random(1);
    auto sql = must(open_sqlite(":memory:"), "oracle");
    auto store = must(Store::open(*sql, StoreRole::tablet, world.clock, random), "oracle");
    std::vector<wire::OpenedOperation> facts;
    for (const auto& [id, json] : centre) {
        auto opened = wire::open_operation(json);
        if (!opened.operation)
            continue;
        if (shortened.count(id) != 0)
            if (const auto left = bare(*opened.operation, opened.operation->subject))
                opened = wire::open_operation(wire::encode(*left));
        facts.push_back(std::move(opened));
    }
    auto transaction = must(store.begin(), "oracle");
    must(transaction.append_received(facts, Uuid{}), "oracle");
    must(transaction.commit(), "oracle");
    return must(store.dump_read_model(true), "oracle");
}

void check_let_go(World& world, SimTablet& tablet) {
    if (world.endpoint().was_restored() || !world.model.set_back.empty() ||
        !world.model.enrolled_again.empty())
        return;
    Log log;
    must(read_log(tablet.sql(), log) ? Result<void>() : Result<void>(Error{}), "oracle");
    const auto standing = notes_that_count(world, tablet);
    for (const auto& [id, fact] : world.model.facts) {
        const auto kept = log.find(id);
        const auto whole = wire::decode(fact.bytes);
        if (fact.tablet != tablet.name() || fact.forgotten || may_be_either(world, fact) ||
            !is_long_acknowledged(world, fact) || kept == log.end() || !whole.ok() ||
            world.model.unknown.count(id) != 0)
            continue;
        if (standing.count(id) != 0)
            continue;
        const auto left = bare(*whole, whole->subject);
        if (left && wire::encode(*left) != fact.bytes && kept->second == fact.bytes)
            world.broken(
                fmt::format("retention: {} can still read its own {}, acknowledged more than {} days "
                            "ago",
                            tablet.name(), id.text(), own_kept_days));
    }
}

}  // namespace doorstep::simulation
