#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "forms/xlsform/headers.h"
#include "forms/xlsform/sheets.h"

namespace doorstep::xlsform {
namespace {

bool has_columns(const Sheet& sheet, const std::vector<Column>& columns, Form& form) {
    for (const std::string needed : {"list_name", "name"})
        if (column_of(columns, needed) == nullptr) {
            report_missing_column(sheet, needed, "a choices sheet has the columns list_name, name and label.",
                                  form);
            return false;
        }
    return true;
}

bool shows_answer(const Entry& row) {
    return std::any_of(row.wordings.begin(), row.wordings.end(), [](const auto& wording) {
        return std::any_of(wording.second.begin(), wording.second.end(),
                           [](const auto& said) { return said.second.text.find("${") != std::string::npos; });
    });
}

// A list is written into itext as a whole as soon as one of its labels needs it.
bool needs_itext(const Entry& row) {
    for (const auto& [kind, wording] : row.wordings)
        if (kind != "label" ||
            std::any_of(wording.begin(), wording.end(), [](const auto& said) { return !said.first.empty(); }))
            return true;
    return shows_answer(row);
}

void add_choice(Entry row, const Sheet& sheet, const std::vector<Column>& columns, Form& form) {
    const std::string name = row.text("list_name");
    const Written* value = row.cell("name");
    if (value == nullptr) {
        form.error("choice-without-name",
                   form.workbook.place(sheet, row.number, column_of(columns, "name")->column),
                   "the choice has no name.", "The name is what is stored when it is chosen.",
                   "write a short name, for example yes.");
        return;
    }
    ChoiceList& list = form.add_list(name);
    list.in_itext = list.in_itext || needs_itext(row);
    const Wording* label = row.wording("label");
    if (label == nullptr) {
        const Column* column = column_of(columns, "label");
        form.warning("choice-without-label",
                     {"", form.workbook.place(sheet, row.number, column == nullptr ? 0 : column->column)},
                     fmt::format("the choice \"{}\" has no label.", value->text), "",
                     "write the words that the resident hears.");
    }
    list.choices.push_back({std::move(row), value->text});
}

void check_duplicates(const ChoiceList& list, Form& form) {
    std::map<std::string, const Choice*> seen;
    for (const Choice& choice : list.choices) {
        const auto [first, added] = seen.emplace(choice.name, &choice);
        if (!added)
            form.error(
                "duplicate-choice", *choice.row.cell("name"),
                fmt::format("\"{}\" stands twice in the list \"{}\", first in row {}.", choice.name,
                            list.name, first->second->row.number),
                "",
                "give one of them another name, or write yes under allow_choice_duplicates on the settings "
                "sheet.",
                {first->second->row.cell("name")->place});
    }
}

}  // namespace

void read_choices(Form& form) {
    const Sheet* sheet = form.workbook.sheet("choices");
    if (sheet == nullptr)
        return;
    const std::vector<Column> columns = read_headers(*sheet, SheetKind::choices, form);
    if (!has_columns(*sheet, columns, form))
        return;
    for (const Row& row : sheet->rows) {
        Entry entry = read_entry(*sheet, row, columns, form.settings.keep_spaces, form);
        if (entry.cell("list_name") != nullptr) {
            add_choice(std::move(entry), *sheet, columns, form);
        } else if (const Written* name = entry.cell("name")) {
            form.error("choice-without-list",
                       form.workbook.place(*sheet, row.number, column_of(columns, "list_name")->column),
                       fmt::format("the choice \"{}\" belongs to no list.", name->text), "",
                       "write the name of its list under list_name.");
        }
    }
    if (!form.settings.allow_choice_duplicates)
        for (const ChoiceList& list : form.lists)
            check_duplicates(list, form);
}

}  // namespace doorstep::xlsform
