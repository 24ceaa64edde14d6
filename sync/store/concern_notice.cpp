#include "sync/store/concern_notice.h"

#include "forms/base/packing.h"

namespace doorstep {

namespace {

constexpr std::string_view mark = "DSN1";
constexpr std::size_t block = 128;
constexpr std::size_t agencies_max = 80;
constexpr std::size_t urgency_max = 16;

std::optional<ConcernNotice> opened(const KeyPair& endpoint, std::string_view sealed) {
    const auto text = open_sealed(endpoint, sealed);
    if (!text)
        return std::nullopt;
    std::string id;
    ConcernNotice notice;
    Unpacker packed(text->view());
    packed(id, notice.agencies, notice.urgency);
    const auto concern = Uuid::from_bytes(id);
    if (!packed.ok() || !concern)
        return std::nullopt;
    notice.concern = *concern;
    return notice;
}

std::size_t length_at(std::string_view bytes, std::size_t at) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
        length = length << 8 | static_cast<unsigned char>(bytes[at + i]);
    return length;
}

}  // namespace

std::string seal_notice(const PublicKey& endpoint, const ConcernNotice& notice) {
    Packer packed;
    packed(std::string(notice.concern.raw()), notice.agencies.substr(0, agencies_max),
           notice.urgency.substr(0, urgency_max));
    return std::string(mark) + seal(endpoint, packed.bytes(), block);
}

std::vector<RestrictedPart> restricted_parts(std::string_view restricted, const KeyPair* endpoint) {
    std::vector<RestrictedPart> parts;
    for (std::size_t at = 0; at + 4 <= restricted.size();) {
        const std::size_t length = length_at(restricted, at);
        at += 4;
        if (length > restricted.size() - at)
            break;
        const auto part = restricted.substr(at, length);
        at += length;
        if (!part.starts_with(mark))
            parts.push_back({std::string(part)});
        else if (!parts.empty() && endpoint)
            parts.back().notice = opened(*endpoint, part.substr(mark.size()));
    }
    return parts;
}

}  // namespace doorstep
