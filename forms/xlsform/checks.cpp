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
     "front",        "textarea",     "randomized",    "officer"});

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
                     "",
                     near.empty() ? std::string("take it out, or leave it so.")
                                  : fmt::format("Did you mean \"{}\"?", near));
    }
}

bool is_attached(const Sheet& sheet, const Form& form) {
    return std::any_of(form.externals.begin(), form.externals.end(), [&](const ExternalInstance& one) {
        return one.source == sheet.file || one.source.ends_with("/" + sheet.file);
    });
}

void check_sheet(const Sheet& sheet, Form& form) {
    const auto known = sheet_names();
    const std::string name = lower_case(sheet.name);
    if (name.starts_with('_') || std::find(known.begin(), known.end(), name) != known.end())
        return;
    const std::vector<std::string> names(known.begin(), known.end());
    const std::string_view near = nearest(name, names);
    // A sheet that is missed names this one already.
    const std::string missed = fmt::format("there is no sheet {}.", near);
    if (std::any_of(form.found.begin(), form.found.end(),
                    [&](const Diagnostic& one) { return one.what == missed; }))
        return;
    const Written where{"", form.workbook.place(sheet, 0, 0)};
    if (sheet.file != form.workbook.file && near.empty())
        return form.warning("unknown-sheet", where,
                            "no question reads this file, and no sheet of a form has its name.", "",
                            "correct its name, or leave it so.");
    form.warning("unknown-sheet", where,
                 near.empty() ? std::string("no form has a sheet of this name; it is left out.")
                              : std::string("no form has a sheet of this name; it is not read."),
                 "",
                 near.empty()
                     ? std::string("leave it so, or begin its name with _ and nothing is said of it.")
                     : fmt::format("Did you mean \"{}\"?", near));
}

}  // namespace

bool sheets_fit(Form& form) {
    // A row costs a hundred times its text once it is understood; of the survey its own
    // reader says how many.
    constexpr std::size_t most_rows = 60'000;
    constexpr std::size_t most_bytes = std::size_t{8} << 20;
    bool fit = true;
    const auto refuse = [&](const Sheet& sheet, const std::string& what) {
        form.error("too-large", form.workbook.place(sheet, 0, 0), what, "",
                   "keep long lists in a file of their own and use select_one_from_file.");
        fit = false;
    };
    for (const Sheet& sheet : form.workbook.sheets) {
        if (lower_case(sheet.name) != "survey" && sheet.rows.size() > most_rows)
            refuse(sheet, fmt::format("the sheet has more than {} rows.", most_rows));
        std::size_t bytes = 0;
        for (const Row& row : sheet.rows)
            for (const Cell& cell : row.cells)
                bytes += cell.text.size();
        if (bytes > most_bytes)
            refuse(sheet, fmt::format("the sheet holds more than {} MiB of text.", most_bytes >> 20));
    }
    return fit;
}

void check_sheets(Form& form) {
    for (const Sheet& sheet : form.workbook.sheets)
        if (!is_attached(sheet, form))
            check_sheet(sheet, form);
}

void check_default_language(Form& form) {
    const Written* cell = form.settings.row.cell("default_language");
    const auto& spoken = form.languages;
    // Columns without a language are then in this one.
    if (cell == nullptr || spoken.empty() || form.label_columns.contains("") ||
        std::find(spoken.begin(), spoken.end(), cell->text) != spoken.end())
        return;
    const std::string_view near = nearest(cell->text, spoken);
    form.warning("unknown-language", *cell, fmt::format("no column is in \"{}\".", cell->text),
                 fmt::format("The form speaks {}.", joined(spoken, ", ")),
                 fmt::format("{} -> {}.", cell->text, near.empty() ? spoken.front() : near));
}

void check_appearances(Form& form) {
    each_item(form.root, [&](const Item& item) {
        if (const Written* cell = item.row.cell("appearance"))
            check_appearance(item, *cell, form);
    });
}

}  // namespace doorstep::xlsform
