#include "sync/endpoint/tablet_standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "forms/base/calendar.h"
#include "sync/endpoint/audit.h"
#include "sync/endpoint/parcels.h"
#include "sync/store/patches.h"
#include "sync/store/sql_values.h"
#include "sync/wire/patch.h"

namespace doorstep {

namespace {

Error no_such_tablet() {
    return {Fault::not_found, "There is no tablet of that name.",
            "Look at its name in doorstep-endpoint tablets."};
}

struct Meant {
    Uuid enrolment;
    std::string tablet;
    std::int64_t enrolled_ms = 0;
    std::int64_t last_seen_ms = 0;
    bool revoked = false;
    std::string order{};  // "wipe", "retire" or nothing
    std::string for_audit() const { return fmt::format("tablet {} {}", tablet, enrolment.text()); }
};

Error several(const std::vector<Meant>& all) {
    std::string which;
    for (const auto& one : all)
        which +=
            fmt::format("{}{} (enrolled {}, last seen {})", which.empty() ? "" : ", ", one.enrolment.text(),
                        instant_text(one.enrolled_ms, 0),
                        one.last_seen_ms == 0 ? std::string("never") : instant_text(one.last_seen_ms, 0));
    return {Fault::conflict, fmt::format("{} enrolments have that name: {}.", all.size(), which),
            "A lost tablet and the one in its place may have one name. Give the enrolment that is meant "
            "instead of the name."};
}

// By an enrolment's id, or by a name that one enrolment in use has; of those that are revoked already,
// all.
Result<std::vector<Meant>> meant_by(SqlConnection& sql, const std::string& tablet) {
    const auto id = Uuid::parse(tablet);
    std::vector<Meant> all;
    TRY_DO(sql.query(
        "select enrolment, tablet, enrolled_ms, last_seen_ms, revoked_ms, order_mode from tablet where "
        "partnership = :partnership and (tablet = :tablet or enrolment = :enrolment) "
        "order by enrolled_ms, enrolment",
        {{"partnership", home_partnership},
         {"tablet", tablet},
         {"enrolment", sql_value(id.value_or(Uuid{}))}},
        [&](const SqlRow& row) {
            all.push_back(
                {row.uuid(0), row.text(1), row.integer(2), row.integer(3), row.integer(4) != 0, row.text(5)});
            return true;
        }));
    if (all.empty())
        return no_such_tablet();
    std::vector<Meant> in_use;
    std::copy_if(all.begin(), all.end(), std::back_inserter(in_use),
                 [](const Meant& one) { return !one.revoked; });
    if (in_use.size() > 1)
        return several(in_use);
    return in_use.empty() ? all : in_use;
}

// Retiring waits for what is unsent: it must not take the place of an order to erase at once, and
// a tablet that is refused would never be done with it.
Result<void> can_retire(const std::vector<Meant>& meant) {
    for (const auto& one : meant) {
        if (one.order == wire::text(wire::OrderMode::wipe))
            return Error{Fault::conflict,
                         fmt::format("The tablet {} is ordered to erase everything at once: to retire it "
                                     "would take that order back.",
                                     one.tablet),
                         "Nothing was changed. It erases itself as soon as it asks for anything."};
        if (one.revoked)
            return Error{Fault::refused,
                         fmt::format("The tablet {} is revoked: it cannot send any more, and so would never "
                                     "erase itself.",
                                     one.tablet),
                         "Have it erase itself at once with doorstep-endpoint tablets wipe. A rescue file of "
                         "it can still be taken in."};
    }
    return {};
}

Result<std::vector<FactsOfArea>> facts_to_pull(Store& store, const std::vector<std::string>& areas) {
    TRY(const auto newest, store.cursor_max());
    TRY(const auto totals, patch_totals(store.sql(), newest));
    std::vector<FactsOfArea> facts;
    for (const auto& area : areas)
        facts.push_back({area, 0});
    FactsOfArea of_none;
    for (const auto& total : totals) {
        if (total.patch == wire::no_patch)
            of_none.facts = total.facts;
        else if (areas.empty())
            facts.push_back({total.patch, total.facts});
        else if (const auto given = std::find(areas.begin(), areas.end(), total.patch); given != areas.end())
            facts.at(static_cast<std::size_t>(given - areas.begin())).facts = total.facts;
    }
    facts.push_back(of_none);
    return facts;
}

}  // namespace

Result<std::vector<LostTablet>> lost_tablet(Endpoint& endpoint, const std::string& tablet) {
    std::vector<LostTablet> found;
    TRY_DO(endpoint.store().sql().query(
        "select enrolment, enrolled_ms, acked_seq, unsent, last_seen_ms, unlocked_ms, revoked_ms, order_mode "
        "from tablet where partnership = :partnership and tablet = :tablet order by enrolled_ms, enrolment",
        {{"partnership", home_partnership}, {"tablet", tablet}}, [&](const SqlRow& row) {
            found.push_back({row.uuid(0),
                             row.integer(1),
                             unsigned_column(row, 2),
                             unsigned_column(row, 3),
                             row.integer(4),
                             row.integer(5),
                             row.integer(6),
                             row.text(7),
                             {},
                             {}});
            return true;
        }));
    if (found.empty())
        return no_such_tablet();
    TRY(const auto areas, areas_given(endpoint.store().sql(), tablet));
    TRY(const auto could_pull, facts_to_pull(endpoint.store(), areas));
    for (auto& one : found) {
        one.areas = areas;
        one.could_pull = could_pull;
    }
    return found;
}

Result<std::int64_t> revoke_tablet(Endpoint& endpoint, const std::string& tablet, const std::string& who) {
    TRY(auto transaction, endpoint.store().begin());
    TRY(const auto meant, meant_by(transaction.sql(), tablet));
    for (const auto& one : meant) {
        TRY_DO(transaction.sql().run(
            "update tablet set revoked_ms = case when revoked_ms = 0 then :now else revoked_ms "
            "end where partnership = :partnership and enrolment = :enrolment",
            {{"now", endpoint.store().clock().now_ms()},
             {"partnership", home_partnership},
             {"enrolment", sql_value(one.enrolment)}}));
        TRY_DO(
            note_in_audit(transaction.sql(), endpoint.store().clock(), {who, "revoke", one.for_audit(), {}}));
    }
    TRY_DO(transaction.commit());
    return static_cast<std::int64_t>(meant.size());
}

Result<std::int64_t> order_tablet(Endpoint& endpoint, const std::string& tablet, wire::OrderMode mode,
                                  const std::string& who) {
    if (endpoint.keys() == nullptr)
        return Error{Fault::refused, "The keys of this endpoint are not here to sign an order with.",
                     "Put them back, or recover them with the custody sheet."};
    TRY(auto transaction, endpoint.store().begin());
    TRY(const auto meant, meant_by(transaction.sql(), tablet));
    const bool wipes = mode == wire::OrderMode::wipe;
    if (!wipes)
        TRY_DO(can_retire(meant));
    for (const auto& one : meant) {
        TRY_DO(transaction.sql().run(
            "update tablet set order_counter = order_counter + 1, order_mode = :mode, revoked_ms = case when "
            ":wipes = 1 and revoked_ms = 0 then :now else revoked_ms end where partnership = :partnership "
            "and enrolment = :enrolment",
            {{"mode", std::string(wire::text(mode))},
             {"wipes", std::int64_t{wipes ? 1 : 0}},
             {"now", endpoint.store().clock().now_ms()},
             {"partnership", home_partnership},
             {"enrolment", sql_value(one.enrolment)}}));
        TRY_DO(note_in_audit(transaction.sql(), endpoint.store().clock(),
                             {who, std::string(wire::text(mode)), one.for_audit(), {}}));
    }
    TRY_DO(transaction.commit());
    return static_cast<std::int64_t>(meant.size());
}

}  // namespace doorstep
