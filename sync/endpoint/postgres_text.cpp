#include "sync/endpoint/postgres_text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace doorstep {

namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t end_of_word(std::string_view sql, std::size_t at) {
    while (at < sql.size() && is_word(sql[at]))
        ++at;
    return at;
}

// Where what begins at `at` ends, when it is quoted or a comment; `at` itself otherwise.
std::size_t end_of_opaque(std::string_view sql, std::size_t at) {
    const auto past = [&](std::string_view mark, std::size_t from) {
        const auto found = sql.find(mark, from);
        return found == std::string_view::npos ? sql.size() : found + mark.size();
    };
    if (sql[at] == '\'' || sql[at] == '"')
        return past(sql.substr(at, 1), at + 1);
    if (sql.substr(at).starts_with("--"))
        return past("\n", at);
    if (sql.substr(at).starts_with("/*"))
        return past("*/", at);
    return at;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> types = {
    {{"blob", "bytea"}, {"integer", "bigint"}, {"text", "text collate \"C\""}}};

std::string_view postgres_word(std::string_view word) {
    const auto found =
        std::find_if(types.begin(), types.end(), [&](const auto& pair) { return pair.first == word; });
    return found == types.end() ? word : found->second;
}

}  // namespace

NumberedSql numbered(std::string_view sql) {
    NumberedSql made;
    for (std::size_t at = 0; at < sql.size();) {
        auto end = end_of_opaque(sql, at);
        if (end == at && sql.substr(at).starts_with("::"))
            end = at + 2;
        if (end == at && sql[at] == ':')
            end = end_of_word(sql, at + 1);
        if (end > at + 1 && sql[at] == ':' && sql[at + 1] != ':') {
            made.names.emplace_back(sql.substr(at + 1, end - at - 1));
            made.sql += "$" + std::to_string(made.names.size());
        } else {
            end = std::max(end, at + 1);
            made.sql += sql.substr(at, end - at);
        }
        at = end;
    }
    return made;
}

std::string postgres_schema(std::string_view sql) {
    std::string made;
    for (std::size_t at = 0; at < sql.size();) {
        if (sql.substr(at).starts_with("x''") && (at == 0 || !is_word(sql[at - 1]))) {
            made += "''::bytea";
            at += 3;
            continue;
        }
        auto end = end_of_opaque(sql, at);
        const bool opaque = end > at;
        if (!opaque)
            end = std::max(end_of_word(sql, at), at + 1);
        const auto part = sql.substr(at, end - at);
        made += opaque ? part : postgres_word(part);
        at = end;
    }
    return made;
}

}  // namespace doorstep
