#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "client/screens/answers.h"
#include "client/screens/pieces.h"
#include "client/screens/screens.h"
#include "client/screens/ways.h"
#include "client/ui/choice.h"

namespace doorstep::screens {

namespace {

// Pieces of one line, each of its own direction: the section is in the language at the
// door, the rest in the officer's.
std::vector<std::string> where(const PageView& page) {
    std::vector<std::string> pieces;
    for (const std::string& part :
         {page.section, page.progress, page.saved_trouble ? std::string() : page.saved})
        if (!part.empty())
            pieces.push_back(part);
    return pieces;
}

enum class Way : std::uint8_t { undo, redo, language, resident, officers_page, summary };

struct Ways {
    std::vector<Way> ways;
    std::vector<Link> links;
};
Ways ways_of(const Ui& ui, const PageView& page) {
    Ways all;
    const auto add = [&](Way way, std::string words, std::string mark = {}) {
        all.ways.push_back(way);
        all.links.push_back({std::move(words), std::move(mark), Icon::none, false, false, true});
    };
    // First, so that the others stay where they are when there is something to undo.
    if (page.changes.can_redo())
        add(Way::redo, ui.say("Redo"), page.changes.redo);
    if (page.changes.can_undo())
        add(Way::undo, ui.say("Undo"), page.changes.undo);
    if (page.languages.size() > 1)
        add(Way::language, own_name(page.language));
    if (page.officers_page)
        return all;
    if (page.can_show_to_resident)
        add(Way::resident, ui.say("Show to the resident"));
    if (page.has_officers_page)
        add(Way::officers_page, ui.say("Notes"));
    if (!page.last_page)
        add(Way::summary, ui.say("Summary"));
    return all;
}

void take(Way way, PageLocal& local, Intents& intents) {
    switch (way) {
    case Way::undo:
        intents.emplace_back(intent::UndoChange{});
        return;
    case Way::redo:
        intents.emplace_back(intent::RedoChange{});
        return;
    case Way::language:
        local.choosing_language = !local.choosing_language;
        return;
    case Way::resident:
        intents.emplace_back(intent::ShowToResident{});
        return;
    case Way::officers_page:
        intents.emplace_back(intent::OpenOfficersPage{});
        return;
    case Way::summary:
        intents.emplace_back(intent::OpenSummary{});
        return;
    }
}

void above(Ui& ui, const View& view, const PageView& page, PageLocal& local, Intents& intents) {
    notice(ui, view, intents);
    if (page.saved_trouble && !page.saved.empty()) {
        ui.gap(2);
        banner(ui, page.saved, BannerLook::error);
    }
    // Beside the keyboard of a tablet that lies down there is room for the question only.
    if (ui.focus().keyboard != Keyboard::none && !ui.portrait())
        return;
    const Ways ways = ways_of(ui, page);
    const Spoken spoken{page.languages, page.language, local.choosing_language};
    const int tapped = line_of_ways(ui, where(page), ways.links, spoken, intents);
    if (tapped >= 0)
        take(ways.ways[static_cast<std::size_t>(tapped)], local, intents);
}

int errors_of(const PageView& page) {
    return static_cast<int>(std::count_if(page.items.begin(), page.items.end(),
                                          [](const QuestionItem& item) { return item.heard_as_error; }));
}

void error_summary(Ui& ui, const PageView& page, int errors) {
    // One error at the top of the page says so itself, and the banner would push it down.
    if (errors == 0 || (errors == 1 && page.items.front().heard_as_error))
        return;
    const auto first = std::find_if(page.items.begin(), page.items.end(),
                                    [](const QuestionItem& item) { return item.heard_as_error; });
    banner(ui,
           errors == 1 ? first->question.violation_text
                       : ui.say_n("%d answer needs another look", "%d answers need another look", errors),
           BannerLook::error);
    ui.gap(4);
}

void concern(Ui& ui, const ConcernLine& line, PageLocal& local, Intents& intents) {
    const auto marked = [&](const std::string& words) { return fmt::format("{} ({})", words, line.words); };
    const auto decide = [&](SendConcern send, std::string reason, bool agrees) {
        intents.emplace_back(intent::DecideConcern{line.rule, send, std::move(reason), agrees});
    };
    bool& by_law = local.by_law[line.rule];
    const bool yes = line.send == SendConcern::yes;
    const bool law_shown = by_law || (yes && !line.resident_agrees);
    ui.words(line.words, Type::heading, ui.colours().text, Align::start, Role::heading);
    ui.gap(3);
    const std::string agrees = ui.say("Send it: the resident agrees");
    const std::string law = ui.say("Send it without agreement, for a reason in law");
    const std::string no = ui.say("Do not send it");
    if (radio(ui, agrees, yes && line.resident_agrees && !by_law, true, marked(agrees))) {
        by_law = false;
        decide(SendConcern::yes, "", true);
    }
    if (radio(ui, law, law_shown, true, marked(law)))
        by_law = true;
    if (law_shown) {
        FieldLocal& reason = local.reasons[line.rule];
        follow(reason, line.lawful_reason, ui.focus().field == "law" + line.rule);
        const FieldTold told = text_field(ui, "law" + line.rule, marked(ui.say("The reason in law")), reason,
                                          {2, Keyboard::letters, ui.say("The reason in law"), false}, false);
        if ((told.entered || told.left) && !reason.text.empty() && reason.text != line.lawful_reason) {
            tell(reason);
            decide(SendConcern::yes, reason.text, false);
        }
    }
    ui.gap(mm::gap_min);
    if (radio(ui, no, line.send == SendConcern::no && !by_law, true, marked(no))) {
        by_law = false;
        decide(SendConcern::no, "", false);
    }
    ui.gap(8);
}

void body(Ui& ui, const PageView& page, PageLocal& local, Intents& intents) {
    ui.mirror(page.right_to_left);
    const int errors = errors_of(page);
    error_summary(ui, page, errors);
    bool show_first = errors > local.errors_seen;
    local.errors_seen = errors;
    PageOfAnswers shared = page_of_answers(page.items, page.today, page.in_hand);
    shared.none = page.none;
    // Come back to, it is the question in hand that stands in sight, not the page's first.
    const auto first = std::find_if(page.items.begin(), page.items.end(), [](const QuestionItem& item) {
        return item.question.type != QuestionType::note;
    });
    bool show_in_hand = !std::exchange(local.shown, true) && !show_first && first != page.items.end() &&
                        first->question.node != page.in_hand;
    for (const QuestionItem& item : page.items) {
        if (show_in_hand && item.question.node == page.in_hand) {
            ui.scroll_to_here();
            show_in_hand = false;
        }
        if (show_first && item.heard_as_error) {
            ui.scroll_to_here();
            show_first = false;
        }
        question(ui, item, shared, local.answers, intents);
        ui.gap(item.question.type == QuestionType::note ? 4 : 8);
    }
    for (const ConcernLine& line : page.concerns)
        concern(ui, line, local, intents);
    ui.mirror(false);
}

// A reason that was typed and not yet said goes along.
void say_reasons(const PageView& page, PageLocal& local, Intents& intents) {
    for (const ConcernLine& line : page.concerns) {
        const auto reason = local.reasons.find(line.rule);
        if (reason != local.reasons.end() && reason->second.mine && !reason->second.text.empty() &&
            reason->second.text != line.lawful_reason)
            intents.emplace_back(
                intent::DecideConcern{line.rule, SendConcern::yes, reason->second.text, false});
    }
}

// An answer comes before what leads away from it, or undoes it.  By hand: std::stable_partition swaps
// intents, and a compiler takes over a minute to write that down for each pair of kinds.
Intents answers_first(Intents said) {
    Intents all;
    for (const bool answers : {true, false})
        for (Intent& one : said)
            if (std::holds_alternative<intent::GiveAnswer>(one) == answers)
                all.push_back(std::move(one));
    return all;
}

bool leaves(const Intent& one) {
    return std::holds_alternative<intent::GoHome>(one) ||
           std::holds_alternative<intent::ShowToResident>(one) ||
           std::holds_alternative<intent::OpenOfficersPage>(one) ||
           std::holds_alternative<intent::OpenSummary>(one) ||
           std::holds_alternative<intent::SpeakLanguage>(one);
}

}  // namespace

void question_page(Ui& ui, const View& view, const PageView& page_view, PageLocal& local, Intents& intents) {
    std::vector<PageAction> actions;
    if (!page_view.officers_page && !page_view.first_page)
        actions.push_back({ui.say("Previous"), ButtonLook::secondary, true});
    const std::string main = page_view.officers_page ? ui.say("Done")
                             : page_view.last_page   ? ui.say("To the summary")
                                                     : ui.say("Continue");
    actions.push_back({main, ButtonLook::primary, true});

    Intents said;
    const PageParts parts = page(
        ui, view.place, header_of(view), actions, [&] { above(ui, view, page_view, local, said); },
        [&] { body(ui, page_view, local, said); });
    said = answers_first(std::move(said));
    if (page_view.officers_page && parts.header == HeaderTap::back)
        said.emplace_back(intent::LeaveOfficersPage{});
    else
        act_on_header(view, parts.header, said);
    const bool acted = parts.action >= 0;
    // A reason that was typed is said before what leads away from it.
    if (acted || parts.header != HeaderTap::none || std::any_of(said.begin(), said.end(), leaves))
        say_reasons(page_view, local, intents);
    intents.insert(intents.end(), said.begin(), said.end());
    if (!acted)
        return;
    if (page_view.officers_page)
        intents.emplace_back(intent::LeaveOfficersPage{});
    else if (parts.action + 1 == static_cast<int>(actions.size()))
        intents.emplace_back(intent::NextPage{});
    else
        intents.emplace_back(intent::PreviousPage{});
}

}  // namespace doorstep::screens
