#include "tests/forms/questionnaires/every_language.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>

#include "tests/forms/questionnaires/shipped_form.h"

namespace doorstep {
namespace {

const std::vector<std::string> languages{"English (en)", "Arabic (ar)", "Chinese Simplified (zh-Hans)",
                                         "Polish (pl)", "Punjabi (pa)"};

std::string at(const Sheet& sheet, const Row& row, const std::string& header) {
    for (const Cell& cell : sheet.header.cells)
        if (cell.text == header)
            if (const Cell* found = row.at(cell.column))
                return found->text;
    return {};
}

std::set<std::string> all_of(const std::string& text, const std::string& pattern) {
    const std::regex wanted(pattern);
    std::set<std::string> found;
    for (std::sregex_iterator each(text.begin(), text.end(), wanted), end; each != end; ++each)
        found.insert(each->str());
    return found;
}

enum class Script { latin, arabic, han, gurmukhi };

// Letters of one script, as UTF-8: Arabic U+0600-06FF, Han U+4E00-9FFF, Gurmukhi
// U+0A00-0A7F without the full stop that it shares.
bool holds(const std::string& text, Script script) {
    for (std::size_t i = 0; i + 2 < text.size() + 1; ++i) {
        const auto byte = [&](std::size_t k) {
            return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
        };
        if (script == Script::arabic && byte(0) >= 0xd8 && byte(0) <= 0xdb)
            return true;
        if (script == Script::han && byte(0) >= 0xe4 && byte(0) <= 0xe9)
            return true;
        if (script == Script::gurmukhi && byte(0) == 0xe0 && (byte(1) == 0xa8 || byte(1) == 0xa9))
            return true;
    }
    return false;
}

bool in_the_letters_of(const std::string& language, const std::string& said) {
    const std::map<std::string, Script> scripts{{"Arabic (ar)", Script::arabic},
                                                {"Chinese Simplified (zh-Hans)", Script::han},
                                                {"Punjabi (pa)", Script::gurmukhi}};
    for (const auto& [one, script] : scripts)
        if (holds(said, script) != (one == language))
            return false;
    return true;
}

class Reader {
public:
    Reader(const Workbook& workbook, const std::set<std::string>& names)
        : workbook_(workbook), names_(names) {}

    Spoken read() {
        mark_officers();
        const Sheet* survey = workbook_.sheet("survey");
        for (const Row& row : survey->rows)
            if (seen_.officers.count(at(*survey, row, "name")) == 0)
                for (const std::string column : {"label", "hint", "required_message", "constraint_message"})
                    compare(*survey, row, column);
        const Sheet* choices = workbook_.sheet("choices");
        for (const Row& row : choices->rows)
            if (heard_.count(at(*choices, row, "list_name")) > 0 &&
                names_.count(at(*choices, row, "list_name") + " " + at(*choices, row, "name")) == 0)
                compare(*choices, row, "label");
        for (const std::string rules : {"referrals", "offers"})
            if (const Sheet* sheet = workbook_.sheet(rules))
                for (const Row& row : sheet->rows)
                    if (!reads_restricted(at(*sheet, row, "when")))
                        compare(*sheet, row, "reason");
        return std::move(seen_);
    }

private:
    struct Group {
        std::string name;
        bool officers = false;
        int restricted = 0, other = 0;
        std::vector<std::string> holds;
    };

    void mark_officers() {
        const Sheet* survey = workbook_.sheet("survey");
        std::vector<Group> around;
        for (const Row& row : survey->rows) {
            const std::string type = at(*survey, row, "type");
            const std::string name = at(*survey, row, "name");
            if (type == "end group") {
                close(around);
                continue;
            }
            const bool restricted = at(*survey, row, "sensitive") == "restricted";
            const bool officers = restricted || (!around.empty() && around.back().officers) ||
                                  !all_of(at(*survey, row, "appearance"), "\\bofficer\\b").empty();
            if (officers)
                seen_.officers.insert(name);
            if (restricted)
                restricted_.insert(name);
            if (type == "begin group") {
                around.push_back({name, officers, 0, 0, {}});
                continue;
            }
            if (!around.empty())
                around.back().holds.push_back(name);
            if (!around.empty() && type != "note" && type != "calculate" && type != "hidden")
                ++(restricted ? around.back().restricted : around.back().other);
            if (type.rfind("select_", 0) == 0 && !officers)
                heard_.insert(type.substr(type.find(' ') + 1));
        }
    }

    // The page that asks restricted questions and nothing else, with its notes.
    void close(std::vector<Group>& around) {
        const Group done = around.back();
        around.pop_back();
        if (done.restricted > 0 && done.other == 0) {
            seen_.officers.insert(done.name);
            seen_.officers.insert(done.holds.begin(), done.holds.end());
        }
        if (!around.empty()) {
            around.back().restricted += done.restricted;
            around.back().other += done.other;
        }
    }

    bool reads_restricted(const std::string& when) const {
        return std::any_of(restricted_.begin(), restricted_.end(), [&](const std::string& name) {
            return when.find("${" + name + "}") != std::string::npos;
        });
    }

    void compare(const Sheet& sheet, const Row& row, const std::string& column) {
        const std::string english = at(sheet, row, column + "::" + languages[0]);
        seen_.wordings += english.empty() ? 0U : 1U;
        for (std::size_t i = 1; i < languages.size(); ++i) {
            const std::string said = at(sheet, row, column + "::" + languages[i]);
            const auto fault = [&](const std::string& what) {
                seen_.faults.push_back(fmt::format("{} row {}, {}::{}: {}: \"{}\" / \"{}\"", sheet.name,
                                                   row.number, column, languages[i], what, english, said));
            };
            if (said.empty() != english.empty())
                fault("missing");
            else if (!english.empty() && all_of(english, "[A-Za-z]").empty() && said != english)
                fault("names another number");
            else if (!all_of(english, "[A-Za-z]").empty())
                compare_words(languages[i], english, said, fault);
        }
    }

    template<class Fault>
    static void compare_words(const std::string& language, const std::string& english,
                              const std::string& said, const Fault& fault) {
        if (said == english)
            fault("says the English words");
        if (!in_the_letters_of(language, said))
            fault("not in the letters of the language");
        if (all_of(said, "\\$\\{[^}]*\\}") != all_of(english, "\\$\\{[^}]*\\}"))
            fault("shows other answers");
        if (all_of(said, "[0-9]+") != all_of(english, "[0-9]+"))
            fault("names other numbers");
    }

    const Workbook& workbook_;
    const std::set<std::string>& names_;
    Spoken seen_;
    std::set<std::string> heard_, restricted_;
};

}  // namespace

Spoken every_language(const std::string& name, const std::set<std::string>& names) {
    return Reader(shipped_form(name).workbook, names).read();
}

}  // namespace doorstep
