// In what state a referral enters the outbox: asked for all that came together.
#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "sync/agencies/outbox.h"
#include "sync/agencies/referral_message.h"
#include "sync/report/referral_sql.h"
#include "sync/store/ask_about.h"
#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

struct Raised {
    const Operation* operation = nullptr;
    // As the read model has it, so that nothing leaves that was set aside.
    Uuid referral;
    std::string agency;
    Uuid household;
    std::int64_t day = 0;

    const ReferralRaised& content() const { return std::get<ReferralRaised>(operation->payload); }
};

// A referral that is on its way or open, of which another one may be the same need.
struct OpenNeed {
    Uuid referral;
    Uuid operation;
    std::string agency;
    std::string urgency;
    std::int64_t day = 0;
    std::int64_t raised_ms = 0;
    const ReferralRaised* content = nullptr;  // null: to be read
};

// What is in the journal of a referral: the last attempt.
struct Journalled {
    int attempt = 0;
    std::string way;
};

// What is known of all of them.
struct Known {
    std::set<Uuid> entered;
    std::set<Uuid> withdrawn;
    std::set<Uuid> ended;  // by its newest state
    std::set<Uuid> signed_for;
    std::set<Uuid> erased;
    std::map<Uuid, Journalled> journalled;
    std::optional<std::int64_t> restored_ms;     // with a journal that may lack something
    std::map<Uuid, std::vector<OpenNeed>> open;  // by home
};

// The states of referrals, as they come in.
class States {
public:
    About about(std::span<const Uuid> referrals) {
        return {"select referral, cycle, state, word from fact_referral_state "
                "where partnership = :partnership and referral = :id",
                referrals, [this](const SqlRow& row) { take(row); }};
    }
    void tell(Known& known) const {
        static const std::set<std::string> ends{"completed", "declined", "returned", "withdrawn"};
        known.withdrawn.insert(withdrawn_.begin(), withdrawn_.end());
        for (const auto& [referral, last] : newest_)
            if (ends.contains(last.word))
                known.ended.insert(referral);
    }

private:
    struct Newest {
        std::pair<std::int64_t, std::int64_t> place{};
        std::string word;
    };
    void take(const SqlRow& row) {
        const auto referral = row.uuid(0);
        const std::pair place{row.integer(1), row.integer(2)};
        auto& last = newest_[referral];
        if (last.word.empty() || place > last.place)
            last = {place, row.text(3)};
        if (row.text(3) == "withdrawn")
            withdrawn_.insert(referral);
    }

    std::map<Uuid, Newest> newest_{};
    std::set<Uuid> withdrawn_{};
};

// Whether the read model has them already, or will have each.
enum class Kept : std::uint8_t { before, after };

// What has to be known of referrals before they enter: at most two waits for a server.
class Learning {
public:
    Learning(std::span<const Operation* const> operations, Kept kept) : kept_(kept) {
        for (const auto* one : operations)
            if (const auto* raising = std::get_if<ReferralRaised>(&one->payload);
                raising && raising_.emplace(one->id, one).second) {
                ids_.push_back(one->id);
                if (kept == Kept::after)
                    found_.emplace(one->id, Raised{one, raising->referral, raising->agency,
                                                   raising->household, raising->day.since_1970});
                referrals_.push_back(raising->referral);
                if (!raising->household.is_nil() && homes_seen_.insert(raising->household).second)
                    homes_.push_back(raising->household);
            }
    }

    // In the order of the operations, those that the read model has.
    Result<std::vector<Raised>> learn(SqlConnection& sql, Known& known) {
        std::vector<Raised> in_order;
        if (ids_.empty())
            return in_order;
        TRY_DO(ask(sql, known));
        for (const auto& id : ids_)
            if (auto one = found_.extract(id); !one.empty())
                in_order.push_back(std::move(one.mapped()));
        TRY_DO(learn_open_needs(sql, in_order, known));
        return in_order;
    }

private:
    struct Before {
        Uuid operation;
        Uuid referral;
        Uuid household;
        std::int64_t day = 0;
        std::string urgency;
    };

