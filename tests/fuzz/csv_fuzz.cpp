// A list, a workbook in one CSV, and an .md of tables, from the same bytes.
#include "forms/workbook/workbook.h"
#include "tests/fuzz/fuzz.h"

using namespace doorstep;

namespace {

// Every cell stands where it says, so that messages can point at it.
void check(const Sheet& sheet) {
    int row = 1;
    for (const Row& one : sheet.rows) {
        fuzz::promise(one.number > row, "rows rise");
        row = one.number;
        int column = 0;
        for (const Cell& cell : one.cells) {
            fuzz::promise(cell.column > column, "columns rise");
            fuzz::promise(!cell.text.empty(), "blank cells are left out");
            fuzz::promise(one.at(cell.column) == &cell, "a cell is found by its column");
            column = cell.column;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    Diagnostics found;
    check(read_csv(text, "list.csv", "list", found));
    for (const Workbook& book :
         {read_csv_sheets(text, "form.csv", found), read_markdown(text, "form.md", found)})
        for (const Sheet& sheet : book.sheets)
            check(sheet);
    for (const Diagnostic& one : found)
        fuzz::promise(!one.what.empty() && !one.text().empty(), "a mistake says what is wrong");
    return 0;
}
