#include <imgui.h>

#include "client/ui/field_parts.h"
#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

constexpr float pad_mm = 3;
constexpr float pad_lines_mm = 2.5f;
constexpr float caret_mm = 0.4f;
constexpr float focus_sunlight_mm = 1;  // every line is 0.6 there
constexpr std::int64_t blink_us = 530'000;
constexpr std::int64_t blinks_for_us = 6'000'000;  // then the caret rests: no wake-ups for an idle field

struct Laid {
    std::optional<OnOneLine> line;  // of a one-line field
    std::string text;               // as it is laid out
    TextStyle style;
    TextExtent extent;

    std::size_t caret_of(std::size_t real) const { return line ? line->from_real(real) : real; }
    std::size_t real_of(std::size_t byte) const { return line ? line->to_real(byte) : byte; }
};

Laid lay(Ui& ui, const FieldLocal& local, bool one_line, float width) {
    Laid laid;
    laid.style = {.em_px = ui.atlas().em_px(Type::body),
                  .bold = ui.theme() == Theme::sunlight,
                  .wrap = !one_line,
                  .width_px = one_line ? 0 : width - 2 * ui.px(caret_mm)};
    if (one_line) {
        laid.line.emplace(local.text);
        laid.text = laid.line->text();
    } else {
        laid.text = local.text;
    }
    laid.extent = ui.paragraphs().measure(laid.text, laid.style);
    return laid;
}

CaretAt caret_at(Ui& ui, const Laid& laid, std::size_t real) {
    CaretAt caret = ui.paragraphs().caret(laid.text, laid.style, laid.caret_of(real));
    if (caret.height_px <= 0)
        caret.height_px = laid.style.em_px * 1.3f;
    return caret;
}

// One line up or down, to the place nearest below or above the caret.
bool move_line(Ui& ui, const Laid& laid, FieldLocal& local, int by) {
    const CaretAt caret = caret_at(ui, laid, local.caret);
    const float y = caret.y_px + caret.height_px * (by > 0 ? 1.5f : -0.5f);
    if (y < 0 || y > laid.extent.height_px)
        return false;
    local.caret = laid.real_of(ui.paragraphs().byte_at(laid.text, laid.style, caret.x_px, y));
    return true;
}

// Returns whether the caret moved.
bool take_typed(Ui& ui, FieldLocal& local, bool one_line, float width, FieldTold& told) {
    bool moved = false;
    for (const Keystroke& typed : ui.typed()) {
        if (!one_line && (typed.key == Key::up || typed.key == Key::down)) {
            const Laid laid = lay(ui, local, one_line, width);
            moved = move_line(ui, laid, local, typed.key == Key::down ? 1 : -1) || moved;
            continue;
        }
        switch (edit(local.text, local.caret, typed, one_line)) {
        case Edited::changed:
            told.changed = local.mine = moved = true;
            break;
        case Edited::moved:
            moved = true;
            break;
        case Edited::entered:
            told.entered = true;
            break;
        case Edited::dismissed:
            ui.focus() = {};
            break;
        case Edited::nothing:
            break;
        }
    }
    if (moved)
        local.touched_at_us = ui.now_us();
    return moved;
}

struct Placed {
    float x, y;  // of the text's corner on the screen
};

// A hint that is too long for its line ends in an ellipsis.
void draw_hint(Ui& ui, const FieldLook& look, const Rect& inner, Align align) {
    if (look.hint.empty())
        return;
    const TextExtent extent = ui.measure(look.hint, Type::body);
    if (look.lines > 1 || extent.width_px <= inner.w)
        return ui.words_unmarked(inner, look.hint, Type::body, ui.colours().second, align);
    const TextStyle style{.em_px = ui.atlas().em_px(Type::body),
                          .bold = ui.theme() == Theme::sunlight,
                          .wrap = false,
                          .width_px = inner.w,
                          .single_line_ellipsis = true};
    const float high = ui.paragraphs().measure(look.hint, style).height_px;
    ui.paragraphs().draw(ui.list(), inner.x, std::round(inner.y + (inner.h - high) / 2), look.hint, style,
                         ui.colours().second);
}

