// What a tablet reads: where it stands, and the feed.
#include <algorithm>
#include <charconv>

#include "sync/endpoint/audit.h"
#include "sync/endpoint/clock_skew.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/epochs.h"
#include "sync/endpoint/officers.h"
#include "sync/endpoint/parcels.h"
#include "sync/endpoint/pull_page.h"
#include "sync/endpoint/replies.h"
#include "sync/store/sql_values.h"
#include "sync/vault/vault.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

// `last seen` is for people: once a minute is enough, and most answers need no write.
constexpr std::int64_t seen_again_ms = 60'000;

std::optional<std::uint64_t> number(const Call& call, std::string_view name, std::uint64_t otherwise) {
    const auto found = call.query.find(name);
    if (found == call.query.end())
        return otherwise;
    std::uint64_t value = 0;
    const std::string& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

// What is no number is as good as nothing.
std::optional<std::int64_t> time_told(const Call& call) {
    const auto found = call.query.find("tablet_time_ms");
    if (found == call.query.end())
        return std::nullopt;
    std::int64_t value = 0;
    const std::string& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// For the vault that asks: whoever may sync works on.  An endpoint without keys has
// nothing to sign with; its tablets are renewed by their leads.
std::optional<wire::TabletLicence> licence_for(const Call& call, std::int64_t now_ms) {
    const auto asked = call.query.find("vault");
    const auto vault = asked == call.query.end() ? std::nullopt : Uuid::parse(asked->second);
    if (!vault || vault->is_nil() || !call.keys)
        return std::nullopt;
    auto signed_one = sign_licence(call.keys->signing, *vault, now_ms, now_ms + Vault::licence_ms);
    return wire::TabletLicence{signed_one.issued_ms, signed_one.until_ms, std::move(signed_one.signature)};
}

// Whoever asks for what follows an order has kept the page in which it stood: a page holds no more
// than so many facts.  Of its own facts a tablet has dropped so many.
Result<void> confirm_forgotten(const Call& call, std::uint64_t cursor) {
    std::vector<Uuid> orders;
    const auto page = static_cast<std::uint64_t>(limits::pull_operations_max);
    const SqlParameter of_page[] = {{"partnership", home_partnership},
                                    {"from", sql_value(cursor - std::min(cursor, page))},
                                    {"cursor", sql_value(cursor)},
                                    {"enrolment", sql_value(call.tablet.enrolment)}};
    TRY_DO(call.transaction.sql().query(
        "select e.erasure from erasure e where e.partnership = :partnership and e.place > :from and e.place "
        "<= "
        ":cursor and not exists (select 1 from erasure_confirmed c where c.partnership = e.partnership and "
        "c.erasure = e.erasure and c.enrolment = :enrolment)",
        of_page, [&](const SqlRow& row) {
            orders.push_back(row.uuid(0));
            return true;
        }));
    for (const auto& order : orders)
        TRY_DO(call.transaction.sql().run(
            "insert into erasure_confirmed(partnership, erasure, enrolment, operations, at_ms) select "
            ":partnership, "
            ":order, :enrolment, count(*), :now from erased_operation e join operation o on o.partnership = "
            "e.partnership and o.operation_id = e.operation_id where e.partnership = :partnership and "
            "e.erasure = "
            ":order and o.enrolment = :enrolment on conflict do nothing",
            {{"partnership", home_partnership},
             {"order", sql_value(order)},
             {"enrolment", sql_value(call.tablet.enrolment)},
             {"now", call.clock.now_ms()}}));
    return {};
}

struct EndOfFeed {
    Uuid epoch;
    std::uint64_t newest = 0;
};

Result<EndOfFeed> end_of_feed(const Call& call) {
    EndOfFeed end;
    TRY_DO(call.transaction.sql().query(
        "select epoch, seq from partnership_clock where partnership = :partnership",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            end = {row.uuid(0), unsigned_column(row, 1)};
            return false;
        }));
    return end;
}

// Nothing where it is not as it must be.
std::optional<PageAsked> page_asked(const Call& call, std::uint64_t newest) {
    const auto patch = call.query.find("patch");
    const bool history = patch != call.query.end();
    const auto after = number(call, history ? "from" : "cursor", 0);
    const auto through = history ? number(call, "through", 0) : std::optional(newest);
    if (!after || !through || (history && *after > *through))
        return std::nullopt;
    PageAsked asked;
    asked.names_scope = call.query.contains("scope");
    if (history)
        asked.patch = patch->second;
    asked.after = *after;
    asked.through = *through;
    return asked;
}

// What is asked for is told against what the tablet was given now: it may have changed since its last status.
bool is_of_its_scope(const Call& call, const PageAsked& asked) {
    const auto& areas = asked.areas;
    const auto named = call.query.find("scope");
    if (named != call.query.end() && named->second != wire::scope_name(areas))
        return false;
    if (!asked.patch)
        return true;
    if (areas.empty())
        return asked.patch == std::string(wire::every_patch);
    return asked.names_scope &&
           (asked.patch->empty() || std::find(areas.begin(), areas.end(), *asked.patch) != areas.end());
}

}  // namespace

