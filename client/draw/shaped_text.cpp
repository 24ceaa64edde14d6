#include "client/draw/shaped_text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace doorstep {
namespace {

// Pango counts 1/1024 px in an int: beyond these a text would leave its range.
constexpr std::size_t longest_line = 16'000;
constexpr std::size_t longest_wrapped = 40'000;
constexpr float widest_px = 1'000'000;

// What a text is mostly written in decides its language and the air between its lines.
struct Writing {
    const char* language;
    float line_spacing;
};

Writing writing_of(const std::string& text) {
    int arabic = 0, gurmukhi = 0, han = 0, kana = 0, hangul = 0, other = 0;
    for (const char* at = text.c_str(); *at; at = g_utf8_next_char(at)) {
        switch (g_unichar_get_script(g_utf8_get_char(at))) {
        case G_UNICODE_SCRIPT_ARABIC:
            ++arabic;
            break;
        case G_UNICODE_SCRIPT_GURMUKHI:
            ++gurmukhi;
            break;
        case G_UNICODE_SCRIPT_HAN:
            ++han;
            break;
        case G_UNICODE_SCRIPT_HIRAGANA:
        case G_UNICODE_SCRIPT_KATAKANA:
            ++kana;
            break;
        case G_UNICODE_SCRIPT_HANGUL:
            ++hangul;
            break;
        case G_UNICODE_SCRIPT_COMMON:
        case G_UNICODE_SCRIPT_INHERITED:
            break;
        default:
            ++other;
        }
    }
    const int most = std::max({arabic, gurmukhi, han + kana, hangul, other});
    if (most > 0 && most == arabic)
        return {"ar", 0.8f};  // its font is half as tall again as the others
    if (most > 0 && most == gurmukhi)
        return {"pa", 1.2f};
    if (hangul > 0 && hangul >= han)
        return {"ko", 1.05f};
    if (kana > 0)
        return {"ja", 1.05f};
    return {han > 0 ? "zh-cn" : "en", 1.05f};
}

int whole(int pango_units) {
    return PANGO_PIXELS(pango_units);
}

// Pango moves a run up when a line begins in a script with another baseline: Arabic by half
// an em after Chinese, for our fonts say nothing about theirs and it guesses.
void stand_on_one_baseline(PangoLayout* layout) {
    for (const GSList* line = pango_layout_get_lines_readonly(layout); line; line = line->next)
        for (const GSList* run = static_cast<PangoLayoutLine*>(line->data)->runs; run; run = run->next)
            static_cast<PangoLayoutRun*>(run->data)->y_offset = 0;
}

bool aligned_by_us(const TextStyle& style) {
    return style.width_px >= 1 && !style.wrap && !style.single_line_ellipsis;
}

}  // namespace

PixelRect PixelRect::cut(const PixelRect& other) const {
    const int left = std::max(x, other.x), top = std::max(y, other.y);
    return {left, top, std::min(right(), other.right()) - left, std::min(bottom(), other.bottom()) - top};
}

PixelRect PixelRect::with(const PixelRect& other) const {
    if (empty() || other.empty())
        return empty() ? other : *this;
    const int left = std::min(x, other.x), top = std::min(y, other.y);
    return {left, top, std::max(right(), other.right()) - left, std::max(bottom(), other.bottom()) - top};
}

Context make_context() {
    const std::unique_ptr<PangoFontMap, Unref> map(
        pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT));
    Context context(pango_font_map_create_context(map.get()));
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context.get(), options);
    cairo_font_options_destroy(options);
    return context;
}

ShapedText::ShapedText(PangoContext* context, std::string_view utf8, const TextStyle& style)
    : shown_(utf8, !style.single_line_ellipsis,
             style.wrap && style.width_px >= 1 ? longest_wrapped : longest_line) {
    lay_out(context, style);
    find_lines(style);
}

void ShapedText::lay_out(PangoContext* context, const TextStyle& style) {
    const std::string& text = shown_.text();
    const Writing writing = writing_of(text);
    layout_.reset(pango_layout_new(context));
    PangoLayout* layout = layout_.get();

    PangoFontDescription* font = pango_font_description_new();
    pango_font_description_set_family_static(font, "Noto Sans");
    pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, std::clamp(style.em_px, 1.0f, 400.0f) * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);

    PangoAttrList* attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_language_new(pango_language_from_string(writing.language)));
    // A number cut at the end of a line must not gain a hyphen that nobody wrote.
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);

    pango_layout_set_auto_dir(layout, TRUE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, style.centred     ? PANGO_ALIGN_CENTER
                                       : style.align_end ? PANGO_ALIGN_RIGHT
                                                         : PANGO_ALIGN_LEFT);
    pango_layout_set_line_spacing(layout, writing.line_spacing);
    if (style.width_px >= 1 && !aligned_by_us(style))
        pango_layout_set_width(layout, static_cast<int>(std::min(style.width_px, widest_px)) * PANGO_SCALE);
    if (style.single_line_ellipsis)
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
    stand_on_one_baseline(layout);
}

