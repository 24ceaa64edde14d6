// itext: the wordings of every language.
#include <fmt/format.h>

#include <algorithm>

#include "forms/definition/loading.h"

namespace doorstep {

RawPieces raw_pieces(xml::Element element) {
    RawPieces pieces;
    const auto add_text = [&](std::string_view text) {
        if (!pieces.empty() && !pieces.back().is_output)
            pieces.back().text += text;
        else
            pieces.push_back({std::string(text), false});
    };
    xml::walk(element, add_text, [&](xml::Element inner) {
        if (xml::name(inner) != "output") {
            add_text(xml::text(inner));  // markup in a label: its words
            return;
        }
        const std::string value = xml::attribute(inner, "value");
        pieces.push_back({value.empty() ? xml::attribute(inner, "ref") : value, true});
    });
    std::erase_if(pieces, [](const RawPiece& piece) { return !piece.is_output && piece.text.empty(); });
    return pieces;
}

namespace {

// The plain form; the long one where a text has no plain form.
xml::Element spoken(xml::Element text) {
    xml::Element fallback = nullptr;
    for (const xml::Element value : xml::children(text, "value")) {
        const std::string form = xml::attribute(value, "form");
        if (form.empty())
            return value;
        if (form == "long" || (form == "short" && !fallback))
            fallback = value;
    }
    return fallback;
}

}  // namespace

void read_itext(Loading& loading, xml::Element model) {
    const xml::Element itext = xml::child(model, "itext");
    if (!itext)
        return;
    FormContent& content = loading.content;
    const auto translations = xml::children(itext, "translation");
    for (const xml::Element translation : translations) {
        const std::string language = xml::attribute(translation, "lang");
        if (std::find(content.languages.begin(), content.languages.end(), language) !=
            content.languages.end()) {
            loading.error("itext", "translation", "duplicate-language",
                          fmt::format("the language \"{}\" stands twice in the itext.", language));
            return;
        }
        if (xml::has_attribute(translation, "default"))
            content.default_language = language;
        content.languages.push_back(language);
    }
    if (content.default_language.empty() && !content.languages.empty())
        content.default_language = content.languages.front();
    for (std::size_t language = 0; language < translations.size(); ++language) {
        for (const xml::Element text : xml::children(translations[language], "text")) {
            auto& by_language = loading.itext[xml::attribute(text, "id")];
            by_language.resize(translations.size());
            if (const xml::Element value = spoken(text))
                by_language[language] = raw_pieces(value);
        }
    }
}

}  // namespace doorstep
