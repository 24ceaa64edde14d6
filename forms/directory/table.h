// One CSV table of the directory, read by the names of its columns, with every
// mistake told at its cell.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/diagnostic.h"
#include "forms/directory/directory.h"
#include "forms/workbook/workbook.h"

namespace doorstep {

class Table {
public:
    // Reports a missing file, missing columns and columns that it does not know.
    Table(const TableSource& source, const std::string& file, std::initializer_list<std::string_view> needed,
          std::initializer_list<std::string_view> optional, Diagnostics& found);
    Table(const std::string& folder, const std::string& file, std::initializer_list<std::string_view> needed,
          std::initializer_list<std::string_view> optional, Diagnostics& found)
        : Table(tables_in(folder), file, needed, optional, found) {}

    const std::vector<Row>& rows() const { return sheet_.rows; }
    std::string text(const Row& row, std::string_view column) const;
    // A code: needed, of small letters, digits, '_' and '-'.
    std::string code(const Row& row, std::string_view column);
    // As text(), but blank is a mistake.
    std::string needed(const Row& row, std::string_view column);
    bool yes(const Row& row, std::string_view column);
    // Columns valid_from and valid_to; a row whose end is before its start is a mistake.
    Validity validity(const Row& row);

    Place place(const Row& row, std::string_view column) const;
    void report(const Row& row, std::string_view column, std::string code, std::string what,
                std::string mend = "", std::vector<Place> related = {});

private:
    std::optional<Day> day(const Row& row, std::string_view column);

    Workbook workbook_;
    Sheet sheet_;
    std::map<std::string, int, std::less<>> columns_;
    Diagnostics& found_;
};

}  // namespace doorstep