// Returns where the caret stands.
Rect draw_text(Ui& ui, const Laid& laid, const FieldLocal& local, const FieldLook& look, const Rect& clip,
               Placed at, bool focused, Align align) {
    const Colour around = ui.ground();
    ui.ground_is(ui.colours().background);
    ui.list().PushClipRect({clip.x, clip.y}, {clip.right(), clip.bottom()}, true);
    if (laid.text.empty()) {
        draw_hint(ui, look, clip, align);
    } else {
        ui.paragraphs().draw(ui.list(), at.x, at.y, laid.text, laid.style, ui.colours().text);
    }
    Rect stands;
    if (focused) {
        const CaretAt caret = caret_at(ui, laid, local.caret);
        const float wide = std::max(2.0f, ui.px(caret_mm));
        stands =
            Rect{at.x + caret.x_px - std::floor(wide / 2), at.y + caret.y_px, wide, caret.height_px}.whole();
        field_caret(ui, local.touched_at_us, stands);
    }
    ui.list().PopClipRect();
    ui.ground_is(around);
    return stands;
}

// Where a single line begins, scrolled so that the caret is in sight.
float line_x(Ui& ui, const Laid& laid, FieldLocal& local, const Rect& inner, bool focused, Align align) {
    const float caret_room = std::max(2.0f, ui.px(caret_mm)) + 1;
    const float spare = inner.w - caret_room - laid.extent.width_px;
    const bool from_right = laid.text.empty() ? ui.mirrored() : laid.extent.right_to_left;
    if (spare >= 0) {
        local.scrolled_px = 0;
        if (align == Align::centre)
            return std::round(inner.x + (inner.w - laid.extent.width_px) / 2);
        return std::round(from_right ? inner.right() - caret_room - laid.extent.width_px : inner.x + 1);
    }
    if (!focused) {
        local.scrolled_px = from_right ? -spare : 0;
    } else {
        const float caret = caret_at(ui, laid, local.caret).x_px;
        local.scrolled_px = std::max(std::min(local.scrolled_px, caret), caret + caret_room - inner.w);
        local.scrolled_px = std::clamp(local.scrolled_px, 0.0f, -spare);
    }
    return std::round(inner.x + 1 - local.scrolled_px);
}

void take_focus(Ui& ui, std::string_view id, const Laid& laid, FieldLocal& local, const FieldLook& look,
                const Tap& tap, Placed at) {
    // Reached by a key there is no place that was meant: typing goes on at the end.  In a
    // number, the first tap means the number.
    const bool whole = look.keyboard == Keyboard::numbers && ui.focus().field != id;
    ui.focus() = {std::string(id), look.keyboard};
    local.touched_at_us = ui.now_us();
    local.caret =
        tap.by_key || whole
            ? local.text.size()
            : laid.real_of(ui.paragraphs().byte_at(laid.text, laid.style, tap.x - at.x, tap.y - at.y));
}

void one_line_in(Ui& ui, const Rect& box, std::string_view id, std::string_view label, FieldLocal& local,
                 const FieldLook& look, bool focused, Align align) {
    const Tap tap = ui.tap(label, Role::field, box, {.value = local.text});
    const Rect inner = box.inset(ui.px(pad_mm), ui.px(mm::line_strong));
    const Laid laid = lay(ui, local, true, inner.w);
    const float x = line_x(ui, laid, local, inner, focused, align);
    // On one baseline with the words of a button beside it.
    const float rise = (ui.atlas().cap_height_px(Type::body) + ui.atlas().x_height_px(Type::body)) / 2;
    const float y = std::round(box.y + (box.h + rise) / 2) - laid.extent.baseline_px;
    if (tap.tapped)
        take_focus(ui, id, laid, local, look, tap, {x, y});
    field_ground(ui, box, focused, look.error);
    draw_text(ui, laid, local, look, inner, {x, y}, focused, align);
    if (focused)
        ui.typing_at(box);
}

void keep_in_sight(Ui& ui, std::string_view scroll, const Rect& caret, float top, const Rect& inner) {
    if (caret.y < inner.y)
        ui.scroll_to(scroll, caret.y - top);
    else if (caret.bottom() > inner.bottom())
        ui.scroll_to(scroll, caret.bottom() - top - inner.h);
}

