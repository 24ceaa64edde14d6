#include "client/screens/pieces.h"

namespace doorstep::screens {

void rescue(Ui& ui, const std::vector<Stick>& sticks, bool in_words, Intents& intents) {
    if (sticks.empty())
        return;
    group(ui, ui.say("Write to a stick"));
    ui.words(
        ui.say("For when no network comes: what was not sent, in one file that only the centre can open. "
               "Bring the stick to the team's administrator. Everything stays on this tablet too."),
        Type::body, ui.colours().text);
    for (const Stick& stick : sticks) {
        ui.gap(4);
        const std::string words =
            with(in_words ? ui.say("Write what was not sent to %1") : ui.say("Write to %1"), {stick.name});
        if (button(ui, words))
            intents.emplace_back(intent::WriteRescue{stick.folder});
    }
}

}  // namespace doorstep::screens
