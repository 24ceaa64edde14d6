// What reaches beyond the log: agencies, reference data, and the times at which facts count.
#include <fmt/format.h>

#include "sync/agencies/referral_message.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"
#include "tests/simulation/must.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_tables.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

struct OutboxState {
    Uuid referral;
    std::string agency;
    std::string state;
    std::string withdrawal;
    std::string problem;
};

bool read_outbox(World& world, std::vector<OutboxState>& rows) {
    return world.endpoint()
        .sql()
        .query("select referral, agency, state, withdrawal, problem from outbox order by referral", {},
               [&](const SqlRow& row) {
                   rows.push_back({row.uuid(0), row.text(1), row.text(2), row.text(3), row.text(4)});
                   return true;
               })
        .ok();
}

bool is_served(World& world, const OutboxState& row) {
    auto& centre = world.endpoint();
    if (row.state == "unknown")
        return !centre.agencies().can_be_asked(row.agency);  // a person decides
    if (row.state == "withdrawn")
        return row.withdrawal != "to_tell";
    // The record of its door was on a disk that is gone.
    if (row.state == "waiting")
        return !referral_message(centre.store(), centre.directory(), row.referral).ok();
    return row.state != "leased" && row.state != "verify";
}

std::uint64_t inbox_rows(World& world, const Uuid& referral) {
    std::uint64_t rows = 0;
    static_cast<void>(read_number(world.endpoint().sql(), rows,
                                  "select count(*) from agency_inbox where referral = :referral",
                                  {{"referral", sql_value(referral)}}));
    return rows;
}

void check_parcels(World& world, const SimTablet& tablet) {
    auto& sql = world.endpoint().sql();
    const auto should = must(parcels_for(sql, tablet.name()), "oracle");
    const auto has = tablet.parcels()->parcels();
    if (has != should.parcels)
        return world.broken(fmt::format("I7 convergence: {} has {} parcels and should have {}", tablet.name(),
                                        has.size(), should.parcels.size()));
    for (const auto& one : has) {
        const auto here = tablet.parcels()->content(one);
        if (!here.ok() || *here != must(parcel_content(sql, one.kind, one.name), "oracle"))
            world.broken(
                fmt::format("I1 no loss: {} has not what was published as {}", tablet.name(), one.name));
    }
}

// Whatever a clock told: nothing counts as later than now, so that 2035 does not win for ever.
void check_clocks(World& world, SqlConnection& sql, const std::string& whose) {
    const auto latest = static_cast<std::uint64_t>(world.clock.now_ms() + limits::clock_skew_ms_max + 60'000)
                        << 16;
    for (const char* table :
         {"fact_visit", "fact_contact", "fact_questionnaire", "fact_referral", "fact_referral_state"}) {
        std::uint64_t later = 0;
        if (read_number(sql, later,
                        fmt::format("select count(*) from {} where hybrid_clock > :latest", table),
                        {{"latest", sql_value(latest)}}) &&
            later > 0)
            world.broken(fmt::format("I14 skew: at {} {} rows of {} count as of a time that is to come",
                                     whose, later, table));
    }
}

}  // namespace

bool are_agencies_served(World& world) {
    std::vector<OutboxState> rows;
    if (!world.endpoint().is_on() || !read_outbox(world, rows))
        return false;
    for (const auto& row : rows)
        if (!is_served(world, row))
            return false;
    return true;
}

bool has_parcels(World& world, const SimTablet& tablet) {
    if (!tablet.parcels())
        return true;
    const auto should = parcels_for(world.endpoint().sql(), tablet.name());
    return should.ok() && (tablet.parcels()->stand().list == wire::list_hash(*should) ||
                           (should->parcels.empty() && tablet.parcels()->parcels().empty()));
}

void check_beyond(World& world) {
    auto& centre = world.endpoint();
    std::vector<OutboxState> rows;
    must(read_outbox(world, rows) ? Result<void>() : Result<void>(Error{}), "oracle");
    for (const auto& row : rows) {
        const auto effects = centre.agencies().effects_of(row.referral);
        const auto held = static_cast<std::uint64_t>(effects) + inbox_rows(world, row.referral);
        if ((row.state == "sent" || row.state == "received") && held != 1)
            world.broken(fmt::format("I3 once: referral {} is {}, and {} holds it {} times",
                                     row.referral.text(), row.state, row.agency, held));
        if (row.state == "withdrawn" && effects > 0 && row.withdrawal != "person" &&
            centre.agencies().withdrawals_of(row.referral) == 0)
            world.broken(fmt::format("I3 once: {} holds referral {}, and was never told that it is withdrawn",
                                     row.agency, row.referral.text()));
    }
    check_clocks(world, centre.sql(), "the endpoint");
    for (const auto& tablet : world.tablets()) {
        check_clocks(world, tablet->sql(), tablet->name());
        if (tablet->parcels())
            check_parcels(world, *tablet);
    }
}

}  // namespace doorstep::simulation
