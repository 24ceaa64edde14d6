// The Latin atlas: Noto Sans Regular and Bold in five sizes and the icons, as Dear
// ImGui fonts.  Holds ASCII, Latin-1, Latin Extended-A, dashes, quotes, bullet,
// ellipsis and euro; everything else goes to Paragraphs.
//
// Rebuilt between frames when size or density changes (14-20 ms).  So that it stays
// within 2048 x 2048, a type larger than `em_px_max` has no glyphs of its own: its font
// is a smaller one, scaled (legible, a little soft), and sharp() sends it to Paragraphs.
#pragma once

#include <array>
#include <string_view>

#include "client/draw/type.h"
#include "forms/base/result.h"

struct ImFont;
struct ImFontAtlas;
struct ImDrawList;

namespace doorstep {

class Atlas {
public:
    static constexpr int em_px_max = 78;

    // Fills `fonts` (of the current Dear ImGui context).  not_found names the package
    // that is missing.  The ImGui size of a font is ascent plus descent (1.362 em).
    Result<void> build(ImFontAtlas& fonts, float px_per_mm, int text_percent);

    ImFont* font(Type type) const { return fonts_[index(type)].font; }
    float size_px(Type type) const { return fonts_[index(type)].size_px; }  // ImGui's size: line height
    float em_px(Type type) const;
    float baseline_px(Type type) const;    // from the top of the line, whole pixels
    float cap_height_px(Type type) const;  // of an H: what centring goes by
    float x_height_px(Type type) const;
    ImFont* icons() const { return icons_; }  // one size; scale by size_px
    float icon_px() const { return icon_px_; }
    // The icon's ink in the middle of a square, at whole pixels; `scale` 1 is sharp.
    void draw_icon(ImDrawList& list, Icon icon, float x, float y, float square_px, Colour ink,
                   float scale = 1) const;

    // Whether every code point of `utf8` is in the atlas (then it needs no shaping).
    // A newline is.
    static bool holds(std::string_view utf8);
    // Whether the atlas shows `type` pixel by pixel; else Paragraphs does it better.
    bool sharp(Type type) const { return fonts_[index(type)].own; }

private:
    struct OneType {
        ImFont* font = nullptr;
        float size_px = 0;
        bool own = true;
    };
    static std::size_t index(Type type) { return static_cast<std::size_t>(type); }

    std::array<OneType, 6> fonts_;
    ImFont* icons_ = nullptr;
    float icon_px_ = 0;
};

// Points Pango at our private fonts.conf (FONTCONFIG_FILE), once, before any thread.
// not_found names the package of a font that is missing.
Result<void> use_our_fonts();

}  // namespace doorstep
