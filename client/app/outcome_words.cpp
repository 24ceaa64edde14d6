#include "client/app/outcome_words.h"

#include <array>

#include "client/app/day_words.h"

namespace doorstep {

std::string outcome_words(ContactOutcome outcome, const Wording& words) {
    switch (outcome) {
    case ContactOutcome::completed:
        return words.say("Done");
    case ContactOutcome::partial:
        return words.say("Done in part");
    case ContactOutcome::declined:
        return words.say("Declined");
    case ContactOutcome::do_not_return:
        return words.say("Do not return");
    case ContactOutcome::no_answer:
        return words.say("No answer");
    case ContactOutcome::no_access:
        return words.say("No way in");
    case ContactOutcome::call_back:
        return words.say("Come back");
    case ContactOutcome::language:
        return words.say("With interpreter");
    case ContactOutcome::empty:
        return words.say("Empty");
    case ContactOutcome::not_residential:
        return words.say("Not a home");
    case ContactOutcome::unsafe:
        return words.say("Not safe to call");
    case ContactOutcome::already_visited:
        return words.say("Already visited");
    }
    return {};
}

std::string outcome_words(ContactOutcome outcome, int tries, const Wording& words) {
    const std::string once = outcome_words(outcome, words);
    const bool counts = outcome == ContactOutcome::no_answer || outcome == ContactOutcome::no_access;
    if (!counts || tries < 2)
        return once;
    if (tries == 2)
        return with_parts(words.say("%1, twice"), {once});
    return with_parts(words.say("%1, %2 times"), {once, std::to_string(tries)});
}

DoorState state_after(ContactOutcome outcome) {
    switch (outcome) {
    case ContactOutcome::completed:
    case ContactOutcome::partial:
        return DoorState::done;
    case ContactOutcome::call_back:
    case ContactOutcome::language:
        return DoorState::come_back;
    case ContactOutcome::do_not_return:
    case ContactOutcome::unsafe:
        return DoorState::do_not_return;
    case ContactOutcome::declined:
    case ContactOutcome::no_answer:
    case ContactOutcome::no_access:
    case ContactOutcome::empty:
    case ContactOutcome::not_residential:
    case ContactOutcome::already_visited:
        break;
    }
    return DoorState::over;
}

std::string recorded_words(ContactOutcome outcome, const std::string& place, const Wording& words) {
    switch (outcome) {
    case ContactOutcome::no_answer:
        return with_parts(words.say("No answer at %1."), {place});
    case ContactOutcome::call_back:
        return with_parts(words.say("Come back to %1."), {place});
    case ContactOutcome::do_not_return:
        return with_parts(words.say("Do not return to %1."), {place});
    default:
        return with_parts(words.say("%1: %2."), {place, outcome_words(outcome, words)});
    }
}

std::vector<OutcomeButton> outcome_buttons(const Wording& words) {
    constexpr std::array<ContactOutcome, 10> commonest_first{
        ContactOutcome::no_answer,       ContactOutcome::call_back,       ContactOutcome::declined,
        ContactOutcome::no_access,       ContactOutcome::language,        ContactOutcome::empty,
        ContactOutcome::not_residential, ContactOutcome::already_visited, ContactOutcome::do_not_return,
        ContactOutcome::unsafe};
    std::vector<OutcomeButton> buttons;
    for (const ContactOutcome outcome : commonest_first)
        buttons.push_back({outcome, outcome_words(outcome, words)});
    return buttons;
}

}  // namespace doorstep
