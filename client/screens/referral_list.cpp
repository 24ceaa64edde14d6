#include <fmt/format.h>

#include "client/screens/pieces.h"
#include "client/screens/screens.h"
#include "client/ui/looks.h"

namespace doorstep::screens {

namespace {

std::string named(const ReferralLine& line) {
    return fmt::format("{}, {}", line.place, line.agency);
}

std::string when_and_state(const ReferralLine& line) {
    return line.state.empty() ? line.day : line.day.empty() ? line.state : line.day + " · " + line.state;
}

// How the lines of this list are set: two lines a row, or three where words are long.
struct RowShape {
    bool stacked = false;
    float agency = 0;  // height of its name, on as many lines as the longest needs
    float end = 0;     // what stands at the end of a row
    float height = 0;
};

RowShape shape_of(const Ui& ui, const ReferralListView& list, float width, float end) {
    constexpr std::size_t looked_at = 200;  // more lines than anybody reads in one go
    RowShape shape;
    shape.end = end;
    const float room = width - end - ui.px(2);
    for (std::size_t i = 0; i < std::min(looked_at, list.lines.size()) && !shape.stacked; ++i) {
        const ReferralLine& line = list.lines[i];
        const float first = ui.measure(line.place, Type::body_bold).width_px + ui.px(4) +
                            ui.measure(when_and_state(line), Type::small).width_px;
        shape.stacked = first > room || ui.measure(line.agency, Type::small).width_px > room;
    }
    const float small = line_px(ui, Type::small);
    shape.agency = small;
    if (shape.stacked)
        for (std::size_t i = 0; i < std::min(looked_at, list.lines.size()); ++i)
            shape.agency =
                std::max(shape.agency, ui.measure(list.lines[i].agency, Type::small, room).height_px);
    shape.height = std::max(ui.px(mm::row), line_px(ui, Type::body_bold) + shape.agency +
                                                (shape.stacked ? small : 0) + ui.px(5));
    return shape;
}

void words_of(Ui& ui, const Rect& at, const ReferralLine& line, const RowShape& shape) {
    const Palette& colours = ui.colours();
    const float bold = line_px(ui, Type::body_bold), small = line_px(ui, Type::small);
    const float agency = std::min(shape.agency, ui.measure(line.agency, Type::small, at.w).height_px);
    const float all = bold + agency + (shape.stacked ? small : 0);
    const float y = std::round(at.y + (at.h - all) / 2);
    const float place = std::min(at.w, ui.measure(line.place, Type::body_bold).width_px + 1);
    const std::string when = when_and_state(line);
    ui.one_line({at.x, y, place, bold}, line.place, Type::body_bold, colours.text);
    if (agency > small)
        ui.words_unmarked({at.x, y + bold, at.w, agency}, line.agency, Type::small, colours.second);
    else
        ui.one_line({at.x, y + bold, at.w, small}, line.agency, Type::small, colours.second);
    if (shape.stacked) {
        ui.one_line({at.x, y + bold + agency, at.w, small}, when, Type::small, colours.second);
        return;
    }
    const float x = at.x + place + ui.px(4);
    ui.on_baseline({x, y, std::max(1.0f, at.right() - x), bold}, when, Type::small, Type::body_bold,
                   colours.second);
}

void waiting_row(Ui& ui, const Rect& at, const ReferralListView& list, std::size_t index,
                 const RowShape& shape, Intents& intents) {
    const ReferralLine& line = list.lines[index];
    const Palette& colours = ui.colours();
    const Rect target = at.inset(0, std::ceil(ui.px(mm::gap_min) / 2));  // 2 mm apart, though rows touch
    const Tap tap = ui.tap(named(line), Role::row, target);
    if (tap.pressed)
        ui.fill(target, colours.pressed);
    words_of(ui, {at.x, at.y, at.w - shape.end - ui.px(2), at.h}, line, shape);
    const float hang = std::floor(shape.end * 0.3f);  // its ink ends at the edge, as in every row
    ui.icon({at.right() - shape.end + hang, at.y, shape.end, at.h}, Icon::on, colours.second, 0.6f);
    if (tap.tapped && index < list.drafts.size())
        intents.emplace_back(intent::ResumeDraft{list.drafts[index]});
}

Link withdraw_link(const Ui& ui, const ReferralLine& line) {
    const std::string withdraw = ui.say("Withdraw");
    return {withdraw, fmt::format("{}: {}, {}", withdraw, named(line), line.day)};
}

void raised_row(Ui& ui, const Rect& at, const ReferralLine& line, const RowShape& shape,
                ReferralListLocal& local) {
    if (line.can_withdraw) {
        const float high = ui.px(mm::target_min) + ui.px(2);
        const Rect rect{at.right() - shape.end + ui.px(1.5f), at.y + (at.h - high) / 2, shape.end, high};
        if (link_in(ui, rect.whole(), withdraw_link(ui, line))) {
            local.withdrawing = line.referral.text();
            local.reason = {};
        }
    }
    words_of(ui, {at.x, at.y, at.w - shape.end - ui.px(2), at.h}, line, shape);
}

void rows_of(Ui& ui, const View& view, const Rect& area, const ReferralListView& list,
             ReferralListLocal& local, Intents& intents) {
    if (list.lines.empty()) {
        ui.within(area, [&] {
            nothing_here(ui, list.waiting ? ui.say("No referrals wait for you.")
                                          : ui.say("No referrals stand behind this number."));
        });
        return;
    }
    const float end = list.waiting ? icon_square(ui) : link_width(ui, withdraw_link(ui, list.lines.front()));
    const RowShape shape = shape_of(ui, list, area.w, end);
    ui.rows(view.place, area, list.lines.size(), shape.height, [&](std::size_t at, const Rect& rect) {
        if (list.waiting)
            waiting_row(ui, rect, list, at, shape, intents);
        else
            raised_row(ui, rect, list.lines[at], shape, local);
        const float line = ui.px(line_mm(ui));
        ui.fill({rect.x, rect.bottom() - line, rect.w, line}, divider(ui));
    });
}

const ReferralLine* withdrawing(const ReferralListView& list, const ReferralListLocal& local) {
    for (const ReferralLine& line : list.lines)
        if (!local.withdrawing.empty() && line.referral.text() == local.withdrawing)
            return &line;
    return nullptr;
}

void ask_why(Ui& ui, const ReferralLine& line, ReferralListLocal& local) {
    ui.words(with(ui.say("Withdraw the referral of %1 to %2?"), {line.place, line.agency}), Type::heading,
             ui.colours().text, Align::start, Role::heading);
    ui.gap(1);
    ui.words(ui.say("The agency is told that the help is not wanted. This cannot be undone."), Type::body,
             ui.colours().text);
    ui.gap(4);
    text_field(ui, "withdraw-reason", ui.say("Why it is withdrawn"), local.reason,
               {2, Keyboard::letters, "", false});
}

void list_head(Ui& ui, const View& view, const ReferralListView& list, Intents& intents) {
    notice(ui, view, intents);
    ui.gap(2);
    ui.words(list.title, Type::title, ui.colours().text, Align::start, Role::heading);
    if (!list.lines.empty())
        second(ui, ui.say_n("%d referral", "%d referrals", static_cast<long>(list.count)));
    ui.gap(2);
}

}  // namespace

void referral_list(Ui& ui, const View& view, const ReferralListView& list, ReferralListLocal& local,
                   Intents& intents) {
    const ReferralLine* line = withdrawing(list, local);
    if (!line) {
        const PageParts parts = page_with_list(
            ui, header_of(view), {}, [&] { list_head(ui, view, list, intents); },
            [&](const Rect& area) { rows_of(ui, view, area, list, local, intents); });
        act_on_header(view, parts.header, intents);
        return;
    }
    const std::vector<PageAction> verbs{
        {ui.say("Withdraw the referral"), ButtonLook::warning, !local.reason.text.empty()},
        {ui.say("Keep it"), ButtonLook::secondary, true}};
    const PageParts parts = page(
        ui, view.place + "/withdraw", header_of(view), verbs, [&] { notice(ui, view, intents); },
        [&] { ask_why(ui, *line, local); });
    if (parts.action == 0)
        intents.emplace_back(intent::WithdrawReferral{line->referral, local.reason.text});
    if (parts.action >= 0 || parts.header == HeaderTap::back)
        local = {};
    else
        act_on_header(view, parts.header, intents);
}

}  // namespace doorstep::screens
