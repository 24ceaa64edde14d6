// Languages left out.  What a resident sees or hears must stand in every language of a
// form of ours; a plain ODK form is only told, since others show "-" there.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "forms/xlsform/headers.h"
#include "forms/xlsform/model.h"

namespace doorstep::xlsform {
namespace {

enum class For : std::uint8_t { resident, officer };

std::string_view noun(const std::string& column) {
    if (column == "guidance_hint")
        return "guidance hint";
    if (column == "constraint_message")
        return "constraint message";
    if (column == "required_message")
        return "required message";
    return column;
}

// The cell to be filled in, where its column is there.
Place missing_place(const Sheet* sheet, const Entry& row, const std::string& column,
                    const std::string& language, const Form& form) {
    const std::string wanted = lower_case(column + "::" + language);
    if (sheet != nullptr)
        for (const Cell& cell : sheet->header.cells) {
            std::string header = lower_case(cell.text);
            header.erase(std::remove(header.begin(), header.end(), ' '), header.end());
            std::string plain = wanted;
            plain.erase(std::remove(plain.begin(), plain.end(), ' '), plain.end());
            if (header == plain)
                return form.workbook.place(*sheet, row.number, cell.column);
        }
    return row.place;
}

// A form of ours reads privacy wording out or has rules.
bool is_ours(const Form& form) {
    return !form.settings.privacy_version.empty() || form.workbook.sheet("referrals") != nullptr ||
           form.workbook.sheet("offers") != nullptr;
}

void check_row(const Entry& row, const std::string& column, const Sheet* sheet, For whom, Form& form) {
    const Wording* wording = row.wording(column);
    if (wording == nullptr || row.number == 0)
        return;
    const bool refused = whom == For::resident && is_ours(form);
    for (const std::string& language : form.languages) {
        if (form.told_enough() && !refused)
            return;
        const bool said = std::any_of(wording->begin(), wording->end(), [&](const auto& one) {
            const std::string& spoken = one.first.empty() ? form.settings.default_language : one.first;
            return spoken == language;
        });
        if (said)
            continue;
        const Place place = missing_place(sheet, row, column, language, form);
        const bool no_column = place.column == 0;
        const std::string what = fmt::format("there is no {} in {}. The form speaks {}.", noun(column),
                                             language, joined(form.languages, ", "));
        const std::string mend = fmt::format("fill column {}::{}.", column, language);
        // Without a column of its own it stands beside the wording that is there.
        if (refused)
            form.error("missing-wording", no_column ? wording->front().second.place : place, what,
                       "The resident sees or hears it.", mend);
        else
            form.warning("missing-wording", {"", place}, what, "", mend);
    }
}

bool has_word(std::string_view words, std::string_view word) {
    for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1))
        if ((at == 0 || words[at - 1] == ' ') &&
            (at + word.size() == words.size() || words[at + word.size()] == ' '))
            return true;
    return false;
}

// Whether a group asks restricted questions and nothing else: the officer's page, with its notes.
bool asks_only_restricted(const Item& group) {
    bool restricted = false;
    bool other = false;
    each_item(group, [&](const Item& item) {
        if (!item.is_group() && item.visible && item.type.name != "note")
            (item.sensitive == "restricted" ? restricted : other) = true;
    });
    return restricted && !other;
}

// The officer's alone: what is restricted, the page that asks nothing else, and what a
// group or question with the appearance "officer" holds.
void collect_officers(const Item& around, bool officers, std::unordered_set<const Item*>& all) {
    for (const auto& item : around.children) {
        const bool one = officers || item->sensitive == "restricted" ||
                         has_word(item->row.text("appearance"), "officer") ||
                         (item->is_group() && asks_only_restricted(*item));
        if (one)
            all.insert(item.get());
        collect_officers(*item, one, all);
    }
}

// "final", "draft", "draft, awaiting a native reader".
bool is_status(const std::string& text) {
    const std::string word = lower_case(text.substr(0, text.find_first_of(" ,;:(")));
    return word == "draft" || lower_case(text) == "final";
}

class WordingSheet {
public:
    WordingSheet(const Sheet& sheet, Form& form)
        : sheet_(sheet), form_(form), columns_(read_headers(sheet, SheetKind::wording, form)) {}

