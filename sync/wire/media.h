// How much of the signatures and photos of a tablet the endpoint has.
//
//   GET /v1/media?of=H,H,...          what is there of those that a fact of this tablet named
//   PUT /v1/media?sha256=H&piece=N    one sealed piece, as the body; answered for that one
//
// H is the hash of the sealed pieces, one after the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"

namespace doorstep::wire {

struct MediaStand {
    Sha256 sha256;
    bool complete = false;     // all of it is there, has that hash and is durable
    std::vector<bool> have{};  // by piece; empty when complete
    bool operator==(const MediaStand&) const = default;
};

struct MediaReply {
    Uuid epoch;
    std::vector<MediaStand> media;  // those that no fact named are left out
    bool operator==(const MediaReply&) const = default;
};

std::string encode(const MediaReply& reply);
// bad_input: also more than were asked for at once, or more pieces than one may have.
Result<MediaReply> decode_media_reply(std::string_view frame);

}  // namespace doorstep::wire
