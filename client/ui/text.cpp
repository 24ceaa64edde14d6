// Words: from the atlas where it has every letter, else shaped.
#include <imgui.h>

#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

enum class Side : std::uint8_t { left, centre, right };

struct Line {
    const char* begin;
    const char* end;
    float width;
};

struct Laid {
    bool from_atlas = false;
    std::vector<Line> lines;  // of the atlas
    TextStyle style;          // else
    TextExtent extent;
    bool lines_from_right = false;  // in a block that stands at the left
};

bool from_atlas(const StageState& s, std::string_view text, Type type) {
    return s.atlas.sharp(type) && Atlas::holds(text);
}

const char* after_code_point(const char* at, const char* end) {
    ++at;
    while (at < end && (static_cast<unsigned char>(*at) & 0xC0) == 0x80)
        ++at;
    return at;
}

float width_of(ImFont* font, float size, const char* begin, const char* end) {
    return begin == end ? 0 : std::ceil(font->CalcTextSizeA(size, FLT_MAX, 0, begin, end).x);
}

// One paragraph, without its newline.
void break_lines(ImFont* font, float size, const char* begin, const char* end, float width,
                 std::vector<Line>& lines) {
    if (begin == end)
        lines.push_back({begin, end, 0});
    while (begin < end) {
        const char* cut = end;
        if (width > 0) {
            cut = font->CalcWordWrapPositionA(size / font->FontSize, begin, end, width);
            if (cut == begin)
                cut = after_code_point(begin, end);
        }
        const char* last = cut;
        while (last > begin && last[-1] == ' ')
            --last;
        lines.push_back({begin, last, width_of(font, size, begin, last)});
        begin = cut;
        while (begin < end && *begin == ' ')
            ++begin;
    }
}

Laid lay(StageState& s, std::string_view text, Type type, float width) {
    Laid laid;
    laid.from_atlas = from_atlas(s, text, type);
    if (!laid.from_atlas) {
        laid.style.em_px = s.atlas.em_px(type);
        laid.style.bold = is_bold(type);
        laid.style.wrap = width > 0;
        laid.style.width_px = std::floor(width);
        laid.extent = s.paragraphs.measure(text, laid.style);
        return laid;
    }
    ImFont* font = s.atlas.font(type);
    const float size = s.atlas.size_px(type);
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t newline = std::min(text.find('\n', at), text.size());
        break_lines(font, size, text.data() + at, text.data() + newline, width, laid.lines);
        at = newline + 1;
    }
    for (const Line& line : laid.lines)
        laid.extent.width_px = std::max(laid.extent.width_px, line.width);
    laid.extent.lines = static_cast<int>(laid.lines.size());
    laid.extent.height_px = size * static_cast<float>(laid.lines.size());
    laid.extent.baseline_px = s.atlas.baseline_px(type);
    return laid;
}

Side side_of(Align align, bool from_right) {
    if (align == Align::centre)
        return Side::centre;
    return (align == Align::end) != from_right ? Side::right : Side::left;
}

float start_of(Side side, const Rect& box, float width) {
    switch (side) {
    case Side::centre:
        return std::round(box.x + (box.w - width) / 2);
    case Side::right:
        return std::round(box.right() - width);
    case Side::left:
        break;
    }
    return std::round(box.x);
}

