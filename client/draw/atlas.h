// The Latin atlas: Noto Sans Regular and Bold in five sizes and the icons, as Dear
// ImGui fonts.  Holds ASCII, Latin-1, Latin Extended-A, dashes, quotes, bullet,
// ellipsis and euro; everything else goes to Paragraphs.
//
// Rebuilt between frames when size or density changes (14-20 ms).
#pragma once

#include <string>
#include <string_view>

#include "client/draw/type.h"
#include "forms/base/result.h"

struct ImFont;
struct ImFontAtlas;

namespace doorstep {

class Atlas {
public:
    // Fills `fonts` (of the current Dear ImGui context).  not_found names the package
    // that is missing.  The ImGui size of a font is ascent plus descent (1.362 em).
    Result<void> build(ImFontAtlas& fonts, float px_per_mm, int text_percent);

    ImFont* font(Type type) const;
    float size_px(Type type) const;  // ImGui's size: line height
    float em_px(Type type) const;
    ImFont* icons() const;  // one size; scale by size_px
    float icon_px() const;

    // Whether every code point of `utf8` is in the atlas (then it needs no shaping).
    static bool holds(std::string_view utf8);

private:
    ImFont* fonts_[6] = {};
    ImFont* icons_ = nullptr;
    float px_per_mm_ = 0;
    int text_percent_ = 100;
};

// "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf" and so on; also sets
// FONTCONFIG_FILE to our private fonts.conf, once, before any thread.
Result<void> use_our_fonts();

}  // namespace doorstep
