// Choices as text: values joined by spaces, in the order of the form.
#include <algorithm>
#include <sstream>

#include "client/screens/answers.h"

namespace doorstep::screens {

namespace {

std::vector<std::string> chosen_values(const Answer& answer) {
    std::vector<std::string> values;
    if (answer.kind != AnswerKind::given)
        return values;
    std::istringstream words(answer.text);
    for (std::string value; words >> value;)
        values.push_back(value);
    return values;
}

bool stands_alone(const QuestionItem& item, const std::string& value) {
    return std::find(item.exclusive.begin(), item.exclusive.end(), value) != item.exclusive.end();
}

}  // namespace

bool is_chosen(const Answer& answer, const std::string& value) {
    const std::vector<std::string> values = chosen_values(answer);
    return std::find(values.begin(), values.end(), value) != values.end();
}

std::string toggled(const QuestionItem& item, const std::string& value) {
    std::vector<std::string> values = chosen_values(item.question.answer);
    if (const auto found = std::find(values.begin(), values.end(), value); found != values.end())
        values.erase(found);
    else if (stands_alone(item, value))
        values = {value};
    else {
        std::erase_if(values, [&](const std::string& one) { return stands_alone(item, one); });
        values.push_back(value);
    }
    std::string text;
    const auto add = [&](const std::string& one) { text += (text.empty() ? "" : " ") + one; };
    for (const Choice& choice : item.choices)
        if (std::find(values.begin(), values.end(), choice.value) != values.end())
            add(choice.value);
    for (const std::string& one : values)  // what the list no longer offers stays chosen until taken away
        if (std::none_of(item.choices.begin(), item.choices.end(),
                         [&](const Choice& choice) { return choice.value == one; }))
            add(one);
    return text;
}

}  // namespace doorstep::screens
