#include "sync/store/erase.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "sync/operation/bare.h"
#include "sync/store/fact_tables.h"
#include "sync/store/fold.h"
#include "sync/store/in_doubt.h"
#include "sync/store/outbound_media.h"
#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"

namespace doorstep {

namespace {

// Of what cannot be read as a fact nothing is left but its header.
Operation left_of(const Uuid& id, const std::string& json, const Uuid& nobody) {
    const auto opened = open_as(id, json);
    if (opened.operation)
        if (auto left = bare(*opened.operation, nobody))
            return std::move(*left);
    Operation empty = opened.operation.value_or(Operation{});
    empty.id = id;
    empty.subject = nobody;
    empty.type_version = 1;
    empty.base.clear();
    empty.supersedes.reset();
    empty.payload = RecordsErased{nobody, {}, {}};
    return empty;
}

Result<void> put_bare(SqlConnection& sql, const Keeping& how, const Operation& left, Decides decides) {
    const auto id = sql_value(left.id);
    auto body = wire::encode(left);
    if (how.keys) {
        TRY(body, how.keys->seal(left.subject, left.id, body));
    }
    TRY_DO(
        sql.run("update operation_body set body = :body where partnership = :partnership and operation_id = "
                ":id",
                {{"body", Blob{std::move(body)}}, {"partnership", home_partnership}, {"id", id}}));
    TRY_DO(
        sql.run("update operation set subject = :subject where partnership = :partnership and operation_id "
                "= :id",
                {{"subject", sql_value(left.subject)}, {"partnership", home_partnership}, {"id", id}}));
    TRY_DO(sql.run("delete from fork where partnership = :partnership and operation_id = :id",
                   {{"partnership", home_partnership}, {"id", id}}));
    bool counted = false;
    // Of what was set aside until somebody decides, this is the decision.
    if (decides == Decides::yes) {
        TRY(const auto decided,
            sql.run(
                "update operation set status = 0, reason = '' where partnership = :partnership and "
                "operation_id = :id and status = 1 and reason = :doubt",
                {{"partnership", home_partnership}, {"id", id}, {"doubt", std::string(in_doubt_reason)}}));
        counted = decided > 0;
    }
    for (const auto table : tables_of_bare_facts) {
        TRY(const auto gone,
            sql.run(
                fmt::format("delete from {} where partnership = :partnership and operation_id = :id", table),
                {{"partnership", home_partnership}, {"id", id}}));
        counted = counted || gone > 0;
    }
    return counted ? fold(sql, left, false) : Result<void>{};
}

// The home itself, so that what is left still says where a need is open.
Uuid home_of(const Operation& fact) {
    if (const auto* contact = std::get_if<ContactRecorded>(&fact.payload))
        return contact->household;
    if (const auto* referral = std::get_if<ReferralRaised>(&fact.payload))
        return referral->household;
    return fact.subject;
}

struct OwnEnvelope {
    Uuid enrolment;
    Sequence first = 0;
    std::string body;
};

// What it held goes; the chain goes over its place.
Result<void> leave_its_place(SqlConnection& sql, const OwnEnvelope& one) {
    // While it was locked only what travels could be dropped.
    if (!wire::is_forgotten({{}, 0, 0, one.body}))
        TRY_DO(sql.run("update envelope set body = :body where partnership = :partnership and first_seq = "
                       ":first and enrolment = :enrolment",
                       {{"body", Blob{wire::forgotten_body(one.body)}},
                        {"partnership", home_partnership},
                        {"first", sql_value(one.first)},
                        {"enrolment", sql_value(one.enrolment)}}));
    TRY_DO(sql.run("update envelope set plain = :nothing where partnership = :partnership and first_seq = "
                   ":first and enrolment = :enrolment",
                   {{"nothing", Blob{}},
                    {"partnership", home_partnership},
                    {"first", sql_value(one.first)},
                    {"enrolment", sql_value(one.enrolment)}}));
    return {};
}

struct OlderEnvelope {
    Uuid enrolment;
    wire::Envelope sent;
    std::string plain;
};

bool names_one_of(const OlderEnvelope& envelope, const std::set<Uuid>& ids) {
    auto readable = envelope.sent;
    if (!envelope.plain.empty())
        readable.body = envelope.plain;
    const auto opened = wire::open_envelope(readable);
    return opened.ok() && std::any_of(opened->begin(), opened->end(), [&](const auto& one) {
               return one.operation && ids.contains(one.operation->id);
           });
}

// Of what nobody here can read any more (retention.h) the log knows where it stood.
using Places = std::set<std::pair<Uuid, Sequence>>;
Result<Places> places_of(SqlConnection& sql, const std::vector<Uuid>& operations) {
    Places places;
    for (const auto& id : operations)
        TRY_DO(sql.query("select enrolment, tablet_seq from operation where partnership = :partnership and "
                         "operation_id = :id and tablet_seq is not null and enrolment is not null",
                         {{"partnership", home_partnership}, {"id", sql_value(id)}}, [&](const SqlRow& row) {
                             places.emplace(row.uuid(0), unsigned_column(row, 1));
                             return true;
                         }));
    return places;
}

bool holds_one_of(const OlderEnvelope& envelope, const Places& places) {
    const auto first = places.lower_bound({envelope.enrolment, envelope.sent.first_sequence});
    return first != places.end() && first->first == envelope.enrolment &&
           first->second <= envelope.sent.last_sequence();
}

// Of an enrolment before this one: nothing is sent from there any more, and its places are none of this
// one, so that only what it holds can tell.
Result<void> drop_older_envelopes(SqlConnection& sql, const std::vector<Uuid>& operations) {
    std::vector<OlderEnvelope> found;
    TRY_DO(sql.query(
        "select e.enrolment, e.envelope_id, e.first_seq, e.last_seq, e.body, e.plain from envelope e join "
        "sync_state s on s.partnership = e.partnership where e.partnership = :partnership and e.enrolment "
        "<> s.enrolment",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            const auto first = unsigned_column(row, 2);
            const auto count = static_cast<std::uint32_t>(unsigned_column(row, 3) - first + 1);
            found.push_back({row.uuid(0), {row.uuid(1), first, count, row.blob(4)}, row.blob(5)});
            return true;
        }));
    const std::set<Uuid> ids(operations.begin(), operations.end());
    TRY(const auto places, places_of(sql, operations));
    for (const auto& one : found)
        if (names_one_of(one, ids) || holds_one_of(one, places))
            TRY_DO(leave_its_place(sql, {one.enrolment, one.sent.first_sequence, one.sent.body}));
    return {};
}

}  // namespace

