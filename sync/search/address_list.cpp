#include "sync/search/address_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <unordered_map>

#include "forms/workbook/workbook.h"

namespace doorstep {

namespace {

enum class Part : std::uint8_t {
    uprn,
    saon_start,
    saon_start_suffix,
    saon_end,
    saon_end_suffix,
    saon_text,
    paon_start,
    paon_start_suffix,
    paon_end,
    paon_end_suffix,
    paon_text,
    street,
    locality,
    town,
    postcode,
    ward,
    area,
    road_code
};
constexpr std::size_t parts = 18;

struct KnownColumn {
    Part part;
    std::string_view name;
};
// Of one part the earlier name wins, where a table has both.
constexpr auto known_columns = std::to_array<KnownColumn>({
    {Part::uprn, "uprn"},
    {Part::saon_start, "saon_start_number"},
    {Part::saon_start, "saon_start_num"},
    {Part::saon_start, "sao_start_number"},
    {Part::saon_start, "sao_start_num"},
    {Part::saon_start_suffix, "saon_start_suffix"},
    {Part::saon_start_suffix, "sao_start_suffix"},
    {Part::saon_end, "saon_end_number"},
    {Part::saon_end, "saon_end_num"},
    {Part::saon_end, "sao_end_number"},
    {Part::saon_end, "sao_end_num"},
    {Part::saon_end_suffix, "saon_end_suffix"},
    {Part::saon_end_suffix, "sao_end_suffix"},
    {Part::saon_text, "saon_text"},
    {Part::saon_text, "sao_text"},
    {Part::saon_text, "saon"},
    {Part::saon_text, "flat"},
    {Part::paon_start, "paon_start_number"},
    {Part::paon_start, "paon_start_num"},
    {Part::paon_start, "pao_start_number"},
    {Part::paon_start, "pao_start_num"},
    {Part::paon_start_suffix, "paon_start_suffix"},
    {Part::paon_start_suffix, "pao_start_suffix"},
    {Part::paon_end, "paon_end_number"},
    {Part::paon_end, "paon_end_num"},
    {Part::paon_end, "pao_end_number"},
    {Part::paon_end, "pao_end_num"},
    {Part::paon_end_suffix, "paon_end_suffix"},
    {Part::paon_end_suffix, "pao_end_suffix"},
    {Part::paon_text, "paon_text"},
    {Part::paon_text, "pao_text"},
    {Part::paon_text, "paon"},
    {Part::paon_text, "number_or_name"},
    {Part::paon_text, "building_name"},
    {Part::street, "street_description"},
    {Part::street, "street_descriptor"},
    {Part::street, "street_name"},
    {Part::street, "street"},
    {Part::street, "road"},
    {Part::street, "thoroughfare"},
    {Part::locality, "locality"},
    {Part::locality, "locality_name"},
    {Part::locality, "dependent_locality"},
    {Part::town, "town_name"},
    {Part::town, "town"},
    {Part::town, "post_town"},
    {Part::postcode, "postcode_locator"},
    {Part::postcode, "postcode"},
    {Part::postcode, "post_code"},
    {Part::ward, "ward_code"},
    {Part::ward, "ward"},
    {Part::ward, "ward_name"},
    {Part::area, "area"},
    {Part::area, "area_code"},
    {Part::area, "beat"},
    {Part::area, "neighbourhood"},
    {Part::road_code, "road_code"},
    {Part::road_code, "street_code"},
    {Part::road_code, "usrn"},
    {Part::road_code, "street_usrn"},
    {Part::paon_text, "house"},
    {Part::paon_text, "house_number"},
});

constexpr std::size_t text_bytes_max = 200;
constexpr std::size_t rows_max = 2'000'000;
constexpr TableBounds bounds{.cells = 200'000'000, .bytes = std::size_t{1} << 30};
constexpr std::uint64_t uprn_max = 999'999'999'999;

// "Street Description" is street_description.
std::string plain_header(std::string_view text) {
    std::string plain;
    for (const char each : text) {
        const bool letter = (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9');
        const bool capital = each >= 'A' && each <= 'Z';
        plain += capital ? static_cast<char>(each - 'A' + 'a') : letter ? each : '_';
    }
    return plain;
}

class ListReader {
public:
    // The header, then each row.
    void row(int number, const std::vector<std::string>& cells, const Diagnostic* broken) {
        if (!header_read_)
            return read_header(cells);
        if (failed_)
            return;
        if (++list_.rows > rows_max)
            return fail(fmt::format("The table has more than {} rows.", rows_max), "Load it in parts.");
        HomeAddress home;
        if (broken)
            return refuse(number, std::nullopt,
                          broken->code == "unclosed-quote"
                              ? "A quotation mark of this row is never closed: nothing behind it was read."
                              : "Text stands behind a closing quotation mark in this row.",
                          "Write a quotation mark inside a quoted cell twice, and close each cell.");
        if (read(number, cells, home))
            list_.homes.push_back(std::move(home));
    }
    Result<AddressList> finish() {
        if (!failed_ && !header_read_)
            fail("The file is empty.", "Give a table with a header and a row for each home.");
        if (failed_)
            return *failed_;
        return std::move(list_);
    }

private:
    void fail(std::string what, std::string mend) {
        if (!failed_)
            failed_ = Error{Fault::bad_input, std::move(what), std::move(mend)};
    }
    void read_header(const std::vector<std::string>& cells);
    bool read(int number, const std::vector<std::string>& cells, HomeAddress& home);
    bool read_uprn(int number, HomeAddress& home);
    bool read_house(int number, HomeAddress& home);
    bool read_number(int number, Part part, std::string& into);
    bool read_postcode(int number, HomeAddress& home);
    bool usable_texts(int number);
    std::string_view text(Part part) const;
    void refuse(int number, std::optional<Part> part, std::string why, std::string mend);

    AddressList list_;
    std::optional<Error> failed_;
    bool header_read_ = false;
    std::array<int, parts> columns_{};  // from 1; 0: not there
    std::array<std::string, parts> headers_;
    const std::vector<std::string>* cells_ = nullptr;
    std::unordered_map<std::uint64_t, int> row_of_uprn_;
};

void ListReader::read_header(const std::vector<std::string>& cells) {
    header_read_ = true;
    std::map<std::string, int> columns;
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (!cells[i].empty() && !columns.emplace(plain_header(cells[i]), static_cast<int>(i) + 1).second) {
            const auto known = std::ranges::find(known_columns, plain_header(cells[i]), &KnownColumn::name);
            if (known != known_columns.end())
                return fail(fmt::format("The column \"{}\" stands there twice.", known->name),
                            "Keep one of them.");
        }
    for (const KnownColumn& known : known_columns)
        if (const auto at = columns.find(std::string(known.name));
            at != columns.end() && columns_[static_cast<std::size_t>(known.part)] == 0) {
            columns_[static_cast<std::size_t>(known.part)] = at->second;
            headers_[static_cast<std::size_t>(known.part)] = cells[static_cast<std::size_t>(at->second) - 1];
        }
    const auto has = [&](Part part) { return columns_[static_cast<std::size_t>(part)] != 0; };
    if (!has(Part::uprn))
        return fail("There is no column \"uprn\" in the table.",
                    "Name the columns in the first row; every home needs its UPRN.");
    if (!has(Part::street))
        return fail("There is no column with the street in the table.",
                    "Call it street_description, street_name, street or road.");
    if (!has(Part::paon_start) && !has(Part::paon_text))
        return fail("There is no column with the number or name of the house in the table.",
                    "Call them paon_start_number and paon_text, or one of both number_or_name.");
}

std::string_view ListReader::text(Part part) const {
    const int column = columns_[static_cast<std::size_t>(part)];
    return column == 0 || static_cast<std::size_t>(column) > cells_->size()
               ? std::string_view{}
               : std::string_view((*cells_)[static_cast<std::size_t>(column) - 1]);
}

void ListReader::refuse(int number, std::optional<Part> part, std::string why, std::string mend) {
    RefusedAddress refused{number, 0, {}, std::move(why), std::move(mend)};
    if (part) {
        refused.column = columns_[static_cast<std::size_t>(*part)];
        refused.header = headers_[static_cast<std::size_t>(*part)];
    }
    list_.refused.push_back(std::move(refused));
}

bool ListReader::read_uprn(int number, HomeAddress& home) {
    const std::string_view digits = text(Part::uprn);
    if (digits.empty()) {
        refuse(number, Part::uprn, "The UPRN is missing.", "Fill it in; it is what tells homes apart.");
        return false;
    }
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), home.uprn);
    if (error != std::errc{} || end != digits.data() + digits.size() || home.uprn == 0 ||
        home.uprn > uprn_max) {
        refuse(number, Part::uprn, "This is no UPRN: a number of at most 12 digits.",
               "Correct it. A spreadsheet may have turned it into 1.0E+11: give the column the format of a "
               "number "
               "without decimals, and save again.");
        return false;
    }
    return true;
}

bool ListReader::usable_texts(int number) {
    for (std::size_t i = 0; i < parts; ++i) {
        const std::string_view cell = text(static_cast<Part>(i));
        const bool control = std::any_of(cell.begin(), cell.end(), [](char each) {
            return static_cast<unsigned char>(each) < 0x20 || each == 0x7F;
        });
        if (control || cell.size() > text_bytes_max) {
            refuse(number, static_cast<Part>(i),
                   control ? "The text holds a control character or a line break."
                           : fmt::format("The text is longer than {} bytes.", text_bytes_max),
                   "Write it as it stands on the door.");
            return false;
        }
    }
    return true;
}

// "14", or as a database writes it "14.0"; 0 stands for none.
bool ListReader::read_number(int number, Part part, std::string& into) {
    std::string_view digits = text(part);
    if (digits.ends_with(".0"))
        digits.remove_suffix(2);
    if (digits.empty() || digits == "0")
        return true;
    if (digits.size() <= 6 && digits.find_first_not_of("0123456789") == std::string_view::npos) {
        into = digits;
        return true;
    }
    refuse(number, part, "This is no number of a house or flat.",
           "Write the digits here, a letter behind them as suffix, and a name as text.");
    return false;
}

bool ListReader::read_house(int number, HomeAddress& home) {
    AddressableObject secondary;
    AddressableObject primary;
    if (!read_number(number, Part::saon_start, secondary.start_number) ||
        !read_number(number, Part::saon_end, secondary.end_number) ||
        !read_number(number, Part::paon_start, primary.start_number) ||
        !read_number(number, Part::paon_end, primary.end_number))
        return false;
    secondary.start_suffix = text(Part::saon_start_suffix);
    secondary.end_suffix = text(Part::saon_end_suffix);
    secondary.text = text(Part::saon_text);
    primary.start_suffix = text(Part::paon_start_suffix);
    primary.end_suffix = text(Part::paon_end_suffix);
    primary.text = text(Part::paon_text);
    if (secondary.empty() && primary.empty()) {
        refuse(number,
               columns_[static_cast<std::size_t>(Part::paon_start)] != 0 ? Part::paon_start : Part::paon_text,
               "The home has neither a number nor a name.",
               "Fill in the number or name of the house; take out rows of whole streets.");
        return false;
    }
    name_home(secondary, primary, home);
    return true;
}

bool ListReader::read_postcode(int number, HomeAddress& home) {
    const std::string_view cell = text(Part::postcode);
    if (cell.empty())
        return true;  // new homes wait for theirs
    auto form = postcode_form(cell);
    if (!form) {
        refuse(number, Part::postcode, "This has not the form of a postcode.",
               "Write it like WD6 1AA, or leave the cell empty.");
        return false;
    }
    home.postcode = std::move(*form);
    return true;
}

bool ListReader::read(int number, const std::vector<std::string>& cells, HomeAddress& home) {
    cells_ = &cells;
    if (!usable_texts(number) || !read_uprn(number, home))
        return false;
    if (text(Part::street).empty()) {
        refuse(number, Part::street, "The street is missing.", "Fill it in.");
        return false;
    }
    if (!read_house(number, home) || !read_postcode(number, home))
        return false;
    const auto [earlier, fresh] = row_of_uprn_.emplace(home.uprn, number);
    if (!fresh) {
        refuse(number, Part::uprn,
               fmt::format("The same UPRN stands in row {} already, which was loaded.", earlier->second),
               "Keep the row that is right, once.");
        return false;
    }
    home.road = in_title_case(text(Part::street));
    home.locality = in_title_case(text(Part::locality));
    home.town = in_title_case(text(Part::town));
    home.ward = text(Part::ward);
    home.area = text(Part::area);
    home.road_code = text(Part::road_code);
    return true;
}

// Quoted, and never a formula in a spreadsheet.
std::string csv_cell(std::string_view text) {
    std::string cell = "\"";
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        cell += '\'';
    for (const char each : text) {
        if (each == '"')
            cell += '"';
        cell += each;
    }
    return cell + '"';
}

std::string with_thousands(std::size_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3)
        text.insert(at - 3, 1, ',');
    return text;
}

}  // namespace

