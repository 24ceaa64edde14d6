// PostgreSQL's own wall around what an agency may see, behind the one of sync/store/scope.h.
//
// A connection says whose it is by settings of its session: doorstep.scope is `centre` (open_postgres() says
// so) or `agency`, then with doorstep.agency and doorstep.partnership.  Whoever says nothing sees no row.  It
// stops our own mistakes, not somebody who may run SQL of his own: he could say `centre` too.
#pragma once

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Inside the caller's transaction: every table that has no policies yet gets them.  Of a table with a column
// `agency` an agency sees and changes its own rows; of the others none.  SQLite: nothing.
Result<void> secure_rows(SqlConnection& sql);

// refused: the user of this connection is one to whom no policy applies.
Result<void> check_rows_are_secure(SqlConnection& sql);

}  // namespace doorstep
