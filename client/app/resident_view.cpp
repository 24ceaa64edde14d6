// The page that is turned to the resident: one question in large words, or the
// explanation that is to be confirmed.  Never an answer, never a name.
#include <algorithm>

#include "client/app/sitting_state.h"
#include "client/app/sitting_words.h"

namespace doorstep {
namespace {

const Choice* choice(const std::vector<Choice>& choices, std::string_view value) {
    for (const Choice& each : choices)
        if (each.value == value)
            return &each;
    return nullptr;
}

bool is_yes_no(const QuestionItem& item) {
    return item.question.type == QuestionType::select_one && item.choices.size() == 2 &&
           choice(item.choices, "yes") && choice(item.choices, "no");
}

bool has_two_answers(const QuestionItem& item) {
    return item.question.type == QuestionType::acknowledge || is_yes_no(item);
}

bool asks(const QuestionItem& item) {
    return item.question.type != QuestionType::note && !item.question.label.empty();
}

// The question in hand, else the first that a tap can answer, else the first.
const QuestionItem* to_ask(const std::vector<QuestionItem>& items, NodeRef in_hand) {
    const auto find = [&](const auto& fits) -> const QuestionItem* {
        const auto found = std::find_if(items.begin(), items.end(), fits);
        return found == items.end() ? nullptr : &*found;
    };
    if (const auto* one = find(
            [&](const QuestionItem& item) { return item.question.node == in_hand && has_two_answers(item); }))
        return one;
    if (const auto* one = find([&](const QuestionItem& item) {
            return item.question.node == in_hand && asks(item) &&
                   item.question.node != items.front().question.node;
        }))
        return one;
    if (const auto* one = find(has_two_answers))
        return one;
    return find(asks);
}

}  // namespace

std::optional<ResidentView> Sitting::State::resident_view() const {
    const FormPage* now = current_page();
    if (!now || where != Where::page)
        return std::nullopt;
    std::vector<QuestionItem> shown;
    for (const NodeRef node : now->items)
        shown.push_back(item(node));
    ResidentView view;
    view.language = language;
    view.languages = session().form().languages();
    view.right_to_left = is_right_to_left(view.language);
    const Wording& spoken = wordings.of(view.language);
    view.free_choice = spoken.say("Safer Streets team. You do not have to answer.");
    view.go_on_words = spoken.say("Continue");
    view.next_words = spoken.say("Next");
    view.count_words = filled(filled(spoken.say("%s of %s"), "%1"), "%2");
    const QuestionItem* asked = to_ask(shown, in_hand);
    if (!asked || asked->question.type == QuestionType::acknowledge) {
        view.heading = now->section;
        for (const QuestionItem& each : shown)
            if (each.question.type == QuestionType::note && !each.question.label.empty())
                view.paragraphs.push_back(each.question.label);
        if (view.paragraphs.empty() && !asked)
            return std::nullopt;
        if (asked) {
            view.node = asked->question.node;
            // A statement asks nothing: it is confirmed when it was read, and to refuse
            // there is the officer to talk to.
            view.yes = Answer::given("OK");
            view.yes_words = spoken.say("Continue");
        }
        return view;
    }
    view.heading = asked->question.label;
    view.node = asked->question.node;
    if (is_yes_no(*asked)) {
        view.yes = Answer::given("yes");
        view.no = Answer::given("no");
        view.yes_words = choice(asked->choices, "yes")->label;
        view.no_words = choice(asked->choices, "no")->label;
    } else {
        for (const Choice& each : asked->choices)
            view.paragraphs.push_back(each.label);
    }
    return view;
}

}  // namespace doorstep
