#include <algorithm>
#include <utility>

#include "client/screens/home_notes.h"
#include "client/screens/pieces.h"
#include "client/screens/screens.h"
#include "client/ui/looks.h"

namespace doorstep::screens {

namespace {

const DoorView::Draft* draft_to_resume(const DoorView& door) {
    for (const DoorView::Draft& draft : door.drafts)
        if (draft.trouble.empty())
            return &draft;
    return nullptr;
}

void what_is_known(Ui& ui, const DoorView& door) {
    const Palette& colours = ui.colours();
    // A note that says so has a banner of its own.
    const bool by_note = std::any_of(door.notes.begin(), door.notes.end(), [](const HomeNoteView& note) {
        return note.kind == HomeNoteKind::do_not_return && note.warns;
    });
    if (door.state == DoorState::do_not_return && !by_note)
        banner(ui, door.words, BannerLook::warning);
    else if (!door.words.empty())
        ui.words(door.words, Type::heading, colours.text, Align::start, Role::heading);
    else if (!by_note)
        ui.words(ui.say("Not tried yet"), Type::heading, colours.text, Align::start, Role::heading);
    known_of_home(ui, door);
    ui.gap(1);
    if (!door.postcode.empty())
        second(ui, door.postcode);
    for (const std::string& line : door.history)
        second(ui, line);
}

void drafts_and_form(Ui& ui, const DoorView& door, Intents& intents) {
    const DoorView::Draft* first = draft_to_resume(door);
    for (const DoorView::Draft& draft : door.drafts) {
        ui.gap(2);
        if (!draft.trouble.empty())
            banner(ui, with("%1. %2", {draft.words, draft.trouble}), BannerLook::warning);
        else if (&draft == first)
            second(ui, draft.words);
        else if (link(ui, {with(ui.say("Go on: %1"), {draft.words}), "", Icon::none, false}))
            intents.emplace_back(intent::ResumeDraft{draft.questionnaire});
    }
    if (!door.form_trouble.empty()) {
        ui.gap(4);
        banner(ui, door.form_trouble, BannerLook::warning);
    }
}

void outcomes(Ui& ui, const DoorView& door, Intents& intents) {
    if (door.outcomes.empty())
        return;
    group(ui, ui.say("How did it end?"));
    ui.gap(1);
    float widest = 0;
    for (const auto& outcome : door.outcomes)
        widest = std::max(widest, button_width(ui, outcome.words, ButtonLook::secondary));
    const std::size_t columns = 2 * widest + ui.px(mm::gap_min) > ui.column().w ? 1 : 2;
    // Down the first column, then the second: the commonest stay together.
    const std::size_t lines = (door.outcomes.size() + columns - 1) / columns;
    for (std::size_t line = 0; line < lines; ++line) {
        ui.beside(std::vector<float>(columns, 1.0f), mm::gap_min, [&](int column) {
            const std::size_t at = line + static_cast<std::size_t>(column) * lines;
            if (at < door.outcomes.size() && button(ui, door.outcomes[at].words))
                intents.emplace_back(intent::RecordOutcome{door.household, door.outcomes[at].outcome});
        });
        ui.gap(mm::gap_min);
    }
}

}  // namespace

void door(Ui& ui, const View& view, const DoorView& door, DoorLocal& local, Intents& intents) {
    // Kept: back to the door.
    if (local.noting && local.saved != door.notes_saved) {
        local = {};
        local.kept = true;
    }
    if (local.noting)
        return note_page(ui, view, door, local, intents);
    const DoorView::Draft* draft = draft_to_resume(door);
    std::vector<PageAction> actions;
    if (draft)
        actions.push_back({ui.say("Go on with the questionnaire"), ButtonLook::primary, true});
    else if (!door.form_title.empty() && door.state == DoorState::done)
        actions.push_back({ui.say("Start another questionnaire"), ButtonLook::secondary, true});
    else if (!door.form_title.empty())
        actions.push_back({ui.say("Start the questionnaire"), ButtonLook::primary, true});
    const PageParts parts = page(
        ui, view.place, header_of(view), actions, [&] { notice(ui, view, intents); },
        [&] {
            if (std::exchange(local.kept, false))
                ui.scroll_to_here();
            what_is_known(ui, door);
            drafts_and_form(ui, door, intents);
            outcomes(ui, door, intents);
            note_row(ui, door, local);
        });
    act_on_header(view, parts.header, intents);
    if (parts.action != 0)
        return;
    if (draft)
        intents.emplace_back(intent::ResumeDraft{draft->questionnaire});
    else
        intents.emplace_back(intent::StartQuestionnaire{door.household, ""});
}

}  // namespace doorstep::screens
