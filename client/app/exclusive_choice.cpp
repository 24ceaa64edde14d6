#include "client/app/exclusive_choice.h"

#include <algorithm>

#include "client/app/pages.h"
#include "forms/definition/content.h"

namespace doorstep {

std::vector<std::string> exclusive_choices(const FormSession& session, const QuestionView& view,
                                           const std::vector<Choice>& choices) {
    const auto offered = [&](std::string_view value) {
        return std::any_of(choices.begin(), choices.end(),
                           [&](const Choice& choice) { return choice.value == value; });
    };
    std::vector<std::string> alone;
    const FormContent& content = session.form().content();
    if (const auto place = content.by_path(without_indexes(view.path));
        place && content.at(*place).bind.constraint) {
        const std::string& written = content.at(*place).bind.constraint->written;
        constexpr std::string_view before = "not(selected(., '";
        constexpr std::string_view after = "') and count-selected(.) > 1)";
        for (std::size_t at = written.find(before); at != std::string::npos; at = written.find(before, at)) {
            at += before.size();
            const std::size_t to = written.find('\'', at);
            const std::string value = written.substr(at, to - at);
            if (to != std::string::npos && written.compare(to, after.size(), after) == 0 && offered(value))
                alone.push_back(value);
        }
    }
    if (alone.empty())
        for (const char* usual : {"none", "none_of_these"})
            if (alone.empty() && offered(usual))
                alone.emplace_back(usual);
    return alone;
}

}  // namespace doorstep
