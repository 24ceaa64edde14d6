// The counts as a terminal, a spreadsheet and a program read them.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sync/report/counts.h"

namespace doorstep {

namespace {

struct Cell {
    std::string head;
    std::string value;
};

std::string number(const std::optional<std::int64_t>& value) {
    return value ? fmt::format("{}", *value) : "-";
}

// What the published tables print, in their order.
std::vector<Cell> published(const Counts& counts) {
    std::vector<Cell> cells = {{"Visits", number(counts.visits)},
                               {"Questionnaires", number(counts.questionnaires)}};
    for (const auto& column : counts.columns)
        cells.push_back({column.label, number(column.referrals)});
    return cells;
}

std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string right_aligned(std::string_view text, std::size_t to) {
    return std::string(to - std::min(to, width(text)), ' ') + std::string(text);
}

// A spreadsheet takes a cell that begins like this for a formula.  A lone "-" is
// how "not recorded" is printed, and no formula.
std::string csv_cell(std::string text) {
    if (text.size() > 1 && std::string_view("=+-@\t\r\n|%").find(text.front()) != std::string_view::npos)
        text.insert(0, 1, '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

}  // namespace

std::string as_table(const Counts& counts) {
    std::string heads;
    std::string values;
    for (const auto& cell : published(counts)) {
        const auto wide = std::max(width(cell.head), width(cell.value)) + 2;
        heads += right_aligned(cell.head, wide);
        values += right_aligned(cell.value, wide);
    }
    return fmt::format("{} to {}, columns of {}\n\n{}\n{}\n\n"
                       "Doors worked {}, partly filled questionnaires {}.\n"
                       "Referrals already open and not counted {}, to agencies without a column {}.\n",
                       counts.period.from.text(), counts.period.to.text(), counts.column_set, heads, values,
                       counts.contacts, counts.partial, counts.already_open, counts.other_agencies);
}

std::string as_csv(const Counts& counts) {
    std::vector<Cell> cells = {{"From", counts.period.from.text()},
                               {"To", counts.period.to.text()},
                               {"Column set", counts.column_set}};
    for (auto& cell : published(counts))
        cells.push_back(std::move(cell));
    cells.push_back({"Contacts", number(counts.contacts)});
    cells.push_back({"Partial", number(counts.partial)});
    cells.push_back({"Already open", number(counts.already_open)});
    cells.push_back({"Other agencies", number(counts.other_agencies)});
    std::vector<std::string> heads;
    std::vector<std::string> values;
    for (auto& cell : cells) {
        heads.push_back(csv_cell(std::move(cell.head)));
        values.push_back(csv_cell(std::move(cell.value)));
    }
    return fmt::format("{}\r\n{}\r\n", fmt::join(heads, ","), fmt::join(values, ","));
}

std::string as_json(const Counts& counts) {
    nlohmann::ordered_json json;
    json["from"] = counts.period.from.text();
    json["to"] = counts.period.to.text();
    json["column_set"] = counts.column_set;
    json["visits"] = counts.visits;
    json["contacts"] = counts.contacts;
    json["questionnaires"] = counts.questionnaires;
    json["partial"] = counts.partial;
    json["columns"] = nlohmann::ordered_json::array();
    for (const auto& column : counts.columns) {
        nlohmann::ordered_json one;
        one["label"] = column.label;
        one["referrals"] = nullptr;
        if (column.referrals)
            one["referrals"] = *column.referrals;
        json["columns"].push_back(std::move(one));
    }
    json["already_open"] = counts.already_open;
    json["other_agencies"] = counts.other_agencies;
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace doorstep
