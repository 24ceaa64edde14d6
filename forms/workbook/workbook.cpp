#include "forms/workbook/workbook.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "forms/workbook/cells.h"

namespace doorstep {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 9> known_sheets{
    "survey", "choices", "settings", "referrals", "offers", "wording", "entities", "osm", "external_choices"};
constexpr std::array<std::string_view, 5> foreign{".ods", ".xlsb", ".numbers", ".fods", ".sxc"};

void report(const std::string& file, std::string code, std::string what, std::string mend,
            Diagnostics& found) {
    Place place;
    place.file = file;
    report(place, std::move(code), std::move(what), std::move(mend), found);
}

// Of the name of a sheet or a column in a message.
constexpr std::size_t longest_shown = 255;

struct Descriptor {
    int number = -1;
    ~Descriptor() {
        if (number >= 0)
            close(number);
    }
};

std::optional<std::string> read_file(const fs::path& path, Diagnostics& found) {
    const std::string file = path.filename().string();
    // Without waiting: a pipe by the name of a sheet would hold the reader for ever.
    const Descriptor in{open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    struct stat facts {};
    if (in.number < 0 || fstat(in.number, &facts) != 0) {
        report(file, "cannot-read", "the file cannot be read.", "check that it exists and may be read.",
               found);
        return std::nullopt;
    }
    if (!S_ISREG(facts.st_mode)) {
        report(file, "not-a-file", "this is no file but a folder, a pipe or a device.",
               "put the sheet itself there.", found);
        return std::nullopt;
    }
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (size > max_workbook_bytes) {
        report(file, "too-large", fmt::format("the file is larger than {} MiB.", max_workbook_bytes >> 20),
               "keep long lists in a file of their own and use select_one_from_file.", found);
        return std::nullopt;
    }
    std::string text(size, '\0');
    std::size_t got = 0;
    while (got < size) {
        const ssize_t more = ::read(in.number, text.data() + got, size - got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            break;
        got += static_cast<std::size_t>(more);
    }
    if (got < size) {
        report(file, "cannot-read", "the file cannot be read to its end.", "copy it again.", found);
        return std::nullopt;
    }
    return text;
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
        if (lower_case(entry->path().extension().string()) == ".csv")
            paths.push_back(entry->path());
    std::sort(paths.begin(), paths.end(), [](const fs::path& a, const fs::path& b) {
        const auto key = [](const fs::path& path) {
            return std::pair(sheet_order(path.stem().string()), path.filename().string());
        };
        return key(a) < key(b);
    });
    const bool none = std::none_of(paths.begin(), paths.end(),
                                   [](const fs::path& path) { return is_sheet_name(path.stem().string()); });
    if (failed || none)
        report(workbook.file, "no-sheets",
               failed ? "the folder cannot be read." : "the folder holds no sheet of a form.",
               "put survey.csv, choices.csv and settings.csv into it.", found);
    CellBudget budget;
    for (const fs::path& path : paths) {
        const std::string file = path.filename().string();
        const std::string name = path.stem().string();
        // Named and not read: a list that questions attach may be as long as it likes.
        if (!is_sheet_name(name))
            workbook.sheets.push_back({file, name, {}, {}});
        else if (const auto text = read_file(path, found))
            workbook.sheets.push_back(read_csv(*text, file, name, budget, found));
    }
    if (none)
        workbook.sheets.clear();
    return workbook;
}

Workbook read_named(const fs::path& path, Diagnostics& found) {
    const std::string file = path.filename().string();
    const std::string extension = lower_case(path.extension().string());
    Workbook none;
    none.file = file;
    if (extension == ".xls") {
        report(file, "old-workbook", "this is the old .xls format.", "Open it and save it as .xlsx.", found);
        return none;
    }
    if (std::find(foreign.begin(), foreign.end(), extension) != foreign.end()) {
        report(file, "foreign-workbook", fmt::format("{} workbooks are not read.", extension),
               "open it and save it as .xlsx.", found);
        return none;
    }
    const bool packed = extension == ".xlsx" || extension == ".xlsm" || extension == ".xltx";
    if (!packed && extension != ".csv" && extension != ".md") {
        report(file, "unknown-format", "this is no workbook.",
               "A form is an .xlsx, a folder with survey.csv and its other sheets, one .csv, or an .md of "
               "tables.",
               found);
        return none;
    }
    const auto text = read_file(path, found);
    if (!text)
        return none;
    if (packed)
        return read_xlsx(*text, file, found);
    return extension == ".md" ? read_markdown(*text, file, found) : read_csv_sheets(*text, file, found);
}

}  // namespace

std::span<const std::string_view> sheet_names() {
    return known_sheets;
}

// Other CSV files of a folder are lists that questions attach.
bool is_sheet_name(const std::string& name) {
    const std::vector<std::string> names(known_sheets.begin(), known_sheets.end());
    return !name.starts_with('_') && !nearest(lower_case(name), names).empty();
}

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
    place.sheet = shortened(sheet.name, longest_shown);
    place.row = row;
    place.column = column;
    if (const Cell* header = column > 0 ? sheet.header.at(column) : nullptr)
        place.header = shortened(header->text, longest_shown);
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

Workbook read_xlsx(std::string_view bytes, const std::string& file, Diagnostics& found) {
    CellBudget budget;
    return read_xlsx(bytes, file, budget, found);
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
