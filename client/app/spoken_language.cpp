#include "client/app/spoken_language.h"

#include <algorithm>
#include <vector>

#include "forms/definition/content.h"

namespace doorstep {
namespace {

// Labels with something worked out in them tell nothing.
bool says(const FormWording& label, std::size_t language, const std::string& shown) {
    if (label.formula || language >= label.by_language.size())
        return false;
    std::string text;
    for (const Piece& piece : label.by_language[language]) {
        if (piece.formula)
            return false;
        text += piece.text;
    }
    return text == shown;
}

}  // namespace

std::string spoken_language(const FormSession& session) {
    const FormContent& content = session.form().content();
    const auto& languages = content.languages;
    if (languages.empty())
        return content.default_language;
    std::vector<int> told(languages.size(), 0);
    for (const NodeRef node : session.nodes()) {
        const auto view = session.view(node);
        const auto place = view.ok() ? content.by_path(view->path) : std::nullopt;
        if (!place || content.at(*place).control == nowhere || view->label.empty())
            continue;
        const FormWording& label = content.controls[content.at(*place).control].label;
        for (std::size_t i = 0; i < languages.size(); ++i)
            told[i] += says(label, i, view->label) ? 1 : 0;
    }
    const auto usual = std::find(languages.begin(), languages.end(), content.default_language);
    const std::size_t standing =
        usual == languages.end() ? 0 : static_cast<std::size_t>(usual - languages.begin());
    const auto most = static_cast<std::size_t>(std::max_element(told.begin(), told.end()) - told.begin());
    return languages[told[most] > told[standing] ? most : standing];
}

}  // namespace doorstep
