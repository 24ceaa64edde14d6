#include "sync/store/scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sync/store/agency_wall.h"

namespace doorstep {

namespace {

// Settings of the session: what the policies of the tables read.
Result<void> tell_server(SqlConnection& sql, const std::string& scope, const Scope& whose) {
    if (sql.engine() != SqlConnection::Engine::postgresql)
        return {};
    return sql.query(
        "select set_config('doorstep.scope', :scope, false), set_config('doorstep.agency', :agency, "
        "false), set_config('doorstep.partnership', :partnership, false)",
        {{"scope", scope}, {"agency", whose.agency}, {"partnership", std::to_string(whose.partnership)}},
        [](const SqlRow&) { return false; });
}

// Each of these stands once at least, so that a question about everybody's rows is none.
constexpr std::array<std::string_view, 2> needed = {":partnership", ":agency"};

}  // namespace

Result<AgencyRows> AgencyRows::of(SqlConnection& sql, Scope scope) {
    if (scope.role != ScopeRole::agency || scope.agency.empty())
        return Error{Fault::refused, "Only an agency reads what was referred to it.", ""};
    AgencyRows rows(sql, std::move(scope));
    TRY_DO(tell_server(sql, "agency", rows.scope_));
    if (sql.engine() == SqlConnection::Engine::sqlite) {
        TRY(auto wall, agency_wall(sql, rows.scope_));
        rows.wall_ = std::make_unique<AgencyWall>(std::move(wall));
        TRY_DO(sql.script(rows.wall_->put_up));
    }
    return rows;
}

AgencyRows::AgencyRows(SqlConnection& sql, Scope scope) : sql_(&sql), scope_(std::move(scope)) {}
AgencyRows::AgencyRows(AgencyRows&& other) noexcept
    : sql_(std::exchange(other.sql_, nullptr)), scope_(std::move(other.scope_)),
      wall_(std::move(other.wall_)) {}

// Where a transaction failed this fails too, and its rollback takes the settings back.
AgencyRows::~AgencyRows() {
    if (!sql_)
        return;
    static_cast<void>(tell_server(*sql_, "centre", {}));
    if (wall_)
        static_cast<void>(sql_->script(wall_->take_down));
}

Result<std::vector<SqlParameter>> AgencyRows::bound(std::string_view sql,
                                                    std::initializer_list<SqlParameter> parameters) const {
    for (const auto name : needed)
        if (sql.find(name) == std::string_view::npos)
            return Error{Fault::refused, fmt::format("A question of an agency does not say {}.", name), ""};
    std::vector<SqlParameter> all(parameters);
    for (const auto& one : all)
        if (one.name == "partnership" || one.name == "agency")
            return Error{Fault::refused, "A question of an agency names another one's rows.", ""};
    all.push_back({"partnership", scope_.partnership});
    all.push_back({"agency", scope_.agency});
    return all;
}

Result<void> AgencyRows::query(std::string_view sql, std::initializer_list<SqlParameter> parameters,
                               const std::function<bool(const SqlRow&)>& each) const {
    TRY(const auto all, bound(sql, parameters));
    if (!wall_)
        return sql_->query(sql, all, each);
    auto asked = sql_->script(wall_->hide);
    if (asked.ok())
        asked = sql_->query(sql, all, each);
    const auto shown = sql_->script(wall_->show);
    return asked.ok() ? shown : asked;
}

Result<std::int64_t> AgencyRows::run(std::string_view sql,
                                     std::initializer_list<SqlParameter> parameters) const {
    TRY(const auto all, bound(sql, parameters));
    return sql_->run(sql, all);
}

}  // namespace doorstep
