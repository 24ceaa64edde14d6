#include "forms/desk/attachments.h"

#include <fmt/format.h>

#include <filesystem>

#include "forms/desk/files.h"
#include "forms/desk/geojson.h"
#include "forms/workbook/workbook.h"

namespace doorstep {
namespace {

namespace fs = std::filesystem;

// Cells by column, blanks filled in, so that every row is as long as the header.
std::vector<std::string> full_row(const Row& row, std::size_t width) {
    std::vector<std::string> cells(width);
    for (const Cell& cell : row.cells)
        if (static_cast<std::size_t>(cell.column) <= width)
            cells[static_cast<std::size_t>(cell.column) - 1] = cell.text;
    return cells;
}

Result<AttachmentRows> read_table(const std::string& text, const std::string& name) {
    Diagnostics found;
    const Sheet sheet = read_csv(text, name, name, found);
    if (has_error(found))
        return Error{Fault::bad_input, found.front().text(), ""};
    AttachmentRows list;
    const std::size_t width =
        sheet.header.cells.empty() ? 0 : static_cast<std::size_t>(sheet.header.cells.back().column);
    list.rows.push_back(full_row(sheet.header, width));
    for (const Row& row : sheet.rows)
        list.rows.push_back(full_row(row, width));
    return list;
}

Result<AttachmentRows> read_list(const std::string& folder, std::string_view uri) {
    const std::string name(uri.substr(uri.rfind('/') + 1));
    const std::string kind = fs::path(name).extension().string();
    if (kind != ".csv" && kind != ".geojson" && kind != ".xml")
        return Error{Fault::bad_input, fmt::format("The list \"{}\" is no list that a form can read.", uri),
                     "Name a .csv, .geojson or .xml file that lies beside the form."};
    for (const fs::path& place : {fs::path(folder) / name, fs::path(folder) / "media" / name}) {
        std::error_code problem;
        if (folder.empty() || !fs::is_regular_file(place, problem))
            continue;
        TRY(std::string text, read_file(place.string()));
        if (kind == ".xml")
            return AttachmentRows{{}, std::move(text)};
        return kind == ".csv" ? read_table(text, name) : read_geojson(text, name);
    }
    return Error{Fault::not_found, fmt::format("The list \"{}\" is not beside the form.", name),
                 "Put the file into the form's folder."};
}

}  // namespace

Attachments attachments_in(const std::string& folder) {
    return [folder](std::string_view uri) { return read_list(folder, uri); };
}

}  // namespace doorstep
