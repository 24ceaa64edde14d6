// What is said: labels with answers in them, and the translations of a form.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "forms/xlsform/form.h"
#include "forms/xlsform/xml.h"

namespace doorstep::xlsform {

// Text as XML, with <output/> where it shows an answer or a look-up.
std::string said_as_xml(const Written& said, const Item* context, Form& form, bool rule = false);

bool has_language(const Wording& wording);
bool shows_answer(const Wording& wording);

// <itext>: texts by language, in the order in which they were added.
class Translations {
public:
    Translations(std::string default_language, std::vector<std::string> languages);

    // `form` is "" for the text itself, "guidance", "image" and so on for the rest.
    void add(const std::string& id, const std::string& form, const std::string& language, std::string xml);
    // Every language of a wording; a column without one speaks the default language.
    void add(const std::string& id, const std::string& form, const Wording& wording, const Item* context,
             Form& of, bool rule = false);
    bool empty() const { return texts_.empty(); }
    void write(Xml& xml) const;

private:
    struct Text {
        std::string id;
        // language -> (form, xml)
        std::map<std::string, std::vector<std::pair<std::string, std::string>>> said;
        bool has_plain = false;  // some language has the text itself
    };

    void write_text(const Text& text, const std::string& language, Xml& xml) const;

    std::string default_language_;
    std::vector<std::string> languages_;
    std::vector<Text> texts_;
    std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace doorstep::xlsform
