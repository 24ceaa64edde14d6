#include "forms/xlsform/headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

namespace doorstep::xlsform {
namespace {

using Alias = std::pair<std::string_view, std::string_view>;

// Lower case, with spaces as underscores.
constexpr std::array survey_aliases = std::to_array<Alias>({
    {"type", "type"},
    {"command", "type"},
    {"name", "name"},
    {"tag", "name"},
    {"value", "name"},
    {"label", "label"},
    {"caption", "label"},
    {"hint", "hint"},
    {"guidance_hint", "guidance_hint"},
    {"required", "required"},
    {"required_message", "required_message"},
    {"requiredmsg", "required_message"},
    {"jr:requiredmsg", "required_message"},
    {"relevant", "relevant"},
    {"relevance", "relevant"},
    {"skip_logic", "relevant"},
    {"constraint", "constraint"},
    {"constraint_message", "constraint_message"},
    {"constraining_message", "constraint_message"},
    {"constraintmsg", "constraint_message"},
    {"jr:constraintmsg", "constraint_message"},
    {"noapperrorstring", "no_app_error"},
    {"no_app_error_string", "no_app_error"},
    {"calculation", "calculation"},
    {"calculate", "calculation"},
    {"default", "default"},
    {"readonly", "readonly"},
    {"read_only", "readonly"},
    {"appearance", "appearance"},
    {"choice_filter", "choice_filter"},
    {"repeat_count", "repeat_count"},
    {"count", "repeat_count"},
    {"jr:count", "repeat_count"},
    {"parameters", "parameters"},
    {"trigger", "trigger"},
    {"intent", "intent"},
    {"autoplay", "autoplay"},
    {"rows", "rows"},
    {"query", "query"},
    {"save_to", "save_to"},
    {"sensitive", "sensitive"},
    {"media", "media"},
    {"disabled", "disabled"},
});

constexpr std::array choices_aliases = std::to_array<Alias>({
    {"list_name", "list_name"},
    {"list", "list_name"},
    {"name", "name"},
    {"value", "name"},
    {"label", "label"},
    {"caption", "label"},
});

constexpr std::array settings_aliases = std::to_array<Alias>({
    {"form_title", "form_title"},
    {"title", "form_title"},
    {"set_form_title", "form_title"},
    {"form_id", "form_id"},
    {"id_string", "form_id"},
    {"set_form_id", "form_id"},
    {"name", "name"},
    {"version", "version"},
    {"default_language", "default_language"},
    {"instance_name", "instance_name"},
    {"instance_id", "instance_id"},
    {"omit_instanceid", "omit_instanceid"},
    {"submission_url", "submission_url"},
    {"style", "style"},
    {"public_key", "public_key"},
    {"auto_send", "auto_send"},
    {"auto_delete", "auto_delete"},
    {"namespaces", "namespaces"},
    {"allow_choice_duplicates", "allow_choice_duplicates"},
    {"clean_text_values", "clean_text_values"},
    {"prefix", "prefix"},
    {"delimiter", "delimiter"},
    {"client_editable", "client_editable"},
    {"privacy_version", "privacy_version"},
    {"valid_from", "valid_from"},
    {"valid_to", "valid_to"},
});

constexpr std::array referrals_aliases = std::to_array<Alias>({
    {"agency", "agency"},
    {"when", "when"},
    {"reason", "reason"},
    {"shares", "shares"},
    {"consent", "consent"},
    {"urgency", "urgency"},
    {"service", "service"},
});

constexpr std::array offers_aliases = std::to_array<Alias>({
    {"offer", "offer"},
    {"when", "when"},
    {"reason", "reason"},
    {"quantity", "quantity"},
});

constexpr std::array wording_aliases = std::to_array<Alias>({
    {"language", "language"},
    {"status", "status"},
    {"note", "note"},
});

constexpr std::array entities_aliases = std::to_array<Alias>({
    {"list_name", "list_name"},
    {"dataset", "list_name"},
    {"label", "entity_label"},
    {"entity_id", "entity_id"},
    {"create_if", "create_if"},
    {"update_if", "update_if"},
});

constexpr std::array<std::string_view, 7> wordings{
    "label", "hint", "guidance_hint", "required_message", "constraint_message", "no_app_error", "reason"};
constexpr std::array<std::string_view, 4> media{"image", "big-image", "audio", "video"};

constexpr std::size_t longest_cell = 65'536;  // as long as an expression may be
constexpr std::size_t longest_header = 255;
constexpr std::size_t most_languages = 100;

std::span<const Alias> aliases_of(SheetKind kind) {
    switch (kind) {
    case SheetKind::survey:
        return survey_aliases;
    case SheetKind::choices:
        return choices_aliases;
    case SheetKind::settings:
        return settings_aliases;
    case SheetKind::referrals:
        return referrals_aliases;
    case SheetKind::offers:
        return offers_aliases;
    case SheetKind::wording:
        return wording_aliases;
    case SheetKind::entities:
        return entities_aliases;
    }
    return {};
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return std::string(text);
}

std::vector<std::string> split(std::string_view text, std::string_view at) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find(at, from), text.size());
        parts.push_back(trimmed(text.substr(from, to - from)));
        from = to + at.size();
    }
    return parts;
}