void lines_in(Ui& ui, const Rect& box, std::string_view id, std::string_view label, FieldLocal& local,
              const FieldLook& look, bool focused, bool caret_moved) {
    const Rect inner = box.inset(ui.px(pad_mm), ui.px(pad_lines_mm));
    const Laid laid = lay(ui, local, false, inner.w);
    field_ground(ui, box, focused, look.error);
    const auto target = [&](const Rect& rect, Placed at) {
        const Tap tap = ui.tap(label, Role::field, rect, {.value = local.text});
        if (tap.tapped)
            take_focus(ui, id, laid, local, look, tap, at);
        return draw_text(ui, laid, local, look, inner, at, focused, Align::start);
    };
    Rect caret;
    if (laid.extent.height_px <= inner.h) {
        caret = target(box, {inner.x, inner.y});
    } else {
        const std::string scroll = "field " + std::string(id);
        // As wide as the field, so that the sign of its place stands beside the words.
        const float line = ui.px(focus_sunlight_mm);
        const Rect seen{box.x + line, inner.y, box.w - 2 * line, inner.h};
        ui.scroll(scroll, seen, [&] {
            const Rect piece = ui.take(laid.extent.height_px);
            caret = target(inner, {inner.x, piece.y});
            if (focused && caret_moved)
                keep_in_sight(ui, scroll, caret, piece.y, inner);
        });
        // For the page around it: where the caret will be seen.
        caret.y = std::clamp(caret.y, inner.y, std::max(inner.y, inner.bottom() - caret.h));
    }
    if (focused)
        ui.typing_at(caret.inset(0, -ui.px(pad_lines_mm)));
}

}  // namespace

void follow(FieldLocal& local, std::string_view value, bool in_focus) {
    const bool news = local.told.news(value);
    if (in_focus && local.mine)
        return;
    if (news || !local.mine || (local.told.caught_up() && local.text == value)) {
        local.mine = false;
        if (local.text != value) {
            local.text = value;
            local.caret = local.text.size();
        }
    }
}

void tell(FieldLocal& local) {
    local.mine = true;
    local.told.say(local.text);
}

float field_height(Ui& ui, int lines) {
    const TextStyle style{.em_px = ui.atlas().em_px(Type::body)};
    const float line = ui.paragraphs().measure("Ag", style).height_px;
    if (lines <= 1)
        return std::max(ui.px(mm::button), std::ceil(line) + 2 * ui.px(2));
    return std::max(ui.px(mm::button), std::ceil(line * static_cast<float>(lines)) + 2 * ui.px(pad_lines_mm));
}

void field_label(Ui& ui, std::string_view label, std::string_view hint) {
    ui.words(label, Type::body_bold, ui.colours().text);
    if (!hint.empty())
        ui.words(hint, Type::small, ui.colours().second);
    ui.gap(2);
}

void field_ground(Ui& ui, const Rect& box, bool focused, bool error) {
    const Palette& colours = ui.colours();
    ui.fill(box, colours.background);
    const bool sunlight = ui.theme() == Theme::sunlight;
    const bool strong = focused || error || sunlight;
    ui.frame(box,
             error     ? colours.error
             : focused ? colours.text
                       : colours.border,
             focused && sunlight ? focus_sunlight_mm
             : strong            ? mm::line_strong
                                 : mm::line);
}

void field_caret(Ui& ui, std::int64_t touched_at_us, const Rect& at) {
    const std::int64_t since = std::max<std::int64_t>(0, ui.now_us() - touched_at_us);
    const bool blinks = since < blinks_for_us && !ui.stage().options.still;
    if (blinks)
        ui.wake_at(touched_at_us + (since / blink_us + 1) * blink_us);
    if (!blinks || since / blink_us % 2 == 0)
        ui.fill(at, ui.colours().text);
}

std::vector<Rect> in_a_row(const Ui& ui, const Rect& box, const std::vector<float>& widths, float gap_px) {
    std::vector<Rect> pieces;
    float x = 0;
    for (const float width : widths) {
        const float left = ui.mirrored() ? box.right() - x - width : box.x + x;
        pieces.push_back(Rect{left, box.y, width, box.h}.whole());
        x += width + gap_px;
    }
    return pieces;
}

FieldTold field_in(Ui& ui, const Rect& box, std::string_view id, std::string_view label, FieldLocal& local,
                   const FieldLook& look, Align align) {
    FieldTold told;
    const bool one_line = look.lines <= 1;
    const bool focused = ui.focus().field == id;
    const bool came = focused && !local.focused;
    told.left = local.focused && !focused;
    local.focused = focused;
    local.caret = caret_within(local.text, local.caret);
    if (came)
        local.touched_at_us = ui.now_us();
    const bool moved = focused && take_typed(ui, local, one_line, box.inset(ui.px(pad_mm), 0).w, told);
    if (one_line)
        one_line_in(ui, box, id, label, local, look, focused, align);
    else
        lines_in(ui, box, id, label, local, look, focused, moved || came);
    return told;
}

FieldTold text_field(Ui& ui, std::string_view id, std::string_view label, FieldLocal& local,
                     const FieldLook& look, bool show_label) {
    if (show_label)
        field_label(ui, label);
    const Rect box = ui.take(field_height(ui, look.lines));
    return field_in(ui, box, id, label, local, look);
}

}  // namespace doorstep
