// An .xlsx.  Bytes that begin with "PK" are read as they are; anything else is the
// text of parts, each under a line "@@ name", which is zipped first: the fuzzer
// reaches the XML without having to guess at checksums.
#include "forms/workbook/workbook.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/xlsx_file.h"

using namespace doorstep;

namespace {

std::string zipped_parts(std::string_view text) {
    constexpr std::string_view mark = "@@ ";
    std::vector<std::pair<std::string, std::string>> parts;
    while (text.starts_with(mark)) {
        const std::size_t line = std::min(text.find('\n'), text.size());
        const std::string name(text.substr(mark.size(), line - mark.size()));
        text.remove_prefix(std::min(line + 1, text.size()));
        const std::size_t next = std::min(text.find("@@ "), text.size());
        const auto twice =
            std::find_if(parts.begin(), parts.end(), [&](const auto& one) { return one.first == name; });
        if (twice == parts.end() && !name.empty() && name.find('\0') == std::string::npos)
            parts.emplace_back(name, text.substr(0, next));
        text.remove_prefix(next);
    }
    return zipped(parts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const std::string bytes = text.starts_with("@@ ") ? zipped_parts(text) : std::string(text);
    Diagnostics found;
    const Workbook book = read_xlsx(bytes, "form.xlsx", found);
    fuzz::promise(!book.sheets.empty() || has_error(found), "what is not read is told");
    for (const Sheet& sheet : book.sheets)
        for (const Row& row : sheet.rows)
            for (const Cell& cell : row.cells)
                fuzz::promise(!cell.text.empty() && row.at(cell.column) == &cell,
                              "a cell is found by its column");
    return 0;
}
