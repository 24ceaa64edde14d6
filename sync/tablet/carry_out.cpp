#include "sync/tablet/carry_out.h"

#include "sync/store/attachments.h"
#include "sync/store/standing.h"
#include "sync/vault/sealed_box.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

Event kept(Lane lane, const Result<void>& done, const Store& store) {
    const auto now = store.clock().now_ms();
    if (!done.ok())
        return Kept{lane, done.error(), now};
    return Kept{lane, store.position(), now};
}

// The engine takes an empty load for what it is: storage that cannot be read.
Event load(const LoadUnsent& wanted, const Store& store) {
    UnsentLoaded loaded{{}, {}, store.clock().now_ms()};
    auto chain = store.chain_at(wanted.after);
    auto envelopes = store.unsent(wanted.after, wanted.bytes, limits::push_operations_max);
    if (chain.ok() && envelopes.ok()) {
        loaded.chain_before = *chain;
        loaded.envelopes = std::move(*envelopes);
    }
    return loaded;
}

Result<void> keep_fates(const KeepMediaFate& fates, Store& store) {
    for (const auto& one : fates.media)
        TRY_DO(keep_media_fate(store.sql(), one, fates.fate));
    return {};
}

std::optional<Event> carry_out_media(const Effect& effect, Store& store) {
    if (const auto* wanted = std::get_if<LoadMedia>(&effect))
        return MediaLoaded{outbound_media(store.sql(), wanted->after, wanted->photos),
                           store.clock().now_ms()};
    if (const auto* wanted = std::get_if<LoadPiece>(&effect))
        return PieceLoaded{Attachments(store).sealed_piece(wanted->attachment, wanted->number),
                           store.clock().now_ms()};
    if (const auto* fates = std::get_if<KeepMediaFate>(&effect))
        return kept(Lane::media, keep_fates(*fates, store), store);
    return std::nullopt;
}

// Only the first usable key is believed: one that came later could be a stranger's, and what
// is sealed to it could never be read by the safeguarding leads.  A key that could not
// be kept now comes again with the next status.
void learn(const LearnKeys& keys, Store& store) {
    auto identity = store.identity();
    if (!identity.ok() || !*identity || usable(PublicKey{(*identity)->safeguarding_key}) ||
        !usable(PublicKey{keys.safeguarding_key}))
        return;
    (*identity)->safeguarding_key = keys.safeguarding_key;
    static_cast<void>(store.enrol(**identity));
}

}  // namespace

std::optional<Event> carry_out(const Effect& effect, Store& store, ParcelFolder* parcels) {
    const auto now_ms = store.clock().now_ms();
    if (const auto* list = std::get_if<KeepParcelList>(&effect); list && parcels)
        return ParcelsKept{parcels->begin(list->list), now_ms};
    if (const auto* part = std::get_if<KeepParcelPart>(&effect); part && parcels)
        return ParcelsKept{parcels->add(part->asked, part->part), now_ms};
    if (const auto* wanted = std::get_if<LoadUnsent>(&effect))
        return load(*wanted, store);
    if (const auto* acknowledgement = std::get_if<KeepAcknowledgement>(&effect))
        return kept(Lane::push, store.acknowledge(acknowledgement->reply), store);
    if (const auto* page = std::get_if<KeepPage>(&effect)) {
        const auto appended = store.keep_page(page->page);
        return kept(Lane::pull, appended.ok() ? Result<void>() : Result<void>(appended.error()), store);
    }
    if (const auto* rewind = std::get_if<Rewind>(&effect))
        return kept(Lane::status, store.rewind(rewind->epoch, rewind->acked_through, rewind->cursor), store);
    if (const auto* scope = std::get_if<KeepScope>(&effect))
        return kept(Lane::status, store.keep_scope(scope->patches), store);
    // One that cannot be read now is asked for again by the next sync.
    if (const auto* next = std::get_if<LoadRescued>(&effect)) {
        const auto frame = store.next_rescued(next->passed_over);
        return RescuedLoaded{frame.ok() ? *frame : std::string{}, store.clock().now_ms()};
    }
    if (const auto* rescued = std::get_if<DropRescued>(&effect))
        return kept(Lane::rescue, store.drop_rescued(rescued->frame, rescued->refused), store);
    if (auto answer = carry_out_media(effect, store))
        return answer;
    // What cannot be kept now is said again with the next status.
    if (const auto* stands = std::get_if<KeepStanding>(&effect)) {
        static_cast<void>(store.keep_standing(stands->durable_through, stands->audit_head));
        static_cast<void>(note_told_day(store, stands->told_ms));
        static_cast<void>(store.purge_sent());
    }
    if (const auto* keys = std::get_if<LearnKeys>(&effect))
        learn(*keys, store);
    return std::nullopt;
}

}  // namespace doorstep
