#include "sync/agencies/inbox.h"

#include "sync/agencies/answers.h"
#include "sync/store/row_locks.h"
#include "sync/store/scope.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

Delivery broken(const Error& error) {
    return {Came::unknown, {}, error.what};
}

std::vector<SqlParameter> names(const std::string& agency, const SqlValue& referral) {
    return {{"partnership", home_partnership}, {"agency", agency}, {"referral", referral}};
}

Result<AgencyRows> rows_of(SqlConnection& sql, const std::string& agency) {
    return AgencyRows::of(sql, {home_partnership, agency, ScopeRole::agency});
}

}  // namespace

Delivery InboxAdapter::send(const Parcel& parcel) {
    const auto put = sql_.run("insert into agency_inbox(partnership, agency, referral, put_ms) "
                              "values(:partnership, :agency, :referral, :now) on conflict do nothing",
                              {{"partnership", home_partnership},
                               {"agency", parcel.agency},
                               {"referral", sql_value(parcel.referral)},
                               {"now", clock_.now_ms()}});
    return put.ok() ? Delivery{Came::held, parcel.referral.text(), {}} : broken(put.error());
}

Delivery InboxAdapter::ask(const Parcel& parcel) {
    bool held = false;
    const auto asked = sql_.query("select 1 from agency_inbox where partnership = :partnership "
                                  "and agency = :agency and referral = :referral",
                                  names(parcel.agency, sql_value(parcel.referral)), [&](const SqlRow&) {
                                      held = true;
                                      return false;
                                  });
    if (!asked.ok())
        return broken(asked.error());
    return held ? Delivery{Came::held, parcel.referral.text(), {}} : Delivery{Came::not_there, {}, {}};
}

Delivery InboxAdapter::withdraw(const Parcel& parcel) {
    const auto told = sql_.run("update agency_inbox set withdrawn_ms = :now where partnership = :partnership "
                               "and agency = :agency and referral = :referral and withdrawn_ms = 0",
                               {{"now", clock_.now_ms()},
                                {"partnership", home_partnership},
                                {"agency", parcel.agency},
                                {"referral", sql_value(parcel.referral)}});
    return told.ok() ? Delivery{Came::held, {}, {}} : broken(told.error());
}

Result<void> InboxAdapter::test(const std::string& agency) {
    return sql_.query(
        "select count(*) from agency_inbox where partnership = :partnership and agency = :agency",
        {{"partnership", home_partnership}, {"agency", agency}}, [](const SqlRow&) { return false; });
}

Result<std::vector<InboxEntry>> AgencyInbox::entries() const {
    std::vector<InboxEntry> all;
    TRY(const auto rows, rows_of(store_.sql(), agency_));
    TRY_DO(rows.query("select referral, put_ms, opened_ms, opened_by, withdrawn_ms from agency_inbox "
                      "where partnership = :partnership and agency = :agency "
                      "order by put_ms desc, referral limit 500",
                      {}, [&](const SqlRow& row) {
                          all.push_back({row.uuid(0), row.integer(1), row.integer(2),
                                         row.is_null(3) ? std::string{} : row.blob(3), row.integer(4)});
                          return true;
                      }));
    return all;
}

// The wall stands around these rows alone: the content of a fact is the centre's to open.
Result<AgencyInbox::Look> AgencyInbox::look(SqlConnection& sql, const Uuid& referral,
                                            const std::string& by) const {
    Look found;
    TRY(const auto rows, rows_of(sql, agency_));
    TRY_DO(rows.query("select withdrawn_ms from agency_inbox where partnership = :partnership "
                      "and agency = :agency and referral = :referral",
                      {{"referral", sql_value(referral)}}, [&](const SqlRow& row) {
                          found.there = true;
                          found.withdrawn = row.integer(0) != 0;
                          return false;
                      }));
    if (!found.there || found.withdrawn)
        return found;
    TRY(const auto changed,
        rows.run("update agency_inbox set opened_ms = :now, opened_by = :by where partnership = :partnership "
                 "and agency = :agency and referral = :referral and opened_ms = 0",
                 {{"now", store_.clock().now_ms()}, {"by", Blob{by}}, {"referral", sql_value(referral)}}));
    found.first = changed > 0;
    return found;
}

Result<ReferralMessage> AgencyInbox::open(const Uuid& referral, const std::string& by) {
    if (by.empty() || by.size() > 200)
        return Error{Fault::bad_input, "Who opens a referral has a name.", "Give it, in at most 200 bytes."};
    TRY(auto transaction, store_.begin());
    TRY_DO(lock_feed(transaction.sql()));
    TRY(const auto found, look(transaction.sql(), referral, by));
    if (!found.there)
        return no_such_referral();
    if (found.withdrawn)
        return Error{Fault::refused, "This referral was withdrawn.", "There is nothing more to do for it."};
    TRY(auto message, referral_message(store_, directory_, referral));
    if (found.first)
        TRY_DO(take_answer(transaction, store_.clock(),
                           {referral, agency_, ReferralState::received, false, {}, 0}));
    TRY_DO(transaction.commit());
    return message;
}

}  // namespace doorstep
