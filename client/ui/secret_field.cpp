#include "client/ui/secret_field.h"

#include <imgui.h>

#include "client/ui/field_parts.h"
#include "client/ui/looks.h"
#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

constexpr float pad_mm = 3;
constexpr float dot_mm = 1.8f;
constexpr float dot_step_mm = 3;
constexpr float caret_mm = 0.4f;

void take_strokes(Ui& ui, HiddenText& text, SecretTold& told) {
    for (const Keystroke& stroke : ui.typed()) {
        if (stroke.key == Key::none)
            told.changed = text.add(stroke.text) || told.changed;
        else if (stroke.key == Key::space)
            told.changed = text.add(" ") || told.changed;
        else if (stroke.key == Key::backspace && !text.empty()) {
            text.drop_last();
            told.changed = true;
        } else if (stroke.key == Key::enter)
            told.entered = told.entered || !text.empty();
        else if (stroke.key == Key::escape)
            ui.focus() = {};
    }
}

// The end is always in sight.  Returns where it is.
float draw_dots(Ui& ui, const Rect& inner, std::size_t count) {
    const float step = ui.px(dot_step_mm), radius = std::round(ui.px(dot_mm) / 2);
    const bool right = ui.mirrored();
    const float all = step * static_cast<float>(count);
    const float from = std::min(0.0f, inner.w - ui.px(1) - all);
    const float y = std::round(inner.y + inner.h / 2);
    for (std::size_t i = 0; i < count; ++i) {
        const float along = from + step * static_cast<float>(i) + std::floor(step / 2);
        const float x = right ? inner.right() - along : inner.x + along;
        if (along > -step)
            ui.list().AddCircleFilled({x, y}, radius, packed(ui.colours().text), 16);
    }
    return right ? inner.right() - from - all : inner.x + from + all;
}

// Letter by letter from the atlas: the cache of shaped paragraphs would keep the words.
float draw_letters(Ui& ui, const Rect& inner, std::string_view text) {
    const Type type = ui.theme() == Theme::sunlight ? Type::body_bold : Type::body;
    ImFont* font = ui.atlas().font(type);
    const float size = ui.atlas().size_px(type);
    const char* begin = text.data();
    const char* end = begin + text.size();
    const float wide = text.empty() ? 0 : std::ceil(font->CalcTextSizeA(size, FLT_MAX, 0, begin, end).x);
    const float from = std::min(0.0f, inner.w - ui.px(1) - wide);
    const float rise = (ui.atlas().cap_height_px(type) + ui.atlas().x_height_px(type)) / 2;
    const float top = std::round(inner.y + (inner.h + rise) / 2) - ui.atlas().baseline_px(type);
    const float x = ui.mirrored() ? inner.right() - from - wide : inner.x + from;
    if (!text.empty())
        ui.list().AddText(font, size, {std::round(x), top}, packed(ui.colours().text), begin, end);
    return ui.mirrored() ? x : x + wide;
}

struct Toggle {
    std::string word;
    bool with_word = true;
    float width = 0;
};
Toggle toggle_of(const Ui& ui, bool shown, float row) {
    Toggle toggle;
    toggle.word = ui.say(shown ? "Hide" : "Show");
    const float words = std::max(ui.measure(ui.say("Hide"), Type::body).width_px,
                                 ui.measure(ui.say("Show"), Type::body).width_px);
    toggle.width = icon_square(ui) + ui.px(1.5f) + words + 2 * ui.px(2);
    // On a narrow screen with large words the field is worth more than its word.
    toggle.with_word = toggle.width <= row * 0.4f;
    if (!toggle.with_word)
        toggle.width = std::max(ui.px(mm::button), icon_square(ui) + ui.px(2));
    return toggle;
}

