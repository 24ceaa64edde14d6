// The read model as text.
#include <fmt/format.h>

#include <iterator>

#include "forms/base/encoding.h"
#include "sync/store/schema.h"
#include "sync/store/store_state.h"

namespace doorstep {

namespace {

Result<std::vector<std::string>> columns_of(SqlConnection& sql, std::string_view table) {
    std::vector<std::string> columns;
    const auto add = [&](const SqlRow& row) {
        columns.push_back(row.text(0));
        return true;
    };
    if (sql.engine() == SqlConnection::Engine::postgresql)
        TRY_DO(sql.query("select column_name from information_schema.columns where table_schema = "
                         "current_schema() and table_name = :name order by ordinal_position",
                         {{"name", std::string(table)}}, add));
    else
        TRY_DO(sql.query("select name from pragma_table_info(:name)", {{"name", std::string(table)}}, add));
    return columns;
}

// As hex, since nothing in a text or a blob can then be taken for the layout.
Result<void> dump_table(SqlConnection& sql, std::string_view table, std::string& out) {
    TRY(const auto columns, columns_of(sql, table));
    out += fmt::format("{}({})\n", table, fmt::join(columns, ", "));
    const auto names = fmt::format("{}", fmt::join(columns, ", "));
    return sql.query(
        fmt::format("select {} from {} order by {}", names, table, names), {}, [&](const SqlRow& row) {
            for (int i = 0; i < static_cast<int>(columns.size()); ++i)
                fmt::format_to(std::back_inserter(out), " {}", row.is_null(i) ? "null" : to_hex(row.blob(i)));
            out += "\n";
            return true;
        });
}

}  // namespace

Result<std::string> Store::dump_read_model(bool counts_only) const {
    TRY_DO(check_unlocked(*state_));
    std::string out;
    for (const auto& table : read_model_tables())
        if (!counts_only || !table.people)
            TRY_DO(dump_table(sql(), table.name, out));
    return out;
}

}  // namespace doorstep
