#include "tests/simulation/mutants.h"

#include <fmt/format.h>

#include "sync/store/endpoint_seal.h"
#include "sync/store/erase.h"
#include "sync/store/sql_values.h"
#include "sync/tablet/carry_out.h"
#include "sync/wire/codec.h"
#include "sync/wire/phrases.h"

namespace doorstep::simulation {

namespace {

// Takes everything that was sent for acknowledged.
bool believe(const SendRequest& sent, Store& store) {
    const auto push = wire::decode_push_request(sent.request.body);
    const auto stands = store.position();
    if (!push.ok() || !stands.ok())
        return false;
    wire::PushReply believed;
    believed.epoch = stands->epoch.value_or(Uuid{});
    believed.acked_through = push->envelopes.back().last_sequence();
    believed.chain = push->chain_after;
    return store.acknowledge(believed).ok();
}

// What was sent is recorded once more, under ids of its own.
bool record_again(const SendRequest& sent, Store& store) {
    const auto push = wire::decode_push_request(sent.request.body);
    const auto log = store.log();
    if (!push.ok() || !log.ok())
        return false;
    std::set<Uuid> ids;
    const auto& first = push->envelopes.front();
    static_cast<void>(store.sql().query(
        "select operation_id from operation where enrolment = :own and tablet_seq between :first and :last",
        {{"own", sql_value(push->enrolment)},
         {"first", sql_value(first.first_sequence)},
         {"last", sql_value(first.last_sequence())}},
        [&](const SqlRow& row) { return ids.insert(row.uuid(0)).second; }));
    std::vector<Operation> again;
    for (auto operation : *log)
        if (ids.count(operation.id) != 0) {
            operation.id = Uuid{};
            again.push_back(std::move(operation));
        }
    auto transaction = store.begin();
    return transaction.ok() && !again.empty() && transaction->append(std::move(again)).ok() &&
           transaction->commit().ok();
}

bool keep_half(const HttpReply& whole, Store& store) {
    auto page = wire::decode_pull_reply(whole.body);
    if (!page.ok() || page->operations.empty())
        return false;
    page->operations.resize(page->operations.size() / 2);
    return store.keep_page(*page).ok();
}

std::optional<Event> cursor_first(const KeepPage& page, Store& store, const Chances& chances) {
    auto empty = page.page;
    empty.operations.clear();
    if (!store.keep_page(empty).ok() || chances.crashes())
        return std::nullopt;
    auto rest = page.page;
    rest.from = rest.cursor;
    return carry_out(KeepPage{rest}, store);
}

// A number that was drawn by a transaction which commits after its successor.
KeepPage with_a_hole(KeepPage page) {
    auto& facts = page.page.operations;
    facts.erase(facts.end() - 2);
    return page;
}

// Of each register the latest entry alone, whoever saw the ones before.
void keep_latest_notes(Store& store) {
    auto transaction = store.begin();
    if (transaction.ok() &&
        transaction->sql()
            .run("delete from people_note where exists (select 1 from people_note g where g.household = "
                 "people_note.household and g.kind = people_note.kind and (g.hybrid_clock, g.operation_id) > "
                 "(people_note.hybrid_clock, people_note.operation_id))",
                 {})
            .ok())
        static_cast<void>(transaction->commit());
}

const char* table_beside(Mutant mutant) {
    if (mutant == Mutant::outbox_after_commit)
        return "outbox";
    return mutant == Mutant::fold_after_crash_lost ? "fact_contact" : nullptr;
}

}  // namespace

std::optional<Event> carry_out_with(Mutant mutant, const Effect& effect, Store& store, const Chances& chances,
                                    ParcelFolder* parcels) {
    const auto* page = std::get_if<KeepPage>(&effect);
    if (mutant == Mutant::cursor_before_page && page)
        return cursor_first(*page, store, chances);
    if (mutant == Mutant::identity_as_cursor && page && page->page.operations.size() > 1 &&
        chances.overtakes())
        return carry_out(with_a_hole(*page), store);
    if (mutant == Mutant::epoch_ignored)
        if (const auto* rewind = std::get_if<Rewind>(&effect))
            if (const auto stands = store.position(); stands.ok())
                return carry_out(Rewind{rewind->epoch, stands->acked_through, stands->cursor}, store);
    // Backups are somebody else's business.
    if (mutant == Mutant::purge_uncovered)
        if (const auto* stands = std::get_if<KeepStanding>(&effect))
            return carry_out(KeepStanding{INT64_MAX, stands->audit_head, stands->told_ms}, store);
    auto answer = carry_out(effect, store, parcels);
    if (mutant == Mutant::last_writer_wins && page)
        keep_latest_notes(store);
    return answer;
}

void let_go_unacknowledged(Mutant mutant, Store& store) {
    if (mutant != Mutant::retention_unacknowledged)
        return;
    std::vector<Uuid> ids;
    auto transaction = store.begin();
    if (!transaction.ok() ||
        !store.sql()
             .query("select o.operation_id from operation o join sync_state s on s.enrolment = o.enrolment "
                    "where "
                    "o.status = 0 and o.tablet_seq > s.acked_seq",
                    {}, [&](const SqlRow& row) { return ids.push_back(row.uuid(0)), true; })
             .ok())
        return;
    for (const auto& id : ids)
        if (const auto left = shorten(store.sql(), id);
            !left.ok() || !note_shortened(store.sql(), id, *left).ok())
            return;
    static_cast<void>(transaction->commit());
}

void before_sending(Mutant mutant, const SendRequest& sent, Store& store) {
    if (mutant == Mutant::ack_when_sent && sent.lane == Lane::push)
        static_cast<void>(believe(sent, store));
}

bool takes_reply(Mutant mutant, const Heard& heard, Store& store) {
    const Lane lane = heard.sent.lane;
    if (mutant == Mutant::new_id_on_retry && lane == Lane::push && !heard.reply.ok())
        return record_again(heard.sent, store);
    if (mutant == Mutant::believe_any_200 && lane == Lane::push && heard.reply.ok() &&
        heard.reply->status == 200)
        return believe(heard.sent, store);
    if (mutant == Mutant::ignore_truncation && lane == Lane::pull && heard.whole != nullptr)
        return keep_half(*heard.whole, store);
    return false;
}

std::set<Uuid> rows_beside(Mutant mutant, SqlConnection& disk) {
    std::set<Uuid> there;
    if (const auto* table = table_beside(mutant))
        static_cast<void>(
            disk.query(fmt::format("select operation_id from {}", table), {}, [&](const SqlRow& row) {
                there.insert(row.uuid(0));
                return true;
            }));
    return there;
}

void lose_rows_beside(Mutant mutant, SqlConnection& disk, const std::set<Uuid>& before) {
    const auto* table = table_beside(mutant);
    if (table == nullptr || !disk.begin().ok())
        return;
    for (const auto& id : rows_beside(mutant, disk))
        if (before.count(id) == 0)
            static_cast<void>(disk.run(fmt::format("delete from {} where operation_id = :id", table),
                                       {{"id", sql_value(id)}}));
    static_cast<void>(disk.commit());
}

void after_restore_with(Mutant mutant, SqlConnection& sql) {
    if (mutant == Mutant::restore_same_epoch)
        static_cast<void>(
            sql.script("update partnership_clock set epoch = parent_epoch; delete from endpoint_epoch"));
    if (mutant == Mutant::send_unverified)
        static_cast<void>(sql.script("update outbox set state = 'waiting' where state = 'verify'; "
                                     "update tablet set suspect_seq = 0; delete from outbox_restored"));
}

void before_folding(Mutant mutant, SqlConnection& sql) {
    if (mutant == Mutant::page_after_erase)
        static_cast<void>(sql.script("update disk.waiting set number = -number"));
}

BodiesBefore::BodiesBefore(Mutant mutant, SqlConnection& sql) {
    if (mutant != Mutant::erase_leaves_body)
        return;
    const auto read = [&](const char* query, auto& into) {
        static_cast<void>(sql.query(query, {}, [&](const SqlRow& row) {
            into.emplace_back(row.uuid(0), row.blob(1));
            return true;
        }));
    };
    read("select operation_id, body from operation_body", bodies_);
    read("select subject, wrapped from subject_key", keys_);
}

void BodiesBefore::put_back(SqlConnection& sql) const {
    if (bodies_.empty() || !sql.begin().ok())
        return;
    for (const auto& [id, body] : bodies_)
        static_cast<void>(sql.run("update operation_body set body = :body where operation_id = :id",
                                  {{"body", Blob{body}}, {"id", sql_value(id)}}));
    for (const auto& [subject, wrapped] : keys_)
        static_cast<void>(
            sql.run("insert into subject_key(partnership, subject, wrapped) values(1, :subject, "
                    ":wrapped) on conflict do nothing",
                    {{"subject", sql_value(subject)}, {"wrapped", Blob{wrapped}}}));
    static_cast<void>(sql.commit());
}

void open_with(Mutant mutant, SqlConnection& sql, const std::string& schema) {
    if (mutant == Mutant::synchronous_normal)
        static_cast<void>(sql.script(fmt::format("pragma {}.synchronous = normal", schema)));
}

bool ends_program(Mutant mutant, const WorkingKeys* keys, std::span<const EndpointRequest> requests) {
    if (mutant != Mutant::poison_throws || keys == nullptr)
        return false;
    for (const auto& request : requests) {
        const auto push = wire::decode_push_request(request.body);
        if (!push.ok())
            continue;
        for (const auto& envelope : push->envelopes) {
            const auto plain = unsealed(envelope, &keys->sealing, wire::PhraseBooks{});
            const auto opened = plain.ok() ? wire::open_envelope(*plain)
                                           : Result<std::vector<wire::OpenedOperation>>(plain.error());
            for (const auto& one : opened.ok() ? *opened : std::vector<wire::OpenedOperation>{})
                if (one.operation && std::holds_alternative<UnknownPayload>(one.operation->payload))
                    return true;
        }
    }
    return false;
}

}  // namespace doorstep::simulation