    Result<void> ask(SqlConnection& sql, Known& known) {
        const auto looked_up = kept_ == Kept::before ? std::span<const Uuid>(ids_) : std::span<const Uuid>{};
        States states;
        const std::array<About, 7> questions{
            About{"select operation_id, referral, agency, household, day, (select 1 from erased_operation e "
                  "where e.partnership = fact_referral.partnership and e.operation_id = "
                  "fact_referral.operation_id) from fact_referral where partnership = :partnership and "
                  "operation_id = :id",
                  looked_up,
                  [&](const SqlRow& row) {
                      const auto id = row.uuid(0);
                      const auto* operation = raising_.at(id);
                      // A forged one under the id of another referral: nothing was asked about that one.
                      if (std::get<ReferralRaised>(operation->payload).referral != row.uuid(1))
                          return;
                      found_.emplace(
                          id, Raised{operation, row.uuid(1), row.text(2), row.uuid(3), row.integer(4)});
                      if (!row.is_null(5))
                          known.erased.insert(row.uuid(1));
                  }},
            About{"select referral, (select 1 from erased_operation e where e.partnership = "
                  "outbox.partnership and e.operation_id = outbox.operation_id) from outbox where "
                  "partnership = :partnership and referral = :id",
                  referrals_,
                  [&](const SqlRow& row) {
                      known.entered.insert(row.uuid(0));
                      if (!row.is_null(1))
                          known.erased.insert(row.uuid(0));
                  }},
            About{"select referral from agreement_signature where partnership = :partnership and "
                  "referral = :id",
                  referrals_, [&](const SqlRow& row) { known.signed_for.insert(row.uuid(0)); }},
            About{"select referral, attempt, way from send_journal where partnership = :partnership "
                  "and referral = :id and step = 'attempt'",
                  referrals_,
                  [&](const SqlRow& row) {
                      auto& last = known.journalled[row.uuid(0)];
                      if (const auto attempt = static_cast<int>(row.integer(1)); attempt > last.attempt)
                          last = {attempt, row.text(2)};
                  }},
            states.about(referrals_),
            About{"select max(restored_ms) from outbox_restored where partnership = :partnership and "
                  "journal_whole = 0",
                  {},
                  [&](const SqlRow& row) {
                      if (!row.is_null(0))
                          known.restored_ms = row.integer(0);
                  }},
            // By one key after the other: a server that has no statistics yet would join them the long way
            // round.
            About{
                "select operation_id, referral, household, day, urgency from fact_referral where "
                "partnership = :partnership and household = :id",
                homes_, [&](const SqlRow& row) {
                    at_homes_.push_back({row.uuid(0), row.uuid(1), row.uuid(2), row.integer(3), row.text(4)});
                }}};
        TRY_DO(ask_about(sql, questions));
        states.tell(known);
        return {};
    }

    Result<void> learn_open_needs(SqlConnection& sql, std::span<const Raised> raised, Known& known) {
        std::set<Uuid> coming;
        for (const auto& one : raised)
            if (!known.entered.contains(one.referral))
                coming.insert(one.referral);
        std::erase_if(at_homes_, [&](const Before& one) { return coming.contains(one.referral); });
        if (at_homes_.empty())
            return {};
        std::map<Uuid, const Before*> facts;
        std::vector<Uuid> referrals;
        for (const auto& one : at_homes_) {
            facts.emplace(one.operation, &one);
            referrals.push_back(one.referral);
        }
        States states;
        std::vector<OpenNeed> open;
        const std::array<About, 2> questions{
            states.about(referrals),
            About{"select operation_id, referral, agency, raised_ms from outbox where partnership = "
                  ":partnership and referral = :id and state in ('waiting', 'leased', 'sent', 'received', "
                  "'unknown', 'verify', 'gate')",
                  referrals, [&](const SqlRow& row) {
                      open.push_back({row.uuid(1), row.uuid(0), row.text(2), {}, 0, row.integer(3)});
                  }}};
        TRY_DO(ask_about(sql, questions));
        states.tell(known);
        for (auto& one : open) {
            const auto fact = facts.find(one.operation);
            if (fact == facts.end() || known.ended.contains(one.referral))
                continue;
            one.urgency = fact->second->urgency;
            one.day = fact->second->day;
            known.open[fact->second->household].push_back(std::move(one));
        }
        return {};
    }

    Kept kept_;
    std::map<Uuid, const Operation*> raising_{};
    std::vector<Uuid> ids_{};
    std::vector<Uuid> referrals_{};
    std::vector<Uuid> homes_{};
    std::set<Uuid> homes_seen_{};
    std::map<Uuid, Raised> found_{};  // by operation
    std::vector<Before> at_homes_{};
};

int rank_of(std::string_view urgency) {
    return urgency == "today" ? 2 : urgency == "soon" ? 1 : 0;
}

// Whether everything that the later one asks for is asked for by the first, where both name services.
bool covers(const ReferralRaised& first, const ReferralRaised& later) {
    return first.services.empty() ||
           std::all_of(later.services.begin(), later.services.end(), [&](const auto& service) {
               return std::find(first.services.begin(), first.services.end(), service) !=
                      first.services.end();
           });
}

