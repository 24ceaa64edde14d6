#include <array>

#include <imgui.h>

#include "client/ui/secret_field.h"
#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

constexpr float key_high_mm = 14;
constexpr float key_wide_most_mm = 28;
constexpr float dot_mm = 3;
constexpr float dot_step_mm = 6;
constexpr float dots_high_mm = 9;

float key_width(const Ui& ui) {
    return std::floor(std::min(ui.px(key_wide_most_mm), (ui.column().w - 2 * ui.px(mm::gap_min)) / 3));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void add_digit(HiddenText& pin, char digit, SecretTold& told) {
    if (pin.letters() < pin_digits_max)
        told.changed = pin.add({&digit, 1}) || told.changed;
}

void drop_digit(HiddenText& pin, SecretTold& told) {
    told.changed = told.changed || !pin.empty();
    pin.drop_last();
}

void take_strokes(Ui& ui, HiddenText& pin, SecretTold& told) {
    for (const Keystroke& stroke : ui.typed()) {
        for (const char c : stroke.text)
            if (stroke.key == Key::none && is_digit(c))
                add_digit(pin, c, told);
        if (stroke.key == Key::backspace)
            drop_digit(pin, told);
        told.entered = told.entered || stroke.key == Key::enter;
    }
}

// A dot for each digit; rings say how many a PIN has at least.
void draw_dots(Ui& ui, std::string_view label, std::size_t typed, float width) {
    const Rect line = ui.take(ui.px(dots_high_mm));
    const Rect at = Rect{line.x + (line.w - width) / 2, line.y, width, line.h}.whole();
    const std::size_t places = std::max(typed, pin_digits_min);
    const float step = std::min(ui.px(dot_step_mm), std::floor(at.w / static_cast<float>(places)));
    const float radius = std::min(std::round(ui.px(dot_mm) / 2), std::floor(step / 2) - 1);
    const float from = at.x + std::round((at.w - step * static_cast<float>(places)) / 2) + step / 2;
    std::string value;
    for (std::size_t i = 0; i < places; ++i) {
        const ImVec2 middle{std::round(from + step * static_cast<float>(i)), std::round(at.y + at.h / 2)};
        if (i < typed) {
            ui.list().AddCircleFilled(middle, radius, packed(ui.colours().text), 24);
            value += "\u2022";
        } else {
            ui.list().AddCircle(middle, radius - 0.5f, packed(ui.colours().border), 24,
                                std::max(1.0f, ui.px(0.3f)));
        }
    }
    Mark mark;
    mark.label = label;
    mark.role = Role::status;
    mark.rect = at;
    mark.value = std::move(value);
    ui.mark(std::move(mark));
}

bool pad_key(Ui& ui, const Rect& at, const std::string& label, Icon icon, bool enabled) {
    const Palette& colours = ui.colours();
    const Tap tap = ui.tap(label, Role::button, at, {.enabled = enabled});
    const Colour before = ui.ground();
    const Colour ground = tap.pressed ? colours.pressed : colours.surface;
    const Colour ink = tap.pressed ? colours.on_pressed : enabled ? colours.text : colours.second;
    ui.fill(at, ground, true);
    if (ui.theme() == Theme::sunlight)
        ui.frame(at, colours.border, mm::line_strong, true);
    ui.ground_is(ground);
    if (icon != Icon::none)
        ui.icon(at, icon, ink);
    else
        ui.words_unmarked(at, label, Type::heading, ink, Align::centre);
    ui.ground_is(before);
    if (tap.tapped)
        ui.stage().field_tapped = true;  // hardware digits go on too
    return tap.tapped;
}

void draw_keys(Ui& ui, HiddenText& pin, bool enabled, float key, SecretTold& told) {
    static constexpr std::array<const char*, 12> labels{"1", "2", "3", "4", "5", "6",
                                                        "7", "8", "9", "",  "0", "Backspace"};
    const float gap = ui.px(mm::gap_min);
    const float high = std::max(ui.px(key_high_mm), ui.measure("0", Type::heading).height_px + ui.px(1));
    const float width = pin_pad_width(ui);
    Rect line;
    // As on a telephone, whichever way the words run.
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (i % 3 == 0) {
            if (i > 0)
                ui.gap(mm::gap_min);
            line = ui.take(high);
        }
        const std::string_view label = labels[i];
        const float x = std::round(line.x + (line.w - width) / 2) + static_cast<float>(i % 3) * (key + gap);
        const Rect at = Rect{x, line.y, key, high}.whole();
        if (label == "Backspace") {
            if (pad_key(ui, at, ui.say("Backspace"), Icon::back, enabled && !pin.empty()))
                drop_digit(pin, told);
        } else if (!label.empty() && pad_key(ui, at, std::string(label), Icon::none, enabled)) {
            add_digit(pin, label.front(), told);
        }
    }
}

}  // namespace

SecretTold pin_pad(Ui& ui, std::string_view id, std::string_view label, bool enabled) {
    SecretTold told;
    HiddenText& pin = ui.hidden(id);
    StageState& s = ui.stage();
    if (ui.focus().field.empty() && !s.ring_visible)
        ui.focus() = {std::string(id), Keyboard::none};
    const bool focused = ui.focus().field == id;
    if (focused && enabled)
        take_strokes(ui, pin, told);
    told.entered = told.entered && is_pin_long_enough(pin);
    const float key = key_width(ui);
    draw_dots(ui, label, pin.letters(), pin_pad_width(ui));
    ui.gap(2);
    if (focused)
        ui.typing_at(Rect{ui.column().x, ui.column().y, 1, 1});
    draw_keys(ui, pin, enabled, key, told);
    return told;
}

float pin_pad_width(const Ui& ui) {
    return 3 * key_width(ui) + 2 * ui.px(mm::gap_min);
}

bool is_pin_long_enough(const HiddenText& pin) {
    return pin.letters() >= pin_digits_min;
}

}  // namespace doorstep
