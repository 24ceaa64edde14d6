// Answers: given, saved, or kept on the screen until the disk takes them.
#include <algorithm>

#include "client/app/sitting_state.h"
#include "client/app/sitting_words.h"

namespace doorstep {
namespace {

// The disk's faults, not the officer's: worth another try.
bool is_of_the_disk(Fault fault) {
    switch (fault) {
    case Fault::disk_full:
    case Fault::not_writable:
    case Fault::damaged:
    case Fault::broken:
    case Fault::conflict:
        return true;
    default:
        return false;
    }
}

// Answers of questions that this change took out of sight.
int hidden_answers(const FormSession& session, const ChangeList& changes) {
    std::set<NodeRef> hidden;
    for (const Change& change : changes) {
        if (change.kind != ChangeKind::relevance)
            continue;
        const auto view = session.view(change.node);
        if (view.ok() && !view->relevant && view->answer.kind != AnswerKind::blank && !view->readonly &&
            view->type != QuestionType::hidden && view->type != QuestionType::note &&
            view->sensitivity != Sensitivity::restricted)
            hidden.insert(change.node);
    }
    return static_cast<int>(hidden.size());
}

}  // namespace

Result<void> Sitting::State::noted(Result<void> outcome) {
    if (outcome.ok()) {
        saved_ms = clock.now_ms();
        if (unsaved.empty())
            trouble.reset();
    } else if (is_of_the_disk(outcome.error().fault)) {
        trouble = outcome.error();
    }
    return outcome;
}

void Sitting::State::retry_unsaved() {
    while (!unsaved.empty()) {
        const FormerAnswer typed = unsaved.front();
        const auto saved = open.answer(typed.node, typed.answer);
        if (!saved.ok() && is_of_the_disk(saved.error().fault)) {
            trouble = saved.error();
            return;
        }
        // Saved, or its question is gone and with it the place to show it.
        unsaved.erase(unsaved.begin());
        static_cast<void>(noted({}));
    }
}

Result<SittingTold> Sitting::State::put(NodeRef node, const Answer& answer, bool stand_there) {
    TRY(const QuestionView before, session().view(node));
    const bool restricted = before.sensitivity == Sensitivity::restricted;
    if (restricted && where != Where::officers)
        return Error{Fault::refused, words().say("This question has a page of its own."),
                     words().say("Open that page first.")};
    // Said once more, as when a field is left: nothing changed.
    if (!restricted && before.answer == answer && unsaved.empty() && !trouble)
        return SittingTold{};
    held_on.reset();
    const auto changes = open.answer(node, answer, stand_there && !restricted);
    saving = false;
    if (!changes.ok()) {
        if (!restricted && is_of_the_disk(changes.error().fault))
            unsaved.push_back({node, answer});
        static_cast<void>(noted(changes.error()));
        return changes.error();
    }
    SittingTold told;
    if (restricted)
        return told;
    static_cast<void>(noted({}));
    if (const int hidden = hidden_answers(session(), *changes); hidden > 0)
        told.notice = notice(words().say_n("%d answer is hidden now.", "%d answers are hidden now.", hidden),
                             FormerAnswer{node, before.answer});
    return told;
}

Result<SittingTold> Sitting::State::give(NodeRef node, const Answer& answer) {
    TRY(const SittingTold told, put(node, answer, true));
    turned_to_resident = false;
    stand(node);
    return told;
}

Result<SittingTold> Sitting::State::speak(const std::string& wanted) {
    TRY_DO(noted(open.set_language(wanted)));
    language = wanted;
    return SittingTold{};
}

}  // namespace doorstep
