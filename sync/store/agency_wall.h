// Row security for SQLite, which has none: behind AgencyRows (scope.h), for mistakes in its questions.
//
// While the wall stands, temporary views with the names of all tables and views show the agency's own rows of
// those that have columns `partnership` and `agency`, and nothing of the others; temporary triggers refuse a
// change of any other row.  Views take no changes: they are up for a question only.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct Scope;

// Statements for SqlConnection::script().
struct AgencyWall {
    std::string put_up;  // the triggers
    std::string take_down;
    std::string hide;  // the views
    std::string show;
};

// REQUIRES: SQLite, no wall stands
Result<AgencyWall> agency_wall(SqlConnection& sql, const Scope& scope);

}  // namespace doorstep
