#include "client/ui/field_parts.h"

namespace doorstep {

namespace {

struct Part {
    FieldLocal* local;
    std::string id;
    const char* name;
    float width;
};

void put(FieldLocal& local, const std::string& text) {
    local.mine = false;
    if (local.text == text)
        return;
    local.text = text;
    local.caret = text.size();
}
void put(DateLocal& local, std::string_view iso) {
    const DateParts parts = date_parts(iso);
    put(local.day, parts.day);
    put(local.month, parts.month);
    put(local.year, parts.year);
}

std::string iso_of(const DateLocal& local) {
    return iso_date({local.day.text, local.month.text, local.year.text});
}

void take_over(DateLocal& local, std::string_view value, bool in_focus) {
    const bool news = local.told.news(value);
    const bool mine = local.day.mine || local.month.mine || local.year.mine;
    if (mine && in_focus)
        return;
    // Parts that make no date yet are said as "": that coming back must not wipe them.
    const bool arrived = local.told.caught_up() && !value.empty() && iso_of(local) == value;
    if (!mine || news || arrived)
        put(local, value);
}

float width_of(Ui& ui, std::string_view name, std::string_view digits, float least_mm) {
    return std::max({ui.px(least_mm), ui.measure(digits, Type::body).width_px + ui.px(8),
                     ui.measure(ui.say(name), Type::small).width_px + ui.px(1)});
}

bool today_button(Ui& ui, const Rect& at, const std::string& label) {
    const Palette& colours = ui.colours();
    const Tap tap = ui.tap(label, Role::button, at);
    ui.fill(at, tap.pressed ? colours.pressed : colours.surface);
    ui.frame(at, colours.border, ui.theme() == Theme::sunlight ? mm::line_strong : mm::line);
    const Colour around = ui.ground();
    ui.ground_is(tap.pressed ? colours.pressed : colours.surface);
    ui.words_unmarked(at, ui.say("Today"), Type::body, tap.pressed ? colours.on_pressed : colours.text,
                      Align::centre);
    ui.ground_is(around);
    return tap.tapped;
}

struct DatePlaces {
    std::vector<Rect> names;
    std::vector<Rect> boxes;
    Rect today;
};

float name_height(Ui& ui) {
    return std::ceil(ui.measure(ui.say("Month"), Type::small).height_px);
}

// Each below the other, where words are large or the column is narrow.
DatePlaces one_by_one(Ui& ui, const std::vector<Part>& parts, float today) {
    DatePlaces at;
    const float column = ui.column().w;
    for (const Part& part : parts) {
        at.names.push_back(ui.take(name_height(ui)));
        at.boxes.push_back(in_a_row(ui, ui.take(field_height(ui, 1)), {std::min(part.width, column)}, 0)[0]);
        ui.gap(mm::gap_min);
    }
    at.today = in_a_row(ui, ui.take(field_height(ui, 1)), {today}, 0)[0];
    return at;
}

// Beside each other with their names above; "Today" at the end, or below where it does not fit.
DatePlaces places(Ui& ui, const std::vector<Part>& parts) {
    const float gap = ui.px(mm::gap_min), apart = ui.px(4);
    const float column = ui.column().w;
    std::vector<float> widths;
    float across = 2 * gap;
    for (const Part& part : parts) {
        widths.push_back(part.width);
        across += part.width;
    }
    const float today = std::min(column, ui.measure(ui.say("Today"), Type::body).width_px + ui.px(10));
    if (across > column)
        return one_by_one(ui, parts, today);
    DatePlaces at;
    at.names = in_a_row(ui, ui.take(name_height(ui)), widths, gap);
    const Rect row = ui.take(field_height(ui, 1));
    at.boxes = in_a_row(ui, row, widths, gap);
    if (across + apart + today <= column) {
        at.today = in_a_row(ui, row, {across + apart, today}, 0)[1];
    } else {
        ui.gap(mm::gap_min);
        at.today = in_a_row(ui, ui.take(field_height(ui, 1)), {today}, gap)[0];
    }
    return at;
}

}  // namespace

std::optional<std::string> date_field(Ui& ui, std::string_view id, std::string_view label,
                                      std::string_view value, DateLocal& local, std::string_view today,
                                      bool error, bool show_label) {
    const std::string name(id);
    const std::vector<Part> parts = {
        {&local.day, name + " day", "Day", width_of(ui, "Day", "00", 16)},
        {&local.month, name + " month", "Month", width_of(ui, "Month", "00", 16)},
        {&local.year, name + " year", "Year", width_of(ui, "Year", "0000", 24)}};
    const auto in_focus = [&](const Part& part) { return ui.focus().field == part.id; };
    take_over(local, value, std::any_of(parts.begin(), parts.end(), in_focus));
    if (show_label)
        field_label(ui, label);
    const DatePlaces at = places(ui, parts);

    bool changed = false;
    std::string next;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        ui.words_in(at.names[i], ui.say(parts[i].name), Type::small, ui.colours().second);
        const std::string mark = ui.say(parts[i].name) + ": " + std::string(label);
        const FieldTold told = field_in(ui, at.boxes[i], parts[i].id, mark, *parts[i].local,
                                        {.keyboard = Keyboard::numbers, .error = error}, Align::centre);
        changed = changed || told.changed;
        if (told.entered && i + 1 < parts.size())
            next = parts[i + 1].id;
    }
    if (!next.empty())
        ui.focus() = {next, Keyboard::numbers};
    if (today_button(ui, at.today, ui.say("Today") + ": " + std::string(label))) {
        put(local, today);
        changed = true;
    }
    if (!changed)
        return std::nullopt;
    local.day.mine = local.month.mine = local.year.mine = true;
    const std::string said = iso_of(local);
    local.told.say(said);
    return said;
}

}  // namespace doorstep
