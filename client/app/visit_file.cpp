#include "client/app/visit_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <optional>

#include "forms/workbook/workbook.h"

namespace doorstep {

namespace {

struct Column {
    std::string_view name;
    bool needed;
};
constexpr std::array<Column, 7> columns{{{"area", false},
                                         {"road_code", true},
                                         {"number_or_name", true},
                                         {"flat", false},
                                         {"road", true},
                                         {"postcode", false},
                                         {"uprn", false}}};
constexpr std::size_t text_bytes_max = 200;
constexpr std::uint64_t uprn_max = 999'999'999'999;

class Reader {
public:
    Reader(const Sheet& sheet, const std::string& area, Diagnostics& found)
        : sheet_(sheet), area_(area), found_(found) {}

    bool read_header();
    std::vector<WalkDoor> read_doors();

private:
    void report(const Row& row, int column, std::string code, std::string value, std::string what,
                std::string mend);
    std::string text(const Row& row, std::string_view name);
    std::optional<std::uint64_t> uprn(const Row& row);
    WalkDoor door(const Row& row);
    void only_once(const Row& row, const WalkDoor& door);

    const Sheet& sheet_;
    const std::string& area_;
    Diagnostics& found_;
    std::map<std::string, int, std::less<>> at_;
    std::map<Uuid, int> seen_;  // household -> row
};

void Reader::report(const Row& row, int column, std::string code, std::string value, std::string what,
                    std::string mend) {
    Diagnostic one;
    one.code = std::move(code);
    one.place = {sheet_.file, "", row.number, column, ""};
    if (const Cell* header = sheet_.header.at(column))
        one.place.header = header->text;
    one.value = std::move(value);
    one.what = std::move(what);
    one.mend = std::move(mend);
    found_.push_back(std::move(one));
}

bool Reader::read_header() {
    for (const Cell& cell : sheet_.header.cells) {
        const bool known = std::any_of(columns.begin(), columns.end(),
                                       [&](const Column& each) { return each.name == cell.text; });
        if (!known)
            report(sheet_.header, cell.column, "unknown-column", cell.text,
                   fmt::format("There is no column \"{}\" in a list of doors.", cell.text),
                   "Use area, road_code, number_or_name, flat, road, postcode and uprn.");
        else if (!at_.emplace(cell.text, cell.column).second)
            report(sheet_.header, cell.column, "doubled-column", cell.text,
                   fmt::format("The column \"{}\" stands there twice.", cell.text), "Keep one of them.");
    }
    bool whole = true;
    for (const Column& column : columns)
        if (column.needed && !at_.contains(column.name)) {
            report(sheet_.header, 0, "missing-column", "",
                   fmt::format("The column \"{}\" is missing.", column.name),
                   "Add it, with a value for each door.");
            whole = false;
        }
    return whole;
}

std::string Reader::text(const Row& row, std::string_view name) {
    const auto column = at_.find(name);
    if (column == at_.end())
        return {};
    const Cell* cell = row.at(column->second);
    if (!cell)
        return {};
    const bool control = std::any_of(cell->text.begin(), cell->text.end(), [](char each) {
        return static_cast<unsigned char>(each) < 0x20 || each == 0x7F;
    });
    if (control || cell->text.size() > text_bytes_max)
        report(row, column->second, "unusable-text", cell->text.substr(0, 40),
               control ? "The text holds a control character."
                       : fmt::format("The text is longer than {} bytes.", text_bytes_max),
               "Write it as it stands on the door.");
    return cell->text;
}

std::optional<std::uint64_t> Reader::uprn(const Row& row) {
    const std::string digits = text(row, "uprn");
    if (digits.empty())
        return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{} && end == digits.data() + digits.size() && number > 0 && number <= uprn_max)
        return number;
    report(row, at_.find("uprn")->second, "bad-uprn", digits, "A UPRN is a number of at most 12 digits.",
           "Correct it, or leave the cell empty.");
    return std::nullopt;
}

WalkDoor Reader::door(const Row& row) {
    WalkDoor door;
    door.area = text(row, "area");
    if (door.area.empty())
        door.area = area_;
    else if (door.area != area_)
        report(row, at_.find("area")->second, "other-area", door.area,
               fmt::format("The visit is of area {}.", area_),
               "Load doors of other areas with their own visit.");
    door.road_code = text(row, "road_code");
    door.address = {text(row, "number_or_name"), text(row, "flat"), text(row, "road"), text(row, "postcode"),
                    uprn(row)};
    for (const auto& [name, value] :
         {std::pair<std::string_view, const std::string&>{"road_code", door.road_code},
          {"number_or_name", door.address.number_or_name},
          {"road", door.address.road}})
        if (value.empty())
            report(row, at_.find(name)->second, "empty-cell", "", fmt::format("A door needs its {}.", name),
                   "Fill in the cell, or take the row out.");
    door.household = household_at(door.address);
    return door;
}

void Reader::only_once(const Row& row, const WalkDoor& door) {
    const auto [earlier, fresh] = seen_.emplace(door.household, row.number);
    if (!fresh)
        report(row, at_.find("number_or_name")->second, "doubled-door", door.address.number_or_name,
               fmt::format("The same home stands in row {} already.", earlier->second),
               "Keep one row for each home; several homes of a house differ in their flat.");
}

std::vector<WalkDoor> Reader::read_doors() {
    std::vector<WalkDoor> doors;
    for (const Row& row : sheet_.rows) {
        doors.push_back(door(row));
        only_once(row, doors.back());
    }
    if (doors.empty())
        report(sheet_.header, 0, "no-doors", "", "The list holds no door.", "Add a row for each door.");
    return doors;
}

}  // namespace

std::vector<WalkDoor> read_visit_file(std::string_view text, const std::string& file, const std::string& area,
                                      Diagnostics& found) {
    const Sheet sheet = read_csv(text, file, "", found);
    Reader reader(sheet, area, found);
    if (has_error(found) || !reader.read_header())
        return {};
    return reader.read_doors();
}

}  // namespace doorstep
