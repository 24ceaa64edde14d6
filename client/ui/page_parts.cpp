#include "client/ui/page_parts.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "client/ui/looks.h"

namespace doorstep {

namespace {

constexpr float low_screen_mm = 60;  // under this the bars shrink

bool low(const Ui& ui) {
    return ui.screen().h < ui.px(low_screen_mm);
}

float target_height(const Ui& ui) {
    return std::max(ui.px(mm::target_min), ui.measure("Ag", Type::body).height_px + ui.px(1));
}

float line_height(const Ui& ui) {
    const float least = ui.px(low(ui) ? 11 : mm::header);
    return std::max(least, target_height(ui) + 2 * ui.px(mm::gap_min));
}

float back_width(const Ui& ui, bool words) {
    const float word = words ? ui.px(1.5f) + ui.measure(ui.say("Back"), Type::body).width_px : 0;
    return std::max(ui.px(mm::target_min), icon_square(ui) + word + ui.px(2));
}

std::string joined(const PageHeader& header) {
    return header.status_more.empty() ? header.status : header.status + ", " + header.status_more;
}

// In one line, or in two where one would take the place of the title: what waits above, the
// rest of it below.
struct StatusLines {
    std::string first, second;  // the second empty: one line
};

StatusLines two_lines(const PageHeader& header) {
    if (!header.status_more.empty())
        return {header.status, header.status_more};
    const auto comma = header.status.find(", ");
    if (comma == std::string::npos)
        return {header.status, {}};
    return {header.status.substr(0, comma + 1), header.status.substr(comma + 2)};
}

float status_width(const Ui& ui, const PageHeader& header, const StatusLines& lines) {
    if (header.status.empty())
        return 0;
    const float icon = header.status_needs_look ? icon_square(ui) + ui.px(1) : 0;
    const auto width = [&](const std::string& line) {
        return line.empty() ? 0 : std::ceil(ui.measure(line, Type::small).width_px);
    };
    return std::max(ui.px(mm::target_min),
                    std::max(width(lines.first), width(lines.second)) + icon + 2 * ui.px(2));
}

float small_line(const Ui& ui) {
    return ui.measure("Ag", Type::small).height_px;
}

float lock_width(const Ui& ui, bool words) {
    const float word = words ? ui.px(1) + ui.measure(ui.say("Lock"), Type::body).width_px : 0;
    return std::max(ui.px(mm::target_min), icon_square(ui) + word + ui.px(2));
}

struct HeaderPlan {
    Rect back, title, status, lock, sun;  // empty: not there
    StatusLines status_lines;
    bool back_words = true;
    bool lock_word = true;
    bool status_below = false;
    float height = 0;
};

void plan_title(const Ui& ui, const PageHeader& header, const PageColumn& column, float from, float to,
                float line, HeaderPlan& plan) {
    const float wanted = ui.measure(header.title, Type::body_bold).width_px;
    const bool fits = from + wanted <= to;
    if (fits || low(ui) || header.title.empty()) {
        plan.title = {from, plan.sun.y, std::max(1.0f, to - from), plan.sun.h};
        return;
    }
    // It takes a line of its own rather than lose its end.
    const float high = ui.measure(header.title, Type::body_bold, column.w).height_px;
    plan.title = {column.x, line, column.w, high};
    plan.height = line + high + ui.px(2);
}

// Its word gives way before the title or the state of sync does.
void plan_lock(const Ui& ui, const PageHeader& header, const PageColumn& column, float status, float& to,
               HeaderPlan& plan) {
    if (!header.lock)
        return;
    const float gap = ui.px(mm::gap_min);
    const float beside = header.back ? ui.margin() + back_width(ui, true) + ui.px(4) : column.x;
    const float title = column.hangs ? column.x : beside;
    const float wanted =
        ui.measure(header.title, Type::body_bold).width_px + ui.px(2) + (status > 0 ? status + gap : 0);
    plan.lock_word = !low(ui) && title + wanted + lock_width(ui, true) <= to;
    const float width = lock_width(ui, plan.lock_word);
    plan.lock = Rect{to - width, plan.sun.y, width, plan.sun.h};
    to = plan.lock.x - gap;
}

// Everything but the title, with the status in these lines; from where to where the title
// may go.
struct TitleRoom {
    float from = 0, to = 0;
};
TitleRoom plan_ends(const Ui& ui, const PageHeader& header, const PageColumn& column,
                    const StatusLines& lines, HeaderPlan& plan) {
    const float high = target_height(ui), gap = ui.px(mm::gap_min), least = line_height(ui);
    const float status_high = lines.second.empty() ? high : std::max(high, 2 * small_line(ui));
    const float status = status_width(ui, header, lines);
    plan.height = std::max(least, status_high + 2 * gap);
    const float top = std::round((plan.height - high) / 2);
    const float right = ui.screen().w - ui.margin();
    const float square = std::max(ui.px(mm::target_min), icon_square(ui));
    const float hang = std::floor((square - icon_square(ui)) / 2);  // its icon ends at the margin
    plan.sun = {std::min(ui.screen().w, right + hang) - square, top, square, high};
    plan.status_lines = lines;
    TitleRoom room{column.x, plan.sun.x - gap};
    plan_lock(ui, header, column, status, room.to, plan);
    float taken = ui.margin();
    if (header.back) {
        const float title = low(ui) ? ui.measure(header.title, Type::body_bold).width_px : 0;
        plan.back_words = ui.margin() + back_width(ui, true) + gap + title <= room.to;
        plan.back = {ui.margin(), top, back_width(ui, plan.back_words), high};
        if (!column.hangs)
            room.from = plan.back.right() + ui.px(low(ui) ? 2 : 4);
        taken = plan.back.right() + gap;
    }
    if (status == 0 || taken + status > room.to)
        return room;
    plan.status = {room.to - status, std::round((plan.height - status_high) / 2), status, status_high};
    // In a low screen the title is worth more than the state of sync, which home tells too.
    if (low(ui) && plan.status.x - ui.px(2) - room.from < ui.px(20))
        plan.status = {};
    else
        room.to = plan.status.x - ui.px(2);
    return room;
}

// Under the row, as wide as the column, where it fits nowhere beside.
void plan_status_below(const Ui& ui, const PageHeader& header, const PageColumn& column, HeaderPlan& plan) {
    const float pad = std::min(ui.px(2), column.x);
    const float icon = header.status_needs_look ? icon_square(ui) + ui.px(1) : 0;
    const std::string words = joined(header);
    const float width = std::max(1.0f, column.w - icon);
    const float high = std::max(ui.px(mm::target_min), ui.measure(words, Type::small, width).height_px);
    plan.status_lines = {words, {}};
    plan.status_below = true;
    plan.status = {column.x - pad, plan.height, column.w + 2 * pad, high};
    plan.height = plan.status.bottom() + ui.px(mm::gap_min);
}

HeaderPlan plan_header(const Ui& ui, const PageHeader& header, const PageColumn& column) {
    const float title = ui.measure(header.title, Type::body_bold).width_px;
    const bool asked = !header.status.empty();
    const auto fits = [&](const HeaderPlan& plan, const TitleRoom& room) {
        return (!asked || plan.status.w > 0) && room.from + title <= room.to;
    };
    HeaderPlan plan;
    TitleRoom room = plan_ends(ui, header, column, {joined(header), {}}, plan);
    if (asked && !fits(plan, room)) {
        HeaderPlan narrow;
        const TitleRoom narrow_room = plan_ends(ui, header, column, two_lines(header), narrow);
        // Not for a title that takes a line of its own all the same.
        if (narrow.status.w > 0 && (plan.status.empty() || fits(narrow, narrow_room))) {
            plan = narrow;
            room = narrow_room;
        }
    }
    if (asked && plan.status.empty() && !low(ui)) {
        PageHeader rest = header;
        rest.status.clear();
        rest.status_more.clear();
        plan = {};
        room = plan_ends(ui, rest, column, {}, plan);
        plan_status_below(ui, header, column, plan);
    }
    plan_title(ui, header, column, room.from, room.to, plan.height, plan);
    return plan;
}

void draw_back(Ui& ui, const HeaderPlan& plan, HeaderTap& told) {
    if (plan.back.empty())
        return;
    const std::string word = ui.say("Back");
    const Palette& c = ui.colours();
    const Tap tap = ui.tap(word, Role::button, plan.back);
    if (tap.tapped)
        told = HeaderTap::back;
    if (tap.pressed) {
        ui.fill(plan.back.inset(-ui.px(1), 0), c.pressed, true);
        ui.ground_is(c.pressed);
    }
    const Colour ink = tap.pressed ? c.on_pressed : c.link;
    const float square = icon_square(ui);
    const float hang = std::floor(square * 0.18f);  // its ink begins at the margin
    ui.icon({plan.back.x - hang, plan.back.y, square, plan.back.h}, Icon::back, ink, 0.8f);
    if (plan.back_words) {
        const float x = plan.back.x + square - hang + ui.px(1);
        ui.words_unmarked({x, plan.back.y, plan.back.right() - x, plan.back.h}, word, Type::body, ink);
    }
    ui.ground_is(c.background);
}

void draw_title(Ui& ui, const HeaderPlan& plan, const PageHeader& header) {
    const bool own_line = plan.title.y > plan.sun.y;
    if (own_line)
        ui.words_in(plan.title, header.title, Type::body_bold, ui.colours().text, Align::start,
                    Role::heading);
    else
        ui.one_line(plan.title, header.title, Type::body_bold, ui.colours().text, Align::start,
                    Role::heading);
}

void draw_status(Ui& ui, const HeaderPlan& plan, const PageHeader& header, HeaderTap& told) {
    if (plan.status.empty())
        return;
    const Palette& c = ui.colours();
    const Tap tap = ui.tap(joined(header), Role::button, plan.status);
    if (tap.tapped)
        told = HeaderTap::status;
    if (tap.pressed) {
        ui.fill(plan.status, c.pressed, true);
        ui.ground_is(c.pressed);
    }
    const Colour ink = tap.pressed ? c.on_pressed : header.status_needs_look ? c.error : c.second;
    Rect words = plan.status.inset(ui.px(2), 0);
    if (header.status_needs_look) {
        const float square = icon_square(ui);
        ui.icon({words.x, words.y, square, words.h}, Icon::warning, ink, 0.8f);
        words = {words.x + square + ui.px(1), words.y, words.w - square - ui.px(1), words.h};
    }
    const StatusLines& lines = plan.status_lines;
    if (plan.status_below) {
        ui.words_unmarked(words, lines.first, Type::small, ink);
    } else if (lines.second.empty()) {
        ui.on_baseline(words, lines.first, Type::small, Type::body, ink);
    } else {
        const float half = small_line(ui), top = words.y + std::round((words.h - 2 * half) / 2);
        ui.words_unmarked({words.x, top, words.w, half}, lines.first, Type::small, ink);
        ui.words_unmarked({words.x, top + half, words.w, half}, lines.second, Type::small, ink);
    }
    ui.ground_is(c.background);
}

void draw_lock(Ui& ui, const HeaderPlan& plan, HeaderTap& told) {
    if (plan.lock.empty())
        return;
    const std::string word = ui.say("Lock");
    const Palette& c = ui.colours();
    const Tap tap = ui.tap(word, Role::button, plan.lock);
    if (tap.tapped)
        told = HeaderTap::lock;
    if (tap.pressed) {
        ui.fill(plan.lock, c.pressed, true);
        ui.ground_is(c.pressed);
    }
    const Colour ink = tap.pressed ? c.on_pressed : c.second;
    const float square = icon_square(ui);
    const float from = plan.lock_word ? plan.lock.x + ui.px(1) : plan.lock.x + (plan.lock.w - square) / 2;
    ui.icon({std::round(from), plan.lock.y, square, plan.lock.h}, Icon::lock, ink, 0.9f);
    if (plan.lock_word) {
        const float x = from + square + ui.px(1);
        ui.words_unmarked({x, plan.lock.y, plan.lock.right() - x, plan.lock.h}, word, Type::body, ink);
    }
    ui.ground_is(c.background);
}

// A disc and eight rays apart from it.  The sign of the icon font has a hollow disc with teeth:
// as small as here it reads as a cog.
void draw_sun_sign(Ui& ui, const Rect& at, Colour ink) {
    constexpr float disc = 0.2f, from = 0.3f, to = 0.46f;  // of the square
    constexpr int rays = 8;
    const float square = icon_square(ui) * 0.95f;
    const ImVec2 middle{std::round(at.x + at.w / 2), std::round(at.y + at.h / 2)};
    ui.list().AddCircleFilled(middle, square * disc, packed(ink), 32);
    for (int i = 0; i < rays; ++i) {
        const float angle = static_cast<float>(i) * std::numbers::pi_v<float> * 2 / rays;
        const float x = std::cos(angle) * square, y = std::sin(angle) * square;
        ui.list().AddLine({middle.x + x * from, middle.y + y * from}, {middle.x + x * to, middle.y + y * to},
                          packed(ink), std::max(1.5f, ui.px(0.45f)));
    }
}

void draw_sun(Ui& ui, const HeaderPlan& plan, HeaderTap& told) {
    const Palette& c = ui.colours();
    const bool on = ui.theme() == Theme::sunlight;
    const Tap tap =
        ui.tap(ui.say("Sunlight"), Role::button, plan.sun, {.enabled = true, .checked = on, .value = {}});
    if (tap.tapped)
        told = HeaderTap::sun;
    if (tap.pressed)
        ui.fill(plan.sun, c.pressed, true);
    draw_sun_sign(ui, plan.sun, tap.pressed ? c.on_pressed : on ? c.text : c.second);
    if (on && !tap.pressed)
        ui.frame(plan.sun, c.border, mm::line_strong);
}

float natural(const Ui& ui, const PageAction& action, bool main) {
    return std::max(ui.px(main ? 44 : 30), button_width(ui, action.label, action.look) + ui.px(4));
}

float bar_button(const Ui& ui) {
    const float words = ui.measure("Ag", Type::body_bold).height_px + ui.px(2);
    return std::max(ui.px(low(ui) ? mm::target_min : mm::button), words);
}

float bar_pad(const Ui& ui) {
    return ui.px(low(ui) ? mm::gap_min : 3);
}

float height_of(const Ui& ui, const PageAction& action, float width) {
    const float one_line = button_width(ui, action.label, action.look);
    return one_line <= width
               ? bar_button(ui)
               : std::max(bar_button(ui), button_height(ui, action.label, action.look, Icon::none, width));
}

// One row, from `x`; every button as high as the highest.
void lay_row(const Ui& ui, const std::vector<PageAction>& actions, std::size_t first, std::size_t count,
             const std::vector<float>& widths, float x, float& y, std::vector<Rect>& rects) {
    float high = 0;
    for (std::size_t i = 0; i < count; ++i)
        high = std::max(high, height_of(ui, actions[first + i], widths[i]));
    for (std::size_t i = 0; i < count; ++i) {
        rects.push_back({x, y, widths[i], high});
        x += widths[i] + ui.px(4);
    }
    y += high + ui.px(4);
}

void lay_stacked(const Ui& ui, const std::vector<PageAction>& actions, float x, float width, float& y,
                 std::vector<Rect>& rects) {
    const std::size_t others = actions.size() - 1;
    const float gap = ui.px(4);
    const float share =
        others == 0 ? 0
                    : std::floor((width - gap * static_cast<float>(others - 1)) / static_cast<float>(others));
    bool fit = true;
    for (std::size_t i = 0; i < others; ++i)
        fit = fit && button_width(ui, actions[i].label, actions[i].look) <= share;
    if (fit && others > 0) {
        lay_row(ui, actions, 0, others, std::vector<float>(others, share), x, y, rects);
    } else {
        for (std::size_t i = 0; i < others; ++i)
            lay_row(ui, actions, i, 1, {width}, x, y, rects);
    }
    lay_row(ui, actions, others, 1, {width}, x, y, rects);
}

}  // namespace

PageColumn page_column(const Ui& ui) {
    const float width = ui.screen().w, margin = ui.margin();
    const float hang = margin + back_width(ui, true) + ui.px(6);
    if (width >= hang + ui.px(mm::column_max) + margin)
        return {hang, ui.px(mm::column_max), true};
    return {margin, std::max(1.0f, std::min(ui.px(mm::column_max), width - 2 * margin)), false};
}

HeaderDrawn draw_header(Ui& ui, const PageHeader& header, const PageColumn& column) {
    const HeaderPlan plan = plan_header(ui, header, column);
    HeaderDrawn drawn;
    drawn.height = plan.height;
    draw_back(ui, plan, drawn.tapped);
    if (!header.title.empty())
        draw_title(ui, plan, header);
    draw_status(ui, plan, header, drawn.tapped);
    draw_lock(ui, plan, drawn.tapped);
    draw_sun(ui, plan, drawn.tapped);
    const float under = plan.height - ui.px(line_mm(ui));
    ui.line(0, under, ui.screen().w, under, divider(ui), line_mm(ui));
    return drawn;
}

BarPlan plan_bar(const Ui& ui, const std::vector<PageAction>& actions) {
    BarPlan plan;
    if (actions.empty())
        return plan;
    const float margin = ui.margin(), gap = ui.px(4);
    const float width = std::max(1.0f, ui.screen().w - 2 * margin);
    std::vector<float> widths;
    float sum = gap * static_cast<float>(actions.size() - 1);
    for (std::size_t i = 0; i < actions.size(); ++i) {
        widths.push_back(std::ceil(natural(ui, actions[i], i + 1 == actions.size())));
        sum += widths.back();
    }
    float y = bar_pad(ui) + ui.px(line_mm(ui));
    if (!ui.portrait() && sum <= width) {
        lay_row(ui, actions, 0, actions.size(), widths, margin + width - sum, y, plan.buttons);
    } else if (actions.size() == 2 && sum <= width) {
        widths[1] = width - gap - widths[0];
        lay_row(ui, actions, 0, 2, widths, margin, y, plan.buttons);
    } else {
        lay_stacked(ui, actions, margin, width, y, plan.buttons);
    }
    plan.height = y - ui.px(4) + bar_pad(ui);
    return plan;
}

int draw_bar(Ui& ui, const BarPlan& plan, const std::vector<PageAction>& actions, float top) {
    if (actions.empty())
        return -1;
    ui.fill({0, top, ui.screen().w, plan.height}, ui.colours().background);
    ui.line(0, top, ui.screen().w, top, divider(ui), line_mm(ui));
    int told = -1;
    for (std::size_t i = 0; i < actions.size(); ++i) {
        const Rect& r = plan.buttons[i];
        if (button_in(ui, {r.x, top + r.y, r.w, r.h}, actions[i].label, actions[i].look, Icon::none,
                      actions[i].enabled))
            told = static_cast<int>(i);
    }
    return told;
}

}  // namespace doorstep
