#include "client/draw/paragraphs.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <list>
#include <string>
#include <unordered_map>

#include <SDL.h>
#include <imgui.h>

#include "client/draw/renderer.h"
#include "client/draw/shaped_text.h"

namespace doorstep {
namespace {

constexpr int slice_high = 512;
constexpr int slice_wide = 2048;  // every renderer can

struct TextureGone {
    void operator()(SDL_Texture* texture) const { SDL_DestroyTexture(texture); }
};

struct Slice {
    PixelRect at;  // from the top left of the box; empty: only blanks there
    std::unique_ptr<SDL_Texture, TextureGone> texture;
    bool made = false;
    std::size_t bytes() const {
        return texture ? static_cast<std::size_t>(at.w) * static_cast<std::size_t>(at.h) * 4 : 0;
    }
};

struct Key {
    std::string_view text;
    TextStyle style;
    bool operator==(const Key&) const = default;
};

struct KeyHash {
    std::size_t operator()(const Key& key) const {
        const TextStyle& style = key.style;
        const std::size_t flags = std::size_t{style.bold} | std::size_t{style.wrap} << 1 |
                                  std::size_t{style.align_end} << 2 | std::size_t{style.centred} << 3 |
                                  std::size_t{style.single_line_ellipsis} << 4;
        const std::size_t sizes = std::size_t{std::bit_cast<std::uint32_t>(style.em_px)} << 32 |
                                  std::bit_cast<std::uint32_t>(style.width_px);
        const std::size_t text = std::hash<std::string_view>()(key.text);
        return (text ^ std::rotl(sizes * 0x9E3779B97F4A7C15u, 17) ^ flags << 7) * 0x9E3779B97F4A7C15u;
    }
};

struct Entry {
    Entry(PangoContext* context, std::string_view utf8, const TextStyle& style)
        : text(utf8), key{text, style}, shaped(context, text, style) {}

    std::string text;
    Key key;  // points to `text`
    ShapedText shaped;
    std::vector<Slice> slices;
    std::uint64_t used_in = 0;
};

PixelRect clip_from(const ImDrawList& list, float x, float y) {
    const ImVec2 from = list.GetClipRectMin(), to = list.GetClipRectMax();
    // Bounded before they become whole numbers: an unclipped list has +-8192 and more.
    const auto pixels = [](float value) { return static_cast<int>(std::clamp(value, -1e8f, 1e8f)); };
    const int left = pixels(std::floor(from.x - x)), top = pixels(std::floor(from.y - y));
    return {left, top, pixels(std::ceil(to.x - x)) - left, pixels(std::ceil(to.y - y)) - top};
}

// The grid that covers the ink, row by row; nothing is drawn yet.
std::vector<Slice> cut_into_slices(const PixelRect& ink) {
    std::vector<Slice> slices;
    if (ink.empty())
        return slices;
    for (int y = ink.y; y < ink.bottom(); y += slice_high)
        for (int x = ink.x; x < ink.right(); x += slice_wide)
            slices.push_back({ink.cut({x, y, slice_wide, slice_high}), nullptr, false});
    return slices;
}

}  // namespace

struct Paragraphs::State {
    SDL_Renderer* renderer;
    Context context = make_context();
    std::list<Entry> entries;  // the one used last first
    std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> found;
    std::size_t bytes = 0;
    std::uint64_t frame = 1;

    Entry& entry(std::string_view utf8, const TextStyle& style) {
        const auto known = found.find(Key{utf8, style});
        if (known != found.end()) {
            entries.splice(entries.begin(), entries, known->second);
        } else {
            Entry& made = entries.emplace_front(context.get(), utf8, style);
            found.emplace(made.key, entries.begin());
            bytes += made.shaped.bytes();
        }
        entries.front().used_in = frame;
        return entries.front();
    }

    void make(Entry& entry, std::size_t index) {
        Slice& slice = entry.slices[index];
        slice.made = true;
        slice.at = entry.shaped.ink_within(slice.at);
        if (slice.at.empty())
            return;
        const auto alpha = entry.shaped.rasterise(slice.at);
        if (alpha.empty())
            return;
        const std::uint64_t mark = KeyHash()(entry.key) + index * 0x9E3779B97F4A7C15u;
        slice.texture.reset(make_texture(renderer, slice.at.w, slice.at.h, alpha.data(), mark));
        bytes += slice.bytes();
    }

    void drop_last() {
        Entry& last = entries.back();
        bytes -= last.shaped.bytes();
        for (const Slice& slice : last.slices)
            bytes -= slice.bytes();
        found.erase(last.key);
        entries.pop_back();
    }
};

Paragraphs::Paragraphs(SDL_Renderer* renderer) : state_(std::make_unique<State>()) {
    state_->renderer = renderer;
}

Paragraphs::~Paragraphs() = default;

TextExtent Paragraphs::measure(std::string_view utf8, const TextStyle& style) {
    return state_->entry(utf8, style).shaped.extent();
}

void Paragraphs::draw(ImDrawList& list, float x, float y, std::string_view utf8, const TextStyle& style,
                      Colour ink) {
    Entry& entry = state_->entry(utf8, style);
    if (!state_->renderer)
        return;
    if (entry.slices.empty())
        entry.slices = cut_into_slices(entry.shaped.ink());
    x = std::round(x);
    y = std::round(y);
    const PixelRect clip = clip_from(list, x, y);
    for (std::size_t i = 0; i < entry.slices.size(); ++i) {
        Slice& slice = entry.slices[i];
        if (slice.at.cut(clip).empty())
            continue;
        if (!slice.made)
            state_->make(entry, i);
        if (!slice.texture)
            continue;
        const ImVec2 from{x + static_cast<float>(slice.at.x), y + static_cast<float>(slice.at.y)};
        const ImVec2 to{from.x + static_cast<float>(slice.at.w), from.y + static_cast<float>(slice.at.h)};
        list.AddImage(slice.texture.get(), from, to, {0, 0}, {1, 1}, packed(ink));
    }
}

CaretAt Paragraphs::caret(std::string_view utf8, const TextStyle& style, std::size_t byte) {
    return state_->entry(utf8, style).shaped.caret(byte);
}

std::size_t Paragraphs::byte_at(std::string_view utf8, const TextStyle& style, float x, float y) {
    return state_->entry(utf8, style).shaped.byte_at(x, y);
}

void Paragraphs::forget() {
    while (!state_->entries.empty())
        state_->drop_last();
}

void Paragraphs::end_of_frame() {
    while (state_->bytes > budget && state_->entries.back().used_in != state_->frame)
        state_->drop_last();
    ++state_->frame;
}

std::size_t Paragraphs::bytes() const {
    return state_->bytes;
}

}  // namespace doorstep
