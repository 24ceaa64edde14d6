// The lane of signatures and photos: after the text, piece by piece, from where the endpoint stands.
//
// A page of what waits is loaded, the endpoint is asked what it has of it, and what is lacking goes.  Only
// its signed reply marks one as sent.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sync/tablet/engine_state.h"
#include "sync/wire/parcels.h"

namespace doorstep {

using Doing = LaneState::Doing;

namespace {

constexpr const char* picture_altered =
    "A picture or signature on this tablet is not what it was when it was taken, and cannot be sent. Its "
    "questionnaire was sent.";

std::string question_about(const std::vector<MediaToSend>& page) {
    std::string hashes;
    for (const auto& one : page)
        hashes += (hashes.empty() ? "" : ",") + one.sha256.hex();
    return "/v1/media?of=" + hashes;
}

}  // namespace

// What is in flight ends first.
void SyncEngine::State::walk_media_again() {
    walk_again = keeps_media;
    if (!keeps_media)
        walk.done = true;
}

void SyncEngine::State::on(const PhotosMayGo& event, std::vector<Effect>&) {
    if (event.may != photos_may_go)
        walk_media_again();
    photos_may_go = event.may;
}

void SyncEngine::State::go_on_with_media(std::vector<Effect>& effects) {
    if (walk_again) {
        walk = {};
        sent_anew.clear();
        walk_again = false;
    }
    if (walk.done)
        return;
    auto& here = lane(Lane::media);
    if (walk.page.empty()) {
        here.doing = Doing::loading;
        piece_in_flight.reset();
        effects.push_back(LoadMedia{walk.after, photos_may_go || told.order});
        return;
    }
    if (!walk.asked) {
        piece_in_flight.reset();
        return send(Lane::media, {"GET", question_about(walk.page), "", ""}, effects);
    }
    const auto& first = walk.page.front();
    const auto& have = walk.have[first.sha256];
    const auto lacking = std::find(have.begin(), have.end(), false);
    // All pieces are there, and the whole is not: an endpoint that is to be asked again.
    piece_in_flight = lacking == have.end() ? 0 : static_cast<std::uint32_t>(lacking - have.begin());
    here.doing = Doing::loading;
    effects.push_back(LoadPiece{first.attachment, *piece_in_flight});
}

void SyncEngine::State::on(const MediaLoaded& event, std::vector<Effect>& effects) {
    auto& here = lane(Lane::media);
    if (here.doing != Doing::loading || piece_in_flight)
        return;
    here.doing = Doing::nothing;
    if (!event.media.ok())
        return failed(Lane::media, storage_trouble(event.media.error()), event.now_ms, effects);
    walk.page = event.media->next;
    walk.have.clear();
    walk.asked = false;
    walk.done = walk.page.empty();
    if (walk.done)
        succeeded(Lane::media);
    else
        walk.after = walk.page.back().place;
}

void SyncEngine::State::on(const PieceLoaded& event, std::vector<Effect>& effects) {
    auto& here = lane(Lane::media);
    if (here.doing != Doing::loading || !piece_in_flight || walk.page.empty())
        return;
    here.doing = Doing::nothing;
    if (!event.sealed.ok() && event.sealed.error().fault == Fault::not_found)
        return media_altered(effects);
    if (!event.sealed.ok())
        return failed(Lane::media, storage_trouble(event.sealed.error()), event.now_ms, effects);
    send(Lane::media,
         {"PUT",
          fmt::format("/v1/media?sha256={}&piece={}", walk.page.front().sha256.hex(), *piece_in_flight),
          wire::content_type_bytes, *event.sealed},
         effects);
}

void SyncEngine::State::media_altered(std::vector<Effect>& effects) {
    told.quarantined.push_back({Uuid{}, 0, picture_altered});
    lane(Lane::media).doing = Doing::keeping;
    effects.push_back(KeepMediaFate{{walk.page.front().sha256}, MediaFate::refused});
    walk.page.erase(walk.page.begin());
}

void SyncEngine::State::media_failed(const Trouble& trouble, std::int64_t now, std::vector<Effect>& effects) {
    // What came before the cut is there: the endpoint says how far.
    walk.asked = false;
    failed(Lane::media, trouble, now, effects);
}

void SyncEngine::State::media_replied(const Replied& event, std::vector<Effect>& effects) {
    const bool of_piece = piece_in_flight && !walk.page.empty();
    auto verdict = judge_media(event.reply, position.epoch.value_or(Uuid{}),
                               of_piece ? std::optional(PieceSent{walk.page.front().sha256, *piece_in_flight})
                                        : std::nullopt);
    if (auto* trouble = std::get_if<Trouble>(&verdict)) {
        if (!event.reply.ok())
            tell_apart(*trouble, event.fault);
        return media_failed(*trouble, event.now_ms, effects);
    }
    if (const auto* reply = std::get_if<wire::MediaReply>(&verdict))
        return media_stands(*reply, effects);
    if (!of_piece)
        return;
    // Erased there meanwhile, or its fact waits for its form: a later sync asks again.
    if (std::get<MediaVerdict>(verdict) == MediaVerdict::unnamed) {
        walk.page.erase(walk.page.begin());
        return succeeded(Lane::media);
    }
    // Once more from the start, then the fault is here.
    if (!sent_anew.insert(walk.page.front().sha256).second)
        return media_altered(effects);
    walk.asked = false;
    succeeded(Lane::media);
}

void SyncEngine::State::media_stands(const wire::MediaReply& reply, std::vector<Effect>& effects) {
    KeepMediaFate fates;
    for (const auto& stand : reply.media)
        if (stand.complete)
            fates.media.push_back(stand.sha256);
        else
            walk.have[stand.sha256] = stand.have;
    const bool whole_page = !piece_in_flight;
    const auto is_complete = [&](const MediaToSend& one) {
        return std::find(fates.media.begin(), fates.media.end(), one.sha256) != fates.media.end();
    };
    // Of those that it does not name it knows no fact yet.
    std::erase_if(walk.page, [&](const MediaToSend& one) {
        const auto known = walk.have.find(one.sha256);
        const bool sendable = known != walk.have.end() && known->second.size() == one.pieces;
        return is_complete(one) || (whole_page && !sendable);
    });
    walk.asked = true;
    succeeded(Lane::media);
    if (fates.media.empty())
        return;
    lane(Lane::media).doing = Doing::keeping;
    effects.push_back(std::move(fates));
}

}  // namespace doorstep