Rect united(const Rect& a, const Rect& b) {
    if (a.empty())
        return b;
    if (b.empty())
        return a;
    const float x = std::min(a.x, b.x), y = std::min(a.y, b.y);
    return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

Rect draw_lines(StageState& s, ImDrawList& list, const Rect& box, float top, const Laid& laid, Type type,
                Colour ink, Side side) {
    ImFont* font = s.atlas.font(type);
    const float size = s.atlas.size_px(type);
    Rect inked;
    float y = top;
    for (const Line& line : laid.lines) {
        const float x = start_of(side, box, line.width);
        // Ten thousand letters cost no more than those in sight.
        if (y < s.clip.bottom() && y + size > s.clip.y && line.begin != line.end)
            list.AddText(font, size, {x, y}, packed(ink), line.begin, line.end);
        const float baseline = y + laid.extent.baseline_px;
        const float cap = s.atlas.cap_height_px(type);
        inked = united(inked, {x, baseline - cap, line.width, cap + std::round(cap * 0.3f)});
        y += size;
    }
    return inked;
}

Rect draw_shaped(StageState& s, ImDrawList& list, const Rect& box, float top, Laid& laid,
                 std::string_view text, Colour ink, Side side) {
    const float em = laid.style.em_px;
    TextStyle& style = laid.style;
    float x = box.x, width = laid.extent.width_px;
    if (laid.extent.lines <= 1) {
        style.wrap = false;
        style.width_px = 0;
        width = s.paragraphs.measure(text, style).width_px;
        x = start_of(side, box, width);
    } else {
        style.centred = side == Side::centre;
        style.align_end = !laid.lines_from_right && side != Side::centre &&
                          (side == Side::right) != laid.extent.right_to_left;
        width = std::min(width, box.w);
    }
    s.paragraphs.draw(list, std::round(x), top, text, style, ink);
    const float first = top + laid.extent.baseline_px;
    const float below = laid.extent.height_px - laid.extent.baseline_px;
    const float over = std::min(laid.extent.baseline_px, std::round(em * 0.9f));
    const float line = laid.extent.height_px / static_cast<float>(std::max(1, laid.extent.lines));
    const float under = std::max(0.0f, below - (line - laid.extent.baseline_px)) +
                        std::min(std::round(em * 0.36f), line - std::min(line, laid.extent.baseline_px));
    return {laid.extent.lines <= 1 ? std::round(x) : start_of(side, box, width), first - over, width,
            std::round(over + under)};
}

// The edge is the page's, whichever way the words run; but lines from the right begin
// under each other, so that such a block is no wider than its longest line.
void stand_at_edge(Laid& laid, Side side) {
    if (laid.from_atlas || side != Side::left || !laid.extent.right_to_left || laid.extent.lines <= 1)
        return;
    laid.style.width_px = std::min(laid.style.width_px, std::ceil(laid.extent.width_px) + 2);
    laid.lines_from_right = true;
}

struct Placed {
    Rect ink;
    float baseline = 0;
};
Placed draw_text(StageState& s, ImDrawList& list, const Rect& box, float top, Laid& laid,
                 std::string_view text, Type type, Colour ink, Side side) {
    const float y = std::round(top);
    Placed placed;
    placed.baseline = y + std::round(laid.extent.baseline_px);
    placed.ink = laid.from_atlas ? draw_lines(s, list, box, y, laid, type, ink, side)
                                 : draw_shaped(s, list, box, y, laid, text, ink, side);
    return placed;
}

// The middle between cap height and x-height stands in the middle of the box: by the
// box of the font, words would hang low.
float centred_top(const StageState& s, const Rect& box, const Laid& laid, Type type) {
    const float rise = (s.atlas.cap_height_px(type) + s.atlas.x_height_px(type)) / 2;
    const float line = laid.extent.height_px / static_cast<float>(std::max(1, laid.extent.lines));
    const float rest = line * static_cast<float>(std::max(0, laid.extent.lines - 1));
    const float baseline = box.y + (box.h - rest + rise) / 2;
    const float top = std::round(baseline) - std::round(laid.extent.baseline_px);
    return laid.extent.height_px > box.h + line / 2 ? std::max(top, box.y) : top;
}

// As much of the first line as fits, with an ellipsis for the rest.
std::string cut_to(StageState& s, std::string_view text, Type type, float width) {
    std::string line(text.substr(0, text.find('\n')));
    const bool cut = line.size() < text.size();
    if (!cut && lay(s, line, type, 0).extent.width_px <= width)
        return line;
    static constexpr std::string_view ellipsis = "…";
    std::size_t fits = 0, over = line.size() + 1;  // bytes; a cut between is tried
    while (over - fits > 1) {
        std::size_t middle = fits + (over - fits) / 2;
        while (middle > fits && middle < line.size() &&
               (static_cast<unsigned char>(line[middle]) & 0xC0) == 0x80)
            --middle;
        if (middle == fits)
            break;
        const std::string tried = line.substr(0, middle) + std::string(ellipsis);
        (lay(s, tried, type, 0).extent.width_px <= width ? fits : over) = middle;
    }
    while (fits > 0 && line[fits - 1] == ' ')
        --fits;
    return line.substr(0, fits) + std::string(ellipsis);
}

// The words become part of the mark of the target below them, so that they are checked
// like any others; of several inks the faintest counts.
void join_mark(StageState& s, const Rect& box, const Placed& placed, Colour ink, int unknown) {
    if (s.marks.empty() || s.marks.back().rect.cut(box).empty())
        return;
    Mark& last = s.marks.back();
    const bool first = last.ink.empty();
    if (first || contrast(ink, s.drawn_on) < contrast(last.text_ink, last.ground)) {
        last.text_ink = ink;
        last.ground = s.drawn_on;
    }
    if (first)
        last.baseline = placed.baseline;
    last.ink = united(last.ink, placed.ink);
    last.unknown_glyphs += unknown;
}

// A chevron that points to the left, where lines run from the right.
void draw_turned(const Atlas& atlas, ImDrawList& list, Icon icon, float x, float y, float square, Colour ink,
                 float scale) {
    ImFont* font = atlas.icons();
    const ImFontGlyph* glyph = font->FindGlyphNoFallback(static_cast<ImWchar>(icon));
    if (!glyph)
        return;
    const float width = std::round((glyph->X1 - glyph->X0) * scale);
    const float height = std::round((glyph->Y1 - glyph->Y0) * scale);
    const ImVec2 at{std::round(x) + std::floor((square - width) / 2),
                    std::round(y) + std::floor((square - height) / 2)};
    list.AddImage(font->ContainerAtlas->TexID, at, {at.x + width, at.y + height}, {glyph->U1, glyph->V0},
                  {glyph->U0, glyph->V1}, packed(ink));
}

Type shown_type(const StageState& s, Type type) {
    return s.options.theme == Theme::sunlight && type == Type::body ? Type::body_bold : type;
}

}  // namespace

