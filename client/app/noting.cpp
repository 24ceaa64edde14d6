// Notes on homes, for whoever knocks there next.
#include "client/app/day_words.h"
#include "client/app/shift_state.h"

namespace doorstep {

Result<void> Shift::State::read_notes() {
    TRY(known_notes, notes_by_home(*sql, today(clock)));
    return {};
}

// Only from its own page, as an outcome.
void Shift::State::operator()(const intent::NoteHome& said) {
    const auto in_hand = visit_in_hand();
    if (!in_hand || !at(Stop::At::door) || route.back().id != said.household)
        return;
    // Tapped twice before its page could close: the first was kept.
    if (said.saved != notes_saved)
        return;
    const auto door = door_at(*in_hand, said.household);
    if (!door.ok())
        return say(door.error());
    const auto fact = casework->note_home(*door, said.kind, said.holds, said.text, said.seen);
    if (!fact.ok())
        return say(fact.error());
    ++notes_saved;
    told(read_notes());
    // The home may stand on several visits; a street that cannot be read is let go of meanwhile.
    std::vector<Uuid> loaded;
    for (const auto& [visit, street] : streets)
        loaded.push_back(visit);
    for (const Uuid& visit : loaded)
        refresh(visit, said.household);
    say(Notice::Kind::done, with_parts(said.holds ? words.say("Kept for whoever knocks next at %1.")
                                                  : words.say("Taken back at %1."),
                                       {place_of(door->address)}));
    facts_kept();
}

}  // namespace doorstep
