// What holds when everybody has sent and fetched all there is.
#include <fmt/format.h>

#include <map>
#include <vector>

#include "sync/report/counts.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"
#include "tests/simulation/must.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_log.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

// The facts of the model that the endpoint has not: only such as were lost with a disk.  Of what was in doubt
// when they asked tablets have the place alone, and no referral was entered.
bool something_was_lost(World& world) {
    if (!world.model.doubted.empty())
        return true;
    const auto held = held_facts(world.endpoint().sql());
    for (const auto& [id, fact] : world.model.facts)
        if (fact.may_be_lost && held.count(id) == 0)
            return true;
    return false;
}

void check_outbox(World& world) {
    const auto held = held_facts(world.endpoint().sql());
    std::map<Uuid, int> rows;
    must(world.endpoint().sql().query("select referral from outbox", {},
                                      [&](const SqlRow& row) {
                                          ++rows[row.uuid(0)];
                                          return true;
                                      }),
         "oracle");
    const bool lost = something_was_lost(world);
    for (const auto& referral : world.model.referrals)
        if (rows[referral] > 1 || (rows[referral] == 0 && !lost))
            world.broken(fmt::format("I3 once: referral {} stands {} times in the outbox", referral.text(),
                                     rows[referral]));
    for (const auto& [referral, count] : rows)
        if (count > 0 && world.model.referrals.count(referral) == 0)
            world.broken("I2 no phantom: the outbox holds a referral that nobody raised");
}

void check_aside(World& world, SqlConnection& sql, const std::string& whose, const char* query) {
    std::uint64_t aside = 0;
    if (read_number(sql, aside, query) && aside != 0)
        world.broken(fmt::format("I3 no doubling: {} set something aside ({})", whose, query));
}

// Where nobody copied a storage, nothing may look as if.
void check_nothing_aside(World& world) {
    auto& centre = world.endpoint().sql();
    if (world.model.set_back.empty()) {
        for (const char* query : {"select count(*) from fork", "select count(*) from branch"})
            check_aside(world, centre, "the endpoint", query);
        for (const auto& tablet : world.tablets())
            check_aside(world, tablet->sql(), tablet->name(), "select count(*) from fork");
    }
    // Set aside with a reason is what nobody can read, and nothing else.
    const auto check_unknown = [&](SqlConnection& sql, const std::string& whose) {
        std::vector<Uuid> aside;
        must(sql.query("select operation_id from operation where status <> 0", {},
                       [&](const SqlRow& row) {
                           aside.push_back(row.uuid(0));
                           return true;
                       }),
             "oracle");
        std::size_t expected = 0;
        const auto held = held_facts(sql);
        for (const auto& id : world.model.unknown)
            expected += held.count(id);
        for (const auto& id : aside)
            if (world.model.unknown.count(id) == 0)
                world.broken(
                    fmt::format("I13 liveness: {} set {} aside, which can be read", whose, id.text()));
        if (aside.size() != expected)
            world.broken(fmt::format("I13 liveness: {} set {} facts aside of {} that it cannot read", whose,
                                     aside.size(), expected));
    };
    check_unknown(centre, "the endpoint");
    for (const auto& tablet : world.tablets())
        check_unknown(tablet->sql(), tablet->name());
}