Result<std::int64_t> leave_bare(SqlConnection& sql, const Keeping& how, std::span<const Uuid> operations,
                                const Uuid& nobody, Decides decides) {
    std::int64_t here = 0;
    for (const auto& id : operations) {
        auto json = body_under(sql, how, id);
        if (!json.ok() && json.error().fault != Fault::damaged)
            return json.error();
        if (json.ok() && !*json)
            continue;
        TRY_DO(put_bare(sql, how, left_of(id, json.ok() ? **json : std::string{}, nobody), decides));
        if (how.with_people)
            TRY_DO(note_shortened(sql, id, Shortened::for_good));
        ++here;
    }
    if (here > 0)
        TRY_DO(wipe_when_idle(sql));
    return here;
}

Result<void> note_shortened(SqlConnection& sql, const Uuid& id, Shortened how) {
    TRY_DO(sql.run(
        "update operation set shortened = :how where partnership = :partnership and operation_id = :id",
        {{"how", static_cast<std::int64_t>(how)}, {"partnership", home_partnership}, {"id", sql_value(id)}}));
    return {};
}

Result<Shortened> shorten(SqlConnection& sql, const Uuid& id) {
    TRY(auto json, body_under(sql, {}, id));
    const auto opened = open_as(id, std::move(json).value_or(std::string{}));
    const auto left = opened.operation ? bare(*opened.operation, home_of(*opened.operation)) : std::nullopt;
    if (!left || *left == *opened.operation)
        return Shortened::nothing_to_say;
    TRY_DO(put_bare(sql, {}, *left, Decides::no));
    return Shortened::here;
}

