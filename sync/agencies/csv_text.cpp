#include "sync/agencies/csv_text.h"

namespace doorstep {

std::string csv_cell(std::string_view value) {
    std::string text;
    if (!value.empty() && std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos)
        text = "'";
    text += value;
    if (text.find_first_of("\",\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

std::string csv_row(std::span<const std::string> cells) {
    std::string row;
    for (const auto& cell : cells)
        row += (row.empty() && &cell == cells.data() ? "" : ",") + csv_cell(cell);
    return row + "\r\n";
}

}  // namespace doorstep
