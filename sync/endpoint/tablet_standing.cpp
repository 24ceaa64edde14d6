#include "sync/endpoint/tablet_standing.h"

#include "sync/endpoint/audit.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

Error no_such_tablet() {
    return {Fault::not_found, "There is no tablet of that name.",
            "Look at its name in doorstep-endpoint tablets."};
}

}  // namespace

Result<std::vector<LostTablet>> lost_tablet(Endpoint& endpoint, const std::string& tablet) {
    std::vector<LostTablet> found;
    TRY_DO(endpoint.store().sql().query(
        "select enrolment, enrolled_ms, acked_seq, unsent, last_seen_ms, unlocked_ms, revoked_ms, order_mode "
        "from tablet where partnership = :partnership and tablet = :tablet order by enrolled_ms, enrolment",
        {{"partnership", home_partnership}, {"tablet", tablet}}, [&](const SqlRow& row) {
            found.push_back({row.uuid(0), row.integer(1), unsigned_column(row, 2), unsigned_column(row, 3),
                             row.integer(4), row.integer(5), row.integer(6), row.text(7)});
            return true;
        }));
    if (found.empty())
        return no_such_tablet();
    return found;
}

Result<std::int64_t> revoke_tablet(Endpoint& endpoint, const std::string& tablet, const std::string& who) {
    TRY(auto transaction, endpoint.store().begin());
    TRY(const auto rows,
        transaction.sql().run(
            "update tablet set revoked_ms = case when revoked_ms = 0 then :now else revoked_ms "
            "end where partnership = :partnership and tablet = :tablet",
            {{"now", endpoint.store().clock().now_ms()},
             {"partnership", home_partnership},
             {"tablet", tablet}}));
    if (rows == 0)
        return no_such_tablet();
    TRY_DO(
        note_in_audit(transaction.sql(), endpoint.store().clock(), {who, "revoke", "tablet " + tablet, {}}));
    TRY_DO(transaction.commit());
    return rows;
}

Result<std::int64_t> order_tablet(Endpoint& endpoint, const std::string& tablet, wire::OrderMode mode,
                                  const std::string& who) {
    if (endpoint.keys() == nullptr)
        return Error{Fault::refused, "The keys of this endpoint are not here to sign an order with.",
                     "Put them back, or recover them with the custody sheet."};
    TRY(auto transaction, endpoint.store().begin());
    const bool wipes = mode == wire::OrderMode::wipe;
    TRY(const auto rows,
        transaction.sql().run(
            "update tablet set order_counter = order_counter + 1, order_mode = :mode, revoked_ms = case when "
            ":wipes = 1 and revoked_ms = 0 then :now else revoked_ms end where partnership = :partnership "
            "and "
            "tablet = :tablet",
            {{"mode", std::string(wire::text(mode))},
             {"wipes", std::int64_t{wipes ? 1 : 0}},
             {"now", endpoint.store().clock().now_ms()},
             {"partnership", home_partnership},
             {"tablet", tablet}}));
    if (rows == 0)
        return no_such_tablet();
    TRY_DO(note_in_audit(transaction.sql(), endpoint.store().clock(),
                         {who, std::string(wire::text(mode)), "tablet " + tablet, {}}));
    TRY_DO(transaction.commit());
    return rows;
}

}  // namespace doorstep