// One that does not open may be another need: rather twice than never.
Result<bool> is_covered(const Store& store, const OpenNeed& first, const Raised& raised) {
    if (first.content)
        return covers(*first.content, raised.content());
    const auto fact = read_fact(store, first.operation);
    if (!fact.ok()) {
        const auto fault = fact.error().fault;
        if (fault == Fault::damaged || fault == Fault::conflict || fault == Fault::not_found)
            return false;
        return fact.error();
    }
    const auto* content = *fact ? std::get_if<ReferralRaised>(&(*fact)->payload) : nullptr;
    return content && covers(*content, raised.content());
}

// Another referral of that home to that agency that is on its way or open, asks for as much, is no less
// urgent, and was raised within the days of one need, whichever of the two was raised or came first.
Result<std::optional<Uuid>> open_need(const Store& store, const Known& known, const Raised& raised) {
    const auto home = known.open.find(raised.household);
    if (home == known.open.end())
        return std::optional<Uuid>{};
    std::vector<const OpenNeed*> alike;
    for (const auto& one : home->second)
        if (one.agency == raised.agency && one.referral != raised.referral &&
            rank_of(one.urgency) >= rank_of(raised.content().urgency) &&
            one.day >= raised.day - open_need_days && one.day <= raised.day + open_need_days)
            alike.push_back(&one);
    std::sort(alike.begin(), alike.end(), [](const OpenNeed* one, const OpenNeed* other) {
        return std::tie(one->raised_ms, one->referral) < std::tie(other->raised_ms, other->referral);
    });
    for (const auto* one : alike) {
        TRY(const bool same, is_covered(store, *one, raised));
        if (same)
            return std::optional(one->referral);
    }
    return std::optional<Uuid>{};
}

// A referral that may have left before the centre was set back.  A time that is still to come tells
// nothing: it is of a wrong clock.
bool may_have_left(const Known& known, const Raised& raised, std::int64_t now) {
    return known.journalled.contains(raised.referral) ||
           (known.restored_ms && (*known.restored_ms >= raised.operation->at_ms ||
                                  raised.operation->at_ms > now + limits::clock_skew_ms_max));
}

struct Entry {
    std::string_view state = outbox_state::waiting;
    std::optional<Uuid> linked_to{};
    std::string_view withdrawal = withdrawal_word::none;
};

struct Door {
    const Store& store;
    const Directory& directory;
    std::int64_t now = 0;
};

Result<Entry> first_state(const Door& door, const Known& known, const Raised& raised, MayHaveLeft left) {
    const bool known_agency = door.directory.agency(raised.agency) != nullptr;
    const bool may_be_there = left == MayHaveLeft::as_known && may_have_left(known, raised, door.now);
    // Brought again together with its withdrawal: the agency that may hold it does not know of that.
    if (known.withdrawn.contains(raised.referral))
        return Entry{outbox_state::withdrawn,
                     {},
                     known_agency && may_be_there ? withdrawal_word::to_tell : withdrawal_word::none};
    // One that left before is still at its agency, and has to be withdrawn there if that is what comes.
    if (known.erased.contains(raised.referral))
        return Entry{known_agency && may_be_there ? outbox_state::verify : outbox_state::erased};
    if (!known_agency)
        return Entry{outbox_state::unknown_agency};
    if (may_be_there)
        return Entry{outbox_state::verify};
    TRY(const auto open, open_need(door.store, known, raised));
    if (open)
        return Entry{outbox_state::linked, open};
    const bool gate =
        is_by_signature(raised.content().agreement) && !known.signed_for.contains(raised.referral);
    return Entry{gate ? outbox_state::gate : outbox_state::waiting};
}

std::int64_t raised_ms_of(const Raised& raised, std::int64_t now) {
    return std::clamp(raised.operation->at_ms, std::int64_t{0}, now);
}

// For those of the same home that come after it.
void remember(const Raised& raised, const Entry& entry, std::int64_t now, Known& known) {
    known.entered.insert(raised.referral);
    const bool open = entry.state == outbox_state::waiting || entry.state == outbox_state::gate ||
                      entry.state == outbox_state::verify;
    if (open && !raised.household.is_nil() && !known.ended.contains(raised.referral))
        known.open[raised.household].push_back({raised.referral, raised.operation->id, raised.agency,
                                                raised.content().urgency, raised.day,
                                                raised_ms_of(raised, now), &raised.content()});
}