Result<AddressList> read_address_list(std::string_view csv, const std::string& file) {
    Diagnostics found;
    ListReader reader;
    std::size_t told = 0;
    read_table(csv, file, bounds, found, [&](int number, const std::vector<std::string>& cells) {
        reader.row(number, cells, found.size() != told ? &found.back() : nullptr);
        told = found.size();
    });
    // What stopped the reading, and was not said of a row.
    if (found.size() != told)
        return Error{Fault::bad_input, found.back().text(), ""};
    return reader.finish();
}

std::string refused_as_csv(const std::vector<RefusedAddress>& refused) {
    std::string csv = "row,column,header,why,mend\r\n";
    for (const RefusedAddress& each : refused)
        csv +=
            fmt::format("{},{},{},{},{}\r\n", each.row, each.column == 0 ? "" : column_letters(each.column),
                        csv_cell(each.header), csv_cell(each.why), csv_cell(each.mend));
    return csv;
}

std::string in_words(const AddressList& list) {
    std::string words = fmt::format("{} {} read, {} good.\n", with_thousands(list.rows),
                                    list.rows == 1 ? "row" : "rows", with_thousands(list.homes.size()));
    std::map<std::string, std::pair<std::size_t, int>> reasons;  // how often, and the first row
    for (const RefusedAddress& each : list.refused) {
        // Which row the same UPRN stands in differs each time.
        const bool doubled = each.why.starts_with("The same UPRN");
        auto& [times, row] = reasons[doubled ? "The same UPRN stands in an earlier row." : each.why];
        if (times++ == 0)
            row = each.row;
    }
    for (const auto& [why, often] : reasons)
        words += fmt::format("{} left out (first in row {}): {}\n", with_thousands(often.first), often.second,
                             why);
    return words;
}

}  // namespace doorstep