// There is something to show once something was typed.
void draw_toggle(Ui& ui, const Rect& at, const Toggle& toggle, std::string_view label, bool enabled,
                 bool& shown) {
    const Palette& colours = ui.colours();
    const std::string name = toggle.word + ": " + std::string(label);
    const Tap tap = ui.tap(name, Role::button, at, {.enabled = enabled, .checked = shown});
    const Colour ink = tap.pressed ? colours.on_pressed : enabled ? colours.link : colours.second;
    const Colour before = ui.ground();
    if (tap.pressed) {
        ui.fill(at, colours.pressed, true);
        ui.ground_is(colours.pressed);
    }
    const float square = icon_square(ui);
    const Icon icon = shown ? Icon::eye_closed : Icon::eye;
    if (!toggle.with_word) {
        ui.icon(at, icon, ink, 0.9f);
    } else {
        const bool right = ui.mirrored();
        const float pad = ui.px(2), after = square + ui.px(1.5f);
        ui.icon({right ? at.right() - pad - square : at.x + pad, at.y, square, at.h}, icon, ink, 0.9f);
        const float room = at.w - pad - after;
        ui.words_unmarked({right ? at.x : at.x + pad + after, at.y, room, at.h}, toggle.word, Type::body,
                          ink);
    }
    ui.ground_is(before);
    if (!tap.tapped)
        return;
    shown = !shown;
    ui.stage().field_tapped = true;  // typing goes on
}

std::string dots(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += "\u2022";
    return text;
}

void draw_box(Ui& ui, const Rect& box, std::string_view id, std::string_view label, const SecretLook& look,
              StageState::HiddenField& hidden) {
    const Tap tap =
        ui.tap(label, Role::field, box, {.enabled = look.enabled, .value = dots(hidden.text.letters())});
    if (tap.tapped) {
        ui.focus() = {std::string(id), Keyboard::letters};
        hidden.touched_at_us = ui.now_us();
    }
    const bool focused = ui.focus().field == id;
    field_ground(ui, box, focused && look.enabled, look.error);
    const Rect inner = box.inset(ui.px(pad_mm), ui.px(mm::line_strong));
    ui.list().PushClipRect({inner.x, inner.y}, {inner.right(), inner.bottom()}, true);
    const float end = hidden.shown ? draw_letters(ui, inner, hidden.text.view())
                                   : draw_dots(ui, inner, hidden.text.letters());
    if (focused && look.enabled) {
        const float high = std::round(ui.atlas().em_px(Type::body) * 1.3f);
        const float wide = std::max(2.0f, ui.px(caret_mm));
        field_caret(
            ui, hidden.touched_at_us,
            Rect{ui.mirrored() ? end - wide : end, inner.y + (inner.h - high) / 2, wide, high}.whole());
    }
    ui.list().PopClipRect();
    if (focused)
        ui.typing_at(Rect{box.x, box.y, box.w, box.h + look.below_px});
}

}  // namespace

SecretTold secret_field(Ui& ui, std::string_view id, std::string_view label, const SecretLook& look) {
    SecretTold told;
    ui.hidden(id);
    StageState::HiddenField& hidden = ui.stage().hidden.find(id)->second;
    const bool focused = ui.focus().field == id;
    if (focused && look.enabled)
        take_strokes(ui, hidden.text, told);
    if (told.changed)
        hidden.touched_at_us = ui.now_us();
    const bool any = !hidden.text.empty();
    hidden.shown = hidden.shown && any;  // each begins as dots
    field_label(ui, label, look.hint);
    const Rect row = ui.take(field_height(ui, 1));
    const Toggle toggle = toggle_of(ui, hidden.shown, row.w);
    const float gap = ui.px(mm::gap_min);
    const std::vector<Rect> at = in_a_row(ui, row, {row.w - gap - toggle.width, toggle.width}, gap);
    draw_box(ui, at[0], id, label, look, hidden);
    draw_toggle(ui, at[1], toggle, label, any, hidden.shown);
    return told;
}

}  // namespace doorstep
