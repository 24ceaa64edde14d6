#include "sync/store/agency_wall.h"

#include <fmt/format.h>

#include <vector>

#include "sync/store/scope.h"

namespace doorstep {

namespace {

struct Shape {
    std::string name;
    bool is_view = false;
    bool has_agency = false;
};

Result<std::vector<Shape>> shapes(SqlConnection& sql) {
    std::vector<Shape> found;
    TRY_DO(
        sql.query("select m.name, m.type = 'view', (select count(*) from pragma_table_info(m.name, 'main') p "
                  "where p.name in ('partnership', 'agency')) from main.sqlite_master m "
                  "where m.type in ('table', 'view') and m.name not like 'sqlite_%' order by m.name",
                  {}, [&](const SqlRow& row) {
                      found.push_back({row.text(0), row.integer(1) == 1, row.integer(2) == 2});
                      return true;
                  }));
    return found;
}

// Views and triggers take no parameters.
std::string quoted(const std::string& text) {
    std::string made = "'";
    for (const char c : text)
        made += c == '\'' ? std::string("''") : std::string(1, c);
    return made + "'";
}

std::string trigger(const Shape& table, std::string_view act, const std::string& foreign) {
    return fmt::format(
        "create temp trigger wall_{0}_{1} before {1} on main.{0} when {2} begin select raise(abort, "
        "'a row of another agency'); end;\n",
        table.name, act, foreign);
}

}  // namespace

Result<AgencyWall> agency_wall(SqlConnection& sql, const Scope& scope) {
    TRY(const auto found, shapes(sql));
    const auto agency = quoted(scope.agency);
    AgencyWall wall;
    for (const auto& one : found) {
        wall.hide += fmt::format(
            "create temp view {0} as select * from main.{0} where {1};\n", one.name,
            one.has_agency ? fmt::format("partnership = {} and agency = {}", scope.partnership, agency)
                           : std::string("false"));
        wall.show += fmt::format("drop view if exists temp.{};\n", one.name);
        if (one.is_view)
            continue;
        const auto is_foreign = [&](std::string_view row) {
            return one.has_agency ? fmt::format("({0}.partnership is not {1} or {0}.agency is not {2})", row,
                                                scope.partnership, agency)
                                  : std::string("true");
        };
        wall.put_up += trigger(one, "insert", is_foreign("new"));
        wall.put_up += trigger(one, "update", is_foreign("old") + " or " + is_foreign("new"));
        wall.put_up += trigger(one, "delete", is_foreign("old"));
        for (const std::string_view act : {"insert", "update", "delete"})
            wall.take_down += fmt::format("drop trigger if exists temp.wall_{}_{};\n", one.name, act);
    }
    return wall;
}

}  // namespace doorstep
