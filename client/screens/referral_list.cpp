#include <fmt/format.h>

#include "client/screens/pieces.h"
#include "client/screens/screens.h"

namespace doorstep::screens {

namespace {

std::string named(const ReferralLine& line) {
    return fmt::format("{}, {}", line.place, line.agency);
}

void words_of(Ui& ui, const Rect& at, const ReferralLine& line) {
    const Palette& colours = ui.colours();
    const float half = std::floor(at.h / 2);
    const float first = std::min(half, line_px(ui, Type::body_bold));
    const Rect upper{at.x, at.y + half - first, at.w, first};
    const Rect lower{at.x, at.y + half, at.w, std::min(half, line_px(ui, Type::small))};
    ui.words_unmarked(upper.whole(), line.place, Type::body_bold, colours.text);
    std::string words = line.agency;
    for (const std::string& part : {line.day, line.state})
        if (!part.empty())
            words += " · " + part;
    ui.words_unmarked(lower.whole(), words, Type::small, colours.second);
}

void waiting_row(Ui& ui, const Rect& at, const ReferralListView& list, std::size_t index, Intents& intents) {
    const ReferralLine& line = list.lines[index];
    const Palette& colours = ui.colours();
    const Tap tap = ui.tap(named(line), Role::row, at);
    if (tap.pressed)
        ui.fill(at, colours.pressed);
    const float chevron = ui.px(6);
    words_of(ui, {at.x, at.y, at.w - chevron - ui.px(2), at.h}, line);
    ui.icon({at.right() - chevron, at.y, chevron, at.h}, Icon::on, colours.second, 0.6f);
    if (tap.ring)
        ui.focus_ring(at);
    if (tap.tapped && index < list.drafts.size())
        intents.emplace_back(intent::ResumeDraft{list.drafts[index]});
}

void raised_row(Ui& ui, const Rect& at, const ReferralLine& line, ReferralListLocal& local) {
    float end = 0;
    if (line.can_withdraw) {
        const Link withdraw{ui.say("Withdraw"), fmt::format("{}: {}", ui.say("Withdraw"), named(line)),
                            Icon::none, false};
        end = link_width(ui, withdraw);
        const float high = ui.px(mm::target_min) + ui.px(2);
        const Rect rect{at.right() - end, at.y + (at.h - high) / 2, end, high};
        if (link_in(ui, rect.whole(), withdraw)) {
            local.withdrawing = line.referral.text();
            local.reason = {};
        }
    }
    words_of(ui, {at.x, at.y, at.w - end - ui.px(2), at.h}, line);
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
    const float high =
        std::max(ui.px(mm::row), line_px(ui, Type::body_bold) + line_px(ui, Type::small) + ui.px(4));
    ui.rows(view.place, area, list.lines.size(), high, [&](std::size_t at, const Rect& rect) {
        if (list.waiting)
            waiting_row(ui, rect, list, at, intents);
        else
            raised_row(ui, rect, list.lines[at], local);
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