// "label::English (en)" and the older "label:English"; "jr:count" is one word.
std::vector<std::string> parts_of(const std::string& header) {
    if (header.find("::") != std::string::npos)
        return split(header, "::");
    if (header.find(':') == std::string::npos || lower_case(header).starts_with("jr:"))
        return {header};
    return split(header, ":");
}

std::string word_of(const std::string& part) {
    std::string word = lower_case(part);
    std::replace(word.begin(), word.end(), ' ', '_');
    return word;
}

template<class Words>
bool holds(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

Column media_column(const std::string& medium, const std::vector<std::string>& parts, std::size_t next) {
    Column column;
    column.what = Column::What::wording;
    column.key = "media::" + medium;
    column.language = next < parts.size() ? parts[next] : std::string();
    return column;
}

// "bind::relevant" is the column relevant by its long name.
std::string_view bind_alias(const std::string& name) {
    const std::string word = lower_case(name);
    for (const std::string_view plain : {"relevant", "constraint", "required", "readonly", "calculate",
                                         "jr:constraintmsg", "jr:requiredmsg", "jr:noapperrorstring"})
        if (word == plain)
            return word.starts_with("jr:no") ? std::string_view("noapperrorstring") : plain;
    return {};
}

Column read_header(const std::string& header, SheetKind kind) {
    std::vector<std::string> parts = parts_of(header);
    std::string word = word_of(parts[0]);
    Column column;
    const bool asks = kind == SheetKind::survey || kind == SheetKind::choices;
    if (asks && word == "media" && parts.size() > 1)
        return media_column(word_of(parts[1]), parts, 2);
    if (asks && holds(media, word))
        return media_column(word, parts, 1);
    if (kind == SheetKind::settings && word == "attribute" && parts.size() > 1) {
        column.what = Column::What::extra;
        column.key = "attribute";
        column.name = parts[1];
        return column;
    }
    if (kind == SheetKind::survey && parts.size() > 1 &&
        (word == "bind" || word == "body" || word == "control" || word == "instance")) {
        const std::string_view plain = word == "bind" ? bind_alias(parts[1]) : std::string_view();
        if (plain.empty()) {
            column.what = Column::What::extra;
            column.key = word == "control" ? "body" : word;
            column.name = parts[1];
            for (std::size_t i = 2; i < parts.size(); ++i)
                column.name += ":" + parts[i];
            return column;
        }
        word = plain;
        parts.erase(parts.begin());
    }
    const auto aliases = aliases_of(kind);
    const auto alias =
        std::find_if(aliases.begin(), aliases.end(), [&](const Alias& one) { return one.first == word; });
    if (alias == aliases.end()) {
        column.what = kind == SheetKind::choices ? Column::What::extra : Column::What::ignored;
        column.name = header;
        return column;
    }
    column.key = alias->second;
    if (holds(wordings, column.key)) {
        column.what = Column::What::wording;
        column.language = parts.size() > 1 ? parts[1] : std::string();
    }
    return column;
}

void report_unknown(const Written& header, SheetKind kind, Form& form) {
    std::vector<std::string> known;
    for (const auto& [alias, key] : aliases_of(kind))
        known.emplace_back(alias);
    const std::string first = parts_of(header.text)[0];
    const std::string_view near = nearest(word_of(first), known);
    const std::string rest = header.text.substr(std::min(first.size(), header.text.size()));  // "::Polish"
    if (kind == SheetKind::entities) {
        // A misspelt condition would create records that nobody asked for.
        form.error("unknown-column", header, fmt::format("the column \"{}\" is not known.", header.text), "",
                   near.empty() ? "take it out." : fmt::format("{} -> {}.", header.text, near));
        return;
    }
    form.warning("unknown-column", header,
                 fmt::format("the column \"{}\" is not known and is left out.", header.text), "",
                 near.empty()
                     ? std::string("correct the header, or begin it with _ to leave it out silently.")
                     : fmt::format("Did you mean \"{}{}\"?", near, rest));
}

std::string collapsed(const std::string& text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' || out.empty() || out.back() != ' ')
            out += c;
    return out;
}

}  // namespace

