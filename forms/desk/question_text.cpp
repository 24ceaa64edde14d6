#include "forms/desk/question_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace doorstep {
namespace {

std::string_view kind_words(QuestionType type) {
    switch (type) {
    case QuestionType::integer:
        return "a whole number";
    case QuestionType::decimal:
        return "a number";
    case QuestionType::range:
        return "a number of the range";
    case QuestionType::select_one:
        return "one number";
    case QuestionType::select_multiple:
        return "numbers, separated by spaces";
    case QuestionType::rank:
        return "all numbers, the first choice first";
    case QuestionType::date:
        return "a date, like 2026-04-01";
    case QuestionType::time:
        return "a time, like 14:30";
    case QuestionType::date_time:
        return "a date and time, like 2026-04-01T14:30";
    case QuestionType::acknowledge:
        return "ok";
    case QuestionType::geopoint:
        return "latitude and longitude, like 51.75 -0.34";
    case QuestionType::image:
    case QuestionType::file:
        return "the name of a file";
    default:
        return "";
    }
}

bool is_chosen_from_list(QuestionType type) {
    return type == QuestionType::select_one || type == QuestionType::select_multiple ||
           type == QuestionType::rank;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : std::string(text) + " ") {
        if (c != ' ' && c != ',' && c != '\t') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    return words;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::optional<std::string> chosen(const std::string& word, const std::vector<Choice>& choices) {
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (problem == std::errc() && end == word.data() + word.size() && number >= 1 && number <= choices.size())
        return choices[number - 1].value;
    for (const Choice& choice : choices)
        if (choice.value == word || lower(choice.label) == lower(word))
            return choice.value;
    return std::nullopt;
}

Error not_a_choice(const std::vector<Choice>& choices) {
    if (choices.empty())
        return {Fault::bad_input, "There is nothing to choose here.", "Press Enter to go on."};
    return {Fault::bad_input, fmt::format("Type a number from 1 to {} as the list shows.", choices.size()),
            ""};
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        // U+0080 to U+009F are control characters too.
        const bool second =
            c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (second)
            ++i;
        else if (c == '\n' || (c >= 0x20 && c != 0x7F))
            out += text[i];
        else
            out += ' ';
    }
    return out;
}

std::string answer_text(const QuestionView& view, const std::vector<Choice>& choices) {
    switch (view.answer.kind) {
    case AnswerKind::blank:
        return {};
    case AnswerKind::dont_know:
        return "don't know";
    case AnswerKind::prefer_not:
        return "prefer not to say";
    case AnswerKind::not_asked:
        return "not asked";
    case AnswerKind::sealed:
        return "recorded";
    case AnswerKind::given:
        break;
    }
    if (view.sensitivity == Sensitivity::restricted)
        return "recorded";
    if (!is_chosen_from_list(view.type))
        return view.answer.text;
    std::string text;
    for (const std::string& value : words_of(view.answer.text)) {
        const auto at = std::find_if(choices.begin(), choices.end(),
                                     [&](const Choice& choice) { return choice.value == value; });
        text += (text.empty() ? "" : ", ") + (at == choices.end() || at->label.empty() ? value : at->label);
    }
    return text;
}

std::string question_text(const QuestionView& view, const std::vector<Choice>& choices) {
    const std::string_view kind = view.readonly ? "" : kind_words(view.type);
    std::string out = view.label.empty() ? view.name : view.label;
    if (!kind.empty() || view.required)
        out += fmt::format("  ({}{}{})", kind, !kind.empty() && view.required ? "; " : "",
                           view.required ? "needed" : "");
    out += "\n";
    if (!view.hint.empty())
        out += "   " + view.hint + "\n";
    for (std::size_t i = 0; i < choices.size(); ++i)
        out += fmt::format("  {:>2}  {}\n", i + 1,
                           choices[i].label.empty() ? choices[i].value : choices[i].label);
    if (const std::string now = answer_text(view, choices); !now.empty())
        out += fmt::format("   {}: {}\n", view.readonly ? "worked out" : "so far", now);
    return printable(out);
}

Result<Answer> answer_from(std::string_view typed, const QuestionView& view,
                           const std::vector<Choice>& choices) {
    if (view.readonly || view.type == QuestionType::note)
        return Error{Fault::refused, "There is nothing to answer here.", "Press Enter to go on."};
    if (view.type == QuestionType::acknowledge) {
        const std::string word = lower(typed);
        if (word == "ok" || word == "yes" || word == "y")
            return Answer::given("OK");
        return Error{Fault::bad_input, "Type ok to agree, or press Enter to go on.", ""};
    }
    if (!is_chosen_from_list(view.type))
        return Answer::given(std::string(typed));
    if (auto whole = chosen(std::string(typed), choices))
        return Answer::given(std::move(*whole));
    std::string text;
    for (const std::string& word : words_of(typed)) {
        const auto value = chosen(word, choices);
        if (!value || (view.type == QuestionType::select_one && !text.empty()))
            return not_a_choice(choices);
        text += (text.empty() ? "" : " ") + *value;
    }
    return Answer::given(std::move(text));
}

}  // namespace doorstep
