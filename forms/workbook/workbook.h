// A workbook as its author wrote it: sheets of cells that remember their place
// to the very end, which is what makes messages good.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/diagnostic.h"

namespace doorstep {

struct Cell {
    std::string text;  // trimmed, non-breaking spaces and smart quotes normalised; may be empty
    int column = 0;    // from 1
};

struct Row {
    int number = 0;           // from 1; the header is row 1
    std::vector<Cell> cells;  // blank cells are left out; columns rise
    const Cell* at(int column) const;
};

struct Sheet {
    std::string file;  // for a folder of CSV sheets: "survey.csv"
    std::string name;
    Row header;
    std::vector<Row> rows;  // rows with at least one text
};

struct Workbook {
    std::string file;  // its file or folder name, without the path
    std::vector<Sheet> sheets;
    const Sheet* sheet(std::string_view name) const;  // case and outer spaces ignored
    Place place(const Sheet& sheet, int row, int column) const;
};

// "survey", "choices" and the other sheets that a form may have.
std::span<const std::string_view> sheet_names();

// Bounds against hostile files: 1,000,000 cells, 64 MiB of text, 16,384 columns; an
// .xlsx of 16 MiB packed and 64 MiB a part.  Sheets that are none of a form's are
// named and not read.

// An .xlsx, a folder with one CSV a sheet (survey.csv, choices.csv ...), one
// pyxform-style .csv with the sheet's name in column 1, or an .md of tables.
// Returns what it could read and puts every mistake into `found`.
Workbook read_workbook(const std::string& path, Diagnostics& found);
// The same from memory; `file` names it in messages.
Workbook read_xlsx(std::string_view bytes, const std::string& file, Diagnostics& found);
Workbook read_markdown(std::string_view text, const std::string& file, Diagnostics& found);
Workbook read_csv_sheets(std::string_view text, const std::string& file, Diagnostics& found);
// One plain CSV (RFC 4180, UTF-8 with or without a byte order mark) as one sheet.
Sheet read_csv(std::string_view text, const std::string& file, const std::string& name, Diagnostics& found);
// A long list beside a form, row after row, its header first; blank rows are left out.
// At most 1,000,000 rows, 4,000,004 cells and 64 MiB.
void read_list(std::string_view text, const std::string& file, Diagnostics& found,
               const std::function<void(std::vector<std::string>)>& row);

struct TableBounds {
    std::size_t cells;
    std::size_t bytes;  // of text
};
// A table that belongs to no form, row after row with its number (the header is row 1);
// blank rows are left out.  A mistake in a row's quotes is in `found` before the row is given.
void read_table(std::string_view text, const std::string& file, const TableBounds& bounds, Diagnostics& found,
                const std::function<void(int number, const std::vector<std::string>& cells)>& row);

}  // namespace doorstep
