// Banners and the dialog of two verbs.
#include <imgui.h>

#include "client/ui/button.h"
#include "client/ui/looks.h"
#include "client/ui/panel.h"
#include "client/ui/stage_state.h"

namespace doorstep {

namespace {

struct BannerInks {
    Colour ink, ground;
    Icon icon;
};
BannerInks inks_of(const Ui& ui, BannerLook look) {
    const Palette& c = ui.colours();
    switch (look) {
    case BannerLook::good:
        return {c.good, c.good_ground, Icon::check};
    case BannerLook::warning:
        return {c.warning, c.warning_ground, Icon::warning};
    case BannerLook::error:
        return {c.error, c.error_ground, Icon::warning};
    case BannerLook::plain:
        break;
    }
    return {c.text, c.surface, Icon::info};
}

// Links of a banner, on its ground; beside each other where they fit, else below.
struct LinkPlan {
    std::vector<Rect> rects;  // from the banner's corner
    float height = 0;
};
LinkPlan plan_links(const Ui& ui, const std::vector<std::string>& buttons, float width) {
    LinkPlan plan;
    const float high =
        std::max(ui.px(mm::target_min), ui.measure("Ag", Type::body_bold).height_px + ui.px(2));
    float x = 0, y = 0;
    for (const std::string& label : buttons) {
        const float wide = std::min(
            width, std::max(ui.px(mm::target_min), ui.measure(label, Type::body_bold).width_px + ui.px(1)));
        const float tall = std::max(high, words_height(ui, label, Type::body_bold, wide) + ui.px(2));
        if (x > 0 && x + wide > width) {
            x = 0;
            y = plan.height + ui.px(mm::gap_min);
        }
        plan.rects.push_back({x, y, wide, tall});
        plan.height = y + tall;
        x += wide + ui.px(6);
    }
    return plan;
}

}  // namespace

int banner(Ui& ui, std::string_view words, BannerLook look, const std::vector<std::string>& buttons) {
    const BannerInks inks = inks_of(ui, look);
    const float pad = ui.px(3), square = icon_square(ui);
    const float start = pad + square + ui.px(2);
    const float room = std::max(1.0f, ui.column().w - start - pad);
    const float line = ui.measure("Ag", Type::body).height_px;
    LinkPlan plan = plan_links(ui, buttons, room);
    // A short sentence and its links share one line, the links at its end.
    const float wide = plan.rects.empty() ? 0 : plan.rects.back().x + plan.rects.back().w;
    const bool beside = !plan.rects.empty() && plan.rects.back().y == 0 &&
                        ui.measure(words, Type::body).width_px + ui.px(6) + wide <= room;
    const float text = beside ? plan.height : words_height(ui, words, Type::body, room);
    const float links = beside || plan.rects.empty() ? 0 : ui.px(1) + plan.height;
    const float shift = beside ? room - wide : 0;
    const float links_top = beside ? 0 : text + ui.px(1);
    const float air = beside ? ui.px(1) : pad;
    const Rect at = ui.take(text + links + 2 * air);
    const Colour before = ui.ground();
    ui.fill(at, inks.ground, true);
    if (ui.theme() == Theme::sunlight)
        ui.frame(at, inks.ink, mm::line_strong);
    ui.ground_is(inks.ground);
    const bool right = ui.mirrored();
    ui.icon({right ? at.right() - pad - square : at.x + pad, at.y + air, square, beside ? text : line},
            inks.icon, inks.ink, 0.9f);
    const float x = right ? at.x + pad : at.x + start;
    ui.words_in({right && beside ? x + wide : x, at.y + air, beside ? room - wide : room, text}, words,
                Type::body, ui.colours().text, Align::start, Role::status);
    int told = -1;
    for (std::size_t i = 0; i < plan.rects.size(); ++i) {
        const Rect& r = plan.rects[i];
        const float from = right ? x + room - shift - r.x - r.w : x + shift + r.x;
        // A tinted ground keeps its tint: links on it are in its ink, underlined.
        const Rect target = Rect{from, at.y + air + links_top + r.y, r.w, r.h}.whole();
        const Tap tap = ui.tap(buttons[i], Role::button, target);
        const Colour ink = tap.pressed ? ui.colours().on_pressed : inks.ink;
        if (tap.pressed) {
            ui.fill(target.inset(-ui.px(1), 0), ui.colours().pressed, true);
            ui.ground_is(ui.colours().pressed);
        }
        ui.words_unmarked(target, buttons[i], Type::body_bold, ink);
        ui.ground_is(inks.ground);
        const float under = std::round(target.y + (target.h + line) / 2 - ui.px(0.6f));
        if (ui.measure(buttons[i], Type::body_bold, target.w).lines <= 1)
            ui.fill({target.x, under, ui.measure(buttons[i], Type::body_bold).width_px, ui.px(mm::line)},
                    ink);
        if (tap.tapped)
            told = static_cast<int>(i);
    }
    ui.ground_is(before);
    return told;
}

// Drawn when the page is, above all of it.
int dialog(Ui& ui, std::string_view heading, std::string_view words, std::string_view do_it,
           std::string_view keep) {
    StageState& s = ui.stage();
    s.dialog =
        StageState::Dialog{std::string(heading), std::string(words), std::string(do_it), std::string(keep)};
    return std::exchange(s.dialog_told, -1);
}

namespace {

// What cannot be undone is never in the green of "go on".
int dialog_buttons(Ui& ui, const StageState::Dialog& asked) {
    const float width = ui.column().w, gap = ui.px(4);
    const auto high = [&](const std::string& label, ButtonLook look, float wide) {
        return button_height(ui, label, look, Icon::none, wide);
    };
    float first = button_width(ui, asked.do_it, ButtonLook::warning) + ui.px(4);
    float second = button_width(ui, asked.keep, ButtonLook::secondary) + ui.px(4);
    const bool beside = first + gap + second <= width;
    if (!beside)
        first = second = width;
    const float tall = std::max(high(asked.do_it, ButtonLook::warning, first),
                                high(asked.keep, ButtonLook::secondary, second));
    const Rect line = ui.take(tall);
    const bool done =
        button_in(ui, {line.right() - first, line.y, first, tall}, asked.do_it, ButtonLook::warning);
    Rect other{line.right() - first - gap - second, line.y, second, tall};
    if (!beside) {
        ui.gap(4);
        other = ui.take(tall);
    }
    const bool kept = button_in(ui, other, asked.keep, ButtonLook::secondary);
    return done ? 0 : kept ? 1 : -1;
}

}  // namespace

void draw_dialog(Ui& ui) {
    StageState& s = ui.stage();
    if (!s.dialog) {
        s.dialog_told = -1;
        return;
    }
    const StageState::Dialog asked = *s.dialog;
    s.dialog_now = s.in_dialog = true;
    // What is covered cannot be seen, tapped or scrolled.
    s.marks.clear();
    s.targets.clear();
    s.in_sight.clear();
    s.captures_in_sight.clear();
    s.ring_rect = {};
    const Rect screen = ui.screen();
    ui.fill(screen, Colour{0, 0, 0, 140});
    const Palette& c = ui.colours();
    const float margin = ui.margin(), pad = ui.px(ui.margin() < ui.px(5) ? 4.0f : 6.0f);
    const float width = std::min(ui.px(110), screen.w - 2 * margin);
    const float room = std::max(1.0f, width - 2 * pad);
    const Region& region = s.region_of("dialog");
    const float wanted = region.content > 0 ? static_cast<float>(region.content)
                                            : ui.measure(asked.words, Type::body, room).height_px + ui.px(50);
    const float height = std::min(wanted + 2 * pad, screen.h - 2 * margin);
    const Rect box =
        Rect{screen.x + (screen.w - width) / 2, screen.y + (screen.h - height) / 2, width, height}.whole();
    ui.fill(box, c.background, true);
    if (ui.theme() != Theme::light)
        ui.frame(box, c.border, line_mm(ui), true);
    ui.ground_is(c.background);
    const double before = region.content;
    ui.scroll("dialog", box.inset(pad), [&] {
        ui.words(asked.heading, Type::heading, c.text, Align::start, Role::heading);
        ui.gap(2);
        ui.words(asked.words, Type::body, c.text);
        ui.gap(6);
        const int told = dialog_buttons(ui, asked);
        if (told >= 0) {
            s.dialog_told = told;
            s.again = true;
        }
    });
    if (region.content != before)
        s.again = true;
}

}  // namespace doorstep
