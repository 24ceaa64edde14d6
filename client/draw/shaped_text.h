// One text laid out by Pango.  Only client/draw sees this: Pango stays here.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <pango/pangocairo.h>

#include "client/draw/paragraphs.h"
#include "client/draw/shown_text.h"

namespace doorstep {

struct PixelRect {
    int x = 0, y = 0, w = 0, h = 0;

    int right() const { return x + w; }
    int bottom() const { return y + h; }
    bool empty() const { return w <= 0 || h <= 0; }
    PixelRect cut(const PixelRect& other) const;
    PixelRect with(const PixelRect& other) const;  // around both; an empty one adds nothing
};

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
using Context = std::unique_ptr<PangoContext, Unref>;

// A font map of its own: no hinting, so that a text measures the same at every place.
Context make_context();

class ShapedText {
public:
    ShapedText(PangoContext* context, std::string_view utf8, const TextStyle& style);

    const TextExtent& extent() const { return extent_; }
    const PixelRect& ink() const { return ink_; }  // from the top left of the box
    PixelRect ink_within(const PixelRect& window) const;
    // One byte of alpha a pixel.  Empty: no memory.
    std::vector<std::uint8_t> rasterise(const PixelRect& window) const;

    CaretAt caret(std::size_t byte) const;
    std::size_t byte_at(float x, float y) const;

    std::size_t bytes() const { return 2048 + shown_.text().size() * 96; }  // as measured, about

private:
    struct Line {
        PangoLayoutLine* line;  // the layout's
        int x, baseline;
        PixelRect ink;
        int top;    // exact, in Pango's units, for carets
        int shift;  // what rounding the baseline moved it by, px * PANGO_SCALE
    };
    void lay_out(PangoContext* context, const TextStyle& style);
    void find_lines(const TextStyle& style);
    int shift_of_line_at(int pango_y) const;

    ShownText shown_;
    std::unique_ptr<PangoLayout, Unref> layout_;
    std::vector<Line> lines_;
    TextExtent extent_;
    PixelRect ink_;
    int aligned_x_ = 0;  // for a line that must not wrap in a box with a width
};

}  // namespace doorstep
