#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "forms/workbook/xlsx_parts.h"

namespace doorstep {
namespace {

// The first relationship of that kind; null when there is none.
const Relationship* of_kind(const std::vector<Relationship>& all, std::string_view kind) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.kind == kind; });
    return found == all.end() ? nullptr : &*found;
}

const Relationship* of_id(const std::vector<Relationship>& all, std::string_view id) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
    return found == all.end() ? nullptr : &*found;
}

// Where the book itself stands.  Programs that leave the package's relationships
// out put it where everybody does.
std::optional<std::string> book_part(XlsxReading& reading) {
    std::vector<Relationship> package;
    if (!read_relationships(reading, "", package))
        return std::nullopt;
    const Relationship* book = of_kind(package, "officeDocument");
    return book ? book->target : "xl/workbook.xml";
}

bool read_tables(XlsxReading& reading, const std::vector<Relationship>& parts, SharedTexts& texts,
                 Styles& styles) {
    if (const Relationship* shared = of_kind(parts, "sharedStrings");
        shared && !read_shared_texts(reading, shared->target, texts))
        return false;
    const Relationship* styled = of_kind(parts, "styles");
    return !styled || read_styles(reading, styled->target, styles);
}

// As the reference converter has it: a single sheet is the survey, whatever its name.
void take_as_survey(Sheet& sheet, XlsxReading& reading) {
    Place place;
    place.file = reading.file;
    report(place, "sheet-name",
           fmt::format("the only sheet, \"{}\", is read as the sheet survey.", sheet.name), "name it survey.",
           reading.found);
    reading.found.back().severity = Severity::warning;
    sheet.name = "survey";
}

void read_sheets(XlsxReading& reading, const BookFacts& book, const std::vector<Relationship>& parts,
                 Workbook& workbook) {
    SharedTexts texts;
    Styles styles;
    if (!read_tables(reading, parts, texts, styles))
        return;
    const SheetContext context{texts, styles, book.from_1904};
    for (const SheetEntry& entry : book.sheets) {
        const Relationship* part = of_id(parts, entry.relationship);
        // Charts and dialogues are sheets without cells.
        if (part && part->kind != "worksheet")
            continue;
        workbook.sheets.push_back({workbook.file, clean_cell(entry.name), {}, {}});
        Sheet& sheet = workbook.sheets.back();
        if (book.sheets.size() == 1 && !is_sheet_name(sheet.name))
            take_as_survey(sheet, reading);
        // A sheet that is none of the form's is named and not read: it may be as large as it likes.
        if (!is_sheet_name(sheet.name))
            continue;
        if (!part) {
            Place place;
            place.file = workbook.file;
            place.sheet = sheet.name;
            report(place, "damaged-workbook", "the workbook is damaged: the part of this sheet is missing.",
                   "open the file in your spreadsheet program and save it as .xlsx again.", reading.found);
            continue;
        }
        if (!read_sheet(reading, part->target, context, sheet) && reading.budget.cells == 0)
            return;
    }
}

}  // namespace

Workbook read_xlsx(std::string_view bytes, const std::string& file, CellBudget& budget, Diagnostics& found) {
    Workbook workbook;
    workbook.file = file;
    Place place;
    place.file = file;
    const auto archive = Archive::open(bytes, place, found);
    if (!archive)
        return workbook;
    XlsxReading reading{*archive, file, budget, found};
    const auto part = book_part(reading);
    BookFacts book;
    std::vector<Relationship> parts;
    if (!part || !read_book(reading, *part, book) || !read_relationships(reading, *part, parts))
        return workbook;
    if (book.sheets.empty())
        report(place, "no-sheets", "the workbook holds no sheet.", "add a sheet survey.", found);
    else if (book.sheets.size() > max_workbook_sheets)
        report(place, "too-large", fmt::format("the workbook has more than {} sheets.", max_workbook_sheets),
               "copy the sheets of the form into a new workbook.", found);
    else
        read_sheets(reading, book, parts, workbook);
    return workbook;
}

}  // namespace doorstep
