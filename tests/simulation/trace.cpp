#include "tests/simulation/trace.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

namespace doorstep::simulation {

namespace {

std::string_view name(Lane lane) {
    switch (lane) {
    case Lane::status:
        return "status";
    case Lane::push:
        return "push";
    case Lane::pull:
        return "pull";
    case Lane::rescue:
        return "rescue";
    case Lane::media:
        return "media";
    case Lane::parcels:
        return "parcels";
    }
    return "?";
}

std::string place(const SyncPosition& position) {
    return fmt::format("acked {} of {}, cursor {}", position.acked_through, position.last_sequence,
                       position.cursor);
}

struct EventText {
    std::string operator()(const MediaLoaded& event) const {
        return event.media.ok() ? "media loaded" : "media not loaded";
    }
    std::string operator()(const PieceLoaded&) const { return "piece loaded"; }
    std::string operator()(const PhotosMayGo&) const { return "photos may go"; }
    std::string operator()(const Begin& event) const { return "begin: " + place(event.position); }
    std::string operator()(const SyncNow&) const { return "sync now"; }
    std::string operator()(const Woken&) const { return "woken"; }
    std::string operator()(const FactsKept& event) const {
        return fmt::format("facts kept through {}", event.last_sequence);
    }
    std::string operator()(const Replied& event) const {
        const auto what = event.reply.ok()
                              ? fmt::format("{} {}", event.reply->status, brief(event.reply->body))
                              : event.reply.error().what;
        return fmt::format("replied {} #{}: {}", name(event.lane), event.attempt, what);
    }
    std::string operator()(const UnsentLoaded& event) const {
        return fmt::format("unsent loaded: {} envelopes", event.envelopes.size());
    }
    std::string operator()(const RescuedLoaded& event) const {
        return fmt::format("rescued loaded: {} bytes", event.frame.size());
    }
    std::string operator()(const Kept& event) const {
        return fmt::format("kept {}: {}", name(event.lane),
                           event.position.ok() ? place(*event.position) : event.position.error().what);
    }
    std::string operator()(const ParcelsKept& event) const {
        return fmt::format("parcels kept: {}",
                           event.stand.ok() ? event.stand->list.hex() : event.stand.error().what);
    }
};

struct EffectText {
    std::string operator()(const LoadMedia& effect) const {
        return effect.photos ? "load media" : "load signatures";
    }
    std::string operator()(const LoadPiece& effect) const {
        return fmt::format("load piece {}", effect.number);
    }
    std::string operator()(const KeepMediaFate& effect) const {
        return fmt::format("keep the fate of {} media", effect.media.size());
    }
    std::string operator()(const SendRequest& effect) const {
        return fmt::format("send {} #{}: {} {} {}", name(effect.lane), effect.attempt, effect.request.method,
                           effect.request.path, brief(effect.request.body));
    }
    std::string operator()(const LoadUnsent& effect) const {
        return fmt::format("load unsent after {}, {} bytes", effect.after, effect.bytes);
    }
    std::string operator()(const KeepAcknowledgement& effect) const {
        return fmt::format("keep acknowledgement through {}", effect.reply.acked_through);
    }
    std::string operator()(const KeepPage& effect) const {
        return fmt::format("keep page {} to {}", effect.page.from, effect.page.cursor);
    }
    std::string operator()(const Rewind& effect) const {
        return fmt::format("rewind to acked {}, cursor {}", effect.acked_through, effect.cursor);
    }
    std::string operator()(const KeepScope& effect) const {
        return fmt::format("keep a scope of {} patches", effect.patches.size());
    }
    std::string operator()(const LearnKeys& effect) const {
        return "learn keys " + brief(effect.safeguarding_key);
    }
    std::string operator()(const KeepParcelList& effect) const {
        return fmt::format("keep a list of {} parcels", effect.list.parcels.size());
    }
    std::string operator()(const KeepParcelPart& effect) const {
        return fmt::format("keep {} bytes of a parcel from {}", effect.part.size(), effect.asked.from);
    }
    std::string operator()(const KeepStanding& effect) const {
        return fmt::format("keep standing: durable through {}, audit at {}", effect.durable_through,
                           effect.audit_head ? effect.audit_head->number : 0);
    }
    std::string operator()(const EndSignIns& effect) const {
        return fmt::format("end the sign-ins of {} officers", effect.officers.size());
    }
    std::string operator()(const TakeLicence& effect) const {
        return fmt::format("take licence until {}", effect.licence.until_ms);
    }
    std::string operator()(const LoadRescued&) const { return "load rescued"; }
    std::string operator()(const DropRescued& effect) const {
        return fmt::format("drop rescued, {}", effect.refused ? "refused" : "handed on");
    }
    std::string operator()(const WakeAt& effect) const { return fmt::format("wake at {}", effect.at_ms); }
};

}  // namespace

void Trace::add(std::int64_t at_ms, std::string_view who, std::string_view what) {
    const auto line = fmt::format("{:>12} {} {}", at_ms, who, what);
    if (print_)
        fmt::print("{}\n", line);
    hash_ = Sha256::of(std::string(hash_.raw()) + line);
}

std::string brief(std::string_view bytes) {
    if (bytes.empty())
        return "-";
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                       bytes.size(), nullptr, 0);
    return fmt::format("{}:{:02x}{:02x}{:02x}{:02x}", bytes.size(), hash[0], hash[1], hash[2], hash[3]);
}

std::string describe(const Event& event) {
    return std::visit(EventText{}, event);
}

std::string describe(const Effect& effect) {
    return std::visit(EffectText{}, effect);
}

}  // namespace doorstep::simulation