Result<void> make_whole(SqlConnection& sql, const Keeping& how, const Operation& whole,
                        const std::string& json) {
    const auto id = sql_value(whole.id);
    TRY(auto kept, body_under(sql, how, whole.id));
    const auto opened = open_as(whole.id, std::move(kept).value_or(std::string{}));
    if (!opened.operation || *opened.operation == whole || opened.operation->subject != home_of(whole) ||
        !is_bare_form(*opened.operation, whole))
        return {};
    TRY_DO(
        sql.run("update operation_body set body = :body where partnership = :partnership and operation_id = "
                ":id",
                {{"body", Blob{json}}, {"partnership", home_partnership}, {"id", id}}));
    TRY_DO(sql.run("update operation set subject = :subject, shortened = null where partnership = "
                   ":partnership and operation_id = :id",
                   {{"subject", sql_value(whole.subject)}, {"partnership", home_partnership}, {"id", id}}));
    for (const auto table : tables_of_bare_facts)
        TRY_DO(sql.run(
            fmt::format("delete from {} where partnership = :partnership and operation_id = :id", table),
            {{"partnership", home_partnership}, {"id", id}}));
    return fold(sql, whole, how.with_people);
}

namespace {

// What the centre told of its tablet's clock counts, else its own.
Result<std::uint64_t> when_recorded(SqlConnection& sql, const Operation& fact) {
    auto clock = fact.hybrid_clock;
    TRY_DO(
        sql.query("select hybrid_clock from fact_clock where partnership = :partnership and operation_id = "
                  ":id order by told desc, by_operation desc limit 1",
                  {{"partnership", home_partnership}, {"id", sql_value(fact.id)}}, [&](const SqlRow& row) {
                      clock = unsigned_column(row, 0);
                      return false;
                  }));
    return clock;
}

Result<bool> waits_for_a_person(SqlConnection& sql, const Uuid& id) {
    bool waits = false;
    TRY_DO(sql.query("select reason from operation where partnership = :partnership and operation_id = :id",
                     {{"partnership", home_partnership}, {"id", sql_value(id)}}, [&](const SqlRow& row) {
                         waits = row.text(0) == in_doubt_reason;
                         return false;
                     }));
    return waits;
}

}  // namespace

Result<std::optional<Uuid>> forgotten_before(SqlConnection& sql, const Operation& arrived) {
    std::optional<Uuid> order;
    const auto take = [&](const SqlRow& row) {
        order = row.uuid(0);
        return false;
    };
    TRY_DO(
        sql.query("select erasure from erased_operation where partnership = :partnership and operation_id = "
                  ":id",
                  {{"partnership", home_partnership}, {"id", sql_value(arrived.id)}}, take));
    if (order)
        return order;
    TRY(const bool waits, waits_for_a_person(sql, arrived.id));
    if (waits)
        return order;
    TRY(const auto clock, when_recorded(sql, arrived));
    TRY_DO(sql.query("select erasure from erasure where partnership = :partnership and subject = :subject "
                     "and cause = 'erase' and hybrid_clock >= :clock order by hybrid_clock limit 1",
                     {{"partnership", home_partnership},
                      {"subject", sql_value(arrived.subject)},
                      {"clock", sql_value(clock)}},
                     take));
    return order;
}

