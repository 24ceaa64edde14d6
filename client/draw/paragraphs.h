// Text outside the Latin atlas, shaped by Pango into white textures that are tinted
// when drawn.  Residents' names and notes too.  Cached (LRU by bytes); the cache is
// emptied when a resident's page closes.
//
// Long texts are cut into slices of at most 512 px high, made when first drawn, so that
// 10,000 characters cost no more memory than what is in sight.
//
// Text stands on whole pixels: every baseline is one, so that it lines up with the atlas
// (y + baseline_px here, y + Atlas::baseline_px there).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "client/draw/type.h"
#include "forms/base/result.h"

struct SDL_Renderer;
struct ImDrawList;

namespace doorstep {

struct TextStyle {
    float em_px = 26;
    bool bold = false;
    bool wrap = true;        // WORD_CHAR at `width_px`
    float width_px = 0;      // 0: one line as wide as it is
    bool align_end = false;  // else by the paragraph's own direction (auto_dir)
    bool centred = false;
    bool single_line_ellipsis = false;  // cut at width with an ellipsis

    bool operator==(const TextStyle&) const = default;
};

// Of the words; where they stand in the box of `width_px` the alignment says.
struct TextExtent {
    float x_px = 0;      // left edge of the widest line, from the left of the box
    float width_px = 0;  // logical, rounded up to whole pixels
    float height_px = 0;
    float baseline_px = 0;  // of the first line, from the top
    int lines = 0;
    bool right_to_left = false;  // of the first paragraph
    int unknown_glyphs = 0;
    // Where the ink is, from the top left of the box; empty for blanks.
    float ink_x = 0, ink_y = 0, ink_width = 0, ink_height = 0;
};

struct CaretAt {
    float x_px = 0;
    float y_px = 0;
    float height_px = 0;
};

// UI thread only.  Any bytes may come in: see shown_text.h.
class Paragraphs {
public:
    // `renderer` must outlive it; null: extents only (no raster in fast tests).
    explicit Paragraphs(SDL_Renderer* renderer);
    ~Paragraphs();
    Paragraphs(const Paragraphs&) = delete;
    Paragraphs& operator=(const Paragraphs&) = delete;

    static constexpr std::size_t budget = std::size_t{24} << 20;

    TextExtent measure(std::string_view utf8, const TextStyle& style);
    // Adds the slices that lie inside the clip rectangle of `list` at whole pixels.  What
    // they point to lives until end_of_frame() or forget().
    void draw(ImDrawList& list, float x, float y, std::string_view utf8, const TextStyle& style, Colour ink);

    // For the text field: byte offsets at grapheme boundaries.
    CaretAt caret(std::string_view utf8, const TextStyle& style, std::size_t byte);
    std::size_t byte_at(std::string_view utf8, const TextStyle& style, float x, float y);
    static std::size_t next_grapheme(std::string_view utf8, std::size_t byte);
    static std::size_t previous_grapheme(std::string_view utf8, std::size_t byte);

    // Both between frames, after what was drawn has been rendered.
    void forget();        // everything, when a resident's page closes or the renderer was reset
    void end_of_frame();  // frees what is over the budget and was not used in this frame
    std::size_t bytes() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
