#include "tests/simulation/oracle.h"

#include <fmt/format.h>

#include <map>

#include "sync/store/sql_values.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

using Log = std::map<Uuid, std::string>;

// Straight from the tables: the store's own reading must not excuse its writing.
Log log_of(World& world, SqlConnection& sql, std::uint64_t pulled_through) {
    Log log;
    const auto read =
        sql.query("select o.operation_id, b.body from operation o join operation_body b on b.partnership = "
                  "o.partnership "
                  "and b.operation_id = o.operation_id where coalesce(o.pull_seq, 0) <= :through",
                  {{"through", sql_value(pulled_through)}}, [&](const SqlRow& row) {
                      if (!log.emplace(row.uuid(0), row.blob(1)).second)
                          world.broken("a fact stands twice in a log");
                      return true;
                  });
    if (!read.ok())
        world.broken("a log could not be read: " + read.error().text());
    return log;
}

constexpr std::uint64_t all_of_it = INT64_MAX;

void check_log(World& world, const Log& log, const std::string& whose) {
    for (const auto& [id, fact] : world.model.facts) {
        const auto found = log.find(id);
        if (found == log.end())
            world.broken(fmt::format("no loss: {} lacks {} (sequence {})", whose, id.text(), fact.sequence));
        else if (found->second != fact.bytes)
            world.broken(fmt::format("no loss: {} holds other bytes of {}", whose, id.text()));
    }
    for (const auto& [id, bytes] : log)
        if (world.model.facts.count(id) == 0)
            world.broken(fmt::format("no phantom: {} holds {}, which nobody kept", whose, id.text()));
}

void check_outbox(World& world) {
    std::map<Uuid, int> rows;
    const auto read =
        world.endpoint().store().sql().query("select referral from outbox", {}, [&](const SqlRow& row) {
            ++rows[row.uuid(0)];
            return true;
        });
    if (!read.ok())
        world.broken("the outbox could not be read: " + read.error().text());
    for (const auto& referral : world.model.referrals)
        if (rows[referral] != 1)
            world.broken(fmt::format("once: referral {} stands {} times in the outbox", referral.text(),
                                     rows[referral]));
    if (rows.size() != world.model.referrals.size())
        world.broken("no phantom: the outbox holds a referral that nobody raised");
}

void check_read_models(World& world) {
    const auto centre = world.endpoint().store().dump_read_model(true);
    for (const auto& tablet : world.tablets()) {
        const auto own = tablet->store().dump_read_model(true);
        if (!centre.ok() || !own.ok() || *centre != *own)
            world.broken(fmt::format("convergence: {} counts otherwise than the endpoint", tablet->name()));
    }
}

}  // namespace

void check_acknowledged(World& world) {
    const auto log = log_of(world, world.endpoint().store().sql(), all_of_it);
    for (const auto& tablet : world.tablets()) {
        const auto position = tablet->store().position();
        if (!position.ok())
            return world.broken("a position could not be read: " + position.error().text());
        for (const auto& [id, fact] : world.model.facts)
            if (fact.enrolment == tablet->enrolment() && fact.sequence <= position->acked_through &&
                log.count(id) == 0)
                return world.broken(fmt::format("honest ack: {} was told that {} is kept, and it is not",
                                                tablet->name(), fact.sequence));
    }
}

void check_cursor(World& world, SimTablet& tablet) {
    const auto position = tablet.store().position();
    const auto epoch = world.endpoint().store().epoch();
    if (!position.ok() || !epoch.ok() || position->epoch != *epoch)
        return;
    const auto own = log_of(world, tablet.store().sql(), all_of_it);
    bool whole = true;
    const auto read = world.endpoint().store().sql().query(
        "select operation_id from operation where pull_seq <= :cursor",
        {{"cursor", sql_value(position->cursor)}}, [&](const SqlRow& row) {
            whole = whole && own.count(row.uuid(0)) != 0;
            return true;
        });
    if (!read.ok() || !whole)
        world.broken(fmt::format("cursor: {} stands at {} and lacks a fact from before", tablet.name(),
                                 position->cursor));
}

bool is_drained(World& world) {
    const auto newest = world.endpoint().store().cursor_max();
    for (const auto& tablet : world.tablets()) {
        const auto position = tablet->store().position();
        if (!position.ok() || !newest.ok() || position->acked_through != position->last_sequence ||
            position->cursor != *newest || !tablet->state().up_to_date)
            return false;
    }
    return true;
}

void check_end(World& world) {
    check_log(world, log_of(world, world.endpoint().store().sql(), all_of_it), "the endpoint");
    for (const auto& tablet : world.tablets()) {
        check_log(world, log_of(world, tablet->store().sql(), all_of_it), tablet->name());
        check_cursor(world, *tablet);
    }
    check_outbox(world);
    check_read_models(world);
    check_acknowledged(world);
}

}  // namespace doorstep::simulation
