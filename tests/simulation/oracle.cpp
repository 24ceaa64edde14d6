#include "tests/simulation/oracle.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "sync/report/counts.h"
#include "sync/store/sql_values.h"
#include "tests/simulation/must.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

using Log = std::map<Uuid, std::string>;
using Parameters = std::initializer_list<SqlParameter>;

std::uint64_t number(SqlConnection& sql, std::string_view query, Parameters parameters = {}) {
    std::uint64_t found = 0;
    must(sql.query(query, parameters,
                   [&](const SqlRow& row) {
                       found = unsigned_column(row, 0);
                       return false;
                   }),
         "oracle");
    return found;
}

Log read_log(SqlConnection& sql, std::string_view where = "1", Parameters parameters = {}) {
    Log log;
    must(sql.query(fmt::format("select o.operation_id, b.body from operation o "
                               "join operation_body b on "
                               "b.partnership = o.partnership and b.operation_id "
                               "= o.operation_id where {}",
                               where),
                   parameters,
                   [&](const SqlRow& row) {
                       log.emplace(row.uuid(0), row.blob(1));
                       return true;
                   }),
         "oracle");
    return log;
}

std::vector<Uuid> feed_through(SqlConnection& sql, std::uint64_t cursor) {
    std::vector<Uuid> feed;
    must(sql.query("select operation_id from operation where pull_seq <= :cursor "
                   "order by pull_seq",
                   {{"cursor", sql_value(cursor)}},
                   [&](const SqlRow& row) {
                       feed.push_back(row.uuid(0));
                       return true;
                   }),
         "oracle");
    return feed;
}

struct Place {
    std::string epoch;
    std::uint64_t acked_through = 0;
    std::uint64_t last = 0;
    std::uint64_t cursor = 0;
};

Place place_of(SimTablet& tablet) {
    Place place;
    must(tablet.disk().query("select epoch, acked_seq, last_seq, pull_cursor from sync_state", {},
                             [&](const SqlRow& row) {
                                 place = {row.blob(0), unsigned_column(row, 1), unsigned_column(row, 2),
                                          unsigned_column(row, 3)};
                                 return false;
                             }),
         "oracle");
    return place;
}

std::string epoch_of(SqlConnection& centre) {
    std::string epoch;
    must(centre.query("select epoch from partnership_clock", {},
                      [&](const SqlRow& row) {
                          epoch = row.blob(0);
                          return false;
                      }),
         "oracle");
    return epoch;
}

void check_log(World& world, const Log& log, const std::string& whose, const std::string* only_of = nullptr) {
    for (const auto& [id, fact] : world.model.facts) {
        if (only_of != nullptr && fact.tablet != *only_of)
            continue;
        const auto found = log.find(id);
        if (found == log.end())
            world.broken(fmt::format("I1 no loss: {} lacks {} of {} (sequence {})", whose, id.text(),
                                     fact.tablet, fact.sequence));
        else if (found->second != fact.bytes)
            world.broken(fmt::format("I1 no loss: {} holds other bytes of {}", whose, id.text()));
    }
    for (const auto& [id, bytes] : log)
        if (world.model.facts.count(id) == 0)
            world.broken(fmt::format("I2 no phantom: {} holds {}, which nobody kept", whose, id.text()));
}

void check_outbox(World& world) {
    std::map<Uuid, int> rows;
    must(world.endpoint().disk().query("select referral from outbox", {},
                                       [&](const SqlRow& row) {
                                           ++rows[row.uuid(0)];
                                           return true;
                                       }),
         "oracle");
    for (const auto& referral : world.model.referrals)
        if (rows[referral] != 1)
            world.broken(fmt::format("I3 once: referral {} stands {} times in the outbox", referral.text(),
                                     rows[referral]));
    if (rows.size() != world.model.referrals.size())
        world.broken("I2 no phantom: the outbox holds a referral that nobody raised");
}

// Nobody copied a storage here and nobody recorded nonsense, so nothing may
// look as if.
void check_nothing_aside(World& world) {
    auto& centre = world.endpoint().disk();
    for (const char* aside : {"select count(*) from fork", "select count(*) from forked_envelope",
                              "select count(*) from operation where status <> 0"})
        if (number(centre, aside) != 0)
            world.broken(fmt::format("I3 no doubling: the endpoint set something aside ({})", aside));
    for (const auto& tablet : world.tablets())
        for (const char* aside : {"select count(*) from fork", "select count(*) from told_quarantine",
                                  "select count(*) from operation where status <> 0"})
            if (number(tablet->disk(), aside) != 0)
                world.broken(
                    fmt::format("I3 no doubling: {} set something aside ({})", tablet->name(), aside));
}

// What was made having seen the feed up to somewhere comes after it.
void check_causes(World& world) {
    if (world.endpoint().was_restored())
        return;
    must(world.endpoint().disk().query("select operation_id, pull_seq from operation", {},
                                       [&](const SqlRow& row) {
                                           const auto fact = world.model.facts.find(row.uuid(0));
                                           if (fact != world.model.facts.end() &&
                                               unsigned_column(row, 1) <= fact->second.cursor_seen)
                                               world.broken("I5 prefix: an effect stands before its cause");
                                           return true;
                                       }),
         "oracle");
}

