// Rows of lists, and the tags in them.
#include "client/ui/button.h"
#include "client/ui/looks.h"

namespace doorstep {

namespace {

struct TintInks {
    Colour ink, ground;
    Icon icon = Icon::none;
};
TintInks inks_of(const Ui& ui, RowWords::Tint tint) {
    const Palette& c = ui.colours();
    switch (tint) {
    case RowWords::Tint::asks:
        return {c.warning, c.warning_ground, Icon::clock};
    case RowWords::Tint::trouble:
        return {c.error, c.error_ground, Icon::warning};
    case RowWords::Tint::good:
        return {c.good, c.good_ground, Icon::check};
    case RowWords::Tint::none:
        break;
    }
    return {c.second, c.background, Icon::none};
}

struct RowPlan {
    Type label_type = Type::body;
    float text_x = 0, text_w = 0;  // from the row's start
    float icon = 0, chevron = 0;   // their rooms
    float label_w = 0;             // of the label on one line
    float words_x = 0, words_w = 0;
    bool stacked = false;  // the words stand below the label
    float label_h = 0, words_h = 0;
};

constexpr float tag_pad_mm = 2;

RowPlan plan(const Ui& ui, float width, const RowWords& words) {
    RowPlan p;
    p.label_type = words.strong ? Type::body_bold : Type::body;
    p.icon = words.icon == Icon::none ? 0 : icon_square(ui) + ui.px(3);
    p.chevron = words.chevron ? icon_square(ui) + ui.px(2) : 0;
    p.text_w = std::max(ui.px(8), width - p.icon - p.chevron);
    p.label_w = ui.measure(words.label, p.label_type).width_px;
    p.label_h = words_height(ui, words.label, p.label_type, p.text_w);
    if (words.words.empty())
        return p;
    const float pad = words.tint == RowWords::Tint::asks ? 2 * ui.px(tag_pad_mm) : 0;
    p.words_w = ui.measure(words.words, Type::body).width_px + pad;
    // One edge for the words of short labels, so that the eye runs down a column.
    p.words_x = std::max(p.label_w + ui.px(4), std::round(p.text_w * 0.36f));
    if (p.words_x + p.words_w > p.text_w && ui.text_percent() <= 135)
        p.words_x = p.label_w + ui.px(4);
    p.stacked = words.below || p.words_x + p.words_w > p.text_w;
    if (!p.stacked)
        return p;
    p.words_h = words_height(ui, words.words, Type::small, p.text_w - pad);
    p.words_w = std::min(p.text_w, ui.measure(words.words, Type::small).width_px + pad + 1);
    return p;
}

Rect placed(const Ui& ui, const Rect& text, float x, float y, float w, float h) {
    return {ui.mirrored() ? text.right() - x - w : text.x + x, y, w, h};
}

void draw_words(Ui& ui, const Rect& box, const RowWords& words, Type type, bool pressed, bool one_line) {
    const TintInks inks = inks_of(ui, words.tint);
    if (words.tint == RowWords::Tint::asks) {
        tag(ui, box, words.words, words.tint);
        return;
    }
    const Colour ink = pressed ? ui.colours().on_pressed : inks.ink;
    if (one_line)
        ui.one_line(box, words.words, type, ink);
    else
        ui.words_unmarked(box, words.words, type, ink);
}

void draw_texts(Ui& ui, const Rect& text, const RowWords& words, const RowPlan& p, bool pressed) {
    const Colour ink = pressed ? ui.colours().on_pressed : ui.colours().text;
    if (!p.stacked) {
        const bool fits = p.label_h <= text.h;
        const Rect label = placed(ui, text, 0, text.y, words.words.empty() ? text.w : p.label_w + 1, text.h);
        if (fits)
            ui.words_unmarked(label, words.label, p.label_type, ink);
        else
            ui.one_line(label, words.label, p.label_type, ink);
        if (words.words.empty())
            return;
        Rect box = placed(ui, text, p.words_x, text.y, text.w - p.words_x, text.h);
        if (words.tint == RowWords::Tint::asks) {
            float high = std::min(text.h, ui.measure("Ag", Type::body).height_px + ui.px(1));
            high -= std::fmod(text.h - high, 2.0f);  // an even rest, or the baselines part by a pixel
            box = placed(ui, text, p.words_x, std::round(text.y + (text.h - high) / 2), p.words_w, high);
        }
        draw_words(ui, box, words, Type::body, pressed, false);
        return;
    }
    const float line = ui.measure("Ag", p.label_type).height_px,
                small = ui.measure("Ag", Type::small).height_px;
    const bool whole = p.label_h + p.words_h <= text.h;
    const float label_h = whole ? p.label_h : line;
    const float words_h = whole ? p.words_h : small;
    if (!whole && line + small > text.h) {
        // Too low for two lines: both are cut rather than drawn over what follows.
        const float half = std::floor(text.w * 0.5f);
        ui.one_line(placed(ui, text, 0, text.y, half - ui.px(2), text.h), words.label, p.label_type, ink);
        draw_words(ui, placed(ui, text, half, text.y, text.w - half, text.h), words, Type::small, pressed,
                   true);
        return;
    }
    const float top = std::round(text.y + (text.h - label_h - words_h) / 2);
    if (whole)
        ui.words_unmarked(placed(ui, text, 0, top, text.w, label_h), words.label, p.label_type, ink);
    else
        ui.one_line(placed(ui, text, 0, top, text.w, label_h), words.label, p.label_type, ink);
    const float wide = words.tint == RowWords::Tint::asks ? std::min(text.w, p.words_w) : text.w;
    draw_words(ui, placed(ui, text, 0, top + label_h, wide, words_h), words, Type::small, pressed, !whole);
}

}  // namespace

void tag(Ui& ui, const Rect& at, std::string_view words, RowWords::Tint tint) {
    const TintInks inks = inks_of(ui, tint);
    const Colour before = ui.ground();
    ui.fill(at, inks.ground, true);
    if (ui.theme() == Theme::sunlight)
        ui.frame(at, inks.ink, mm::line_strong);
    ui.ground_is(inks.ground);
    const float pad = std::min(ui.px(tag_pad_mm), std::floor(at.w / 6));
    const Rect inside = at.inset(pad, 0);
    const Type type =
        ui.measure(words, Type::body).width_px <= inside.w && ui.measure(words, Type::body).height_px <= at.h
            ? Type::body
            : Type::small;
    ui.one_line(inside, words, type, inks.ink);
    ui.ground_is(before);
}

bool row_in(Ui& ui, const Rect& rect, const RowWords& words) {
    const Rect at = rect.whole();
    // Targets stand 2 mm apart, though the rows touch.
    const Rect target = at.inset(0, std::ceil(ui.px(mm::gap_min) / 2));
    const Tap tap = ui.tap(words.label, Role::row, target);
    const Palette& c = ui.colours();
    const Colour before = ui.ground();
    if (tap.pressed) {
        ui.fill(target.inset(-ui.px(2), 0), c.pressed, true);
        ui.ground_is(c.pressed);
    } else {
        ui.line(at.x, at.bottom() - ui.px(line_mm(ui)), at.right(), at.bottom() - ui.px(line_mm(ui)),
                divider(ui), line_mm(ui));
    }
    const RowPlan p = plan(ui, at.w, words);
    const bool right = ui.mirrored();
    const float square = icon_square(ui);
    const float hang = std::floor(square * 0.3f);  // its ink ends at the edge
    const Colour faint = tap.pressed ? c.on_pressed : c.second;
    if (p.icon > 0)
        ui.icon({right ? at.right() - square : at.x, target.y, square, target.h}, words.icon, faint, 0.9f);
    if (p.chevron > 0)
        ui.icon({right ? at.x - hang : at.right() - square + hang, target.y, square, target.h}, Icon::on,
                faint, 0.6f);
    const Rect text{right ? at.x + p.chevron : at.x + p.icon, target.y, p.text_w, target.h};
    draw_texts(ui, text, words, p, tap.pressed);
    ui.ground_is(before);
    return tap.tapped;
}

bool row(Ui& ui, const RowWords& words) {
    const RowPlan p = plan(ui, ui.column().w, words);
    const float needed = p.label_h + p.words_h + ui.px(mm::gap_min) + ui.px(2);
    return row_in(ui, ui.take(std::max(ui.px(mm::row), needed)), words);
}

}  // namespace doorstep
