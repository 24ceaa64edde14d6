#include <algorithm>
#include <utility>

#include "forms/workbook/cells.h"

namespace doorstep {
namespace {

// The cells between the bars; "\|" is a bar inside a cell.
std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    std::string cell;
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
            cell += line[++i];
        } else if (line[i] == '|') {
            cells.push_back(clean_cell(cell));
            cell.clear();
        } else {
            cell += line[i];
        }
    }
    if (!clean_cell(cell).empty())
        cells.push_back(clean_cell(cell));
    return cells;
}

// "|---|:--:|", which markdown wants under a header.
bool is_ruler(const std::vector<std::string>& cells) {
    bool dashes = false;
    for (const std::string& cell : cells) {
        if (cell.find_first_not_of("-: ") != std::string::npos)
            return false;
        dashes = dashes || cell.find("--") != std::string::npos;
    }
    return dashes;
}

bool spend(const std::vector<std::string>& cells, std::size_t bytes, CellBudget& budget) {
    if (cells.size() > static_cast<std::size_t>(max_workbook_columns) || cells.size() > budget.cells ||
        bytes > budget.bytes)
        return false;
    budget.cells -= cells.size();
    budget.bytes -= bytes;
    return true;
}

void add_cells(const std::vector<std::string>& cells, Workbook& workbook, int& row) {
    const bool opens = !cells.empty() && !cells[0].empty() && all_blank(cells, 1);
    if (opens) {
        workbook.sheets.push_back({workbook.file, cells[0], {}, {}});
        row = 0;
        return;
    }
    if (workbook.sheets.empty())
        return;
    Sheet& sheet = workbook.sheets.back();
    ++row;
    if (row == 1)
        sheet.header = make_row(1, cells, 1);
    else if (!all_blank(cells, 1))
        sheet.rows.push_back(make_row(row, cells, 1));
}

}  // namespace

Workbook read_markdown(std::string_view text, const std::string& file, CellBudget& budget,
                       Diagnostics& found) {
    Workbook workbook;
    workbook.file = file;
    Place place;
    place.file = file;
    if (!check_text(text, place, found))
        return workbook;
    int row = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
            line.remove_suffix(1);
        if (!line.starts_with('|'))
            continue;
        const std::vector<std::string> cells = cells_of(line);
        if (!spend(cells, line.size(), budget) || workbook.sheets.size() > max_workbook_sheets) {
            Diagnostic one;
            one.code = "too-large";
            one.place = place;
            one.what = "the workbook is too large.";
            one.mend = "keep long lists in a file of their own and use select_one_from_file.";
            found.push_back(std::move(one));
            return workbook;
        }
        if (!is_ruler(cells))
            add_cells(cells, workbook, row);
    }
    return workbook;
}

}  // namespace doorstep
