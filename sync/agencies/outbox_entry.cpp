// In what state a referral enters the outbox: asked for all that came together.
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "sync/agencies/outbox.h"
#include "sync/report/referral_sql.h"
#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

struct Raised {
    const Operation* operation = nullptr;
    // As the read model has it, so that nothing leaves that was set aside.
    Uuid referral;
    std::string agency;
    Uuid household;
    std::int64_t day = 0;
};

// A referral that is on its way or open, of which another one may be the same need.
struct OpenNeed {
    Uuid referral;
    std::string agency;
    std::int64_t day = 0;
    std::int64_t raised_ms = 0;
};

// What is known of all of them.
struct Known {
    std::set<Uuid> entered;
    std::set<Uuid> withdrawn;
    std::set<Uuid> ended;  // by its newest state
    std::set<Uuid> journalled;
    std::set<Uuid> signed_for;
    std::optional<std::int64_t> restored_ms;     // with a journal that may lack something
    std::map<Uuid, std::vector<OpenNeed>> open;  // by home
};

Result<std::vector<Raised>> raised_facts(SqlConnection& sql, std::span<const Operation* const> operations) {
    std::map<Uuid, const Operation*> raising;
    std::vector<Uuid> ids;
    for (const auto* one : operations)
        if (std::holds_alternative<ReferralRaised>(one->payload) && raising.emplace(one->id, one).second)
            ids.push_back(one->id);
    std::map<Uuid, Raised> found;
    TRY_DO(query_about(
        sql,
        "select operation_id, referral, agency, household, day from fact_referral "
        "where partnership = :partnership and operation_id = :id",
        ids, [&](const SqlRow& row) {
            const auto id = row.uuid(0);
            found.emplace(id, Raised{raising.at(id), row.uuid(1), row.text(2), row.uuid(3), row.integer(4)});
        }));
    std::vector<Raised> in_order;
    for (const auto& id : ids)
        if (auto one = found.extract(id); !one.empty())
            in_order.push_back(std::move(one.mapped()));
    return in_order;
}

struct Newest {
    std::pair<std::int64_t, std::int64_t> place{};
    std::string word;
};
using States = std::map<Uuid, Newest>;

void add(std::vector<Question>& all, std::vector<Question> more) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
}

std::vector<Question> of_states(const SqlConnection& sql, std::span<const Uuid> referrals, States& newest,
                                Known& known) {
    return questions_about(sql,
                           "select referral, cycle, state, word from fact_referral_state "
                           "where partnership = :partnership and referral = :id",
                           referrals, [&](const SqlRow& row) {
                               const auto referral = row.uuid(0);
                               const std::pair place{row.integer(1), row.integer(2)};
                               auto& last = newest[referral];
                               if (last.word.empty() || place > last.place)
                                   last = {place, row.text(3)};
                               if (row.text(3) == "withdrawn")
                                   known.withdrawn.insert(referral);
                           });
}

void learn_ended(const States& newest, Known& known) {
    static const std::set<std::string> ends{"completed", "declined", "returned", "withdrawn"};
    for (const auto& [referral, last] : newest)
        if (ends.contains(last.word))
            known.ended.insert(referral);
}

// A referral of one of the homes, by its fact.
struct AtHome {
    Uuid referral;
    Uuid household;
    std::int64_t day = 0;
};
using AtHomes = std::map<Uuid, AtHome>;

std::vector<Question> of_homes(const SqlConnection& sql, std::span<const Raised> raised, AtHomes& facts) {
    std::set<Uuid> homes;
    for (const auto& one : raised)
        if (!one.household.is_nil())
            homes.insert(one.household);
    return questions_about(sql,
                           "select operation_id, referral, household, day from fact_referral where "
                           "partnership = :partnership and household = :id",
                           std::vector<Uuid>(homes.begin(), homes.end()), [&](const SqlRow& row) {
                               facts.emplace(row.uuid(0), AtHome{row.uuid(1), row.uuid(2), row.integer(3)});
                           });
}

// By one key after the other: a server that has no statistics yet would join them the long way round.
Result<void> learn_open_needs(SqlConnection& sql, std::span<const Raised> raised, const AtHomes& facts,
                              Known& known) {
    std::set<Uuid> coming;
    for (const auto& one : raised)
        if (!known.entered.contains(one.referral))
            coming.insert(one.referral);
    std::vector<Uuid> referrals;
    for (const auto& [operation, fact] : facts)
        if (!coming.contains(fact.referral))
            referrals.push_back(fact.referral);
    if (referrals.empty())
        return {};
    States newest;
    std::vector<std::pair<Uuid, OpenNeed>> needs;
    auto questions = of_states(sql, referrals, newest, known);
    add(questions,
        questions_about(sql,
                        "select operation_id, referral, agency, raised_ms from outbox where partnership = "
                        ":partnership and "
                        "referral = :id and state not in ('linked', 'withdrawn', 'unknown_agency', 'erased')",
                        referrals, [&](const SqlRow& row) {
                            if (const auto fact = facts.find(row.uuid(0)); fact != facts.end())
                                needs.emplace_back(
                                    fact->second.household,
                                    OpenNeed{row.uuid(1), row.text(2), fact->second.day, row.integer(3)});
                        }));
    TRY_DO(ask_together(sql, questions));
    learn_ended(newest, known);
    for (auto& [household, need] : needs)
        if (!known.ended.contains(need.referral))
            known.open[household].push_back(std::move(need));
    return {};
}

