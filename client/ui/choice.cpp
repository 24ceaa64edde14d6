#include "client/ui/choice.h"

#include <algorithm>
#include <cmath>

namespace doorstep {

namespace {

constexpr float pad_mm = 2;
constexpr float tick_to_text_mm = 3;
constexpr float pad_lines_mm = 2.5f;
constexpr float dot_mm = 3.2f;
constexpr float tick_line_mm = 0.4f;

struct Inks {
    Colour line, tick, inside, text, ground;
};
Inks inks(const Ui& ui, bool chosen, bool pressed, bool enabled) {
    const Palette& colours = ui.colours();
    if (pressed)
        return {colours.on_pressed, colours.on_pressed, colours.pressed, colours.on_pressed, colours.pressed};
    const Colour text = enabled ? colours.text : colours.second;
    if (chosen)
        return {colours.selected, colours.selected, colours.on_selected, text, colours.chosen_ground};
    return {colours.border, colours.selected, colours.background, text, ui.ground()};
}

// A round, or a disc where `inner` is 0, by its rows of pixels: Dear ImGui's circles come
// out uneven where nothing is filtered.
void draw_round(Ui& ui, const Rect& at, float inner, float outer, Colour colour) {
    const auto share = [](float depth) { return std::clamp(depth + 0.5f, 0.0f, 1.0f); };
    const auto alpha = [&](float x, float y) {
        const float away = std::hypot(x + 0.5f - at.w / 2, y + 0.5f - at.h / 2);
        const float inside = inner > 0 ? share(away - inner) : 1;
        return static_cast<std::uint8_t>(std::lround(255 * share(outer - away) * inside));
    };
    for (float y = 0; y < at.h; ++y)
        for (float from = 0, to = 0; from < at.w; from = to) {
            colour.a = alpha(from, y);
            for (to = from + 1; to < at.w && alpha(to, y) == colour.a;)
                ++to;
            if (colour.a > 0)
                ui.fill({at.x + from, at.y + y, to - from, 1}, colour);
        }
}

void draw_radio(Ui& ui, const Rect& at, bool chosen, const Inks& ink) {
    const float outer = std::min(at.w, at.h) / 2;
    const float line = ui.px(chosen ? mm::line_strong : tick_line_mm);
    if (!chosen)
        draw_round(ui, at, 0, outer - line / 2, ink.inside);
    draw_round(ui, at, outer - line, outer, ink.line);
    if (chosen)
        draw_round(ui, at, 0, ui.px(dot_mm) / 2, ink.tick);
}

void draw_box(Ui& ui, const Rect& at, bool chosen, const Inks& ink) {
    ui.fill(at, chosen ? ink.tick : ink.inside);
    if (chosen)
        ui.icon(at, Icon::check, ink.inside, 0.9f);
    else
        ui.frame(at, ink.line, tick_line_mm);
}

// On a page with room beside its column the ticks hang in the margin, so that questions
// and answers begin at one edge.
float hang_of(const Ui& ui, float tick_room) {
    const Rect column = ui.column();
    // On either side, so that a mirrored page is the mirror of the other.
    const float beside = std::min(ui.screen().right() - column.right(), column.x - ui.screen().x);
    const bool whole_page = column.w + 1 >= ui.px(mm::column_max);
    return whole_page && beside >= tick_room + ui.margin() ? std::floor(tick_room) : 0;
}

bool choice(Ui& ui, std::string_view label, Role role, bool chosen, bool enabled,
            std::string_view mark_label) {
    const float tick = ui.px(mm::tick), pad = ui.px(pad_mm), apart = ui.px(tick_to_text_mm);
    const float hang = hang_of(ui, pad + tick + apart);
    const float text_width = ui.column().w + hang - pad - tick - apart - pad;
    // As high as the bold words need, so that nothing moves when it is chosen.
    const float words = std::max(ui.measure(label, Type::body_bold, text_width).height_px,
                                 ui.measure(label, Type::body, text_width).height_px);
    const Rect line = ui.take(std::max(ui.px(mm::button), std::ceil(words) + 2 * ui.px(pad_lines_mm)));
    const Rect row{ui.mirrored() ? line.x : line.x - hang, line.y, line.w + hang, line.h};
    const Tap tap =
        ui.tap(mark_label.empty() ? label : mark_label, role, row, {.enabled = enabled, .checked = chosen});
    const Inks ink = inks(ui, chosen, tap.pressed && enabled, enabled);

    const bool sunlight = ui.theme() == Theme::sunlight;
    if (chosen || (tap.pressed && enabled))
        ui.fill(row, ink.ground);
    if (chosen && sunlight)
        ui.frame(row, ink.line, mm::line_strong);
    const bool right = ui.mirrored();
    const Rect tick_at =
        Rect{right ? row.right() - pad - tick : row.x + pad, row.y + (row.h - tick) / 2, tick, tick}.whole();
    if (role == Role::radio)
        draw_radio(ui, tick_at, chosen, ink);
    else
        draw_box(ui, tick_at, chosen, ink);
    const Rect text{right ? row.x + pad : row.x + pad + tick + apart, row.y, text_width, row.h};
    const Colour before = ui.ground();
    ui.ground_is(ink.ground);
    ui.words_unmarked(text.whole(), label, chosen || sunlight ? Type::body_bold : Type::body, ink.text);
    ui.ground_is(before);
    ui.gap(mm::gap_min);
    return tap.tapped && enabled;
}

}  // namespace

bool radio(Ui& ui, std::string_view label, bool chosen, bool enabled, std::string_view mark_label) {
    return choice(ui, label, Role::radio, chosen, enabled, mark_label);
}

bool checkbox(Ui& ui, std::string_view label, bool checked, bool enabled, std::string_view mark_label) {
    return choice(ui, label, Role::checkbox, checked, enabled, mark_label);
}

}  // namespace doorstep
