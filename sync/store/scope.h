// On whose behalf rows are read.  An agency's questions go through AgencyRows, which cannot be made without a
// Scope and asks nothing that does not name the partnership and the agency.  Behind it stands a second wall,
// for a question that names them and does not hold to them: row security in PostgreSQL
// (sync/endpoint/row_security.h), agency_wall.h in SQLite.
//
// While one lives, its connection sees and changes no other rows, whoever asks: what the centre does beside
// it, appending a fact, comes after it has gone.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"
#include "sync/store/sql_values.h"

namespace doorstep {

enum class ScopeRole { officer, team_lead, agency, safeguarding_lead, administrator, report_author };

struct Scope {
    std::int64_t partnership = home_partnership;
    std::string agency;  // empty for every role but that of an agency
    ScopeRole role = ScopeRole::agency;
};

struct AgencyWall;

class AgencyRows {
public:
    // refused: not the scope of an agency.  `sql` must outlive it; one at a time on a connection, and inside
    // a transaction it ends before the commit.
    static Result<AgencyRows> of(SqlConnection& sql, Scope scope);
    AgencyRows(AgencyRows&& other) noexcept;
    AgencyRows& operator=(AgencyRows&&) = delete;
    ~AgencyRows();  // the connection is the centre's again

    // `sql` has `partnership = :partnership and agency = :agency`, or gives both to what it inserts; their
    // values are not among the parameters, since they are the scope's.  refused: it lacks one of them.
    Result<void> query(std::string_view sql, std::initializer_list<SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) const;
    Result<std::int64_t> run(std::string_view sql, std::initializer_list<SqlParameter> parameters) const;

private:
    AgencyRows(SqlConnection& sql, Scope scope);
    Result<std::vector<SqlParameter>> bound(std::string_view sql,
                                            std::initializer_list<SqlParameter> parameters) const;
    SqlConnection* sql_;
    Scope scope_;
    std::unique_ptr<AgencyWall> wall_;  // SQLite
};

}  // namespace doorstep
