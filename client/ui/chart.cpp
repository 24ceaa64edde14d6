#include "client/ui/chart.h"

#include <algorithm>
#include <string>

namespace doorstep {

namespace {

constexpr float bar_mm = 5;
constexpr float name_to_bar_mm = 3;
constexpr float bar_to_value_mm = 2;
constexpr float names_most = 0.42f;  // of the column
constexpr float names_most_of_table = 0.6f;
constexpr float table_gap_mm = 8;

// "1,402": three digits apart, all figures of one width in Noto Sans.
std::string figure(const std::optional<std::int64_t>& value) {
    if (!value)
        return "-";
    std::string digits = std::to_string(*value);
    const std::size_t first = digits.starts_with('-') ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

std::string mark_of(const Ui& ui, const Bar& bar) {
    return bar.label + ": " + (bar.value ? figure(bar.value) : ui.say("not recorded"));
}

struct Columns {
    float name = 0;  // widths
    float value = 0;
    std::int64_t most = 1;
    bool stacked = false;  // names stand above their bars: a word would not fit beside
};

float widest_word(const Ui& ui, std::string_view text) {
    float widest = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        widest = std::max(widest, ui.measure(text.substr(0, end), Type::body).width_px);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return widest;
}

Columns columns(const Ui& ui, const std::vector<Bar>& bars, float width, float names_at_most) {
    Columns columns;
    float word = 0;
    for (const Bar& bar : bars) {
        columns.name = std::max(columns.name, ui.measure(bar.label, Type::body).width_px);
        columns.value = std::max(columns.value, ui.measure(figure(bar.value), Type::body_bold).width_px);
        columns.most = std::max(columns.most, bar.value.value_or(0));
        word = std::max(word, widest_word(ui, bar.label));
    }
    columns.stacked = word > names_at_most;
    columns.name = std::ceil(std::min(columns.name + 1, columns.stacked ? width : names_at_most));
    columns.value = std::ceil(columns.value);
    return columns;
}

// A piece `x` to `x + w` from the start edge.
Rect piece(const Ui& ui, const Rect& row, float x, float w) {
    return Rect{ui.mirrored() ? row.right() - x - w : row.x + x, row.y, w, row.h}.whole();
}

struct Row {
    Rect at;
    Rect name, rest;  // its two parts
    bool tapped = false;
    Colour ink;
    Colour ground;
};
// Takes a row, leaves its mark, and says whether it was tapped.
Row row_of(Ui& ui, const Bar& bar, const Columns& columns, float width) {
    const float words = std::ceil(ui.measure(bar.label, Type::body, columns.name).height_px) + ui.px(2);
    const float below = columns.stacked ? std::ceil(ui.measure("0", Type::body_bold).height_px) : 0;
    const Rect at = piece(ui, ui.take(std::max(ui.px(mm::target_min), words + below)), 0, width);
    Row row{at, piece(ui, at, 0, columns.name), at, false, ui.colours().text, ui.ground()};
    if (columns.stacked) {
        row.name.h = at.h - below;
        row.rest = {at.x, at.y + row.name.h, at.w, below};
    } else {
        const float start = columns.name + ui.px(name_to_bar_mm);
        row.rest = piece(ui, at, start, std::max(0.0f, at.w - start));
    }
    if (!bar.can_open) {
        ui.mark({.label = mark_of(ui, bar),
                 .role = Role::text,
                 .rect = at,
                 .text_ink = row.ink,
                 .ground = ui.ground()});
        return row;
    }
    const Tap tap = ui.tap(mark_of(ui, bar), Role::row, at);
    if (tap.pressed) {
        ui.fill(at, ui.colours().pressed);
        row.ink = ui.colours().on_pressed;
        row.ground = ui.colours().pressed;
    }
    row.tapped = tap.tapped;
    return row;
}

void draw_bar(Ui& ui, const Row& row, const Bar& bar, const Columns& columns) {
    const float room = std::max(0.0f, row.rest.w - ui.px(bar_to_value_mm) - columns.value);
    const double share =
        bar.value && *bar.value > 0 ? static_cast<double>(*bar.value) / static_cast<double>(columns.most) : 0;
    const float hairline = ui.px(mm::line);
    // No figure, no bar; a figure of 0 shows the line that bars start on.
    const float length = bar.value ? std::max(hairline, std::round(room * static_cast<float>(share))) : 0;
    if (length > 0) {
        Rect at = piece(ui, row.rest, 0, length);
        at.h = ui.px(bar_mm);
        at.y = std::round(row.rest.y + (row.rest.h - at.h) / 2);
        ui.fill(at, ui.colours().border);
    }
    const float beside = length + (bar.value ? ui.px(bar_to_value_mm) : 0);
    ui.words_unmarked(piece(ui, row.rest, beside, columns.value), figure(bar.value),
                      bar.value ? Type::body_bold : Type::body, row.ink);
}

// The whole, for who reads the marks and not the bars.
void mark_chart(Ui& ui, std::string_view label, const Rect& from, const Rect& to) {
    ui.mark({.label = std::string(label),
             .role = Role::chart,
             .rect = {from.x, from.y, from.w, to.bottom() - from.y}});
}

}  // namespace

int bar_chart(Ui& ui, std::string_view label, const std::vector<Bar>& bars) {
    const Columns widths = columns(ui, bars, ui.column().w, ui.column().w * names_most);
    const Colour around = ui.ground();
    int tapped = -1;
    Rect first, last;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (i > 0)
            ui.gap(mm::gap_min);
        const Row row = row_of(ui, bars[i], widths, ui.column().w);
        ui.ground_is(row.ground);
        ui.words_unmarked(row.name, bars[i].label, Type::body, row.ink);
        draw_bar(ui, row, bars[i], widths);
        ui.ground_is(around);
        if (row.tapped)
            tapped = static_cast<int>(i);
        (i == 0 ? first : last) = row.at;
    }
    if (!bars.empty())
        mark_chart(ui, label, first, bars.size() > 1 ? last : first);
    return tapped;
}

int figure_table(Ui& ui, std::string_view label, const std::vector<Bar>& bars) {
    const float column = ui.column().w;
    const Columns widths = columns(ui, bars, column, column * names_most_of_table);
    // As wide as the figures need: an eye must not cross an empty screen to find them.
    const float width = std::min(column, widths.name + ui.px(table_gap_mm) + widths.value);
    const Colour around = ui.ground();
    int tapped = -1;
    Rect first, last;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (i > 0) {
            const Rect gap = ui.take(ui.px(mm::gap_min));
            const float line = std::max(1.0f, ui.px(mm::line));
            Rect hair = piece(ui, gap, 0, width);
            hair.y = std::round(gap.y + (gap.h - line) / 2);
            hair.h = line;
            ui.fill(hair, ui.colours().pressed);
        }
        const Row row = row_of(ui, bars[i], widths, width);
        ui.ground_is(row.ground);
        ui.words_unmarked(row.name, bars[i].label, Type::body, row.ink);
        ui.words_unmarked(piece(ui, row.rest, row.rest.w - widths.value, widths.value), figure(bars[i].value),
                          bars[i].value ? Type::body_bold : Type::body, row.ink, Align::end);
        ui.ground_is(around);
        if (row.tapped)
            tapped = static_cast<int>(i);
        (i == 0 ? first : last) = row.at;
    }
    if (!bars.empty())
        mark_chart(ui, label, first, bars.size() > 1 ? last : first);
    return tapped;
}

}  // namespace doorstep
