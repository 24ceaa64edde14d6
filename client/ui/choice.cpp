#include "client/ui/choice.h"

#include <imgui.h>

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

void draw_radio(Ui& ui, const Rect& at, bool chosen, const Inks& ink) {
    const ImVec2 middle{at.x + at.w / 2, at.y + at.h / 2};
    const float line = std::max(1.0f, ui.px(chosen ? mm::line_strong : tick_line_mm));
    if (!chosen)
        ui.list().AddCircleFilled(middle, at.w / 2, packed(ink.inside), 32);
    ui.list().AddCircle(middle, (at.w - line) / 2, packed(ink.line), 32, line);
    if (chosen)
        ui.list().AddCircleFilled(middle, ui.px(dot_mm) / 2, packed(ink.tick), 24);
}

void draw_box(Ui& ui, const Rect& at, bool chosen, const Inks& ink) {
    ui.fill(at, chosen ? ink.tick : ink.inside);
    if (chosen)
        ui.icon(at, Icon::check, ink.inside, 0.9f);
    else
        ui.frame(at, ink.line, tick_line_mm);
}

bool choice(Ui& ui, std::string_view label, Role role, bool chosen, bool enabled,
            std::string_view mark_label) {
    const float tick = ui.px(mm::tick), pad = ui.px(pad_mm), apart = ui.px(tick_to_text_mm);
    const float text_width = ui.column().w - pad - tick - apart - pad;
    // As high as the bold words need, so that nothing moves when it is chosen.
    const float words = std::max(ui.measure(label, Type::body_bold, text_width).height_px,
                                 ui.measure(label, Type::body, text_width).height_px);
    const Rect row = ui.take(std::max(ui.px(mm::button), std::ceil(words) + 2 * ui.px(pad_lines_mm)));
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
