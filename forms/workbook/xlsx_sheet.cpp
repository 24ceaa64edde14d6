#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "forms/workbook/xlsx_parts.h"

namespace doorstep {
namespace {

constexpr int max_sheet_rows = 1'048'576;  // as spreadsheets have them
// Of one sheet: whoever has more has one mistake, many times.
constexpr int max_remarks = 20;

// The column of "AB12"; 0 when it names none.
int column_of(std::string_view reference) {
    int column = 0;
    for (const char c : reference) {
        if (c < 'A' || c > 'Z')
            break;
        column = column * 26 + (c - 'A' + 1);
        if (column > max_workbook_columns)
            return 0;
    }
    return column;
}

std::optional<int> row_number(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > max_sheet_rows)
        return std::nullopt;
    return number;
}

// "2013-06-08T00:00:00Z", as the strict form may write a day.
std::string iso_text(std::string_view stored, NumberKind kind) {
    const std::size_t clock = stored.find('T');
    if (kind == NumberKind::date && clock != std::string_view::npos)
        return std::string(stored.substr(0, clock));
    return std::string(stored);
}

class SheetReader : public PartReader {
public:
    SheetReader(XlsxReading& reading, const SheetContext& context, Sheet& into)
        : reading_(reading), context_(context), into_(into) {}

    void opened(std::string_view name, const Tag& tag) override {
        if (name == "row")
            return open_row(tag);
        if (name == "c")
            return open_cell(tag);
        if (!in_cell_)
            return;
        phonetic_ += name == "rPh" ? 1 : 0;
        formula_ = formula_ || name == "f";
        collecting_ = name == "v" || (name == "t" && phonetic_ == 0);
    }

    void closed(std::string_view name) override {
        collecting_ = false;
        phonetic_ -= name == "rPh" && phonetic_ > 0 ? 1 : 0;
        if (name == "c" && in_cell_)
            close_cell();
        else if (name == "row")
            close_row();
        else if (name == "sheetData")
            stop();
    }

    void text(std::string_view text) override {
        if (!collecting_)
            return;
        text_ += text;
        if (text_.size() > reading_.budget.bytes)
            full();
    }

    // Rows and cells in the order of their numbers, whatever order they came in.
    void arrange() {
        if (!rows_rise_)
            std::stable_sort(into_.rows.begin(), into_.rows.end(),
                             [](const Row& a, const Row& b) { return a.number < b.number; });
    }
    bool fine() const { return fine_; }

private:
    void open_row(const Tag& tag) {
        const std::string number = tag.attribute("r");
        const auto row = number.empty() ? std::optional(row_.number + 1) : row_number(number);
        if (!row || *row > max_sheet_rows)
            return broken(0, 0, fmt::format("the sheet is damaged: there is no row \"{}\".", shown(number)));
        rows_rise_ = rows_rise_ && *row > row_.number;
        row_ = Row{*row, {}};
        column_ = 0;
    }

    void open_cell(const Tag& tag) {
        const std::string reference = tag.attribute("r");
        const int column = reference.empty() ? column_ + 1 : column_of(reference);
        if (reference.empty() && column > max_workbook_columns)
            return too_wide();
        if (column == 0 || column > max_workbook_columns || row_.number == 0)
            return broken(row_.number, 0,
                          fmt::format("the sheet is damaged: there is no cell \"{}\".", shown(reference)));
        column_ = column;
        in_cell_ = true;
        formula_ = collecting_ = false;
        phonetic_ = 0;
        type_ = tag.attribute("t");
        style_ = tag.attribute("s");
        text_.clear();
    }

    void close_cell() {
        in_cell_ = false;
        std::string text = clean_cell(unescaped(value()));
        if (text.empty()) {
            if (formula_ && text_.empty() && type_ != "str")
                remark(column_, "no-result", "the formula of this cell has no result in the file.",
                       "open the workbook in your spreadsheet program and save it again.");
            return;
        }
        if (reading_.budget.cells == 0 || reading_.budget.bytes < text.size())
            return full();
        --reading_.budget.cells;
        reading_.budget.bytes -= text.size();
        cells_rise_ = cells_rise_ && (row_.cells.empty() || row_.cells.back().column < column_);
        row_.cells.push_back({std::move(text), column_});
    }

    void close_row() {
        if (!cells_rise_) {
            std::stable_sort(row_.cells.begin(), row_.cells.end(),
                             [](const Cell& a, const Cell& b) { return a.column < b.column; });
            const auto twice =
                std::adjacent_find(row_.cells.begin(), row_.cells.end(),
                                   [](const Cell& a, const Cell& b) { return a.column == b.column; });
            if (twice != row_.cells.end())
                return broken(row_.number, twice->column,
                              "the sheet is damaged: this cell stands in the file twice.");
        }
        cells_rise_ = true;
        if (row_.cells.empty())
            return;
        const int number = row_.number;
        if (number == 1)
            into_.header = std::move(row_);
        else
            into_.rows.push_back(std::move(row_));
        row_ = Row{number, {}};
    }

