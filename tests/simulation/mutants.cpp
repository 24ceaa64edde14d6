#include "tests/simulation/mutants.h"

#include <fmt/format.h>

#include "sync/tablet/carry_out.h"
#include "sync/wire/codec.h"

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
    if (!push.ok())
        return false;
    const auto opened = wire::open_envelope(push->envelopes.front());
    std::vector<Operation> again;
    for (const auto& one : opened.ok() ? *opened : std::vector<wire::OpenedOperation>{})
        if (one.operation)
            again.push_back(*one.operation);
    for (auto& operation : again)
        operation.id = Uuid{};
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

std::optional<Event> cursor_first(const KeepPage& page, Store& store, const std::function<bool()>& crashes) {
    auto empty = page.page;
    empty.operations.clear();
    if (!store.keep_page(empty).ok() || crashes())
        return std::nullopt;
    auto rest = page.page;
    rest.from = rest.cursor;
    return carry_out(KeepPage{rest}, store);
}

const char* table_beside(Mutant mutant) {
    if (mutant == Mutant::outbox_after_commit)
        return "outbox";
    return mutant == Mutant::fold_after_crash_lost ? "fact_contact" : nullptr;
}

}  // namespace

std::optional<Event> carry_out_with(Mutant mutant, const Effect& effect, Store& store,
                                    const std::function<bool()>& crashes) {
    if (mutant == Mutant::cursor_before_page)
        if (const auto* page = std::get_if<KeepPage>(&effect))
            return cursor_first(*page, store, crashes);
    if (mutant == Mutant::epoch_ignored)
        if (const auto* rewind = std::get_if<Rewind>(&effect))
            if (const auto stands = store.position(); stands.ok())
                return carry_out(Rewind{rewind->epoch, stands->acked_through, stands->cursor}, store);
    return carry_out(effect, store);
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

std::int64_t rows_beside(Mutant mutant, SqlConnection& disk) {
    std::int64_t newest = 0;
    if (const auto* table = table_beside(mutant))
        static_cast<void>(disk.query(fmt::format("select coalesce(max(rowid), 0) from {}", table), {},
                                     [&](const SqlRow& row) {
                                         newest = row.integer(0);
                                         return false;
                                     }));
    return newest;
}

void lose_rows_beside(Mutant mutant, SqlConnection& disk, std::int64_t before) {
    if (const auto* table = table_beside(mutant))
        static_cast<void>(
            disk.run(fmt::format("delete from {} where rowid > :before", table), {{"before", before}}));
}

}  // namespace doorstep::simulation
