#include "client/screens/home_notes.h"

#include "client/screens/pieces.h"
#include "client/ui/choice.h"

namespace doorstep::screens {

namespace {

constexpr const char* home_note_id = "home-note";

const HomeNoteView* note_of(const DoorView& door, HomeNoteKind kind) {
    for (const HomeNoteView& note : door.notes)
        if (note.kind == kind)
            return &note;
    return nullptr;
}

bool holds_without_words(HomeNoteKind kind) {
    return kind == HomeNoteKind::do_not_return;
}

// What was typed goes along, what was only put there does not.
void choose(const DoorView& door, DoorLocal& local, HomeNoteKind kind) {
    local.kind = kind;
    const HomeNoteView* note = note_of(door, kind);
    local.shown = note ? note->shown : std::vector<Uuid>{};
    const bool typed = local.text.text != local.filled;
    local.filled = note ? note->text : std::string{};
    if (typed)
        return;
    local.text = {};
    local.text.text = local.filled;
    local.text.caret = local.text.text.size();
}

// Two that do not agree stand one below the other, under one name.
std::string in_words(Ui& ui, const HomeNoteView& note) {
    std::string all = with(note.lines.size() == 1 ? "%1: " : ui.say("%1, said in two ways: "), {note.label});
    for (std::size_t i = 0; i < note.lines.size(); ++i)
        all += (i > 0 ? " / " : "") + note.lines[i];
    return all;
}

void what_stands(Ui& ui, const HomeNoteView& note) {
    for (const std::string& line : note.lines)
        own_way(ui, line, Type::small, ui.colours().second);
    if (note.lines.size() > 1)
        second(ui,
               ui.say("Two officers wrote this without seeing each other. What you keep takes the place of "
                      "both."));
}

}  // namespace

void known_of_home(Ui& ui, const DoorView& door) {
    for (const HomeNoteView& note : door.notes)
        if (!note.lines.empty() && note.warns) {
            ui.gap(2);
            banner(ui, in_words(ui, note), BannerLook::warning);
        }
    for (const HomeNoteView& note : door.notes)
        if (!note.lines.empty() && !note.warns) {
            ui.gap(1);
            own_way(ui, in_words(ui, note), Type::body, ui.colours().text);
        }
}

void note_row(Ui& ui, const DoorView& door, DoorLocal& local) {
    group(ui, ui.say("For whoever knocks here next"));
    RowWords words;
    words.label = ui.say("Write or change a note");
    words.words = ui.say("Hazard, safety, way in, language");
    words.below = true;
    if (!row(ui, words))
        return;
    local = {};
    local.noting = true;
    local.saved = door.notes_saved;
    choose(door, local, HomeNoteKind::hazard);
}

namespace {

void write(Ui& ui, const DoorView& door, DoorLocal& local) {
    second(ui, ui.say("Every officer who calls at this home sees it. A worry about a person goes on the "
                      "officer's page of the questionnaire instead."));
    ui.gap(2);
    for (const HomeNoteView& note : door.notes)
        if (radio(ui, note.label, local.kind == note.kind) && local.kind != note.kind)
            choose(door, local, note.kind);
    ui.gap(2);
    const HomeNoteView* note = note_of(door, local.kind);
    text_field(ui, home_note_id, ui.say("What they have to know"), local.text,
               {3, Keyboard::letters, "", false});
    if (!note || note->lines.empty())
        return;
    ui.gap(4);
    second(ui, ui.say("Known so far:"));
    what_stands(ui, *note);
    ui.gap(2);
    local.no_longer = button(ui, ui.say("It is so no longer"), ButtonLook::quiet);
}

// Above what scrolls: whoever types is to see it.
void what_came(Ui& ui, const DoorView& door, const DoorLocal& local) {
    const HomeNoteView* note = note_of(door, local.kind);
    if (!note || note->shown == local.shown)
        return;
    ui.gap(2);
    banner(ui,
           ui.say("A colleague's note came while this page was open. What you keep stands beside it, until "
                  "somebody who has seen both writes a third."),
           BannerLook::warning);
}

void take_back(Ui& ui, const DoorView& door, const DoorLocal& local) {
    const HomeNoteView* note = note_of(door, local.kind);
    if (!note)
        return;
    ui.gap(2);
    own_way(ui, in_words(ui, *note), Type::body, ui.colours().text);
    ui.gap(2);
    second(ui, ui.say("Nobody who calls here will see it any more, on any tablet."));
}

}  // namespace

void note_page(Ui& ui, const View& view, const DoorView& door, DoorLocal& local, Intents& intents) {
    const bool no_longer = local.no_longer;
    const bool has_words = no_longer || !local.text.text.empty() || holds_without_words(local.kind);
    const std::vector<PageAction> verbs{
        {no_longer ? ui.say("Take the note back") : ui.say("Keep the note"), ButtonLook::primary, has_words},
        {ui.say("Leave it"), ButtonLook::secondary, true}};
    const PageParts parts = page(
        ui, view.place + (no_longer ? "/no-longer" : "/note"), header_of(view), verbs,
        [&] {
            notice(ui, view, intents);
            what_came(ui, door, local);
        },
        [&] {
            ui.words(no_longer ? ui.say("It is so no longer") : ui.say("For whoever knocks here next"),
                     Type::heading, ui.colours().text, Align::start, Role::heading);
            if (no_longer)
                take_back(ui, door, local);
            else
                write(ui, door, local);
        });
    if (parts.action == 0)
        intents.emplace_back(intent::NoteHome{door.household, local.kind, !no_longer,
                                              no_longer ? "" : local.text.text, local.shown, local.saved});
    if (parts.action == 1 || parts.header == HeaderTap::back) {
        if (no_longer)
            local.no_longer = false;  // back to the page
        else
            local = {};
    } else
        act_on_header(view, parts.header, intents);
}

}  // namespace doorstep::screens
