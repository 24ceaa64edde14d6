// What a tablet reads: where it stands, and the feed.
#include <algorithm>
#include <charconv>

#include "sync/endpoint/audit.h"
#include "sync/endpoint/clock_skew.h"
#include "sync/endpoint/concerns.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/epochs.h"
#include "sync/endpoint/media.h"
#include "sync/endpoint/officers.h"
#include "sync/endpoint/parcels.h"
#include "sync/endpoint/replies.h"
#include "sync/store/sql_values.h"
#include "sync/vault/vault.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

// A page ends here even when the tablet asked for more: with the largest operation on
// top it still expands to less than limits::frame_bytes_max.
constexpr std::size_t page_bytes_max = 2 * 1024 * 1024;
// Rows fetched at a time, so that few large ones never fill the memory.
constexpr int page_step = 8;
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

// Of the tablet's own places, so that it can drop what it sent while it is locked.
Result<void> name_forgotten(const Call& call, const wire::PulledOperation& row, wire::PullReply& page) {
    if (row.json.find("\"records_erased\"") == std::string::npos)
        return {};
    const auto opened = wire::open_operation(row.json);
    const auto* erased = opened.operation ? std::get_if<RecordsErased>(&opened.operation->payload) : nullptr;
    for (const auto& id : erased ? erased->operations : std::vector<Uuid>{})
        TRY_DO(call.transaction.sql().query(
            "select tablet_seq from operation where partnership = :partnership and operation_id = :id and "
            "enrolment = :enrolment",
            {{"partnership", home_partnership},
             {"id", sql_value(id)},
             {"enrolment", sql_value(call.tablet.enrolment)}},
            [&](const SqlRow& found) {
                page.forgotten.push_back(unsigned_column(found, 0));
                return false;
            }));
    return {};
}

Result<void> fill_page(const Call& call, std::uint64_t limit, wire::PullReply& page) {
    std::size_t bytes = 0;
    while (page.operations.size() < limit && bytes < page_bytes_max) {
        const auto want = std::min<std::uint64_t>(page_step, limit - page.operations.size());
        TRY(auto rows, call.store.feed(page.cursor, static_cast<int>(want), call.tablet.enrolment));
        if (rows.empty())
            break;
        for (auto& row : rows) {
            if (bytes >= page_bytes_max)
                break;
            row.json = without_media(without_restricted_part(std::move(row.json)));
            bytes += row.json.size() + 80;
            page.cursor = row.pull_sequence;
            TRY_DO(name_forgotten(call, row, page));
            page.operations.push_back(std::move(row));
        }
    }
    return {};
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

}  // namespace

Result<EndpointResponse> pull(Call& call) {
    const auto asked = call.query.find("epoch");
    const auto epoch_seen = asked == call.query.end() ? std::nullopt : Uuid::parse(asked->second);
    const auto cursor = number(call, "cursor", 0);
    const auto limit = number(call, "limit", limits::pull_operations_max);
    if (!epoch_seen || !cursor || !limit || *limit == 0)
        return refusal_response(400, "bad_request",
                                "A pull names its epoch, its cursor and how many it wants.");
    TRY(const auto epoch, call.store.epoch());
    TRY(const auto newest, call.store.cursor_max());
    if (epoch != *epoch_seen || *cursor > newest)
        return refusal_response(
            409, "epoch", "The endpoint was restored since the tablet last asked. Ask for /v1/tablet first.");
    TRY_DO(confirm_forgotten(call, *cursor));
    wire::PullReply page;
    page.epoch = epoch;
    page.enrolment = call.tablet.enrolment;
    page.from = page.cursor = *cursor;
    TRY_DO(fill_page(call, std::min<std::uint64_t>(*limit, limits::pull_operations_max), page));
    page.more = page.cursor < newest;
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
        TRY(const auto list, parcels_for(call.transaction.sql(), call.tablet.tablet));
        reply.parcels = wire::list_hash(list);
    }
    return frame_response(wire::encode(reply));
}

}  // namespace doorstep