struct Summary {
    std::string read_model;
    std::string counts;
    bool operator==(const Summary&) const = default;
};

Summary summary(World& world, Store& store, const std::string& whose) {
    const Period period{Day::of(1990, 1, 1), Day::of(2040, 1, 1)};
    const auto counts = count(store.sql(), world.endpoint().directory(), period, "simulated");
    return {must(store.dump_read_model(true), whose), as_json(must(counts, whose))};
}

void check_folds_again(World& world, Store& store, const std::string& whose, const Summary& folded) {
    must(store.rebuild(), whose);
    if (summary(world, store, whose) != folded)
        world.broken(fmt::format("I7 convergence: folding anew changes {}", whose));
}

void check_summaries(World& world) {
    auto& endpoint = world.endpoint().store();
    const auto centre = summary(world, endpoint, "endpoint");
    for (const auto& tablet : world.tablets()) {
        const auto own = summary(world, tablet->store(), tablet->name());
        if (own.read_model != centre.read_model)
            world.broken(
                fmt::format("I7 convergence: {} has another read model than the endpoint", tablet->name()));
        if (own.counts != centre.counts)
            world.broken(
                fmt::format("I7 convergence: {} counts otherwise than the endpoint", tablet->name()));
    }
    // All are equal: one tablet stands for the others.
    const auto& one = world.tablets()[static_cast<std::size_t>(world.random.below(world.tablets().size()))];
    check_folds_again(world, one->store(), one->name(), centre);
    check_folds_again(world, endpoint, "endpoint", centre);
}

}  // namespace

void check_own_log(World& world, SimTablet& tablet) {
    const auto log = read_log(tablet.disk(), "o.enrolment = :own", {{"own", sql_value(tablet.enrolment())}});
    check_log(world, log, tablet.name(), &tablet.name());
}

void check_acknowledged(World& world, SimTablet& tablet) {
    // Between a restore and the next comparison a tablet cannot know.
    if (world.endpoint().was_restored())
        return;
    const auto acked = place_of(tablet).acked_through;
    const auto held = number(world.endpoint().disk(),
                             "select count(*) from operation where enrolment = :own and tablet_seq <= "
                             ":acked",
                             {{"own", sql_value(tablet.enrolment())}, {"acked", sql_value(acked)}});
    if (held != acked)
        world.broken(fmt::format("I4 honest acknowledgement: {} was told that {} are kept, and {} are",
                                 tablet.name(), acked, held));
}

void check_prefix(World& world) {
    must(world.endpoint().disk().query(
             "select t.tablet, t.acked_seq, count(o.tablet_seq), "
             "coalesce(max(o.tablet_seq), 0) from tablet t "
             "left join operation o on o.partnership = t.partnership and "
             "o.enrolment = t.enrolment "
             "group by t.partnership, t.enrolment",
             {},
             [&](const SqlRow& row) {
                 const bool dense = row.integer(2) == row.integer(3) && row.integer(1) == row.integer(3);
                 if (!dense)
                     world.broken(fmt::format("I5 prefix: of {} the endpoint holds {} facts up to {}, and "
                                              "acknowledges {}",
                                              row.text(0), row.integer(2), row.integer(3), row.integer(1)));
                 return true;
             }),
         "oracle");
}

void check_cursor(World& world, SimTablet& tablet) {
    const auto place = place_of(tablet);
    auto& centre = world.endpoint().disk();
    if (place.epoch != epoch_of(centre))
        return;
    const auto should = feed_through(centre, place.cursor);
    if (feed_through(tablet.disk(), INT64_MAX) != should || should.size() != place.cursor)
        world.broken(fmt::format("I6 cursor: {} stands at {} and does not hold "
                                 "exactly what comes before",
                                 tablet.name(), place.cursor));
}

void check_centre(World& world) {
    check_prefix(world);
    for (const auto& tablet : world.tablets())
        check_acknowledged(world, *tablet);
}

bool is_sent(SimTablet& tablet) {
    const auto place = place_of(tablet);
    return place.acked_through == place.last;
}

bool is_drained(World& world) {
    const auto newest = number(world.endpoint().disk(), "select seq from partnership_clock");
    for (const auto& tablet : world.tablets())
        if (!tablet->is_on() || !is_sent(*tablet) || place_of(*tablet).cursor != newest ||
            !tablet->state().up_to_date)
            return false;
    return true;
}

void check_end(World& world) {
    check_log(world, read_log(world.endpoint().disk()), "the endpoint");
    for (const auto& tablet : world.tablets()) {
        check_log(world, read_log(tablet->disk()), tablet->name());
        check_cursor(world, *tablet);
    }
    check_outbox(world);
    check_nothing_aside(world);
    check_causes(world);
    check_centre(world);
    check_summaries(world);
}

}  // namespace doorstep::simulation
