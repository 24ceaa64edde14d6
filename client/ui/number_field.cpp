#include "client/ui/field_parts.h"

namespace doorstep {

namespace {

constexpr float button_mm = 14;
constexpr float number_mm = 30;

std::string said_of(const std::string& text, bool decimal) {
    std::string said = text;
    const std::size_t comma = said.find(',');
    if (decimal && comma != std::string::npos && said.find(',', comma + 1) == std::string::npos &&
        said.find('.') == std::string::npos)
        said[comma] = '.';
    return said;
}

bool step_button(Ui& ui, const Rect& at, const std::string& label, Icon icon, bool enabled) {
    const Palette& colours = ui.colours();
    const Tap tap = ui.tap(label, Role::button, at, {.enabled = enabled});
    ui.fill(at, tap.pressed ? colours.pressed : colours.surface);
    ui.frame(at, colours.border, ui.theme() == Theme::sunlight ? mm::line_strong : mm::line);
    const float side = std::min(ui.px(6), at.h);
    const Rect square = Rect{at.x + (at.w - side) / 2, at.y + (at.h - side) / 2, side, side}.whole();
    ui.icon(square, icon, !enabled ? colours.border : tap.pressed ? colours.on_pressed : colours.text);
    return tap.tapped && enabled;
}

void take_over(FieldLocal& local, std::string_view value, bool in_focus) {
    const bool news = local.told.news(value);
    if (in_focus && local.mine)
        return;
    if (local.mine && !news && !(local.told.caught_up() && !value.empty()))
        return;
    local.mine = false;
    if (local.text != value) {
        local.text = value;
        local.caret = local.text.size();
    }
}

}  // namespace

std::optional<std::string> number_field(Ui& ui, std::string_view id, std::string_view label,
                                        std::string_view value, FieldLocal& local,
                                        std::optional<std::int64_t> least, std::optional<std::int64_t> most,
                                        bool decimal, bool error, bool show_label) {
    take_over(local, value, ui.focus().field == id);
    if (show_label)
        field_label(ui, label);
    const Rect row = ui.take(field_height(ui, 1));
    const float gap = ui.px(mm::gap_min);
    const float side = std::min(std::max(ui.px(button_mm), row.h), (row.w - 2 * gap) / 3);
    const float text = ui.measure("00000000", Type::body).width_px + ui.px(6);
    const float middle = std::min(std::max(ui.px(number_mm), text), row.w - 2 * (side + gap));
    const std::vector<Rect> at = in_a_row(ui, row, {side, middle, side}, gap);

    bool changed =
        field_in(ui, at[1], id, label, local, {.keyboard = Keyboard::numbers, .error = error}, Align::centre)
            .changed;
    const auto step = [&](const Rect& where, const char* word, Icon icon, int by) {
        const std::optional<std::string> next = stepped(local.text, by, least, most);
        const std::string name = ui.say(word) + ": " + std::string(label);
        if (!step_button(ui, where, name, icon, next.has_value()) || !next)
            return;
        local.text = *next;
        local.caret = local.text.size();
        changed = true;
    };
    step(at[0], "Fewer", Icon::minus, -1);
    step(at[2], "More", Icon::plus, 1);
    if (!changed)
        return std::nullopt;
    local.mine = true;
    const std::string said = said_of(local.text, decimal);
    local.told.say(said);
    return said;
}

}  // namespace doorstep
