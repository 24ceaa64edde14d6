#include "client/app/exclusive_choice.h"

#include <algorithm>

#include "client/app/pages.h"
#include "forms/definition/content.h"

namespace doorstep {

std::string exclusive_choice(const FormSession& session, const QuestionView& view,
                             const std::vector<Choice>& choices) {
    const auto offered = [&](std::string_view value) {
        return std::any_of(choices.begin(), choices.end(),
                           [&](const Choice& choice) { return choice.value == value; });
    };
    const FormContent& content = session.form().content();
    if (const auto place = content.by_path(without_indexes(view.path));
        place && content.at(*place).bind.constraint) {
        const std::string& written = content.at(*place).bind.constraint->written;
        constexpr std::string_view before = "not(selected(., '";
        constexpr std::string_view after = "') and count-selected(.) > 1)";
        const std::size_t from = written.find(before);
        const std::size_t to = from == std::string::npos ? from : written.find(after, from);
        if (to != std::string::npos) {
            const std::string value = written.substr(from + before.size(), to - from - before.size());
            if (offered(value))
                return value;
        }
    }
    for (const char* usual : {"none", "none_of_these"})
        if (offered(usual))
            return usual;
    return {};
}

}  // namespace doorstep