    // What the author sees in the cell.
    std::string value() {
        if (type_ == "s")
            return shared();
        if (type_ == "b")
            return text_ == "1" || text_ == "true" ? "TRUE" : text_.empty() ? "" : "FALSE";
        if (type_ == "str" || type_ == "inlineStr")
            return text_;
        if (type_ == "d")
            return iso_text(text_, kind());
        if (type_ == "e") {
            remark(column_, "cell-error", fmt::format("the cell shows the error {}.", shown(text_)),
                   "mend its formula, or write the text itself.");
            return text_;
        }
        return number();
    }

    std::string shared() {
        std::size_t index = 0;
        const std::string_view digits = trimmed(text_);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
        if (digits.empty())
            return {};
        if (error == std::errc{} && end == digits.data() + digits.size() && index < context_.texts.size())
            return std::string(context_.texts.at(index));
        broken(row_.number, column_,
               fmt::format("the sheet is damaged: the cell points at text {}, and there are {}.",
                           shown(text_), context_.texts.size()));
        return {};
    }

    std::string number() {
        const std::string_view stored = trimmed(text_);
        if (stored.empty())
            return {};
        if (const NumberKind as = kind(); as != NumberKind::number)
            if (auto date = date_text(stored, as, context_.from_1904))
                return *date;
        return number_text(stored).value_or(std::string(stored));
    }

    NumberKind kind() const {
        std::size_t style = 0;
        std::from_chars(style_.data(), style_.data() + style_.size(), style);
        return style < context_.styles.size() ? context_.styles[style] : NumberKind::number;
    }

    Place place(int row, int column) const {
        Place place;
        place.file = reading_.file;
        place.sheet = into_.name;
        place.row = row;
        place.column = column;
        if (const Cell* header = column > 0 ? into_.header.at(column) : nullptr)
            place.header = header->text;
        return place;
    }

    static std::string shown(std::string_view text) {
        constexpr std::size_t most = 40;
        return text.size() > most ? "..." : std::string(text);
    }

    void broken(int row, int column, std::string what) {
        report(place(row, column), "damaged-workbook", std::move(what),
               "open the file in your spreadsheet program and save it as .xlsx again.", reading_.found);
        end();
    }

    void full() {
        report(place(row_.number, 0), "too-large",
               fmt::format("the workbook is too large: more than {} cells or {} MiB of text.",
                           max_workbook_cells, max_workbook_bytes >> 20),
               "keep long lists in a file of their own and use select_one_from_file.", reading_.found);
        end();
    }

    void too_wide() {
        report(place(row_.number, 0), "too-large",
               fmt::format("the row has more than {} columns.", max_workbook_columns),
               "delete the empty columns behind the last one that is used.", reading_.found);
        end();
    }

    void remark(int column, std::string code, std::string what, std::string mend) {
        if (++remarks_ > max_remarks)
            return;
        report(place(row_.number, column), std::move(code), std::move(what), std::move(mend), reading_.found);
        reading_.found.back().severity = Severity::warning;
    }

    void end() {
        fine_ = false;
        stop();
    }

    XlsxReading& reading_;
    const SheetContext& context_;
    Sheet& into_;
    Row row_;
    int column_ = 0;
    std::string type_;
    std::string style_;
    std::string text_;
    int phonetic_ = 0;
    int remarks_ = 0;
    bool in_cell_ = false;
    bool collecting_ = false;
    bool formula_ = false;
    bool rows_rise_ = true;
    bool cells_rise_ = true;
    bool fine_ = true;
};

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

std::string unescaped(std::string_view text) {
    constexpr std::size_t length = 7;  // "_x000D_"
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at, length);
        unsigned code = 0;
        const bool escape = rest.size() == length && rest.starts_with("_x") && rest.back() == '_' &&
                            std::all_of(rest.begin() + 2, rest.end() - 1, is_hex);
        if (escape)
            std::from_chars(rest.data() + 2, rest.data() + 6, code, 16);
        // Only what XML may hold afterwards, and the underscore that was escaped itself.
        if (code == '\t' || code == '\n' || code == '\r' || (code >= ' ' && code < 0x7F)) {
            out += static_cast<char>(code);
            at += length;
        } else {
            out += text[at++];
        }
    }
    return out;
}

bool read_sheet(XlsxReading& reading, const std::string& part, const SheetContext& context, Sheet& into) {
    SheetReader reader(reading, context, into);
    Place place;
    place.file = reading.file;
    place.sheet = into.name;
    if (!read_part(reading.archive, part, place, reading.tags, reader, reading.found))
        return false;
    reader.arrange();
    return reader.fine();
}

}  // namespace doorstep
