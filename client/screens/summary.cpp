// The closing page: first what needs the officer, then what was said, then Finish.
#include "client/screens/answers.h"
#include "client/screens/offers.h"
#include "client/screens/pieces.h"
#include "client/screens/referral_cards.h"
#include "client/screens/screens.h"
#include "client/screens/ways.h"

namespace doorstep::screens {

namespace {

void above(Ui& ui, const View& view, const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    notice(ui, view, intents);
    if (summary.saved_trouble && !summary.saved.empty()) {
        ui.gap(2);
        banner(ui, summary.saved, BannerLook::error);
    }
    if (ui.focus().keyboard != Keyboard::none && !ui.portrait())
        return;
    enum class Way : std::uint8_t { undo, redo, language, officers_page };
    std::vector<Way> which;
    std::vector<Link> ways;
    const auto add = [&](Way way, std::string words, std::string mark = {}) {
        which.push_back(way);
        ways.push_back({std::move(words), std::move(mark), Icon::none, false, false, true});
    };
    if (summary.changes.can_redo())
        add(Way::redo, ui.say("Redo"), summary.changes.redo);
    if (summary.changes.can_undo())
        add(Way::undo, ui.say("Undo"), summary.changes.undo);
    if (summary.languages.size() > 1)
        add(Way::language, own_name(summary.language));
    if (summary.has_officers_page)
        add(Way::officers_page, ui.say("Notes"));
    std::vector<std::string> where{ui.say("Summary")};
    if (!summary.saved_trouble && !summary.saved.empty())
        where.push_back(summary.saved);
    const int tapped = line_of_ways(ui, where, ways,
                                    {summary.languages, summary.language, local.choosing_language}, intents);
    if (tapped < 0)
        return;
    switch (which[static_cast<std::size_t>(tapped)]) {
    case Way::undo:
        intents.emplace_back(intent::UndoChange{});
        return;
    case Way::redo:
        intents.emplace_back(intent::RedoChange{});
        return;
    case Way::language:
        local.choosing_language = !local.choosing_language;
        return;
    case Way::officers_page:
        intents.emplace_back(intent::OpenOfficersPage{});
        return;
    }
}

void head(Ui& ui, const SummaryView& summary) {
    ui.words(summary.undecided > 0 ? ui.say_n("%d referral needs the resident's answer",
                                              "%d referrals need the resident's answer", summary.undecided)
                                   : ui.say("Before you finish"),
             Type::title, ui.colours().text, Align::start, Role::heading);
    ui.gap(6);
}

void in_the_way(Ui& ui, const SummaryView& summary, Intents& intents) {
    if (summary.in_the_way.empty())
        return;
    group(ui, ui.say("Still to answer"));
    for (const InTheWay& one : summary.in_the_way)
        own_way(ui, one.label, [&] {
            if (row(ui, {one.words, one.label, RowWords::Tint::none, true, false, Icon::none}))
                intents.emplace_back(intent::OpenPageOf{one.node});
        });
}

void officer_items(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    if (summary.officer_items.empty())
        return;
    if (summary.officer_items.front().section.empty()) {
        group(ui, ui.say("Done at this home today"));
        ui.gap(2);
    }
    PageOfAnswers shared = page_of_answers(summary.officer_items, summary.today, {});
    shared.quiet = true;
    for (const QuestionItem& item : summary.officer_items) {
        if (!item.section.empty()) {
            group(ui, item.section);
            ui.gap(2);
        }
        own_way(ui, item.question.label, [&] { question(ui, item, shared, local.answers, intents); });
        ui.gap(6);
    }
}

void read_back(Ui& ui, const SummaryView& summary, Intents& intents) {
    if (summary.read_back.empty())
        return;
    ui.gap(4);
    ui.words(ui.say("What was said"), Type::heading, ui.colours().text, Align::start, Role::heading);
    for (const ReadBackLine& line : summary.read_back) {
        if (!line.section.empty())
            group(ui, line.section);
        own_way(ui, line.label, [&] {
            if (row(ui, {line.label, line.value, RowWords::Tint::none, true, false, Icon::none, true}))
                intents.emplace_back(intent::OpenPageOf{line.node});
        });
    }
}

bool ready(const SummaryView& summary) {
    return summary.complete && summary.undecided == 0;
}

// What cannot be taken back stands at the end of the page, and asks.
void finish_all_the_same(Ui& ui, const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    if (ready(summary)) {
        local.finishing = false;
        return;
    }
    const std::string verb = summary.complete ? ui.say("Finish") : ui.say("Finish as partly answered");
    ui.gap(8);
    if (button(ui, verb, ButtonLook::secondary))
        local.finishing = true;
    if (!local.finishing)
        return;
    const std::string words =
        summary.undecided > 0
            ? ui.say_n("%d referral is not decided. It will not be sent.",
                       "%d referrals are not decided. They will not be sent.", summary.undecided)
            : ui.say("It cannot be opened again.");
    const int told =
        dialog(ui, ui.say("Finish this questionnaire?"), words, ui.say("Finish"), ui.say("Keep going"));
    if (told >= 0)
        local.finishing = false;
    if (told == 0)
        intents.emplace_back(intent::Finish{ContactOutcome::partial, true});
}

void main_action(const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    if (ready(summary))
        intents.emplace_back(intent::Finish{ContactOutcome::partial});
    else if (summary.missing)
        intents.emplace_back(intent::OpenPageOf{*summary.missing});
    else
        local.show_undecided = true;
}

}  // namespace

void summary(Ui& ui, const View& view, const SummaryView& summary, SummaryLocal& local, Intents& intents) {
    std::vector<PageAction> actions{{ui.say("Previous"), ButtonLook::secondary, true}};
    // Where "Continue" stood on the page before, so that a quick finger never ends a
    // questionnaire that is not whole.
    actions.push_back({ready(summary) ? ui.say("Finish") : ui.say("What is missing"),
                       summary.undecided > 0 ? ButtonLook::secondary : ButtonLook::primary, true});
    Intents said;
    const PageParts parts = page(
        ui, view.place, header_of(view), actions, [&] { above(ui, view, summary, local, said); },
        [&] {
            head(ui, summary);
            referral_cards(ui, summary, local, said);
            add_referral(ui, summary, local, said);
            in_the_way(ui, summary, said);
            officer_items(ui, summary, local, said);
            offers(ui, summary, local, said);
            read_back(ui, summary, said);
            finish_all_the_same(ui, summary, local, said);
        });
    act_on_header(view, parts.header, said);
    intents.insert(intents.end(), said.begin(), said.end());
    if (parts.action == 0)
        intents.emplace_back(intent::PreviousPage{});
    else if (parts.action == 1)
        main_action(summary, local, intents);
}

}  // namespace doorstep::screens
