#include "forms/xlsform/wording.h"

#include <fmt/format.h>

#include <algorithm>

#include "forms/xlsform/expressions.h"
#include "forms/xlsform/references.h"

namespace doorstep::xlsform {
namespace {

std::string output(const std::string& xpath) {
    return fmt::format("<output value=\"{}\"/>", escape(xpath));
}

// A media file as the XForm names it.
std::string media_uri(const std::string& form, const std::string& file) {
    if (form == "image" || form == "big-image")
        return "jr://images/" + file;
    return "jr://" + form + "/" + file;
}

}  // namespace

bool has_language(const Wording& wording) {
    return std::any_of(wording.begin(), wording.end(), [](const auto& said) { return !said.first.empty(); });
}

bool shows_answer(const Wording& wording) {
    return std::any_of(wording.begin(), wording.end(),
                       [](const auto& said) { return said.second.text.find("${") != std::string::npos; });
}

std::string said_as_xml(const Written& said, const Item* context, Form& form, bool rule) {
    struct Part {
        std::size_t begin, end;
        std::string xml;
    };
    std::vector<Part> parts;
    for (const auto& [begin, end] : instance_paths(said.text)) {
        const Written shown{said.text.substr(begin, end - begin), said.place};
        parts.push_back({begin, end, output(express(shown, {context}, form, rule).text)});
    }
    const auto look_ups = static_cast<std::ptrdiff_t>(parts.size());
    for (const Reference& reference : references_in(said.text)) {
        const auto inside = [&](const Part& part) {
            return reference.begin >= part.begin && reference.end <= part.end;
        };
        if (std::any_of(parts.begin(), parts.begin() + look_ups, inside))
            continue;
        const Item* target = resolve(reference, said, form);
        if (target != nullptr && !rule)
            check_restricted(said, {target}, context, form);
        if (target != nullptr)
            parts.push_back({reference.begin, reference.end,
                             output(" " + path_to(*target, reference, {context}, form) + " ")});
    }
    std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.begin < b.begin; });
    if (parts.empty())
        return escape(said.text);
    // The spaces at both ends are pyxform's; whoever shows the text trims it.
    std::string xml = parts.front().begin == 0 ? "" : " ";
    std::size_t at = 0;
    for (const Part& part : parts) {
        xml += escape(std::string_view(said.text).substr(at, part.begin - at)) + part.xml;
        at = part.end;
    }
    return xml + escape(std::string_view(said.text).substr(at)) + " ";
}

Translations::Translations(std::string default_language, std::vector<std::string> languages)
    : default_language_(default_language.empty() ? "default" : std::move(default_language)),
      languages_(std::move(languages)) {}

void Translations::add(const std::string& id, const std::string& form, const std::string& language,
                       std::string xml) {
    const std::string& spoken = language.empty() ? default_language_ : language;
    if (std::find(languages_.begin(), languages_.end(), spoken) == languages_.end())
        languages_.push_back(spoken);
    const auto [at, added] = index_.emplace(id, texts_.size());
    if (added)
        texts_.push_back({id, {}, false});
    Text& text = texts_[at->second];
    text.has_plain = text.has_plain || form.empty();
    auto& said = text.said[spoken];
    if (std::none_of(said.begin(), said.end(), [&](const auto& one) { return one.first == form; }))
        said.emplace_back(form, std::move(xml));
}

void Translations::add(const std::string& id, const std::string& form, const Wording& wording,
                       const Item* context, Form& of, bool rule) {
    const auto add_one = [&](const std::string& language, const Written& said) {
        const bool file = !form.empty() && form != "guidance";
        const Written named{file ? media_uri(form, said.text) : said.text, said.place};
        add(id, form, language, said_as_xml(named, context, of, rule));
    };
    // A column that names the default language goes before one without a language.
    for (const auto& [language, said] : wording)
        if (!language.empty())
            add_one(language, said);
    for (const auto& [language, said] : wording)
        if (language.empty())
            add_one(language, said);
}

void Translations::write_text(const Text& text, const std::string& language, Xml& xml) const {
    const auto said = text.said.find(language);
    const bool plain =
        said != text.said.end() && std::any_of(said->second.begin(), said->second.end(),
                                               [](const auto& one) { return one.first.empty(); });
    if (said == text.said.end() && !text.has_plain)
        return;
    xml.open("text", {{"id", text.id}});
    if (said != text.said.end())
        for (const auto& [form, inner] : said->second)
            xml.leaf_with("value", form.empty() ? Attributes{} : Attributes{{"form", form}}, inner);
    if (!plain && text.has_plain)
        xml.leaf_with("value", {}, "-");
    xml.close("text");
}

void Translations::write(Xml& xml) const {
    if (texts_.empty())
        return;
    xml.open("itext");
    for (const std::string& language : languages_) {
        Attributes attributes{{"lang", language}};
        if (language == default_language_)
            attributes.emplace_back("default", "true()");
        xml.open("translation", attributes);
        for (const Text& text : texts_)
            write_text(text, language, xml);
        xml.close("translation");
    }
    xml.close("itext");
}

}  // namespace doorstep::xlsform