Result<std::uint64_t> ordered_through(SqlConnection& sql, const Uuid& order) {
    std::uint64_t through = 0;  // of what ran out each fact is named
    TRY_DO(sql.query("select hybrid_clock from erasure where partnership = :partnership and erasure = :order "
                     "and cause = 'erase'",
                     {{"partnership", home_partnership}, {"order", sql_value(order)}},
                     [&](const SqlRow& row) {
                         through = unsigned_column(row, 0);
                         return false;
                     }));
    return through;
}

Result<void> note_forgotten(SqlConnection& sql, const Uuid& order, std::span<const Uuid> operations,
                            std::int64_t now_ms) {
    for (const auto& id : operations)
        TRY_DO(sql.run("insert into erased_operation(partnership, operation_id, erasure, erased_ms) "
                       "values(:partnership, :id, :order, :now) on conflict do nothing",
                       {{"partnership", home_partnership},
                        {"id", sql_value(id)},
                        {"order", sql_value(order)},
                        {"now", now_ms}}));
    return {};
}

Result<void> drop_own_envelopes(SqlConnection& sql, std::span<const Sequence> places) {
    for (const auto place : places) {
        std::vector<OwnEnvelope> found;
        TRY_DO(sql.query("select e.enrolment, e.first_seq, e.body from envelope e join sync_state s on "
                         "s.partnership = e.partnership and s.enrolment = e.enrolment where e.partnership = "
                         ":partnership and e.first_seq <= :place and e.last_seq >= :place and e.last_seq <= "
                         "s.acked_seq",
                         {{"partnership", home_partnership}, {"place", sql_value(place)}},
                         [&](const SqlRow& row) {
                             found.push_back({row.uuid(0), unsigned_column(row, 1), row.blob(2)});
                             return true;
                         }));
        for (const auto& one : found)
            TRY_DO(leave_its_place(sql, one));
    }
    return {};
}

Result<void> drop_passed_over(SqlConnection& sql, Sequence after) {
    // An order stands where the home stood: in the log as its own subject, and as that of what it left bare.
    std::vector<OwnEnvelope> found;
    TRY_DO(
        sql.query("select distinct e.first_seq, e.body from operation o join sync_state s on s.partnership = "
                  "o.partnership and s.enrolment = o.enrolment join envelope e on e.partnership = "
                  "o.partnership and e.enrolment = o.enrolment and e.first_seq <= o.tablet_seq and "
                  "e.last_seq >= o.tablet_seq where o.partnership = :partnership and o.tablet_seq > :after "
                  "and e.last_seq <= s.acked_seq and o.subject in (select subject from operation where "
                  "partnership = :partnership and type = 'records_erased')",
                  {{"partnership", home_partnership}, {"after", sql_value(after)}}, [&](const SqlRow& row) {
                      found.push_back({{}, unsigned_column(row, 0), row.blob(1)});
                      return true;
                  }));
    std::vector<Sequence> places;
    for (const auto& one : found)
        if (!wire::is_forgotten({{}, 0, 0, one.body}))
            places.push_back(one.first);
    return drop_own_envelopes(sql, places);
}

Result<void> drop_locked_envelopes(SqlConnection& sql, std::span<const Sequence> places) {
    for (const auto place : places) {
        std::vector<OwnEnvelope> found;
        TRY_DO(sql.query("select e.first_seq, e.body from envelope e join sync_state s on s.enrolment = "
                         "e.enrolment where e.first_seq <= :place and e.last_seq >= :place and e.last_seq <= "
                         "s.acked_seq",
                         {{"place", sql_value(place)}}, [&](const SqlRow& row) {
                             found.push_back({{}, unsigned_column(row, 0), row.blob(1)});
                             return true;
                         }));
        for (const auto& one : found)
            if (!one.body.empty() && !wire::is_forgotten({{}, 0, 0, one.body}))
                TRY_DO(sql.run(
                    "update sealed_envelope set outbound = with_check(:body) where first_seq = "
                    ":first and enrolment = (select s.enrolment from sync_state s)",
                    {{"body", Blob{wire::forgotten_body(one.body)}}, {"first", sql_value(one.first)}}));
    }
    return {};
}

