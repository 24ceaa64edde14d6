#include "client/casework/completion.h"

#include <algorithm>
#include <fmt/format.h>

namespace doorstep {
namespace {

constexpr std::string_view privacy_step = "privacy_given";
constexpr std::string_view adult_question = "adult_respondent";
constexpr std::string_view agreement_to_visit = "occupier_agrees";

std::string given(const FormSession& session, std::string_view name) {
    const auto node = session.find(name);
    if (!node)
        return {};
    const auto view = session.view(*node);
    return view.ok() && view->relevant && view->answer.kind == AnswerKind::given ? view->answer.text
                                                                                 : std::string{};
}

std::vector<std::string> words(const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find(' ', from), text.size());
        if (to > from)
            all.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return all;
}

std::string_view words_for(Violation violation) {
    switch (violation) {
    case Violation::required:
        return "must be answered";
    case Violation::type:
    case Violation::constraint:
        return "has an answer that does not fit";
    case Violation::not_in_list:
        return "has an answer that is no longer a choice";
    case Violation::cannot_compute:
    case Violation::none:
        break;
    }
    return "cannot be worked out";
}

}  // namespace

AboutTheDoor about_the_door(const FormSession& session) {
    return {given(session, "language"), words(given(session, "format")), given(session, "respondent")};
}

Completion completion(const FormSession& session) {
    Completion result;
    result.no_adult = given(session, adult_question) == "no";
    result.not_agreed = given(session, agreement_to_visit) == "no";
    // A form without a privacy step (a session for a group) begins after it.
    bool after_privacy = !session.find(privacy_step).has_value();
    bool answered = false;
    for (const AnsweredQuestion& question : session.answered()) {
        const bool said = question.answer.kind == AnswerKind::given;
        if (question.name == privacy_step)
            after_privacy = said && question.answer.text != "no";
        else if (after_privacy && said && question.asked_of_resident)
            answered = true;
    }
    result.complete = after_privacy && answered && !result.no_adult && !result.not_agreed;
    return result;
}

std::optional<NodeRef> open_privacy_step(const FormSession& session) {
    std::optional<NodeRef> step = session.find(privacy_step);
    // By whatever name: what every further answer hangs on is confirmed before them.
    for (const NodeRef node : session.nodes()) {
        if (step)
            break;
        const auto view = session.view(node);
        if (view.ok() && view->type == QuestionType::acknowledge && view->required &&
            view->sensitivity != Sensitivity::restricted)
            step = node;
    }
    const auto view = step ? session.view(*step) : Error{};
    if (!view.ok() || !view->relevant)
        return std::nullopt;
    const bool confirmed = view->answer.kind == AnswerKind::given && view->answer.text != "no";
    return confirmed ? std::nullopt : step;
}

Result<void> nothing_in_the_way(const FormSession& session, const Completion& completion) {
    std::string named;
    for (const Blocked& each : session.blocked()) {
        // A resident may stop at any time: what was never asked keeps nobody at the door.
        if (each.violation == Violation::required && !completion.complete)
            continue;
        const auto view = session.view(each.node);
        named += fmt::format("{}{} {}", named.empty() ? "" : "; ", view.ok() ? view->name : each.path,
                             words_for(each.violation));
    }
    if (named.empty())
        return {};
    return Error{Fault::bad_input, fmt::format("The questionnaire cannot be finished yet: {}.", named),
                 "Go to these questions, or mark them as not asked."};
}

}  // namespace doorstep