Result<RowsAtOnce> rows_to_enter(const Door& door, std::span<const Raised> raised, Known& known) {
    static const RowShape shape("outbox", {{"referral", RowShape::blob},
                                           {"agency", RowShape::text},
                                           {"operation_id", RowShape::blob},
                                           {"state", RowShape::text},
                                           {"raised_ms", RowShape::number},
                                           {"arrived_ms", RowShape::number},
                                           {"changed_ms", RowShape::number},
                                           {"linked_to", RowShape::blob},
                                           {"withdrawal", RowShape::text},
                                           {"attempt", RowShape::number},
                                           {"way", RowShape::text}});
    RowsAtOnce rows(shape);
    for (const auto& one : raised) {
        if (known.entered.contains(one.referral))
            continue;
        TRY(const auto entry, first_state(door, known, one, MayHaveLeft::as_known));
        remember(one, entry, door.now, known);
        const auto before = known.journalled.find(one.referral);
        const auto last = before == known.journalled.end() ? Journalled{} : before->second;
        rows.add(one.referral, one.agency, one.operation->id, std::string(entry.state),
                 raised_ms_of(one, door.now), door.now, door.now, entry.linked_to,
                 std::string(entry.withdrawal), std::int64_t{last.attempt}, last.way);
    }
    return rows;
}

Result<void> move_to(SqlConnection& sql, const Uuid& referral, const Entry& entry, std::int64_t now) {
    TRY_DO(sql.run("update outbox set state = :state, linked_to = :linked, withdrawal = :withdrawal, "
                   "lease_until = 0, not_before = 0, problem = '', changed_ms = :now "
                   "where partnership = :partnership and referral = :referral "
                   "and state in ('linked', 'unknown_agency', 'waiting')",
                   {{"state", std::string(entry.state)},
                    {"linked", sql_value(entry.linked_to)},
                    {"withdrawal", std::string(entry.withdrawal)},
                    {"now", now},
                    {"partnership", home_partnership},
                    {"referral", sql_value(referral)}}));
    return {};
}

// The facts of those rows, in the order of the referrals; of what does not open there is none.
Result<std::deque<Operation>> facts_behind(const Store& store, std::span<const Uuid> referrals) {
    std::map<Uuid, Uuid> operations;
    TRY_DO(query_about(store.sql(),
                       "select referral, operation_id from outbox where partnership = :partnership "
                       "and referral = :id",
                       referrals, [&](const SqlRow& row) { operations.emplace(row.uuid(0), row.uuid(1)); }));
    std::deque<Operation> facts;
    for (const auto& referral : referrals) {
        const auto found = operations.find(referral);
        if (found == operations.end())
            continue;
        auto fact = read_fact(store, found->second);
        if (fact.ok() && *fact)
            facts.push_back(std::move(**fact));
        else if (!fact.ok() && fact.error().fault != Fault::damaged && fact.error().fault != Fault::conflict)
            return fact.error();
    }
    return facts;
}

}  // namespace

Result<void> enter_in_outbox(const Store& store, const Directory& directory, const Clock& clock,
                             std::span<const Operation* const> operations) {
    auto& sql = store.sql();
    Known known;
    TRY(const auto raised, Learning(operations, Kept::before).learn(sql, known));
    TRY(const auto rows, rows_to_enter({store, directory, clock.now_ms()}, raised, known));
    TRY_DO(rows.insert_later(sql));
    for (const auto* one : operations)
        TRY_DO(stop_if_withdrawn(sql, clock, *one));
    return {};
}

Result<bool> enter_as_kept(const Store& store, const Directory& directory, const Clock& clock,
                           std::span<const Operation* const> operations,
                           const std::function<Result<bool>()>& keep) {
    Known known;
    TRY(const auto raised, Learning(operations, Kept::after).learn(store.sql(), known));
    TRY(const bool kept, keep());
    if (!kept)
        return false;
    TRY(const auto rows, rows_to_enter({store, directory, clock.now_ms()}, raised, known));
    TRY_DO(rows.insert_new_later(store.sql()));
    return true;
}

Result<void> enter_again(const Store& store, const Directory& directory, const Clock& clock,
                         std::span<const Uuid> referrals, MayHaveLeft left) {
    if (referrals.empty())
        return {};
    auto& sql = store.sql();
    const Door door{store, directory, clock.now_ms()};
    TRY(const auto facts, facts_behind(store, referrals));
    std::vector<const Operation*> operations;
    for (const auto& fact : facts)
        operations.push_back(&fact);
    Known known;
    TRY(const auto raised, Learning(operations, Kept::before).learn(sql, known));
    std::set<Uuid> moved;
    for (const auto& one : raised) {
        TRY(const auto entry, first_state(door, known, one, left));
        remember(one, entry, door.now, known);
        TRY_DO(move_to(sql, one.referral, entry, door.now));
        moved.insert(one.referral);
    }
    // Of the others the sender says what is wrong with them.
    for (const auto& referral : referrals)
        if (!moved.contains(referral))
            TRY_DO(move_to(sql, referral, {}, door.now));
    return {};
}

}  // namespace doorstep