    void check() {
        for (const char* needed : {"language", "status"})
            if (column_of(columns_, needed) == nullptr)
                return report_missing_column(sheet_, needed,
                                             "a wording sheet has the columns language and status.", form_);
        for (const Row& row : sheet_.rows) {
            const Entry entry = read_entry(sheet_, row, columns_, false, form_);
            check_language(entry);
            check_status(entry);
        }
        for (const std::string& language : form_.languages)
            if (!rows_.contains(language) && !meant_.contains(language))
                form_.error("missing-status", form_.workbook.place(sheet_, 0, 0),
                            fmt::format("there is no row for {}.", language), "",
                            "add a row with its status, final or draft.");
    }

private:
    void check_language(const Entry& entry) {
        const Written* cell = entry.cell("language");
        const auto& spoken = form_.languages;
        if (cell == nullptr)
            return form_.error("missing-language", place(entry, "language"), "the row names no language.", "",
                               spoken.empty() ? std::string("write it here.")
                                              : fmt::format("write one of {}.", joined(spoken, ", ")));
        const auto [first, alone] = rows_.emplace(cell->text, entry.place);
        if (!alone)
            return form_.error(
                "same-language-twice", *cell,
                fmt::format("\"{}\" stands twice, first in row {}.", cell->text, first->second.row), "",
                "take one of the two rows out.", {first->second});
        if (spoken.empty() || std::find(spoken.begin(), spoken.end(), cell->text) != spoken.end())
            return;
        const std::string_view near = nearest(cell->text, spoken);
        meant_.emplace(near);
        form_.error("unknown-language", *cell, fmt::format("no column is in \"{}\".", cell->text),
                    fmt::format("The form speaks {}.", joined(spoken, ", ")),
                    near.empty() ? std::string("write one of these, or take the row out.")
                                 : fmt::format("{} -> {}.", cell->text, near));
    }

    void check_status(const Entry& entry) {
        const Written* cell = entry.cell("status");
        if (cell == nullptr)
            return form_.error("missing-status", place(entry, "status"),
                               "the row does not say whether the words are final.", "",
                               "write final or draft.");
        if (is_status(cell->text))
            return;
        const std::vector<std::string> known{"final", "draft"};
        const std::string_view near = nearest(lower_case(cell->text), known);
        form_.error("bad-word", *cell, fmt::format("\"{}\" is no status.", cell->text), "",
                    near.empty() ? std::string("write final or draft; what a draft awaits may follow it.")
                                 : fmt::format("{} -> {}.", cell->text, near));
    }

    Place place(const Entry& entry, std::string_view key) const {
        return form_.workbook.place(sheet_, entry.number, column_of(columns_, key)->column);
    }

    const Sheet& sheet_;
    Form& form_;
    std::vector<Column> columns_;
    std::map<std::string, Place> rows_;      // language -> its first row
    std::unordered_set<std::string> meant_;  // and misspelt there: no second mistake
};

}  // namespace

void check_wording_sheet(Form& form) {
    // Others may keep something else under that name.
    if (const Sheet* sheet = form.workbook.sheet("wording"); sheet != nullptr && is_ours(form))
        WordingSheet(*sheet, form).check();
}

void check_wording(Form& form) {
    std::unordered_set<const Item*> officers;
    collect_officers(form.root, false, officers);
    std::unordered_set<std::string> heard;  // lists that a resident chooses from
    const Sheet* survey = form.workbook.sheet("survey");
    each_item(form.root, [&](const Item& item) {
        const For whom = officers.contains(&item) ? For::officer : For::resident;
        if (whom == For::resident)
            heard.insert(item.list);
        // What a loop or or_other made stands on no row of its own.
        if (item.row.cell("name") == nullptr)
            return;
        for (const std::string column :
             {"label", "hint", "guidance_hint", "constraint_message", "required_message"})
            check_row(item.row, column, survey, whom, form);
    });
    const Sheet* choices = form.workbook.sheet("choices");
    for (const ChoiceList& list : form.lists)
        for (const Choice& choice : list.choices)
            check_row(choice.row, "label", choices, heard.contains(list.name) ? For::resident : For::officer,
                      form);
}

}  // namespace doorstep::xlsform
