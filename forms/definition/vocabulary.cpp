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

constexpr std::size_t items_max = 200;  // a list of all wards is no phrase

// The text of the item's child of that name.
std::string cell(const SecondaryInstance& list, std::uint64_t item, std::string_view name) {
    for (auto at = list.first_child(item); at; at = list.next_sibling(*at))
        if (list.name(*at).local == name)
            return list.text(*at);
    return {};
}

std::string label_of(const FormContent& content, const SecondaryInstance& list, std::uint64_t item,
                     std::size_t language) {
    if (const auto id = cell(list, item, "itextId"); !id.empty()) {
        const auto text = content.itext.find(id);
        return text == content.itext.end() ? std::string{} : plain(text->second, language);
    }
    return cell(list, item, "label");
}

// The whole list that an itemset chooses from: instance('yes_no')/root/item[...].
std::vector<Vocabulary::Choice> listed(const FormContent& content, const Itemset& itemset,
                                       std::size_t language) {
    constexpr std::string_view opening = "instance('";
    const std::string& nodes = itemset.nodes.written;
    const auto end = nodes.find('\'', opening.size());
    if (!nodes.starts_with(opening) || end == std::string::npos)
        return {};
    const auto found = content.secondary_by_id.find(nodes.substr(opening.size(), end - opening.size()));
    if (found == content.secondary_by_id.end())
        return {};
    const SecondaryInstance& list = *content.secondary[found->second];
    std::vector<Vocabulary::Choice> all;
    for (auto item = list.first_child(1); item; item = list.next_sibling(*item)) {
        const auto value = cell(list, *item, itemset.value.expression.child_name());
        if (all.size() == items_max)
            return {};
        if (!value.empty())
            all.push_back({value, label_of(content, list, *item, language)});
    }
    return all;
}

constexpr std::size_t word_max = 40;

// What stands between quotes in a calculation: among it what it answers.
std::vector<std::string> words_in(const std::string& calculation) {
    std::vector<std::string> words;
    for (auto at = calculation.find('\''); at != std::string::npos; at = calculation.find('\'', at + 1)) {
        const auto end = calculation.find('\'', at + 1);
        if (end == std::string::npos)
            break;
        auto word = calculation.substr(at + 1, end - at - 1);
        while (!word.empty() && word.back() == ' ')
            word.pop_back();
        if (!word.empty() && word.size() <= word_max)
            words.push_back(std::move(word));
        at = end;
    }
    return words;
}

Vocabulary::Question question_of(const FormContent& content, const Template& place, std::size_t language) {
    Vocabulary::Question question{place.name, below_root(place.path), false, {}};
    question.type = place.bind.type;
    question.restricted = place.bind.sensitivity == Sensitivity::restricted;
    if (place.bind.calculate)
        question.words = words_in(place.bind.calculate->written);
    if (place.control == nowhere)
        return question;
    const Control& control = content.controls[place.control];
    question.several = control.kind == ControlKind::select_multiple || control.kind == ControlKind::rank;
    for (const auto& item : control.items)
        question.choices.push_back({item.value, plain(item.label, language)});
    if (control.itemset)
        question.choices = listed(content, *control.itemset, language);
    return question;
}

}  // namespace

Vocabulary vocabulary_of(const FormDefinition& form) {
    const FormContent& content = form.content();
    const auto language = language_of_agencies(content);
    Vocabulary words{form.id(), form.version(), form.privacy_version(), form.languages(), form.hash(), {},
                     {}};
    for (const auto& place : content.templates)
        if (place.parent != nowhere && place.leaf() && !place.attribute)
            words.questions.push_back(question_of(content, place, language));
    for (const auto& rule : content.rules)
        words.rules.push_back({rule.id, rule.code, rule.service, plain(rule.reason, language), rule.referral,
                               rule.shares, rule.consent == Consent::safeguarding});
    return words;
}

}  // namespace doorstep
