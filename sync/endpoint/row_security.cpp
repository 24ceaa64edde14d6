#include "sync/endpoint/row_security.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace doorstep {

namespace {

struct OpenTable {
    std::string name;
    bool has_agency = false;
};

Result<std::vector<OpenTable>> without_policies(SqlConnection& sql) {
    std::vector<OpenTable> found;
    TRY_DO(sql.query(
        "select t.table_name, (select count(*) from information_schema.columns c where c.table_schema = "
        "t.table_schema and c.table_name = t.table_name and c.column_name in ('partnership', 'agency')) "
        "from information_schema.tables t where t.table_schema = current_schema() "
        "and t.table_type = 'BASE TABLE' and t.table_name <> 'schema_version' and not exists "
        "(select 1 from pg_policies p where p.schemaname = t.table_schema and p.tablename = t.table_name) "
        "order by t.table_name",
        {}, [&](const SqlRow& row) {
            found.push_back({row.text(0), row.integer(1) == 2});
            return true;
        }));
    return found;
}

// FORCE: the owner is who we are.  nullif: on a connection that once had a setting it is '' afterwards, and
// never null again.
constexpr std::string_view for_the_centre = R"sql(
alter table {0} enable row level security;
alter table {0} force row level security;
create policy centre on {0} using (current_setting('doorstep.scope', true) = 'centre')
  with check (current_setting('doorstep.scope', true) = 'centre');
)sql";

constexpr std::string_view for_its_agency = R"sql(
create policy agency on {0}
  using (current_setting('doorstep.scope', true) = 'agency'
    and agency = nullif(current_setting('doorstep.agency', true), '')
    and partnership = nullif(current_setting('doorstep.partnership', true), '')::bigint)
  with check (current_setting('doorstep.scope', true) = 'agency'
    and agency = nullif(current_setting('doorstep.agency', true), '')
    and partnership = nullif(current_setting('doorstep.partnership', true), '')::bigint);
)sql";

}  // namespace

Result<void> secure_rows(SqlConnection& sql) {
    if (sql.engine() != SqlConnection::Engine::postgresql)
        return {};
    TRY(const auto tables, without_policies(sql));
    for (const auto& table : tables) {
        TRY_DO(sql.script(fmt::format(for_the_centre, table.name)));
        if (table.has_agency)
            TRY_DO(sql.script(fmt::format(for_its_agency, table.name)));
    }
    return {};
}

Result<void> check_rows_are_secure(SqlConnection& sql) {
    if (sql.engine() != SqlConnection::Engine::postgresql)
        return {};
    bool above = false;
    TRY_DO(sql.query("select case when rolsuper or rolbypassrls then 1 else 0 end from pg_roles "
                     "where rolname = current_user",
                     {}, [&](const SqlRow& row) {
                         above = row.integer(0) == 1;
                         return false;
                     }));
    if (!above)
        return {};
    return Error{
        Fault::refused,
        "The user of --database is a superuser or may bypass row security: nothing would keep agencies "
        "apart in the database.",
        "Make a plain user that owns the database: createuser doorstep; createdb --owner doorstep NAME."};
}

}  // namespace doorstep