Result<Known> what_is_known(SqlConnection& sql, std::span<const Raised> raised) {
    Known known;
    std::vector<Uuid> referrals;
    for (const auto& one : raised)
        referrals.push_back(one.referral);
    const std::array<std::set<Uuid>*, 3> into{&known.entered, &known.journalled, &known.signed_for};
    States newest;
    AtHomes facts;
    auto questions =
        questions_about(sql,
                        "select 0, referral from outbox where partnership = :partnership and referral = :id "
                        "union all select 1, referral from send_journal where partnership = :partnership and "
                        "referral = :id and step = 'attempt' "
                        "union all select 2, referral from agreement_signature where partnership = "
                        ":partnership and referral = :id",
                        referrals, [&](const SqlRow& row) {
                            into.at(static_cast<std::size_t>(row.integer(0)))->insert(row.uuid(1));
                        });
    add(questions, of_states(sql, referrals, newest, known));
    add(questions, of_homes(sql, raised, facts));
    questions.push_back({"select max(restored_ms) from outbox_restored where partnership = :partnership and "
                         "journal_whole = 0",
                         {{"partnership", home_partnership}},
                         [&](const SqlRow& row) {
                             if (!row.is_null(0))
                                 known.restored_ms = row.integer(0);
                             return false;
                         }});
    TRY_DO(ask_together(sql, questions));
    learn_ended(newest, known);
    TRY_DO(learn_open_needs(sql, raised, facts, known));
    return known;
}

// Another referral of that home to that agency that is on its way or open, raised within the days
// of one need, whichever of the two was raised or came first.
std::optional<Uuid> open_need(const Known& known, const Raised& raised) {
    const auto home = known.open.find(raised.household);
    if (home == known.open.end())
        return std::nullopt;
    const OpenNeed* first = nullptr;
    for (const auto& one : home->second) {
        const bool same = one.agency == raised.agency && one.referral != raised.referral &&
                          one.day >= raised.day - open_need_days && one.day <= raised.day + open_need_days;
        if (same &&
            (!first || std::tie(one.raised_ms, one.referral) < std::tie(first->raised_ms, first->referral)))
            first = &one;
    }
    return first ? std::optional(first->referral) : std::nullopt;
}

// A referral that may have left before the centre was set back.
bool may_have_left(const Known& known, const Raised& raised) {
    return known.journalled.contains(raised.referral) ||
           (known.restored_ms && *known.restored_ms >= raised.operation->at_ms);
}

bool waits_for_signature(const Known& known, const Raised& raised) {
    const auto& agreement = std::get<ReferralRaised>(raised.operation->payload).agreement;
    return agreement.basis == ShareBasis::agreement && agreement.channel == "signature" &&
           !known.signed_for.contains(raised.referral);
}

struct Entry {
    std::string_view state = outbox_state::waiting;
    std::optional<Uuid> linked_to{};
};

Entry first_state(const Known& known, const Directory& directory, const Raised& raised) {
    if (known.withdrawn.contains(raised.referral))
        return {outbox_state::withdrawn};
    if (!directory.agency(raised.agency))
        return {outbox_state::unknown_agency};
    if (may_have_left(known, raised))
        return {outbox_state::verify};
    if (const auto open = open_need(known, raised))
        return {outbox_state::linked, open};
    return {waits_for_signature(known, raised) ? outbox_state::gate : outbox_state::waiting};
}

// For those of the same home that come after it.
void remember(const Raised& raised, const Entry& entry, Known& known) {
    known.entered.insert(raised.referral);
    const bool open = entry.state == outbox_state::waiting || entry.state == outbox_state::gate ||
                      entry.state == outbox_state::verify;
    if (open && !raised.household.is_nil() && !known.ended.contains(raised.referral))
        known.open[raised.household].push_back(
            {raised.referral, raised.agency, raised.day, raised.operation->at_ms});
}

Result<void> enter(SqlConnection& sql, const Directory& directory, const Clock& clock,
                   std::span<const Raised> raised) {
    static const RowShape shape("outbox", {{"referral", RowShape::blob},
                                           {"agency", RowShape::text},
                                           {"operation_id", RowShape::blob},
                                           {"state", RowShape::text},
                                           {"raised_ms", RowShape::number},
                                           {"arrived_ms", RowShape::number},
                                           {"changed_ms", RowShape::number},
                                           {"linked_to", RowShape::blob}});
    TRY(auto known, what_is_known(sql, raised));
    RowsAtOnce rows(shape);
    const auto now = clock.now_ms();
    for (const auto& one : raised) {
        if (known.entered.contains(one.referral))
            continue;
        const auto entry = first_state(known, directory, one);
        remember(one, entry, known);
        rows.add(sql_value(one.referral), one.agency, sql_value(one.operation->id), std::string(entry.state),
                 one.operation->at_ms, now, now, sql_value(entry.linked_to));
    }
    return rows.insert_later(sql);
}

}  // namespace

Result<void> enter_in_outbox(SqlConnection& sql, const Directory& directory, const Clock& clock,
                             std::span<const Operation* const> operations) {
    TRY(const auto raised, raised_facts(sql, operations));
    if (!raised.empty())
        TRY_DO(enter(sql, directory, clock, raised));
    for (const auto* one : operations)
        TRY_DO(stop_if_withdrawn(sql, clock, *one));
    return {};
}

}  // namespace doorstep
