// What every reader of sheets shares: how a cell is cleaned, and the bounds
// against hostile files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/diagnostic.h"
#include "forms/workbook/workbook.h"

namespace doorstep {

constexpr std::size_t max_workbook_bytes = std::size_t{64} << 20;
constexpr std::size_t max_workbook_cells = 1'000'000;
constexpr std::size_t max_workbook_sheets = 100;
constexpr int max_workbook_columns = 16'384;  // as spreadsheets have them: A to XFD

// Trimmed, with non-breaking spaces as spaces and smart quotes as plain ones, as
// the reference converter does: an expression pasted from a text program works.
std::string clean_cell(std::string_view text);

// Counts down what a workbook may still hold, over all its sheets.
struct CellBudget {
    std::size_t cells = max_workbook_cells;
    std::size_t bytes = max_workbook_bytes;
    bool of_list = false;   // of a list in a file of its own
    bool of_table = false;  // of a table that is no form's
    std::size_t cells_most = cells;
    std::size_t bytes_most = bytes;
};

// A list beside a form is longer than any sheet: a million rows and their header, with
// four columns each.
constexpr std::size_t max_list_rows = 1'000'001;
constexpr std::size_t max_list_cells = 4 * max_list_rows;

// One record of a table before it is a Row; an unclosed quote or too many columns
// have been reported already.
struct Record {
    int number = 0;  // from 1, in its file
    std::vector<std::string> cells;
};

// RFC 4180 records.  `place` names file and sheet for messages.
std::vector<Record> read_records(std::string_view text, const Place& place, CellBudget& budget,
                                 Diagnostics& found);

// One mistake at `place`.
void report(const Place& place, std::string code, std::string what, std::string mend, Diagnostics& found);

// Text that must be UTF-8 without NUL: reports the first bad byte with its line
// and answers whether the text may be read.
bool check_text(std::string_view text, const Place& place, Diagnostics& found);

// A row of cells; blank ones are left out and `first` becomes column 1.
Row make_row(int number, const std::vector<std::string>& cells, std::size_t first);

bool all_blank(const std::vector<std::string>& cells, std::size_t first);

std::string lower_case(std::string_view text);

std::string_view trimmed(std::string_view text);

// At most `most` bytes of it, cut between letters and marked as cut.
std::string shortened(std::string_view text, std::size_t most);

// A sheet of a form, or a name so near to one that its author will have meant it.
bool is_sheet_name(const std::string& name);

Workbook read_markdown(std::string_view text, const std::string& file, CellBudget& budget,
                       Diagnostics& found);
Workbook read_xlsx(std::string_view bytes, const std::string& file, CellBudget& budget, Diagnostics& found);
Workbook read_csv_sheets(std::string_view text, const std::string& file, CellBudget& budget,
                         Diagnostics& found);
Sheet read_csv(std::string_view text, const std::string& file, const std::string& name, CellBudget& budget,
               Diagnostics& found);

}  // namespace doorstep
