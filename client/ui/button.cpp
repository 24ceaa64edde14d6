// Buttons, tiles, rows, tabs, tags: what is tapped once.
#include "client/ui/button.h"

#include "client/ui/looks.h"

namespace doorstep {

namespace {

constexpr float pad_mm = 4;
constexpr float wide_enough_mm = 72;  // beyond this a button is as wide as its words need

struct Inks {
    Colour ground, ink, edge;
    bool filled = true, edged = false;
};
Inks inks_of(const Ui& ui, ButtonLook look, bool enabled, bool pressed) {
    const Palette& c = ui.colours();
    if (pressed)
        return {c.pressed, c.on_pressed, c.pressed, true, false};
    if (!enabled)
        return {c.surface, c.second, c.border, true, ui.theme() == Theme::sunlight};
    switch (look) {
    case ButtonLook::primary:
        return {c.primary, c.on_primary, c.primary, true, false};
    case ButtonLook::warning:
        return {c.background, c.error, c.error, true, true};
    case ButtonLook::quiet:
        return {ui.ground(), c.link, c.link, false, false};
    case ButtonLook::secondary:
        break;
    }
    // In the dark, surfaces part by tone.
    return {c.surface, c.text, c.border, true, ui.theme() != Theme::dark};
}

Type type_of(ButtonLook look) {
    return look == ButtonLook::secondary ? Type::body : Type::body_bold;
}

float icon_room(const Ui& ui, Icon icon) {
    return icon == Icon::none ? 0 : icon_square(ui) + ui.px(2);
}

float natural_width(const Ui& ui, std::string_view label, ButtonLook look, Icon icon) {
    const float pad = ui.px(look == ButtonLook::quiet ? 2.0f : 2 * pad_mm);
    return std::max(ui.px(mm::target_min),
                    ui.measure(label, type_of(look)).width_px + icon_room(ui, icon) + pad);
}

void draw_label(Ui& ui, const Rect& inside, std::string_view label, ButtonLook look, Icon icon, Colour ink) {
    const Type type = type_of(look);
    const float room = icon_room(ui, icon);
    const float width = std::min(inside.w, ui.measure(label, type, inside.w - room).width_px + room);
    const bool quiet = look == ButtonLook::quiet;
    const bool right = ui.mirrored();
    float x = inside.x + (inside.w - width) / 2;
    if (quiet)
        x = right ? inside.right() - width : inside.x;
    const Rect group = Rect{x, inside.y, width, inside.h}.whole();
    if (room > 0) {
        const float square = icon_square(ui);
        ui.icon({right ? group.right() - square : group.x, group.y, square, group.h}, icon, ink, 0.9f);
    }
    // The words get the whole rest, so that a pixel of rounding never wraps them.
    const Rect words =
        room > 0 ? Rect{right ? inside.x : group.x + room, inside.y,
                        right ? group.right() - room - inside.x : inside.right() - group.x - room, inside.h}
                 : inside;
    ui.words_unmarked(words, label, type, ink, room > 0 || quiet ? Align::start : Align::centre);
}

}  // namespace

float icon_square(const Ui& ui) {
    return std::round(ui.atlas().icon_px() * 1.15f);
}

Colour divider(const Ui& ui) {
    return ui.theme() == Theme::sunlight ? ui.colours().border : ui.colours().pressed;
}

float words_height(const Ui& ui, std::string_view words, Type type, float width_px) {
    const TextExtent extent = ui.measure(words, type, std::max(1.0f, width_px));
    const float line = extent.height_px / static_cast<float>(std::max(1, extent.lines));
    return extent.height_px - std::max(0.0f, line - ui.measure("Ag", type).height_px);
}

float line_mm(const Ui& ui) {
    return ui.theme() == Theme::sunlight ? mm::line_strong : mm::line;
}

float button_height(const Ui& ui, std::string_view label, ButtonLook look, Icon icon, float width_px) {
    const float pad = ui.px(look == ButtonLook::quiet ? 0 : 2 * pad_mm);
    const float room = std::max(1.0f, width_px - pad - icon_room(ui, icon));
    const float words = words_height(ui, label, type_of(look), room);
    return std::max(ui.px(mm::button), words + ui.px(4));
}

float button_width(const Ui& ui, std::string_view label, ButtonLook look) {
    return natural_width(ui, label, look, Icon::none);
}

bool button_in(Ui& ui, const Rect& rect, std::string_view label, ButtonLook look, Icon icon, bool enabled) {
    const Rect at = rect.whole();
    const Tap tap = ui.tap(label, Role::button, at, {.enabled = enabled, .checked = false, .value = {}});
    const Inks inks = inks_of(ui, look, enabled, tap.pressed);
    const Colour before = ui.ground();
    if (inks.filled)
        ui.fill(look == ButtonLook::quiet ? at.inset(-ui.px(1), 0) : at, inks.ground, true);
    if (inks.edged)
        ui.frame(at, inks.edge, look == ButtonLook::warning ? mm::line_strong : line_mm(ui), true);
    ui.ground_is(inks.ground);
    const float pad = look == ButtonLook::quiet ? 0 : std::min(ui.px(pad_mm), std::floor(at.w / 8));
    draw_label(ui, at.inset(pad, 0), label, look, icon, inks.ink);
    ui.ground_is(before);
    return tap.tapped;
}

bool button(Ui& ui, std::string_view label, ButtonLook look, Icon icon, bool enabled) {
    const float column = ui.column().w;
    float width = column;
    if (look == ButtonLook::quiet)
        width = std::min(column, natural_width(ui, label, look, icon));
    else if (column > ui.px(wide_enough_mm)) {
        // Whole pixels, and one over: rounding never takes the last word to a second line.
        const float natural = std::ceil(natural_width(ui, label, look, icon)) + 1;
        width = std::min(column, std::max(ui.px(wide_enough_mm), natural));
    }
    const Rect line = ui.take(button_height(ui, label, look, icon, width));
    const float x = ui.mirrored() ? line.right() - width : line.x;
    return button_in(ui, {x, line.y, width, line.h}, label, look, icon, enabled);
}

bool main_tile(Ui& ui, std::string_view heading, std::string_view detail) {
    const float pad = ui.px(6);
    const float square = icon_square(ui);
    const float room = std::max(1.0f, ui.column().w - 2 * pad - square - ui.px(2));
    const float first = words_height(ui, heading, Type::heading, room);
    const float second = detail.empty() ? 0 : words_height(ui, detail, Type::body, room);
    const float between = detail.empty() ? 0 : ui.px(1);
    const float words = first + between + second;
    const Rect at = ui.take(std::max(ui.px(mm::tile), words + ui.px(8)));
    const Tap tap = ui.tap(heading, Role::tile, at);
    const Palette& c = ui.colours();
    const Colour ground = tap.pressed ? c.pressed : c.primary;
    const Colour ink = tap.pressed ? c.on_pressed : c.on_primary;
    const Colour before = ui.ground();
    ui.fill(at, ground, true);
    ui.ground_is(ground);
    const float x = ui.mirrored() ? at.right() - pad - room : at.x + pad;
    const float y = std::round(at.y + (at.h - words) / 2);
    ui.words_unmarked({x, y, room, first}, heading, Type::heading, ink);
    if (!detail.empty())
        ui.words_unmarked({x, y + first + between, room, second}, detail, Type::body, ink);
    const float edge = ui.mirrored() ? at.x + pad : at.right() - pad - square;
    ui.icon({edge, at.y, square, at.h}, Icon::on, ink, 0.8f);
    ui.ground_is(before);
    return tap.tapped;
}

namespace {

// In sunlight every line is strong: the chosen one is stronger.
void underline(Ui& ui, const Rect& tab) {
    const float high = ui.px(ui.theme() == Theme::sunlight ? 1.6f : 0.8f);
    ui.fill({tab.x, tab.bottom() - high, tab.w, high}, ui.colours().selected);
}

}  // namespace

int tabs(Ui& ui, const std::vector<std::string>& labels, int chosen) {
    if (labels.empty())
        return -1;
    const Palette& c = ui.colours();
    const float gap = ui.px(mm::gap_min);
    const float height = std::max(ui.px(10), ui.measure("Ag", Type::body_bold).height_px + ui.px(3));
    float widest = 0, words = gap * static_cast<float>(labels.size() - 1);
    for (const std::string& label : labels)
        words += ui.measure(label, Type::body_bold).width_px;
    // Air gives way before the last tab stands alone on a second line.
    const float air =
        std::clamp((ui.column().w - words) / static_cast<float>(labels.size()), ui.px(2), ui.px(6));
    std::vector<float> widths;
    for (const std::string& label : labels) {
        const float wide = std::floor(ui.measure(label, Type::body_bold).width_px + air);
        widths.push_back(std::clamp(wide, ui.px(12), std::max(ui.px(12), ui.column().w)));
        widest = std::max(widest, widths.back());
    }
    const auto n = static_cast<float>(labels.size());
    const bool even = widest * n + gap * (n - 1) <= ui.column().w;
    int told = -1;
    Rect line{};
    float used = -1;
    const Colour before = ui.ground();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const float width = even ? widest : widths[i];
        if (used < 0 || used + width > line.w + 0.5f) {
            if (used >= 0)
                ui.gap(mm::gap_min);
            line = ui.take(height);
            ui.line(line.x, line.bottom() - ui.px(line_mm(ui)), line.right(),
                    line.bottom() - ui.px(line_mm(ui)), divider(ui), line_mm(ui));
            used = 0;
        }
        const float x = ui.mirrored() ? line.right() - used - width : line.x + used;
        const Rect at = Rect{x, line.y, width, line.h}.whole();
        const bool is_chosen = static_cast<int>(i) == chosen;
        const Tap tap =
            ui.tap(labels[i], Role::tab, at, {.enabled = true, .checked = is_chosen, .value = {}});
        if (tap.pressed) {
            ui.fill(at, c.pressed);
            ui.ground_is(c.pressed);
        }
        const Colour ink = tap.pressed ? c.on_pressed : is_chosen ? c.selected : c.text;
        ui.words_unmarked(at, labels[i], is_chosen ? Type::body_bold : Type::body, ink, Align::centre);
        ui.ground_is(before);
        if (is_chosen)
            underline(ui, at);
        if (tap.tapped)
            told = static_cast<int>(i);
        used += width + gap;
    }
    return told;
}

}  // namespace doorstep
