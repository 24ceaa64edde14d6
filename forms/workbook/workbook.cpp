#include "forms/workbook/workbook.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "forms/workbook/cells.h"

namespace doorstep {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> known_sheets{"survey", "choices",  "settings", "referrals",
                                                       "offers", "entities", "osm",      "external_choices"};

void report(const std::string& file, std::string code, std::string what, std::string why, std::string mend,
            Diagnostics& found) {
    Diagnostic one;
    one.code = std::move(code);
    one.place.file = file;
    one.what = std::move(what);
    one.why = std::move(why);
    one.mend = std::move(mend);
    found.push_back(std::move(one));
}

std::optional<std::string> read_file(const fs::path& path, Diagnostics& found) {
    const std::string file = path.filename().string();
    std::error_code failed;
    const auto size = fs::file_size(path, failed);
    std::ifstream in(path, std::ios::binary);
    if (failed || !in) {
        report(file, "cannot-read", "the file cannot be read.", "", "check that it exists and may be read.",
               found);
        return std::nullopt;
    }
    if (size > max_workbook_bytes) {
        report(file, "too-large", fmt::format("the file is larger than {} MiB.", max_workbook_bytes >> 20),
               "", "keep long lists in a file of their own and use select_one_from_file.", found);
        return std::nullopt;
    }
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (in.bad()) {
        report(file, "cannot-read", "the file cannot be read to its end.", "", "", found);
        return std::nullopt;
    }
    return text;
}

// A sheet of ours, or a name so near to one that its author will have meant it:
// other CSV files of the folder are lists that questions attach.
bool is_sheet_name(const std::string& name) {
    const std::vector<std::string> names(known_sheets.begin(), known_sheets.end());
    return !name.starts_with('_') && !nearest(lower_case(name), names).empty();
}

// In the order in which an author thinks: survey first, unknown names last.
std::size_t sheet_order(const std::string& name) {
    const auto found = std::find(known_sheets.begin(), known_sheets.end(), lower_case(name));
    return static_cast<std::size_t>(found - known_sheets.begin());
}

Workbook read_folder(const fs::path& folder, Diagnostics& found) {
    Workbook workbook;
    workbook.file = folder.filename().string();
    std::vector<fs::path> paths;
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        if (lower_case(entry->path().extension().string()) == ".csv" &&
            is_sheet_name(entry->path().stem().string()))
            paths.push_back(entry->path());
    std::sort(paths.begin(), paths.end(), [](const fs::path& a, const fs::path& b) {
        const auto key = [](const fs::path& path) {
            return std::pair(sheet_order(path.stem().string()), path.filename().string());
        };
        return key(a) < key(b);
    });
    if (failed || paths.empty())
        report(workbook.file, "no-sheets",
               failed ? "the folder cannot be read." : "the folder holds no sheet of a form.", "",
               "put survey.csv, choices.csv and settings.csv into it.", found);
    CellBudget budget;
    for (const fs::path& path : paths)
        if (const auto text = read_file(path, found))
            workbook.sheets.push_back(
                read_csv(*text, path.filename().string(), path.stem().string(), budget, found));
    return workbook;
}

Workbook read_named(const fs::path& path, Diagnostics& found) {
    const std::string file = path.filename().string();
    const std::string extension = lower_case(path.extension().string());
    Workbook none;
    none.file = file;
    if (extension == ".xls") {
        report(file, "old-workbook", "this is the old .xls format.", "Open it and save it as .xlsx.", "",
               found);
        return none;
    }
    if (extension == ".xlsx" || extension == ".xlsm" || extension == ".ods") {
        report(file, "workbook-not-read",
               fmt::format("{} workbooks are not read by this version yet.", extension), "",
               "save each sheet as CSV (survey.csv, choices.csv, settings.csv ...) in one folder.", found);
        return none;
    }
    if (extension != ".csv" && extension != ".md") {
        report(file, "unknown-format", "this is no workbook.",
               "A form is a folder with survey.csv and its other sheets, one .csv, or an .md of tables.", "",
               found);
        return none;
    }
    const auto text = read_file(path, found);
    if (!text)
        return none;
    return extension == ".md" ? read_markdown(*text, file, found) : read_csv_sheets(*text, file, found);
}

}  // namespace

const Cell* Row::at(int column) const {
    const auto cell = std::lower_bound(cells.begin(), cells.end(), column,
                                       [](const Cell& one, int wanted) { return one.column < wanted; });
    return cell != cells.end() && cell->column == column ? &*cell : nullptr;
}

const Sheet* Workbook::sheet(std::string_view name) const {
    const std::string wanted = lower_case(clean_cell(name));
    const auto found = std::find_if(sheets.begin(), sheets.end(), [&](const Sheet& one) {
        return lower_case(clean_cell(one.name)) == wanted;
    });
    return found == sheets.end() ? nullptr : &*found;
}

Place Workbook::place(const Sheet& sheet, int row, int column) const {
    Place place;
    place.file = sheet.file.empty() ? file : sheet.file;
    place.sheet = sheet.name;
    place.row = row;
    place.column = column;
    if (const Cell* header = column > 0 ? sheet.header.at(column) : nullptr)
        place.header = header->text;
    return place;
}

Workbook read_workbook(const std::string& path, Diagnostics& found) {
    fs::path given(path);
    if (given.filename().empty())
        given = given.parent_path();
    std::error_code failed;
    if (fs::is_directory(given, failed))
        return read_folder(given, found);
    return read_named(given, found);
}

Workbook read_markdown(std::string_view text, const std::string& file, Diagnostics& found) {
    CellBudget budget;
    return read_markdown(text, file, budget, found);
}

Workbook read_csv_sheets(std::string_view text, const std::string& file, Diagnostics& found) {
    CellBudget budget;
    return read_csv_sheets(text, file, budget, found);
}

Sheet read_csv(std::string_view text, const std::string& file, const std::string& name, Diagnostics& found) {
    CellBudget budget;
    return read_csv(text, file, name, budget, found);
}

}  // namespace doorstep
