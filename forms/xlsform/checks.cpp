#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "forms/xlsform/headers.h"
#include "forms/xlsform/model.h"

namespace doorstep::xlsform {
namespace {

constexpr std::array known_appearances = std::to_array<std::string_view>(
    {"field-list",   "closing-page", "minimal",       "quick",        "quickcompact", "columns",
     "columns-pack", "columns-flex", "label",         "list-nolabel", "list",         "table-list",
     "multiline",    "numbers",      "thousands-sep", "year",         "month-year",   "no-calendar",
     "search",       "autocomplete", "masked",        "likert",       "horizontal",   "horizontal-compact",
     "compact",      "picker",       "rating",        "vertical",     "signature",    "annotate",
     "draw",         "image-map",    "no-buttons",    "no-ticks",     "new",          "new-front",
     "front",        "textarea",     "randomized"});

constexpr std::array absent_appearances = std::to_array<std::string_view>(
    {"maps", "placement-map", "streets", "satellite", "map", "bearing", "printer", "counter", "hidden-answer",
     "url", "ethiopian", "coptic", "islamic", "persian", "bikram-sambat", "myanmar", "buddhist", "url"});

bool is_sized(std::string_view word) {
    for (const std::string_view stem : {"w", "h", "columns-", "compact-", "quickcompact-"})
        if (word.starts_with(stem) && word.size() > stem.size() &&
            std::all_of(word.begin() + static_cast<std::ptrdiff_t>(stem.size()), word.end(),
                        [](char c) { return c >= '0' && c <= '9'; }))
            return true;
    return false;
}

bool holds(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view shown_as(const Item& item) {
    if (item.is_group())
        return "shown as an ordinary group";
    if (item.type.is_select())
        return "shown as an ordinary list";
    return item.type.control == Control::input ? "shown as text entry" : "shown as an ordinary question";
}

void check_appearance(const Item& item, const Written& cell, Form& form) {
    // search('file', ..) and ex:package(..) are one word with spaces in it.
    const std::size_t call = cell.text.find('(');
    std::string words = lower_case(cell.text.substr(0, call)) + " ";
    for (std::size_t at = 0, end; at < words.size(); at = end + 1) {
        end = words.find(' ', at);
        const std::string word = words.substr(at, end - at);
        if (word.empty() || holds(known_appearances, word) || is_sized(word) || word.starts_with("${"))
            continue;
        const bool absent = holds(absent_appearances, word) || word.starts_with("ex:");
        const std::vector<std::string> known(known_appearances.begin(), known_appearances.end());
        const std::string_view near = absent ? std::string_view() : nearest(word, known);
        form.warning("appearance", cell,
                     fmt::format("appearance \"{}\": {}; {}.", word,
                                 absent ? "not on this device" : "not known", shown_as(item)),
                     near.empty() ? std::string() : fmt::format("Did you mean \"{}\"?", near));
    }
}

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

void check_row(const Entry& row, const std::string& column, const Sheet* sheet, Form& form) {
    const Wording* wording = row.wording(column);
    if (wording == nullptr || row.number == 0)
        return;
    for (const std::string& language : form.languages) {
        if (form.told_enough())
            return;
        const bool said = std::any_of(wording->begin(), wording->end(), [&](const auto& one) {
            const std::string& spoken = one.first.empty() ? form.settings.default_language : one.first;
            return spoken == language;
        });
        if (!said)
            form.warning("missing-wording", {"", missing_place(sheet, row, column, language, form)},
                         fmt::format("there is no {} in {}. The form speaks {}.", noun(column), language,
                                     joined(form.languages, ", ")),
                         "", fmt::format("fill column {}::{}.", column, language));
    }
}

}  // namespace

void check_appearances(Form& form) {
    each_item(form.root, [&](const Item& item) {
        if (const Written* cell = item.row.cell("appearance"))
            check_appearance(item, *cell, form);
    });
}

void check_wording(Form& form) {
    const Sheet* survey = form.workbook.sheet("survey");
    each_item(form.root, [&](const Item& item) {
        // What a loop or or_other made stands on no row of its own.
        if (item.row.cell("name") == nullptr)
            return;
        for (const std::string column :
             {"label", "hint", "guidance_hint", "constraint_message", "required_message"})
            check_row(item.row, column, survey, form);
    });
    const Sheet* choices = form.workbook.sheet("choices");
    for (const ChoiceList& list : form.lists)
        for (const Choice& choice : list.choices)
            check_row(choice.row, "label", choices, form);
}

}  // namespace doorstep::xlsform
