#include "client/app/sitting_words.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace doorstep {

std::string filled(std::string sentence, std::string_view text) {
    if (const std::size_t gap = sentence.find("%s"); gap != std::string::npos)
        sentence.replace(gap, 2, text);
    return sentence;
}

std::string time_of_day(const Clock& clock, std::int64_t at_ms) {
    constexpr std::int64_t day = 24 * 60;
    const std::int64_t minutes = at_ms / 60'000 + clock.utc_offset_minutes(at_ms);
    const std::int64_t of_day = (minutes % day + day) % day;
    return fmt::format("{:02}:{:02}", of_day / 60, of_day % 60);
}

std::string_view language_code(std::string_view language) {
    const std::size_t open = language.rfind('(');
    if (open == std::string_view::npos || !language.ends_with(')'))
        return language;
    return language.substr(open + 1, language.size() - open - 2);
}

bool is_right_to_left(std::string_view language) {
    constexpr std::array<std::string_view, 9> codes{"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ur", "yi"};
    const std::string_view code = language_code(language);
    return std::find(codes.begin(), codes.end(), code.substr(0, code.find('-'))) != codes.end();
}

std::string answer_words(const Answer& answer, const std::string& chosen, QuestionType type,
                         const Wording& wording) {
    switch (answer.kind) {
    case AnswerKind::blank:
        return wording.say("Not answered");
    case AnswerKind::dont_know:
        return wording.say("Don't know");
    case AnswerKind::prefer_not:
        return wording.say("Prefer not to say");
    case AnswerKind::not_asked:
        return wording.say("Not asked");
    case AnswerKind::sealed:
        return wording.say("Recorded");
    case AnswerKind::given:
        break;
    }
    if (type == QuestionType::acknowledge)
        return wording.say("Confirmed");
    return chosen.empty() ? answer.text : chosen;
}

std::string violation_words(Violation violation, const std::string& of_the_form, const Wording& wording) {
    if (!of_the_form.empty())
        return of_the_form;
    switch (violation) {
    case Violation::required:
        return wording.say("Answer this, or choose \"Not asked\"");
    case Violation::type:
    case Violation::constraint:
        return wording.say("Correct the answer: it does not fit the question");
    case Violation::not_in_list:
        return wording.say("Choose again: this answer is no longer on the list");
    case Violation::cannot_compute:
        return wording.say("This cannot be worked out from the answers");
    case Violation::none:
        break;
    }
    return {};
}

}  // namespace doorstep
