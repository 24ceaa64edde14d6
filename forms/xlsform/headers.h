// The first row of a sheet: which column means what, under any of the names that
// authors give it, with its language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/xlsform/form.h"

namespace doorstep::xlsform {

enum class SheetKind { survey, choices, settings, referrals, offers, wording, entities };

struct Column {
    enum class What { cell, wording, extra, ignored } what = What::cell;
    std::string key;       // "relevant", "label", "media::image"; of an extra: "bind", "body", "instance", ""
    std::string name;      // of an extra: "jr:preload", "population"
    std::string language;  // of a wording
    int column = 0;
};

// Reports two headers for one column, and headers that it does not know.
std::vector<Column> read_headers(const Sheet& sheet, SheetKind kind, Form& form);

// One row by those columns; cells of survey have runs of spaces collapsed unless
// the settings keep them.
Entry read_entry(const Sheet& sheet, const Row& row, const std::vector<Column>& columns, bool keep_spaces,
                 Form& form);

// A needed column that is not there: why, as far as the sheet shows it (another
// separator, a title above the header, a header with a slip), and what a sheet of its
// kind has.
void report_missing_column(const Sheet& sheet, const std::string& needed, const std::string& usual,
                           Form& form);

const Column* column_of(const std::vector<Column>& columns, std::string_view key);

}  // namespace doorstep::xlsform
