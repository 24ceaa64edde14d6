// One door: what happened there, what is begun, how it may end.
#include "client/app/day_words.h"
#include "client/app/home_note_words.h"
#include "client/app/outcome_words.h"
#include "client/app/shift_state.h"

namespace doorstep {

DoorView Shift::State::door_view() {
    DoorView view;
    view.household = route.back().id;
    const auto in_hand = visit_in_hand();
    const auto here = in_hand ? street(*in_hand) : Result<Street*>(nullptr);
    const WalkDoor* door = here.ok() && *here ? (*here)->door(view.household) : nullptr;
    if (!door) {
        if (!here.ok())
            say(here.error());
        return view;
    }
    const DoorRow& row = *(*here)->row(view.household);
    view.place = row.place;
    view.postcode = door->address.postcode;
    view.state = row.state;
    view.words = row.words;
    const auto tries = tries_at(*sql, view.household);
    // Another team may have been there on a visit of its own.
    if (tries.ok() && view.words.empty() && !tries->empty()) {
        const ContactRow& last = tries->front();
        const bool same_day = last.day == (*here)->visit().day;
        view.state = same_day ? state_after(last.outcome) : view.state;
        view.words = same_day ? outcome_words(last.outcome, words) : words.say("Not tried yet on this visit");
    }
    if (tries.ok())
        for (const ContactRow& each : *tries)
            view.history.push_back(outcome_words(each.outcome, words) + ", " +
                                   moment_with_day(clock, each.at_ms, words));
    else
        say(tries.error());
    for (const KnownDraft& known : drafts)
        if (known.door && known.door->household == view.household)
            view.drafts.push_back({known.header.questionnaire,
                                   with_parts(words.say("%1, not finished, %2"),
                                              {known.form, moment(clock, known.header.changed_ms, words)}),
                                   known.trouble});
    if (const auto form = form_for((*here)->visit(), view.form_trouble))
        view.form_title = form->title();
    view.outcomes = outcome_buttons(words);
    const auto noted = known_notes.find(view.household);
    view.notes = note_views(noted == known_notes.end() ? std::vector<StandingNote>{} : noted->second,
                            today(clock), words);
    view.notes_saved = notes_saved;
    return view;
}

}  // namespace doorstep