TextExtent Ui::measure(std::string_view text, Type type, float width_px) const {
    return lay(stage_, text, shown_type(stage_, type), width_px).extent;
}

Rect Ui::words(std::string_view text, Type asked, Colour ink, Align align, Role role) {
    const Type type = shown_type(stage_, asked);
    Laid laid = lay(stage_, text, type, std::max(1.0f, stage_.column.w));
    const Rect box = take(laid.extent.height_px);
    const Side side = side_of(align, stage_.mirrored);
    stand_at_edge(laid, side);
    const Placed placed = draw_text(stage_, list(), box, box.y, laid, text, type, ink, side);
    mark({.label = std::string(text),
          .role = role,
          .rect = box,
          .ink = placed.ink,
          .baseline = placed.baseline,
          .text_ink = ink,
          .ground = stage_.drawn_on,
          .unknown_glyphs = laid.extent.unknown_glyphs});
    return box;
}

Rect Ui::words_in(const Rect& box, std::string_view text, Type asked, Colour ink, Align align, Role role) {
    const Type type = shown_type(stage_, asked);
    Laid laid = lay(stage_, text, type, std::max(1.0f, box.w));
    const Side side = side_of(align, stage_.mirrored);
    const float top = centred_top(stage_, box, laid, type);
    const Placed placed = draw_text(stage_, list(), box, top, laid, text, type, ink, side);
    mark({.label = std::string(text),
          .role = role,
          .rect = box.whole(),
          .ink = placed.ink,
          .baseline = placed.baseline,
          .text_ink = ink,
          .ground = stage_.drawn_on,
          .unknown_glyphs = laid.extent.unknown_glyphs});
    return box;
}

void Ui::words_unmarked(const Rect& box, std::string_view text, Type asked, Colour ink, Align align) {
    const Type type = shown_type(stage_, asked);
    Laid laid = lay(stage_, text, type, std::max(1.0f, box.w));
    const Side side = side_of(align, stage_.mirrored);
    const float top = centred_top(stage_, box, laid, type);
    const Placed placed = draw_text(stage_, list(), box, top, laid, text, type, ink, side);
    join_mark(stage_, box, placed, ink, laid.extent.unknown_glyphs);
}

void Ui::one_line(const Rect& box, std::string_view text, Type asked, Colour ink, Align align,
                  std::optional<Role> role) {
    const Type type = shown_type(stage_, asked);
    const std::string line = cut_to(stage_, text, type, box.w);
    Laid laid = lay(stage_, line, type, 0);
    const Side side = side_of(align, stage_.mirrored);
    const float top = centred_top(stage_, box, laid, type);
    const Placed placed = draw_text(stage_, list(), box, top, laid, line, type, ink, side);
    if (!role) {
        join_mark(stage_, box, placed, ink, laid.extent.unknown_glyphs);
        return;
    }
    mark({.label = std::string(text),
          .role = *role,
          .rect = box.whole(),
          .ink = placed.ink,
          .baseline = placed.baseline,
          .text_ink = ink,
          .ground = stage_.drawn_on,
          .unknown_glyphs = laid.extent.unknown_glyphs});
}

void Ui::on_baseline(const Rect& box, std::string_view text, Type asked, Type neighbour, Colour ink,
                     Align align) {
    const Type type = shown_type(stage_, asked);
    const std::string line = cut_to(stage_, text, type, box.w);
    Laid laid = lay(stage_, line, type, 0);
    const Laid beside = lay(stage_, "Ag", shown_type(stage_, neighbour), 0);
    const float baseline =
        centred_top(stage_, box, beside, neighbour) + std::round(beside.extent.baseline_px);
    const float top = baseline - std::round(laid.extent.baseline_px);
    const Placed placed =
        draw_text(stage_, list(), box, top, laid, line, type, ink, side_of(align, stage_.mirrored));
    join_mark(stage_, box, placed, ink, laid.extent.unknown_glyphs);
}

void Ui::icon(const Rect& box, Icon icon, Colour ink, float scale) {
    if (icon == Icon::none)
        return;
    const bool round = icon == Icon::info || icon == Icon::clock || icon == Icon::sun || icon == Icon::sync;
    const float square = std::round(std::max(box.w, box.h));
    const float x = std::round(box.x + (box.w - square) / 2);
    const float y = std::round(box.y + (box.h - square) / 2) - (round ? px(0.3f) : 0);
    if (icon == Icon::on && stage_.mirrored)
        draw_turned(stage_.atlas, list(), icon, x, y, square, ink, scale);
    else
        stage_.atlas.draw_icon(list(), icon, x, y, square, ink, scale);
}

}  // namespace doorstep
