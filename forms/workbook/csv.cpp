#include <fmt/format.h>

#include <utility>

#include "forms/workbook/cells.h"

namespace doorstep {
namespace {

// One pass over the text; quotes may hold commas, line ends and doubled quotes.
class CsvReader {
public:
    CsvReader(std::string_view text, const Place& place, CellBudget& budget, Diagnostics& found)
        : text_(text), place_(place), budget_(budget), found_(found) {}

    void read(const std::function<void(Record)>& visit) {
        if (text_.starts_with("\xEF\xBB\xBF"))
            text_.remove_prefix(3);
        while (at_ < text_.size() && !stopped_)
            read_record(visit);
    }

private:
    void read_record(const std::function<void(Record)>& visit) {
        Record record;
        record.number = ++records_;
        bool more = true;
        while (more && !stopped_) {
            const int column = static_cast<int>(record.cells.size()) + 1;
            std::string cell =
                at_ < text_.size() && text_[at_] == '"' ? quoted(record.number, column) : bare();
            if (!spend(record.number, column, cell.size()))
                return;
            record.cells.push_back(clean_cell(cell));
            more = at_ < text_.size() && text_[at_] == ',';
            if (more)
                ++at_;
        }
        end_of_line();
        visit(std::move(record));
    }

    std::string bare() {
        const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
        std::string cell(text_.substr(at_, end - at_));
        at_ = end;
        return cell;
    }

    std::string quoted(int row, int column) {
        std::string cell;
        ++at_;
        while (true) {
            const std::size_t quote = text_.find('"', at_);
            if (quote == std::string_view::npos) {
                report("unclosed-quote", row, column,
                       "the cell opens with a quotation mark that is never closed.",
                       "add the missing quotation mark at the end of the cell.");
                at_ = text_.size();
                stopped_ = true;
                return cell;
            }
            cell += text_.substr(at_, quote - at_);
            at_ = quote + 1;
            if (at_ >= text_.size() || text_[at_] != '"')
                break;
            cell += '"';
            ++at_;
        }
        if (const std::string rest = bare(); !clean_cell(rest).empty()) {
            report("text-after-quote", row, column, "there is text after the closing quotation mark.",
                   "write quotation marks inside a quoted cell twice.");
            cell += rest;
        }
        return cell;
    }

    void end_of_line() {
        if (at_ < text_.size() && text_[at_] == '\r')
            ++at_;
        else if (at_ >= text_.size() || text_[at_] != '\n')
            return;
        if (at_ < text_.size() && text_[at_] == '\n')
            ++at_;
    }

    bool spend(int row, int column, std::size_t bytes) {
        if (column <= max_workbook_columns && budget_.cells > 0 && budget_.bytes >= bytes) {
            --budget_.cells;
            budget_.bytes -= bytes;
            return true;
        }
        report("too-large", row, 0,
               column > max_workbook_columns
                   ? fmt::format("the row has more than {} columns.", max_workbook_columns)
                   : fmt::format("the {} is too large: more than {} cells or {} MiB of text.",
                                 budget_.of_table  ? "table"
                                 : budget_.of_list ? "list"
                                                   : "workbook",
                                 budget_.cells_most, budget_.bytes_most >> 20),
               budget_.of_table  ? "leave out the columns that are not needed, or load it in parts."
               : budget_.of_list ? "leave out the columns and rows that the form does not use."
                                 : "keep long lists in a file of their own and use select_one_from_file.");
        stopped_ = true;
        return false;
    }

    void report(std::string code, int row, int column, std::string what, std::string mend) {
        Diagnostic one;
        one.code = std::move(code);
        one.place = place_;
        one.place.row = row;
        one.place.column = column;
        one.what = std::move(what);
        one.mend = std::move(mend);
        found_.push_back(std::move(one));
    }

