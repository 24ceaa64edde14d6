#include "tests/simulation/oracle.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/store/in_doubt.h"
#include "sync/store/sql_values.h"
#include "tests/simulation/oracle_log.h"
#include "tests/simulation/oracle_tables.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

std::string epoch_of(SqlConnection& centre) {
    std::string epoch;
    static_cast<void>(centre.query("select epoch from partnership_clock", {}, [&](const SqlRow& row) {
        epoch = row.blob(0);
        return false;
    }));
    return epoch;
}

bool read_feed(SqlConnection& sql, std::vector<Uuid>& feed, std::uint64_t cursor) {
    return read_ids(sql, feed,
                    "select operation_id from operation where pull_seq <= :cursor order by pull_seq",
                    {{"cursor", sql_value(cursor)}});
}

// The facts that one query names, which any reader must have if they are its own.
constexpr const char* shown =
    "select operation_id from fact_visit union all select operation_id from fact_contact union all "
    "select operation_id from fact_questionnaire union all select operation_id from fact_offer union all "
    "select operation_id from fact_referral union all select operation_id from fact_referral_state "
    "union all select by_operation from superseded union all select operation_id from people_note "
    // A note that was let go of has no row of its own.
    "union all select operation_id from operation where type = 'home_noted' and shortened in (1, 2)";

}  // namespace

std::set<Uuid> held_facts(SqlConnection& sql) {
    std::vector<Uuid> ids;
    static_cast<void>(read_ids(sql, ids, "select operation_id from operation"));
    return {ids.begin(), ids.end()};
}

std::set<Uuid> ever_in_doubt(World& world) {
    std::vector<Uuid> ids;
    static_cast<void>(read_ids(world.endpoint().sql(), ids,
                               "select operation_id from operation where reason = :reason",
                               {{"reason", std::string(in_doubt_reason)}}));
    std::set<Uuid> all(ids.begin(), ids.end());
    all.insert(world.model.doubted.begin(), world.model.doubted.end());
    return all;
}

void check_own_log(World& world, SimTablet& tablet) {
    Log log;
    if (read_log(tablet.sql(), log))
        check_log(world, log, tablet.name(), &tablet.name());
    check_shown(world, tablet);
    check_states(world, tablet.sql(), tablet.name());
}

void check_acknowledged(World& world, SimTablet& tablet) {
    auto& endpoint = world.endpoint();
    // Between a restore and the next comparison a tablet cannot know.
    Place place;
    if (endpoint.was_restored() || !endpoint.is_on() || !tablet.is_on() || !read_place(tablet.sql(), place))
        return;
    std::vector<Uuid> ids;
    if (!read_ids(endpoint.sql(), ids, "select operation_id from operation"))
        return;  // its disk answers nobody just now
    const std::set<Uuid> held(ids.begin(), ids.end());
    for (const auto& [id, fact] : world.model.facts)
        if (fact.enrolment == tablet.enrolment() && fact.sequence <= place.acked_through &&
            !fact.may_be_lost && held.count(id) == 0)
            world.broken(fmt::format("I4 honest acknowledgement: {} was told that all up to {} is kept, and "
                                     "{} is not",
                                     tablet.name(), place.acked_through, fact.sequence));
}

void check_prefix(World& world) {
    auto& endpoint = world.endpoint();
    if (!endpoint.is_on())
        return;
    static_cast<void>(endpoint.sql().query(
        "select t.tablet, t.acked_seq, coalesce(sum(e.last_seq - e.first_seq + 1), 0), "
        "coalesce(max(e.last_seq), 0) from tablet t left join envelope e on e.partnership = t.partnership "
        "and e.enrolment = t.enrolment group by t.partnership, t.enrolment, t.tablet, t.acked_seq",
        {}, [&](const SqlRow& row) {
            if (row.integer(2) != row.integer(3) || row.integer(1) != row.integer(3))
                world.broken(fmt::format("I5 prefix: of {} the endpoint holds {} facts up to {}, and "
                                         "acknowledges {}",
                                         row.text(0), row.integer(2), row.integer(3), row.integer(1)));
            return true;
        }));
}

