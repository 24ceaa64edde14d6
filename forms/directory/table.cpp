#include "forms/directory/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace doorstep {
namespace {

constexpr std::size_t max_table_bytes = std::size_t{4} << 20;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::optional<std::string> file_text(const std::filesystem::path& path) {
    std::error_code failed;
    if (std::filesystem::file_size(path, failed) > max_table_bytes || failed)
        return std::nullopt;
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return std::nullopt;
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    return in.bad() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

TableSource tables_in(const std::string& folder) {
    return [folder](const std::string& file) { return file_text(std::filesystem::path(folder) / file); };
}

Table::Table(const TableSource& source, const std::string& file,
             std::initializer_list<std::string_view> needed, std::initializer_list<std::string_view> optional,
             Diagnostics& found)
    : found_(found) {
    workbook_.file = file;
    const auto report_file = [&](std::string code, std::string what, std::string mend, int column = 0) {
        Diagnostic one;
        one.code = std::move(code);
        one.place = column == 0 ? Place{file, "", 0, 0, ""} : workbook_.place(sheet_, 1, column);
        one.place.sheet.clear();
        one.what = std::move(what);
        one.mend = std::move(mend);
        found_.push_back(std::move(one));
    };
    const auto text = source(file);
    if (!text) {
        report_file("cannot-read", "the file is missing, cannot be read, or is larger than 4 MiB.",
                    fmt::format("put {} into the directory folder.", file));
        return;
    }
    sheet_ = read_csv(*text, file, "", found);
    std::vector<std::string> known(needed.begin(), needed.end());
    known.insert(known.end(), optional.begin(), optional.end());
    for (const Cell& header : sheet_.header.cells) {
        const std::string name = lower(header.text);
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            const std::string_view near = nearest(name, known);
            report_file("unknown-column", fmt::format("the column \"{}\" is not known.", header.text),
                        near.empty() ? "take the column out." : fmt::format("{} -> {}.", header.text, near),
                        header.column);
        } else if (!columns_.emplace(name, header.column).second) {
            report_file("duplicate-column", fmt::format("the column \"{}\" stands twice.", header.text),
                        "keep one of them.", header.column);
        }
    }
    for (const std::string_view name : needed)
        if (!columns_.contains(name))
            report_file("missing-column", fmt::format("the column \"{}\" is missing.", name),
                        fmt::format("add the column {}.", name));
}

std::string Table::text(const Row& row, std::string_view column) const {
    const auto found = columns_.find(column);
    const Cell* cell = found == columns_.end() ? nullptr : row.at(found->second);
    return cell == nullptr ? std::string() : cell->text;
}

std::string Table::needed(const Row& row, std::string_view column) {
    std::string value = text(row, column);
    if (value.empty() && columns_.contains(column))
        report(row, column, "empty", "the cell is empty.", fmt::format("fill in {}.", column));
    return value;
}

std::string Table::code(const Row& row, std::string_view column) {
    std::string value = needed(row, column);
    const bool good = std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (!good)
        report(row, column, "bad-code", fmt::format("\"{}\" is no code.", value),
               "use small letters, digits, _ and - only.");
    return value;
}

bool Table::yes(const Row& row, std::string_view column) {
    const std::string value = lower(text(row, column));
    if (!value.empty() && value != "yes" && value != "no")
        report(row, column, "bad-word", fmt::format("\"{}\" is not allowed.", text(row, column)),
               "write yes or no, or leave it blank.");
    return value == "yes";
}

std::optional<Day> Table::day(const Row& row, std::string_view column) {
    const std::string value = text(row, column);
    if (value.empty())
        return std::nullopt;
    const std::optional<Day> day = Day::parse(value);
    if (!day)
        report(row, column, "bad-date", fmt::format("\"{}\" is no date.", value),
               "write year, month and day, for example 2016-04-01.");
    return day;
}

Validity Table::validity(const Row& row) {
    const Validity valid{day(row, "valid_from"), day(row, "valid_to")};
    if (valid.from && valid.to && *valid.to < *valid.from)
        report(row, "valid_to", "inverted-validity",
               fmt::format("ends on {}, before it begins on {}.", valid.to->text(), valid.from->text()),
               "exchange valid_from and valid_to, or correct one of them.");
    return valid;
}

Place Table::place(const Row& row, std::string_view column) const {
    const auto found = columns_.find(column);
    Place place = workbook_.place(sheet_, row.number, found == columns_.end() ? 0 : found->second);
    place.sheet.clear();
    return place;
}

void Table::report(const Row& row, std::string_view column, std::string code, std::string what,
                   std::string mend, std::vector<Place> related) {
    Diagnostic one;
    one.code = std::move(code);
    one.place = place(row, column);
    one.value = text(row, column);
    one.what = std::move(what);
    one.mend = std::move(mend);
    one.related = std::move(related);
    found_.push_back(std::move(one));
}

}  // namespace doorstep
