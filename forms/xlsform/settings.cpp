#include <fmt/format.h>

#include <algorithm>

#include "forms/xlsform/headers.h"
#include "forms/xlsform/sheets.h"

namespace doorstep::xlsform {
namespace {

std::optional<Day> read_day(const Entry& row, std::string_view column, Form& form) {
    const Written* cell = row.cell(column);
    if (cell == nullptr)
        return std::nullopt;
    const std::optional<Day> day = Day::parse(cell->text);
    if (!day)
        form.error("bad-date", *cell, fmt::format("\"{}\" is no date.", cell->text), "",
                   "write year, month and day, for example 2016-04-01.");
    return day;
}

void read_validity(Settings& settings, Form& form) {
    settings.valid = {read_day(settings.row, "valid_from", form), read_day(settings.row, "valid_to", form)};
    if (settings.valid.from && settings.valid.to && *settings.valid.to < *settings.valid.from)
        form.error("inverted-validity", *settings.row.cell("valid_to"),
                   fmt::format("the form ends on {}, before it begins on {}.", settings.valid.to->text(),
                               settings.valid.from->text()),
                   "", "exchange valid_from and valid_to, or correct one of them.");
}

void check_name(Form& form) {
    const std::string rule =
        "A name begins with a letter or _ and goes on with letters, digits, _, - and full stops.";
    if (is_xml_name(form.settings.name))
        return;
    if (const Written* cell = form.settings.row.cell("name"))
        form.error("bad-name", *cell, fmt::format("\"{}\" cannot be the name of a form.", cell->text), rule,
                   "write for example data.");
    else
        form.error("bad-name", Place{form.workbook.file, "", 0, 0, ""},
                   fmt::format("\"{}\" cannot be the name of a form.", form.settings.name), rule,
                   "write one under name on the settings sheet, for example data.");
}

// ex="http://example.org/x" esri="http://..."
void read_namespaces(Settings& settings, Form& form) {
    const Written* cell = settings.row.cell("namespaces");
    if (cell == nullptr)
        return;
    const std::string& text = cell->text;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t equals = text.find('=', at);
        const std::size_t open = equals == std::string::npos ? equals : text.find('"', equals);
        const std::size_t close = open == std::string::npos ? open : text.find('"', open + 1);
        std::string prefix = close == std::string::npos ? "" : text.substr(at, equals - at);
        prefix.erase(std::remove(prefix.begin(), prefix.end(), ' '), prefix.end());
        if (!is_xml_name(prefix) || prefix == "xml" || prefix == "xmlns" || prefix == "d") {
            form.error("bad-namespace", *cell, fmt::format("\"{}\" is not understood.", text.substr(at)), "",
                       "write prefix=\"address\", separated by spaces.");
            return;
        }
        if (!form.is_attribute_name(prefix + ":a"))
            settings.namespaces[prefix] = text.substr(open + 1, close - open - 1);
        at = std::min(text.find_first_not_of(' ', close + 1), text.size());
    }
}

// Columns that become attributes must be able to.
void check_attributes(const Settings& settings, Form& form) {
    for (const Extra& extra : settings.row.extras)
        if (!form.is_attribute_name(extra.name))
            form.error("bad-column-name", extra.value,
                       fmt::format("\"{}\" cannot be an attribute.", extra.name), "",
                       "declare its prefix under namespaces.");
}

void read_row(const Sheet& sheet, Form& form) {
    const std::vector<Column> columns = read_headers(sheet, SheetKind::settings, form);
    if (sheet.rows.empty())
        return;
    Settings& settings = form.settings;
    settings.row = read_entry(sheet, sheet.rows.front(), columns, true, form);
    const Entry& row = settings.row;
    if (const std::string name = row.text("name"); !name.empty())
        settings.name = name;
    settings.id = row.text("form_id");
    settings.title = row.text("form_title");
    settings.default_language = row.text("default_language");
    settings.privacy_version = row.text("privacy_version");
    settings.allow_choice_duplicates = yes_or_no(row.text("allow_choice_duplicates")).value_or(false);
    settings.keep_spaces = !yes_or_no(row.text("clean_text_values")).value_or(true);
    read_validity(settings, form);
    read_namespaces(settings, form);
    check_attributes(settings, form);
    if (const Written* key = row.cell("public_key"))
        form.error("encryption", *key, "forms encrypted with a public key are not supported.",
                   "Doorstep seals every record itself.", "empty the cell.");
}

}  // namespace

std::vector<std::string> similar_sheets(const Workbook& workbook, std::string_view name) {
    std::vector<std::string> similar;
    const std::vector<std::string> wanted{std::string(name)};
    for (const Sheet& sheet : workbook.sheets)
        if (!sheet.name.starts_with('_') && !nearest(lower_case(sheet.name), wanted).empty())
            similar.push_back(sheet.name);
    return similar;
}

void read_settings(Form& form) {
    form.settings.name = form.options.default_name;
    if (const Sheet* sheet = form.workbook.sheet("settings"))
        read_row(*sheet, form);
    check_name(form);
    if (form.settings.id.empty())
        form.settings.id = "data";
    if (form.settings.title.empty())
        form.settings.title = form.settings.id;
}

}  // namespace doorstep::xlsform
