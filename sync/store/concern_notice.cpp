#include "sync/store/concern_notice.h"

#include <algorithm>
#include <array>

#include "forms/base/packing.h"
#include "forms/base/sha256.h"
#include "sync/vault/sealed_pair.h"

namespace doorstep {

namespace {

constexpr char slots_mark = '\x03';
constexpr std::size_t page_bytes = 72;
constexpr std::size_t notice_bytes = 4;
constexpr std::size_t page_box = one_time_key_bytes + box_tag_bytes + page_bytes;
constexpr std::size_t slot_bytes = page_box + box_tag_bytes + notice_bytes;
constexpr std::size_t page_room = page_bytes - 1;  // one byte says where it ends
constexpr std::size_t home_bytes = 4;
constexpr std::size_t before_page = 1 + home_bytes;
constexpr std::size_t slots_least = 2;
// Of slots_draws questionnaires that need the least, so many have the next size, or one beyond it.
constexpr std::array<std::uint64_t, 3> larger_by_chance = {64, 8, 1};
constexpr std::size_t following_max = 255;
constexpr std::size_t agencies_known_max = 16;
constexpr std::array<std::string_view, 4> urgencies = {"", "routine", "soon", "today"};

// --- the way before -------------------------------------------------------------

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

std::vector<RestrictedPart> parts_in_lengths(std::string_view restricted, const KeyPair* endpoint) {
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

// --- slots ------------------------------------------------------------------------

std::string notice_text(const ConcernNotice& notice, const std::vector<std::string>& known) {
    const auto urgency = std::find(urgencies.begin() + 1, urgencies.end(), notice.urgency);
    unsigned bits = 0;
    const auto codes = " " + notice.agencies + " ";
    for (std::size_t i = 0; i < std::min(known.size(), agencies_known_max); ++i)
        if (codes.find(" " + known[i] + " ") != std::string::npos)
            bits |= 1u << i;
    const auto state = urgency == urgencies.end() ? 1 : urgency - urgencies.begin();
    return {static_cast<char>(state), static_cast<char>(bits & 0xff), static_cast<char>(bits >> 8)};
}

struct Told {
    unsigned state = 0;
    unsigned bits = 0;
};

std::optional<Told> told(const KeyPair& endpoint, std::string_view slot) {
    const auto text = open_sealed(endpoint, second_of_pair(slot, page_bytes));
    if (!text || text->view().size() != notice_bytes - 1)
        return std::nullopt;
    const auto byte = [&](std::size_t i) {
        return static_cast<unsigned>(static_cast<unsigned char>(text->view()[i]));
    };
    return Told{byte(0), byte(1) | byte(2) << 8};
}

// Of all slots; nothing when one does not open.
std::optional<ConcernNotice> notice_of(const KeyPair& endpoint, std::string_view slots, const Uuid& id,
                                       const std::vector<std::string>& known) {
    Told all;
    for (std::size_t at = 0; at < slots.size(); at += slot_bytes) {
        const auto one = told(endpoint, slots.substr(at, slot_bytes));
        if (!one || one->state >= urgencies.size())
            return std::nullopt;
        all.state = std::max(all.state, one->state);
        all.bits |= one->bits;
    }
    ConcernNotice notice;
    if (all.state == 0)
        return notice;
    notice.concern = id;
    notice.urgency = urgencies[all.state];
    for (std::size_t i = 0; i < std::min(known.size(), agencies_known_max); ++i)
        if ((all.bits >> i & 1u) != 0)
            notice.agencies += (notice.agencies.empty() ? "" : " ") + known[i];
    return notice;
}

std::string slot(const RestrictedKeys& keys, std::string_view page, std::string_view notice) {
    return seal_pair({keys.safeguarding, page, page_bytes}, {keys.endpoint, notice, notice_bytes});
}

}  // namespace

std::string seal_restricted(const RestrictedKeys& keys, const Uuid& home, std::string_view page,
                            const ConcernNotice& notice, const std::vector<std::string>& known) {
    const auto slots = (page.size() + before_page + page_room - 1) / page_room;
    if (slots - 1 > following_max)
        return {};
    std::string text;
    text.reserve(page.size() + before_page);  // it never moves, so that wiping it wipes all
    text += static_cast<char>(slots - 1);
    text.append(home.raw().substr(0, home_bytes));
    text.append(page);
    const auto told_once = notice_text(notice, known);
    std::string sealed;
    for (std::size_t at = 0; at < text.size(); at += page_room)
        sealed += slot(keys, std::string_view(text).substr(at, page_room),
                       at == 0 ? std::string_view(told_once) : std::string_view("\0\0\0", 3));
    wipe_text(text);
    return sealed.size() == slots * slot_bytes ? sealed : std::string{};
}

std::string empty_restricted(const RestrictedKeys& keys) {
    return slot(keys, {}, std::string_view("\0\0\0", 3));
}

std::size_t restricted_slots(std::string_view sealed) {
    return sealed.size() / slot_bytes;
}

std::string restricted_field(std::string_view slots) {
    return std::string(1, slots_mark).append(slots);
}

std::size_t slots_to_travel(std::size_t filled, std::uint64_t draw) {
    auto slots = slots_least;
    for (const auto below : larger_by_chance)
        slots *= draw < below ? 2 : 1;
    while (slots < filled)
        slots *= 2;
    return slots;
}

std::vector<RestrictedPart> restricted_parts(std::string_view restricted, const KeyPair* endpoint,
                                             const std::vector<std::string>& known) {
    if (!restricted.starts_with(slots_mark))
        return parts_in_lengths(restricted, endpoint);
    const auto slots = restricted.substr(1, (restricted.size() - 1) / slot_bytes * slot_bytes);
    if (slots.empty())
        return {};
    RestrictedPart part;
    part.in_slots = true;
    for (std::size_t at = 0; at < slots.size(); at += slot_bytes)
        part.sealed += first_of_pair(slots.substr(at, slot_bytes), page_bytes);
    part.id = Uuid::from_bytes(Sha256::of(part.sealed).raw().substr(0, 16)).value_or(Uuid{});
    if (endpoint != nullptr)
        part.notice = notice_of(*endpoint, slots, part.id, known);
    return {std::move(part)};
}

bool RestrictedPage::is_of(const Uuid& home) const {
    return home.raw().starts_with(home_begins);
}

Result<std::vector<RestrictedPage>> pages_of(std::string_view sealed, const KeyPair& safeguarding) {
    const Error damaged{Fault::damaged, "A page does not open: it was altered, or sealed to another key.",
                        ""};
    std::vector<RestrictedPage> pages;
    if (sealed.size() % page_box != 0)
        return damaged;
    for (std::size_t at = 0; at < sealed.size();) {
        auto box = open_sealed(safeguarding, sealed.substr(at, page_box));
        at += page_box;
        if (!box)
            return damaged;
        if (box->empty())
            continue;
        if (box->view().size() < before_page)
            return damaged;
        const auto following = static_cast<std::size_t>(static_cast<unsigned char>(box->view().front()));
        std::string page;
        page.reserve((following + 1) * page_bytes);  // it never moves, so that wiping it wipes all
        page.append(box->view().substr(before_page));
        for (std::size_t i = 0; i < following; ++i, at += page_box) {
            const auto more = at < sealed.size() ? open_sealed(safeguarding, sealed.substr(at, page_box))
                                                 : std::optional<SecretText>{};
            if (!more) {
                wipe_text(page);
                return damaged;
            }
            page.append(more->view());
        }
        pages.push_back({std::string(box->view().substr(1, home_bytes)), SecretText(page)});
        wipe_text(page);
    }
    return pages;
}

std::string seal_notice(const PublicKey& endpoint, const ConcernNotice& notice) {
    Packer packed;
    packed(std::string(notice.concern.raw()), notice.agencies.substr(0, agencies_max),
           notice.urgency.substr(0, urgency_max));
    return std::string(mark) + seal(endpoint, packed.bytes(), block);
}

}  // namespace doorstep
