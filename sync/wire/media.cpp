#include "sync/wire/media.h"

#include <nlohmann/json.hpp>

#include "forms/base/encoding.h"
#include "sync/wire/codec.h"
#include "sync/wire/fields.h"
#include "sync/wire/limits.h"

namespace doorstep::wire {

namespace {

using Json = nlohmann::ordered_json;

// A bit for each piece, the lowest first.
std::string bits_of(const std::vector<bool>& have) {
    std::string bits((have.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < have.size(); ++i)
        if (have[i])
            bits[i / 8] = static_cast<char>(static_cast<unsigned char>(bits[i / 8]) | (1u << (i % 8)));
    return bits;
}

std::vector<bool> pieces_in(std::string_view bits, std::size_t pieces) {
    std::vector<bool> have(pieces);
    for (std::size_t i = 0; i < pieces; ++i)
        have[i] = ((static_cast<unsigned>(static_cast<unsigned char>(bits[i / 8])) >> (i % 8)) & 1u) != 0;
    return have;
}

MediaStand read_stand(Fields& fields) {
    MediaStand stand;
    stand.sha256 = fields.sha256("sha256");
    stand.complete = fields.flag_or_no("complete");
    if (stand.complete)
        return stand;
    const auto pieces = static_cast<std::size_t>(
        fields.integer("pieces", 1, static_cast<std::int64_t>(limits::media_pieces_max)));
    const auto bits = fields.bytes("have");
    if (bits.size() != (pieces + 7) / 8)
        fields.problem("have", "is not a bit for each piece");
    else
        stand.have = pieces_in(bits, pieces);
    return stand;
}

}  // namespace

std::string encode(const MediaReply& reply) {
    Json json;
    json["epoch"] = reply.epoch.text();
    json["media"] = Json::array();
    for (const auto& stand : reply.media) {
        Json one;
        one["sha256"] = stand.sha256.hex();
        if (stand.complete) {
            one["complete"] = true;
        } else {
            one["pieces"] = stand.have.size();
            one["have"] = to_base64(bits_of(stand.have));
        }
        json["media"].push_back(std::move(one));
    }
    return compress(json.dump());
}

Result<MediaReply> decode_media_reply(std::string_view frame) {
    TRY(const auto json, expand(frame, limits::frame_bytes_max));
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    if (!fields.has("media"))
        fields.problem("media", "is missing");
    MediaReply reply;
    reply.epoch = fields.uuid("epoch");
    fields.each("media", [&](Fields& one) {
        if (reply.media.size() >= limits::media_asked_max)
            return one.problem("sha256", "is of one too many");
        reply.media.push_back(read_stand(one));
    });
    TRY_DO(document.verdict());
    return reply;
}

}  // namespace doorstep::wire
