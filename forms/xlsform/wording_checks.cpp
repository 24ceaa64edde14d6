// Languages left out.  What a resident sees or hears must stand in every language of a
// form of ours; a plain ODK form is only told, since others show "-" there.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

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

}  // namespace

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