    std::string_view text_;
    const Place& place_;
    CellBudget& budget_;
    Diagnostics& found_;
    int records_ = 0;
    std::size_t at_ = 0;
    bool stopped_ = false;
};

}  // namespace

std::vector<Record> read_records(std::string_view text, const Place& place, CellBudget& budget,
                                 Diagnostics& found) {
    if (!check_text(text, place, found))
        return {};
    std::vector<Record> records;
    CsvReader(text, place, budget, found).read([&](Record record) { records.push_back(std::move(record)); });
    return records;
}

void read_list(std::string_view text, const std::string& file, Diagnostics& found,
               const std::function<void(std::vector<std::string>)>& row) {
    Place place;
    place.file = file;
    if (!check_text(text, place, found))
        return;
    CellBudget budget{.cells = max_list_cells, .bytes = max_workbook_bytes, .of_list = true};
    std::size_t rows = 0;
    CsvReader(text, place, budget, found).read([&](Record record) {
        if (all_blank(record.cells, 0))
            return;
        if (++rows <= max_list_rows)
            row(std::move(record.cells));
        else if (rows == max_list_rows + 1)
            report(place, "too-large", fmt::format("the list has more than {} rows.", max_list_rows - 1),
                   "leave out the rows that the form does not use.", found);
    });
}

void read_table(std::string_view text, const std::string& file, const TableBounds& bounds, Diagnostics& found,
                const std::function<void(int number, const std::vector<std::string>& cells)>& row) {
    Place place;
    place.file = file;
    if (!check_text(text, place, found))
        return;
    CellBudget budget{.cells = bounds.cells, .bytes = bounds.bytes, .of_table = true};
    CsvReader(text, place, budget, found).read([&](const Record& record) {
        if (!all_blank(record.cells, 0))
            row(record.number, record.cells);
    });
}

Sheet read_csv(std::string_view text, const std::string& file, const std::string& name, CellBudget& budget,
               Diagnostics& found) {
    Sheet sheet;
    sheet.file = file;
    sheet.name = name;
    Place place;
    place.file = file;
    for (const Record& record : read_records(text, place, budget, found)) {
        if (record.number == 1)
            sheet.header = make_row(1, record.cells, 0);
        else if (!all_blank(record.cells, 0))
            sheet.rows.push_back(make_row(record.number, record.cells, 0));
    }
    return sheet;
}

Workbook read_csv_sheets(std::string_view text, const std::string& file, CellBudget& budget,
                         Diagnostics& found) {
    Workbook workbook;
    workbook.file = file;
    Place place;
    place.file = file;
    int header_at = 0;  // the record that holds the open sheet's header; 0 before it
    for (const Record& record : read_records(text, place, budget, found)) {
        if (!record.cells.empty() && !record.cells[0].empty()) {
            if (workbook.sheets.size() == max_workbook_sheets) {
                Diagnostic one;
                one.code = "too-large";
                one.place = place;
                one.place.row = record.number;
                one.what = fmt::format("the workbook has more than {} sheets.", max_workbook_sheets);
                found.push_back(std::move(one));
                return workbook;
            }
            workbook.sheets.push_back({file, record.cells[0], {}, {}});
            header_at = 0;
        }
        if (all_blank(record.cells, 1))
            continue;
        if (workbook.sheets.empty()) {
            Diagnostic one;
            one.code = "no-sheet-name";
            one.place = place;
            one.place.row = record.number;
            one.what = "the row belongs to no sheet.";
            one.mend =
                "write the sheet's name (survey, choices, settings) alone in the first column, in a row "
                "above its header.";
            found.push_back(std::move(one));
            return workbook;
        }
        Sheet& sheet = workbook.sheets.back();
        if (header_at == 0) {
            header_at = record.number;
            sheet.header = make_row(1, record.cells, 1);
        } else {
            sheet.rows.push_back(make_row(record.number - header_at + 1, record.cells, 1));
        }
    }
    return workbook;
}

}  // namespace doorstep