Result<EndpointResponse> pull(Call& call) {
    const auto asked_epoch = call.query.find("epoch");
    const auto epoch_seen = asked_epoch == call.query.end() ? std::nullopt : Uuid::parse(asked_epoch->second);
    const auto limit = number(call, "limit", limits::pull_operations_max);
    TRY(const auto end, end_of_feed(call));
    auto asked = page_asked(call, end.newest);
    if (!epoch_seen || !asked || !limit || *limit == 0)
        return refusal_response(400, "bad_request",
                                "A pull names its epoch, its cursor and how many it wants.");
    if (end.epoch != *epoch_seen || asked->after > end.newest || asked->through > end.newest)
        return refusal_response(
            409, "epoch", "The endpoint was restored since the tablet last asked. Ask for /v1/tablet first.");
    TRY(asked->areas, areas_given(call.transaction.sql(), call.tablet.tablet));
    if (!is_of_its_scope(call, *asked))
        return refusal_response(
            409, "scope", "The areas of this tablet are others than it thinks. Ask for /v1/tablet first.");
    if (!asked->patch)
        TRY_DO(confirm_forgotten(call, asked->after));
    asked->limit = std::min<std::uint64_t>(*limit, limits::pull_operations_max);
    TRY(auto page, page_for(call, *asked));
    page.epoch = end.epoch;
    page.enrolment = call.tablet.enrolment;
    page.hash = wire::page_hash(page.operations);
    page.server_time_ms = call.clock.now_ms();
    return frame_response(wire::encode(page));
}

Result<EndpointResponse> tablet_status(Call& call) {
    TRY(const auto epoch, call.store.epoch());
    TRY(const auto newest, call.store.cursor_max());
    const auto now = call.clock.now_ms();
    TRY_DO(note_clock(call, time_told(call)));
    const auto since = now - call.tablet.last_seen_ms;
    if (since >= seen_again_ms || since < 0)
        TRY_DO(call.transaction.sql().run("update tablet set last_seen_ms = :now where partnership = "
                                          ":partnership and enrolment = :enrolment",
                                          {{"now", now},
                                           {"partnership", home_partnership},
                                           {"enrolment", sql_value(call.tablet.enrolment)}}));
    wire::TabletReply reply{epoch,
                            call.tablet.enrolment,
                            call.tablet.tablet,
                            call.tablet.acked_through,
                            call.tablet.chain,
                            newest,
                            call.safeguarding_key,
                            now,
                            licence_for(call, now)};
    reply.durable_through = call.tablet.durable_through;
    TRY(const auto lineage, read_lineage(call.transaction.sql()));
    if (!lineage.steps.empty()) {
        reply.parent_epoch = lineage.steps.front().parent;
        reply.parent_cut = lineage.steps.front().parent_cut;
    }
    if (call.keys) {
        TRY(reply.audit_head, signed_audit_head(call.transaction.sql(), call.keys->signing));
    }
    reply.min_app = call.min_app;
    TRY(reply.officers_left, officers_who_left(call.transaction.sql()));
    // A restore may have taken the first publication with it: then tablets learn that there is none.
    TRY(const auto published, last_publication(call.transaction.sql()));
    if (published > 0 || !lineage.steps.empty()) {
        TRY(reply.scope, areas_given(call.transaction.sql(), call.tablet.tablet));
        TRY(const auto list, parcels_of_areas(call.transaction.sql(), reply.scope));
        reply.parcels = wire::list_hash(list);
    }
    return frame_response(wire::encode(reply));
}

}  // namespace doorstep