namespace {

// What the endpoint lost with a restore and nobody has brought again, so that no order can name it: of the
// homes that this one is about, and recorded before it.  What an order left bare, this one or another, is of
// no home any more: what came since about those rows is no part of it.
Result<std::vector<Uuid>> provisional_of(SqlConnection& sql, const RecordsErased& told,
                                         std::uint64_t told_at) {
    std::set<Uuid> subjects;
    for (const auto& id : told.operations)
        TRY_DO(sql.query(
            "select subject from operation where partnership = :partnership and operation_id = "
            ":id and subject <> :order and type not in ('visit_planned', 'records_erased') and subject not "
            "in "
            "(select subject from operation where partnership = :partnership and type = 'records_erased')",
            {{"partnership", home_partnership}, {"id", sql_value(id)}, {"order", sql_value(told.order)}},
            [&](const SqlRow& row) {
                subjects.insert(row.uuid(0));
                return true;
            }));
    std::vector<Uuid> found;
    for (const auto& subject : subjects)
        TRY_DO(sql.query("select o.operation_id from operation o where o.partnership = :partnership and "
                         "o.subject = :subject and o.pull_seq is null and o.tablet_seq is null and "
                         "coalesce((select k.hybrid_clock from fact_clock k where k.partnership = "
                         ":partnership and k.operation_id = o.operation_id order by k.told desc, "
                         "k.by_operation desc limit 1), o.hybrid_clock) <= :clock and o.type not in "
                         "('visit_planned', 'records_erased')",
                         {{"partnership", home_partnership},
                          {"subject", sql_value(subject)},
                          {"clock", sql_value(told.through.value_or(told_at))}},
                         [&](const SqlRow& row) {
                             found.push_back(row.uuid(0));
                             return true;
                         }));
    return found;
}

// Where a home stands on walks, while what is named still says which home that is.  What ran out is of a
// home at which somebody may be calling today.
Result<void> leave_walks(SqlConnection& sql, const RecordsErased& order) {
    if (order.through == 0U)
        return {};
    for (const auto& id : order.operations)
        TRY_DO(sql.run("delete from walk_door where household in (select subject from operation where "
                       "partnership = :partnership and operation_id = :id)",
                       {{"partnership", home_partnership}, {"id", sql_value(id)}}));
    return {};
}

}  // namespace

Result<void> forget_provisional(SqlConnection& sql, const RecordsErased& order, std::uint64_t told_at) {
    TRY_DO(leave_walks(sql, order));
    TRY(const auto provisional, provisional_of(sql, order, told_at));
    TRY_DO(leave_bare(sql, {}, provisional, order.order));
    return {};
}

Result<std::int64_t> forget_on_tablet(SqlConnection& sql, const RecordsErased& told, std::uint64_t told_at) {
    auto order = told;
    TRY(const auto provisional, provisional_of(sql, told, told_at));
    order.operations.insert(order.operations.end(), provisional.begin(), provisional.end());
    TRY_DO(leave_walks(sql, order));
    std::vector<Sequence> own;
    for (const auto& id : order.operations)
        TRY_DO(sql.query("select o.tablet_seq from operation o join sync_state s on s.partnership = "
                         "o.partnership and s.enrolment = o.enrolment where o.partnership = :partnership and "
                         "o.operation_id = :id and o.tablet_seq is not null",
                         {{"partnership", home_partnership}, {"id", sql_value(id)}}, [&](const SqlRow& row) {
                             own.push_back(unsigned_column(row, 0));
                             return true;
                         }));
    for (const auto& id : order.operations)
        TRY_DO(forget_attachments(sql, id));
    TRY(const auto forgotten, leave_bare(sql, {}, order.operations, order.order));
    TRY_DO(drop_own_envelopes(sql, own));
    TRY_DO(drop_older_envelopes(sql, order.operations));
    return forgotten;
}

}  // namespace doorstep