std::vector<Column> read_headers(const Sheet& sheet, SheetKind kind, Form& form) {
    std::vector<Column> columns;
    std::map<std::tuple<Column::What, std::string, std::string, std::string>, int> seen;
    std::set<std::string> languages;
    for (const Cell& cell : sheet.header.cells) {
        const Written header{cell.text, form.workbook.place(sheet, 1, cell.column)};
        if (cell.text.size() > longest_header) {
            form.warning("too-long", header,
                         fmt::format("the header is longer than {} characters, so its column is left out.",
                                     longest_header),
                         "", "write a shorter one.");
            continue;
        }
        Column column = read_header(cell.text, kind);
        column.column = cell.column;
        if (kind == SheetKind::choices && column.what == Column::What::extra && !is_xml_name(column.name)) {
            form.warning(
                "bad-column-name", header,
                fmt::format("the column \"{}\" cannot be used in a filter and is left out.", cell.text), "",
                "write its header in one word without spaces.");
            column.what = Column::What::ignored;
        } else if (column.what == Column::What::ignored && !cell.text.starts_with('_')) {
            report_unknown(header, kind, form);
        }
        const auto [twin, alone] =
            seen.emplace(std::tuple(column.what, column.key, column.name, column.language), cell.column);
        if (!alone && column.what != Column::What::ignored) {
            form.error("duplicate-column", header,
                       fmt::format("\"{}\" and \"{}\" are the same column.",
                                   sheet.header.at(twin->second)->text, cell.text),
                       "", "rename or remove one of the two.", {form.workbook.place(sheet, 1, twin->second)});
            continue;
        }
        languages.insert(column.language);
        if (languages.size() > most_languages) {
            form.error("too-large", header,
                       fmt::format("the sheet speaks more than {} languages.", most_languages), "",
                       "remove the columns of languages that nobody needs.");
            return columns;
        }
        columns.push_back(std::move(column));
    }
    return columns;
}

Entry read_entry(const Sheet& sheet, const Row& row, const std::vector<Column>& columns, bool keep_spaces,
                 Form& form) {
    Entry entry;
    entry.number = row.number;
    entry.place = form.workbook.place(sheet, row.number, 0);
    for (const Column& column : columns) {
        const Cell* cell = row.at(column.column);
        if (cell == nullptr || column.what == Column::What::ignored)
            continue;
        if (cell->text.size() > longest_cell) {
            form.error("too-long", form.workbook.place(sheet, row.number, column.column),
                       fmt::format("the cell is longer than {} characters.", longest_cell), "",
                       "write it shorter, or in several rows.");
            continue;
        }
        Written written{keep_spaces ? cell->text : collapsed(cell->text),
                        form.workbook.place(sheet, row.number, column.column)};
        if (column.what == Column::What::cell)
            entry.cells.emplace(column.key, std::move(written));
        else if (column.what == Column::What::wording)
            entry.wordings[column.key].emplace_back(column.language, std::move(written));
        else
            entry.extras.push_back({column.key, column.name, std::move(written)});
    }
    return entry;
}

namespace {

// The first rows below the header are looked through for the true one.
int row_with(const Sheet& sheet, const std::string& needed) {
    constexpr std::size_t most_titles = 10;
    for (std::size_t i = 0; i < std::min(most_titles, sheet.rows.size()); ++i)
        for (const Cell& cell : sheet.rows[i].cells)
            if (word_of(cell.text) == needed)
                return sheet.rows[i].number;
    return 0;
}

}  // namespace

void report_missing_column(const Sheet& sheet, const std::string& needed, const std::string& usual,
                           Form& form) {
    const Place place = form.workbook.place(sheet, 1, 0);
    const auto& cells = sheet.header.cells;
    // What was said of the columns of a row that is no header misleads.
    const auto take_back = [&] {
        std::erase_if(form.found, [&](const Diagnostic& one) {
            return one.place.sheet == place.sheet && one.place.row == 1 && one.place.file == place.file &&
                   one.severity == Severity::warning;
        });
    };
    for (const auto& [separator, name] :
         {std::pair(';', "semicolons"), std::pair('\t', "tabs"), std::pair('|', "upright strokes")})
        if (cells.size() == 1 && cells[0].text.find(separator) != std::string::npos) {
            take_back();
            return form.error("separator", place,
                              fmt::format("the columns are separated by {}, not by commas.", name), "",
                              "save the sheet again as \"CSV UTF-8 (comma delimited)\".");
        }
    if (const int row = row_with(sheet, needed); row > 0) {
        take_back();
        return form.error("header-below", place,
                          fmt::format("the first row is no header; it seems to stand in row {}.", row), "",
                          "remove the rows above it.");
    }
    std::vector<std::string> there;
    for (const Cell& cell : cells)
        there.push_back(word_of(cell.text));
    const std::string_view near = nearest(needed, there);
    form.error("missing-column", place, fmt::format("the column {} is missing.", needed), "",
               near.empty() ? usual : fmt::format("{} -> {}.", near, needed));
}

const Column* column_of(const std::vector<Column>& columns, std::string_view key) {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const Column& one) { return one.key == key; });
    return found == columns.end() ? nullptr : &*found;
}

}  // namespace doorstep::xlsform