void ShapedText::find_lines(const TextStyle& style) {
    PangoRectangle logical;
    pango_layout_get_extents(layout_.get(), nullptr, &logical);
    // Of the paragraph: its first character alone may be a digit.
    const bool right_to_left = pango_layout_line_get_resolved_direction(
                                   pango_layout_get_line_readonly(layout_.get(), 0)) == PANGO_DIRECTION_RTL;
    if (aligned_by_us(style)) {
        const int spare = static_cast<int>(style.width_px) - PANGO_PIXELS_CEIL(logical.width);
        aligned_x_ = style.centred ? spare / 2 : style.align_end != right_to_left ? spare : 0;
    }
    PangoLayoutIter* iter = pango_layout_get_iter(layout_.get());
    do {
        PangoRectangle ink, line;
        pango_layout_iter_get_line_extents(iter, &ink, &line);
        const int exact = pango_layout_iter_get_baseline(iter);
        Line one{
            pango_layout_iter_get_line_readonly(iter), whole(line.x) + aligned_x_, whole(exact), {}, 0, 0};
        pango_layout_iter_get_line_yrange(iter, &one.top, nullptr);
        one.shift = one.baseline * PANGO_SCALE - exact;
        if (ink.width > 0 && ink.height > 0) {
            // One more pixel all around: outlines are rounded to pixels after shaping.
            one.ink.x = PANGO_PIXELS_FLOOR(ink.x) + aligned_x_ - 1;
            one.ink.y = PANGO_PIXELS_FLOOR(ink.y + one.shift) - 1;
            one.ink.w = PANGO_PIXELS_CEIL(ink.x + ink.width) + aligned_x_ + 1 - one.ink.x;
            one.ink.h = PANGO_PIXELS_CEIL(ink.y + ink.height + one.shift) + 1 - one.ink.y;
        }
        ink_ = ink_.with(one.ink);
        lines_.push_back(one);
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);

    extent_.x_px = static_cast<float>(PANGO_PIXELS_FLOOR(logical.x) + aligned_x_);
    extent_.width_px = static_cast<float>(PANGO_PIXELS_CEIL(logical.width));
    extent_.height_px = static_cast<float>(PANGO_PIXELS_CEIL(logical.height));
    extent_.baseline_px = static_cast<float>(lines_.front().baseline);
    extent_.lines = static_cast<int>(lines_.size());
    extent_.right_to_left = right_to_left;
    extent_.unknown_glyphs = pango_layout_get_unknown_glyphs_count(layout_.get());
    extent_.ink_x = static_cast<float>(ink_.x);
    extent_.ink_y = static_cast<float>(ink_.y);
    extent_.ink_width = static_cast<float>(ink_.w);
    extent_.ink_height = static_cast<float>(ink_.h);
}

PixelRect ShapedText::ink_within(const PixelRect& window) const {
    PixelRect found;
    for (const Line& line : lines_)
        if (const PixelRect seen = line.ink.cut(window); !seen.empty())
            found = found.with(seen);
    return found;
}

std::vector<std::uint8_t> ShapedText::rasterise(const PixelRect& window) const {
    cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_A8, window.w, window.h);
    cairo_t* painter = cairo_create(surface);
    cairo_set_source_rgba(painter, 1, 1, 1, 1);
    for (const Line& line : lines_) {
        if (line.ink.cut(window).empty())
            continue;
        cairo_move_to(painter, line.x - window.x, line.baseline - window.y);
        pango_cairo_show_layout_line(painter, line.line);
    }
    std::vector<std::uint8_t> alpha;
    if (cairo_status(painter) == CAIRO_STATUS_SUCCESS) {
        cairo_surface_flush(surface);
        const unsigned char* row = cairo_image_surface_get_data(surface);
        alpha.reserve(static_cast<std::size_t>(window.w) * static_cast<std::size_t>(window.h));
        for (int y = 0; y < window.h; ++y, row += cairo_image_surface_get_stride(surface))
            alpha.insert(alpha.end(), row, row + window.w);
    }
    cairo_destroy(painter);
    cairo_surface_destroy(surface);
    return alpha;
}

}  // namespace doorstep
