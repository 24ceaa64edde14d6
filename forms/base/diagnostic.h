// What is wrong in a form, where, and how to mend it: one shape on the command
// line, in JSON and in the app.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doorstep {

// A place in a workbook.  Rows count from 1 with the header as row 1; 0 means
// that the fault has no row.  Columns count from 1 (A); 0 means none.
struct Place {
    std::string file;
    std::string sheet;
    int row = 0;
    int column = 0;
    std::string header;  // the column's name as its author wrote it

    bool operator==(const Place&) const = default;
};

enum class Severity { error, warning };

struct Diagnostic {
    std::string code;  // stable and short: "unknown-type", "cycle"
    Severity severity = Severity::error;
    Place place;
    std::string value;  // the cell's text, shortened by whoever prints it
    std::string what;   // one sentence
    std::string why;    // one sentence, or nothing
    // What to do about it.  A sentence of its own ("Did you mean ...?") is printed as it
    // is; what begins with a small letter is printed behind "Mend:".
    std::string mend;
    std::vector<Place> related;

    // `safer.xlsx, sheet survey, row 14, column A (type): "select_on" is not ... Mend: ...`
    std::string text() const;
};

using Diagnostics = std::vector<Diagnostic>;

bool has_error(const Diagnostics& found);

// "A", "Z", "AA"; nothing for 0.
std::string column_letters(int column);

// The candidate nearest to `word` by edit distance, or nothing when none is near
// enough to be a slip of the hand.
std::string_view nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace doorstep