// What was made having seen the feed up to somewhere comes after it.
void check_causes(World& world) {
    if (world.endpoint().was_restored() || !world.model.set_back.empty())
        return;
    must(world.endpoint().sql().query("select operation_id, pull_seq from operation", {},
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

void check_summaries(World& world, const Log& log) {
    auto& endpoint = world.endpoint().store();
    const auto centre = summary(world, endpoint, "endpoint");
    // What a tablet pulled before the centre went back stays there, provisional for ever.
    const bool lost = something_was_lost(world);
    std::vector<Summary> tablets;
    for (const auto& tablet : world.tablets()) {
        const auto& own = tablets.emplace_back(summary(world, tablet->store(), tablet->name()));
        if (own.read_model != centre.read_model && !lost &&
            own.read_model != read_model_expected(world, log, *tablet))
            world.broken(
                fmt::format("I7 convergence: {} has another read model than the endpoint", tablet->name()));
        if (own.counts != centre.counts && !lost)
            world.broken(
                fmt::format("I7 convergence: {} counts otherwise than the endpoint", tablet->name()));
    }
    // All are equal: one tablet stands for the others.
    const auto which = static_cast<std::size_t>(world.random.below(world.tablets().size()));
    auto& one = *world.tablets()[which];
    check_folds_again(world, one.store(), one.name(), tablets[which]);
    check_folds_again(world, endpoint, "endpoint", centre);
}

// Every questionnaire that nobody corrected stands, two corrections of one as well: the model
// says which, the view must say the same.
void check_conflicts(World& world, SqlConnection& sql, const std::string& whose) {
    std::set<Uuid> finished;
    std::set<Uuid> corrected;
    for (const auto& id : held_facts(sql)) {
        const auto fact = world.model.facts.find(id);
        const auto read =
            fact == world.model.facts.end() ? Result<Operation>(Error{}) : wire::decode(fact->second.bytes);
        if (!read.ok() || !std::holds_alternative<QuestionnaireFinished>(read->payload))
            continue;
        finished.insert(id);
        if (read->supersedes)
            corrected.insert(*read->supersedes);
    }
    for (const auto& id : corrected)
        finished.erase(id);
    std::vector<Uuid> seen;
    if (!read_ids(sql, seen, "select operation_id from questionnaire"))
        return;
    if (std::set<Uuid>(seen.begin(), seen.end()) != finished)
        world.broken(fmt::format("I9 visible conflict: {} shows {} questionnaires, and {} stand", whose,
                                 seen.size(), finished.size()));
}

// Of a register stands what nobody who saw it put something else in the place of: all of it, where two
// wrote without seeing each other.  Of what was forgotten, or may have been, nobody asks.
void check_notes(World& world, SimTablet& tablet) {
    std::set<Uuid> standing;
    std::set<Uuid> open_question;
    std::set<Uuid> replaced;
    const auto shortened = shortened_on(tablet);
    for (const auto& id : held_facts(tablet.sql())) {
        const auto fact = world.model.facts.find(id);
        if (fact == world.model.facts.end() || world.model.unknown.count(id) != 0)
            continue;
        const auto read = wire::decode(fact->second.bytes);
        if (!read.ok() || !std::holds_alternative<HomeNoted>(read->payload))
            continue;
        if (fact->second.forgotten || may_be_either(world, fact->second) || shortened.count(id) != 0)
            open_question.insert(id);
        else
            standing.insert(id);
        replaced.insert(read->base.begin(), read->base.end());
    }
    std::vector<Uuid> seen;
    if (!read_ids(tablet.sql(), seen, "select operation_id from home_note"))
        return;
    for (const auto& id : replaced)
        standing.erase(id);
    std::erase_if(seen, [&](const Uuid& id) { return open_question.count(id) != 0; });
    if (std::set<Uuid>(seen.begin(), seen.end()) != standing)
        world.broken(fmt::format("I9 visible conflict: {} shows {} notes on homes, and {} stand",
                                 tablet.name(), seen.size(), standing.size()));
}

// A new enrolment gives a fact that was not acknowledged another place, and nothing else.
std::string without_place(const std::string& json) {
    constexpr std::string_view name = "\"sequence\":";
    const auto at = json.find(name);
    if (at == std::string::npos)
        return json;
    return json.substr(0, at) + json.substr(json.find(',', at));
}

// The endpoint's bodies are sealed under the keys of their subjects: opened, they must be what was
// sent.
Log opened_log(SimEndpoint& endpoint) {
    Log log;
    for (const auto& id : held_facts(endpoint.sql())) {
        const auto body = must(endpoint.store().body(id), "oracle");
        if (body)
            log.emplace(id, *body);
    }
    return log;
}

}  // namespace

void check_log(World& world, const Log& log, const std::string& whose, const std::string* only_of) {
    const char* promise = world.endpoint().was_restored() ? "I11 epoch, I1 no loss" : "I1 no loss";
    for (const auto& [id, fact] : world.model.facts) {
        if ((only_of != nullptr && fact.tablet != *only_of))
            continue;
        const auto found = log.find(id);
        if (found == log.end() && !fact.may_be_lost && world.model.doubted.count(id) == 0)
            world.broken(fmt::format("{}: {} lacks {} of {} (sequence {})", promise, whose, id.text(),
                                     fact.tablet, fact.sequence));
        else if (found != log.end() && found->second != fact.bytes && !fact.forgotten &&
                 !may_be_either(world, fact) && !may_be_bare(world, whose, fact, found->second) &&
                 !(world.model.enrolled_again.count(fact.tablet) != 0 &&
                   without_place(found->second) == without_place(fact.bytes)))
            world.broken(fmt::format("{}: {} holds other bytes of {}: {} instead of {}", promise, whose,
                                     id.text(), found->second.substr(0, 300), fact.bytes.substr(0, 300)));
    }
    for (const auto& [id, bytes] : log)
        if (world.model.facts.count(id) == 0)
            world.broken(fmt::format("I2 no phantom: {} holds {}, which nobody kept", whose, id.text()));
}

void check_end(World& world) {
    world.endpoint().learn_facts();
    world.erasures.learn();
    const auto log = opened_log(world.endpoint());
    check_log(world, log, "the endpoint");
    for (const auto& tablet : world.tablets()) {
        check_let_go(world, *tablet);
        Log own;
        must(read_log(tablet->sql(), own) ? Result<void>() : Result<void>(Error{}), "oracle");
        check_log(world, own, tablet->name());
        check_shown(world, *tablet);
        check_cursor(world, *tablet);
        check_states(world, tablet->sql(), tablet->name());
        check_conflicts(world, tablet->sql(), tablet->name());
        check_notes(world, *tablet);
    }
    check_conflicts(world, world.endpoint().sql(), "the endpoint");
    check_outbox(world);
    check_nothing_aside(world);
    check_causes(world);
    check_centre(world);
    check_beyond(world);
    world.erasures.check();
    check_summaries(world, log);
}

}  // namespace doorstep::simulation