void check_cursor(World& world, SimTablet& tablet) {
    auto& endpoint = world.endpoint();
    Place place;
    if (!endpoint.is_on() || !tablet.is_open() || !read_place(tablet.sql(), place) ||
        place.epoch != epoch_of(endpoint.sql()))
        return;
    // What came while it was locked, and could not be folded on a disk in trouble.
    std::uint64_t waiting = 0;
    if (!read_number(tablet.sql(), waiting, "select count(*) from waiting") || waiting > 0)
        return;
    std::vector<Uuid> should;
    std::vector<Uuid> has;
    if (!read_feed(endpoint.sql(), should, place.cursor) || !read_feed(tablet.sql(), has, INT64_MAX))
        return;
    const bool dense = should.size() == place.cursor;
    // Set back, it is told by their ids alone that it lacks facts of its own, until it is enrolled again: as
    // of another enrolment they come whole, from the start of the feed.
    std::vector<Uuid> by_id_alone;
    if (!read_ids(endpoint.sql(), by_id_alone, "select operation_id from operation where enrolment = :own",
                  {{"own", sql_value(tablet.enrolment())}}))
        return;
    for (const auto& id : by_id_alone)
        if (const auto fact = world.model.facts.find(id);
            fact != world.model.facts.end() && fact->second.after_image &&
            fact->second.tablet == tablet.name() && std::find(has.begin(), has.end(), id) == has.end())
            std::erase(should, id);
    if (has != should)
        for (const auto& id : ever_in_doubt(world))
            if (std::find(has.begin(), has.end(), id) == has.end())
                std::erase(should, id);
    if (has != should || !dense)
        world.broken(fmt::format("I6 cursor: {} stands at {} and does not hold exactly what comes before",
                                 tablet.name(), place.cursor));
}

void check_states(World& world, SqlConnection& reader, const std::string& whose) {
    auto& seen = world.model.seen_states[whose];
    static_cast<void>(
        reader.query("select referral, cycle, state from referral_status", {}, [&](const SqlRow& row) {
            const Model::SeenState now{row.integer(1), row.integer(2)};
            auto& before = seen[row.uuid(0)];
            if (now < before)
                world.broken(
                    fmt::format("I8 monotone status: for {} the referral {} fell from {}.{} to {}.{}", whose,
                                row.uuid(0).text(), before.first, before.second, now.first, now.second));
            before = now;
            return true;
        }));
}

void check_shown(World& world, SimTablet& tablet) {
    std::vector<Uuid> ids;
    if (!tablet.is_on() || !read_ids(tablet.sql(), ids, shown))
        return;
    const std::set<Uuid> there(ids.begin(), ids.end());
    for (const auto& [id, fact] : world.model.facts)
        if (fact.tablet == tablet.name() && !fact.may_be_lost && !fact.forgotten && there.count(id) == 0 &&
            !may_be_either(world, fact) && world.model.unknown.count(id) == 0)
            world.broken(fmt::format("I10 read your writes: {} does not show its own {} (sequence {})",
                                     tablet.name(), id.text(), fact.sequence));
}

void check_centre(World& world) {
    if (world.tablets().empty())
        return;
    check_prefix(world);
    for (const auto& tablet : world.tablets())
        check_acknowledged(world, *tablet);
}

bool is_sent(SimTablet& tablet) {
    Place place;
    return tablet.is_on() && read_place(tablet.sql(), place) && place.acked_through == place.last;
}

bool is_drained(World& world) {
    std::uint64_t newest = 0;
    if (!world.endpoint().is_on() ||
        !read_number(world.endpoint().sql(), newest, "select seq from partnership_clock"))
        return false;
    for (const auto& tablet : world.tablets()) {
        Place place;
        if (!tablet->is_open() || !is_sent(*tablet) || !read_place(tablet->sql(), place) ||
            place.cursor != newest || !tablet->state().up_to_date || !has_parcels(world, *tablet))
            return false;
    }
    return true;
}

}  // namespace doorstep::simulation
