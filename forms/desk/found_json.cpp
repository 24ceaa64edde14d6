#include "forms/desk/found_json.h"

#include <nlohmann/json.hpp>

namespace doorstep {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json row_or_null(int row) {
    return row == 0 ? Json(nullptr) : Json(row);
}

Json as_json(const Diagnostic& one) {
    Json column = nullptr;
    if (one.place.column > 0)
        column = {{"header", text_or_null(one.place.header)}, {"letter", column_letters(one.place.column)}};
    Json related = Json::array();
    for (const Place& place : one.related)
        related.push_back({{"sheet", text_or_null(place.sheet)}, {"row", row_or_null(place.row)}});
    return {{"code", one.code},
            {"severity", one.severity == Severity::error ? "error" : "warning"},
            {"file", text_or_null(one.place.file)},
            {"sheet", text_or_null(one.place.sheet)},
            {"row", row_or_null(one.place.row)},
            {"column", column},
            {"value", text_or_null(one.value)},
            {"what", one.what},
            {"why", text_or_null(one.why)},
            {"mend", text_or_null(one.mend)},
            {"related", related}};
}

}  // namespace

std::string found_json(const Diagnostics& found) {
    Json list = Json::array();
    for (const Diagnostic& one : found)
        list.push_back(as_json(one));
    // A cell may hold bytes that are no UTF-8; they are shown as U+FFFD.
    return list.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace doorstep
