// A workbook understood: questions in their groups, choice lists, settings and
// rules, every piece of text still with the cell it came from.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "forms/base/calendar.h"
#include "forms/base/diagnostic.h"
#include "forms/directory/directory.h"
#include "forms/workbook/workbook.h"
#include "forms/xlsform/convert.h"
#include "forms/xlsform/types.h"

namespace doorstep::xlsform {

// What an author wrote, and where.
struct Written {
    std::string text;
    Place place;
    bool blank() const { return text.empty(); }
};

// The same thing said in several languages; the language "" is a column without one.
using Wording = std::vector<std::pair<std::string, Written>>;

using Cells = std::map<std::string, Written, std::less<>>;
using Wordings = std::map<std::string, Wording, std::less<>>;

// A cell of a column that is handed on as it is: bind::x, body::x, instance::x, a
// list's own column (kind "") or a setting's attribute::x.
struct Extra {
    std::string kind;
    std::string name;
    Written value;
};

// One row by the names of its columns.
struct Entry {
    int number = 0;
    Place place;
    Cells cells;
    Wordings wordings;
    std::vector<Extra> extras;

    const Written* cell(std::string_view column) const;
    std::string text(std::string_view column) const;
    const Wording* wording(std::string_view column) const;
};

enum class Kind { question, group, repeat };

struct Item {
    Kind kind = Kind::question;
    QuestionType type;
    Entry row;
    std::string name;
    std::string path;
    const Item* parent = nullptr;  // never null below the root
    std::vector<std::unique_ptr<Item>> children;
    std::string list;       // of a select: its list, the id of its file, or a repeat's question
    std::string file;       // select_one_from_file: "wards.csv"
    std::string from_item;  // select_one ${name}: that name
    bool or_other = false;
    std::map<std::string, std::string> parameters;
    std::string saved_as;   // the property of an entity that keeps its answer
    std::string sensitive;  // "", "yes" or "restricted"; a group's mark has been handed down
    bool visible = false;   // has a control of its own

    const Item* repeat() const;  // the nearest repeat around it
    bool is_group() const { return kind != Kind::question; }
};

struct Choice {
    Entry row;
    std::string name;
};

struct ChoiceList {
    std::string name;
    std::vector<Choice> choices;
    bool in_itext = false;  // some label needs a language, a medium or an answer
};

struct Settings {
    Entry row;  // empty when there is no sheet
    std::string name;
    std::string id;
    std::string title;
    std::string default_language;
    std::string privacy_version;
    bool allow_choice_duplicates = false;
    bool keep_spaces = false;  // clean_text_values = no
    Validity valid;
    std::map<std::string, std::string> namespaces;  // prefix -> URI, of the author's own
};

// A row of `referrals` or `offers`, checked and rewritten.
struct Rule {
    bool referral = false;
    std::string id;
    std::string code;  // of the agency or the offer
    std::string when;
    std::string quantity;             // offers
    std::vector<std::string> shares;  // absolute paths
    std::string consent, urgency, service;
    bool restricted = false;  // set off by a restricted answer, so a concern of its own
    Entry row;
};

// A row of `entities`.
struct Entity {
    std::string name;
    bool creates = false, updates = false;
    const Item* container = nullptr;  // whose <meta> holds it
    Entry row;
};

// A secondary instance that stands in a file.
struct ExternalInstance {
    std::string id;
    std::string source;
    bool attached = false;  // by a question, not only named in pulldata()
};

class Form {
public:
    Form(const Workbook& book, const ConvertOptions& wanted, Diagnostics& diagnostics)
        : workbook(book), options(wanted), found(diagnostics) {}

    const Workbook& workbook;
    const ConvertOptions& options;
    Diagnostics& found;

    Settings settings;
    std::vector<ChoiceList> lists;
    Item root;
    std::multimap<std::string, Item*, std::less<>> by_name;
    std::vector<Rule> rules;
    std::vector<ExternalInstance> externals;
    std::vector<Entity> entities;
    std::vector<std::string> languages;        // in the order of their first column
    std::map<std::string, int> label_columns;  // survey: language -> column of its label
    bool uses_last_saved = false;
    std::map<std::string, Place> origins;

    // Whether so much has been found that nobody reads on; the rest is only counted.
    bool told_enough() const { return told_ >= most_told; }
    // The nearest name that ${} may name; looked for in the first mistakes only,
    // since it compares with every name.
    std::string nearest_name(std::string_view word);

    ChoiceList* list(std::string_view name);
    ChoiceList& add_list(const std::string& name);  // or the one of that name
    // A name, or "prefix:name" with a prefix that the form declares.
    bool is_attribute_name(std::string_view name) const;

    void error(std::string code, const Written& cell, std::string what, std::string why = "",
               std::string mend = "", std::vector<Place> related = {});
    void error(std::string code, const Place& place, std::string what, std::string why = "",
               std::string mend = "", std::vector<Place> related = {});
    void warning(std::string code, const Written& cell, std::string what, std::string why = "",
                 std::string mend = "", std::vector<Place> related = {});

private:
    static constexpr std::size_t most_told = 1000;
    static constexpr std::size_t most_compared = 2'000'000;

    void add(Severity severity, std::string code, const Place& place, const std::string& value,
             std::string what, std::string why, std::string mend, std::vector<Place> related);

    std::size_t told_ = 0;
    std::size_t compared_ = 0;
    std::vector<std::string> names_;  // of by_name, once it is complete
    bool refused_late_ = false;
    std::map<std::string, std::size_t, std::less<>> list_index_;
};

// Calls `visit` for every item below `root`, parents first.
template<class Visit>
void each_item(const Item& root, const Visit& visit) {
    for (const auto& child : root.children) {
        visit(*child);
        each_item(*child, visit);
    }
}
template<class Visit>
void each_item(Item& root, const Visit& visit) {
    for (const auto& child : root.children) {
        visit(*child);
        each_item(*child, visit);
    }
}

// A name that may stand as an XML element: a letter or '_' first, then letters,
// digits, '_', '-' and '.'.
bool is_xml_name(std::string_view name);
std::string lower_case(std::string_view text);
// "yes", "TRUE", "true()" and their like; nothing for other words.
std::optional<bool> yes_or_no(std::string_view text);
std::string joined(const std::vector<std::string>& words, std::string_view between);

}  // namespace doorstep::xlsform
