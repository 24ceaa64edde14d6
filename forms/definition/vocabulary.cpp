#include "forms/definition/vocabulary.h"

#include <algorithm>

#include "forms/definition/content.h"

namespace doorstep {

namespace {

// English where there is one, as agencies read it; else the form's own.
std::size_t language_of_agencies(const FormContent& content) {
    const auto& all = content.languages;
    const auto english = std::find_if(all.begin(), all.end(), [](const std::string& language) {
        return language.find("(en)") != std::string::npos;
    });
    if (english != all.end())
        return static_cast<std::size_t>(english - all.begin());
    return all.empty() ? 0 : content.language_index(content.default_language);
}

// Nothing where a part of it is computed.
std::string plain(const FormWording& wording, std::size_t language) {
    if (wording.formula || wording.by_language.empty())
        return {};
    std::string text;
    for (const auto& piece : wording.by_language[std::min(language, wording.by_language.size() - 1)]) {
        if (piece.formula)
            return {};
        text += piece.text;
    }
    return text;
}

std::string below_root(const std::string& path) {
    const auto slash = path.find('/', 1);
    return slash == std::string::npos ? std::string{} : path.substr(slash + 1);
}

Vocabulary::Question question_of(const FormContent& content, const Template& place, std::size_t language) {
    Vocabulary::Question question{place.name, below_root(place.path), false, {}};
    if (place.control == nowhere)
        return question;
    const Control& control = content.controls[place.control];
    question.several = control.kind == ControlKind::select_multiple || control.kind == ControlKind::rank;
    for (const auto& item : control.items)
        question.choices.push_back({item.value, plain(item.label, language)});
    return question;
}

}  // namespace

Vocabulary vocabulary_of(const FormDefinition& form) {
    const FormContent& content = form.content();
    const auto language = language_of_agencies(content);
    Vocabulary words{form.id(), form.version(), form.privacy_version(), form.hash(), {}, {}};
    for (const auto& place : content.templates)
        if (place.parent != nowhere && place.leaf() && !place.attribute)
            words.questions.push_back(question_of(content, place, language));
    for (const auto& rule : content.rules)
        words.rules.push_back(
            {rule.id, rule.code, rule.service, plain(rule.reason, language), rule.referral});
    return words;
}

}  // namespace doorstep
