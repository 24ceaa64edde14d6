#include "sync/store/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sync/operation/bare.h"
#include "sync/store/erase.h"
#include "sync/store/held_patches.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/standing.h"

namespace doorstep {

namespace {

constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;

// The others say nothing of a home.
constexpr std::string_view says_something =
    "o.status = 0 and o.shortened is null and o.type in ('contact_recorded', 'questionnaire_finished', "
    "'offer_made', 'referral_raised', 'referral_state_set', 'home_noted') and not exists (select 1 from fork "
    "f where "
    "f.partnership = o.partnership and f.operation_id = o.operation_id) and not exists (select 1 from "
    "told_quarantine q where q.partnership = o.partnership and (q.operation_id = o.operation_id or "
    "(q.enrolment = "
    "o.enrolment and q.tablet_seq = o.tablet_seq))) and not exists (select 1 from disk.sealed_envelope e "
    "where "
    "e.enrolment = o.enrolment and e.first_seq = (select max(m.first_seq) from disk.sealed_envelope m where "
    "m.enrolment = o.enrolment and m.first_seq <= o.tablet_seq) and e.last_seq >= o.tablet_seq and "
    "length(e.outbound) = 0)";

// Whoever knocks next has to know it.
constexpr std::string_view still_counts = "exists (select 1 from home_note n where n.partnership = "
                                          "o.partnership and n.operation_id = o.operation_id "
                                          "and n.until_day >= :from)";

// Which contact a fact is about; several rows where several facts say it.
constexpr std::string_view contacts =
    "with about as (select operation_id, contact from fact_contact where partnership = :partnership "
    "union all select operation_id, contact from fact_questionnaire where partnership = :partnership "
    "union all select operation_id, contact from fact_offer where partnership = :partnership "
    "union all select operation_id, contact from fact_referral where partnership = :partnership "
    "union all select s.operation_id, r.contact from fact_referral_state s join fact_referral r on "
    "r.partnership = s.partnership and r.referral = s.referral where s.partnership = :partnership), "
    "kept as (select contact from draft), "
    "walked as (select c.contact from fact_contact c where c.partnership = :partnership and (c.day between "
    ":from and :to or c.area in (select v.area from visit v where v.partnership = :partnership and v.day "
    "between :from and :to))) ";

const std::string& own_facts() {
    static const std::string sql = fmt::format(
        "{}select o.operation_id from operation o join sync_state s on s.partnership = o.partnership and "
        "s.enrolment = o.enrolment where o.partnership = :partnership and o.tablet_seq <= :through and {} "
        "and not {} and not exists (select 1 from about a join kept k on k.contact = a.contact where "
        "a.operation_id = "
        "o.operation_id) order by o.tablet_seq limit :most",
        contacts, says_something, still_counts);
    return sql;
}

// What was recorded here under an enrolment before this one counts among them once the endpoint has given
// it out.
const std::string& others_facts() {
    static const std::string sql = fmt::format(
        "{}select o.operation_id from operation o join sync_state s on s.partnership = o.partnership where "
        "o.partnership = :partnership and o.pull_seq is not null and (o.tablet_seq is null or o.enrolment <> "
        "s.enrolment) and {} and not {} and not exists (select 1 from about a where a.operation_id = "
        "o.operation_id and "
        "a.contact in (select contact from kept union all select contact from walked)) "
        "order by o.pull_seq limit :most",
        contacts, says_something, still_counts);
    return sql;
}

// Of streets that are walked again.
const std::string& wanted_again() {
    static const std::string sql = fmt::format(
        "{}select o.operation_id, o.pull_seq, o.patch from operation o join sync_state s on s.partnership = "
        "o.partnership where o.partnership = :partnership and o.pull_seq is not null and o.shortened = 1 and "
        "(o.tablet_seq is null or o.enrolment <> s.enrolment) and exists (select 1 from about a join walked "
        "w on w.contact = a.contact where a.operation_id = o.operation_id)",
        contacts);
    return sql;
}

std::vector<SqlParameter> around(std::int64_t told_ms) {
    const auto today = told_ms / day_ms;
    return {{"partnership", home_partnership},
            {"from", today - streets_kept_days},
            {"to", today + streets_ahead_days}};
}

std::vector<SqlParameter> with(std::vector<SqlParameter> parameters,
                               std::initializer_list<SqlParameter> more) {
    parameters.insert(parameters.end(), more);
    return parameters;
}

Result<std::vector<Uuid>> ids_of(SqlConnection& sql, const std::string& question,
                                 const std::vector<SqlParameter>& parameters) {
    std::vector<Uuid> ids;
    TRY_DO(sql.query(question, parameters, [&](const SqlRow& row) {
        ids.push_back(row.uuid(0));
        return true;
    }));
    return ids;
}

// The form that the tablet itself reads goes; what travels stays.
Result<void> close_envelope(SqlConnection& sql, const Uuid& id) {
    struct Place {
        Uuid enrolment;
        Sequence first = 0;
    };
    std::vector<Place> places;
    TRY_DO(sql.query("select o.enrolment, max(e.first_seq) from operation o join disk.sealed_envelope e on "
                     "e.enrolment = o.enrolment and e.first_seq <= o.tablet_seq where o.partnership = "
                     ":partnership and o.operation_id = :id group by o.enrolment",
                     {{"partnership", home_partnership}, {"id", sql_value(id)}}, [&](const SqlRow& row) {
                         places.push_back({row.uuid(0), unsigned_column(row, 1)});
                         return true;
                     }));
    for (const auto& one : places)
        TRY_DO(
            sql.run("update envelope set plain = :nothing where partnership = :partnership and first_seq = "
                    ":first and enrolment = :enrolment",
                    {{"nothing", Blob{}},
                     {"partnership", home_partnership},
                     {"first", sql_value(one.first)},
                     {"enrolment", sql_value(one.enrolment)}}));
    return {};
}

Result<std::int64_t> shorten_all(SqlConnection& sql, const std::vector<Uuid>& ids) {
    std::int64_t shortened = 0;
    for (const auto& id : ids) {
        TRY_DO(close_envelope(sql, id));
        TRY(const auto left, shorten(sql, id));
        TRY_DO(note_shortened(sql, id, left));
        shortened += left == Shortened::here ? 1 : 0;
    }
    return shortened;
}

struct ToAsk {
    std::vector<Uuid> facts;
    std::vector<std::pair<std::string, std::uint64_t>> patches;  // each from before its first place
};

Result<ToAsk> what_to_ask(SqlConnection& sql, const std::vector<SqlParameter>& parameters, bool scoped) {
    ToAsk ask;
    TRY_DO(sql.query(wanted_again(), parameters, [&](const SqlRow& row) {
        ask.facts.push_back(row.uuid(0));
        const auto patch = scoped ? (row.is_null(2) ? std::string(wire::no_patch) : row.text(2))
                                  : std::string(wire::every_patch);
        const auto before = unsigned_column(row, 1) - 1;
        const auto known = std::find_if(ask.patches.begin(), ask.patches.end(),
                                        [&](const auto& one) { return one.first == patch; });
        if (known == ask.patches.end())
            ask.patches.emplace_back(patch, before);
        else
            known->second = std::min(known->second, before);
        return true;
    }));
    return ask;
}

// A history that is still to come, as of a patch that came into the scope: once for each fact, since the
// endpoint may have no more of it either.
Result<std::int64_t> ask_again(SqlConnection& sql, const std::vector<SqlParameter>& parameters,
                               const SyncPosition& stands) {
    TRY(const auto ask, what_to_ask(sql, parameters, !scope_of(stands.held).empty()));
    for (const auto& [patch, before] : ask.patches)
        TRY_DO(pull_patch_again(sql, patch, before, stands.cursor));
    for (const auto& id : ask.facts)
        TRY_DO(note_shortened(sql, id, Shortened::for_good));
    return static_cast<std::int64_t>(ask.facts.size());
}

}  // namespace

Result<Retention::Looked> Retention::stands(std::int64_t told_ms) const {
    TRY(const auto position, store_.position());
    TRY(const auto old, sent_long_ago(store_.sql(), told_ms));
    Looked looked{told_ms / day_ms, 0, std::min(old, position.acked_through), position.cursor};
    TRY_DO(store_.sql().query("select count(*) from operation where partnership = :partnership",
                              {{"partnership", home_partnership}}, [&](const SqlRow& row) {
                                  looked.facts = row.integer(0);
                                  return false;
                              }));
    return looked;
}

Result<LetGo> Retention::step(std::int64_t told_ms) {
    if (told_ms <= 0)
        return LetGo{};
    TRY(const auto now, stands(told_ms));
    if (now == looked_)
        return LetGo{};
    TRY(const auto gone, change(told_ms, now.through));
    TRY_DO(scrub(now.through, gone != LetGo{}));
    looked_ = gone.more ? Looked{} : now;
    return gone;
}

Result<LetGo> Retention::change(std::int64_t told_ms, Sequence through) {
    const auto parameters = around(told_ms);
    TRY(const auto own,
        ids_of(store_.sql(), own_facts(),
               with(parameters, {{"through", sql_value(through)}, {"most", retention_step}})));
    TRY(const auto others,
        ids_of(store_.sql(), others_facts(), with(parameters, {{"most", retention_step}})));
    TRY(const auto position, store_.position());
    TRY(const auto again, ids_of(store_.sql(), wanted_again(), parameters));
    LetGo gone;
    if (own.empty() && others.empty() && again.empty())
        return gone;
    TRY(auto transaction, store_.begin());
    auto& sql = transaction.sql();
    TRY(gone.own, shorten_all(sql, own));
    TRY(gone.others, shorten_all(sql, others));
    TRY(gone.asked_again, ask_again(sql, parameters, position));
    TRY_DO(transaction.commit());
    gone.more = std::max(own.size(), others.size()) == static_cast<std::size_t>(retention_step);
    return gone;
}

// Until then the pages stand in the write-ahead log as they were, and in the second copy what went before the
// newest finish was sent.
Result<void> Retention::scrub(Sequence through, bool changed) {
    TRY(const auto own, store_.enrolment());
    const auto old = [&](const CopiedEnvelope& one) { return one.enrolment == own && one.last <= through; };
    if (copy_ && std::any_of(copy_->envelopes().begin(), copy_->envelopes().end(), old))
        TRY_DO(copy_->begin_anew(store_.sql()));
    return changed ? checkpoint(store_.sql()) : Result<void>{};
}

}  // namespace doorstep
