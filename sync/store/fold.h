// The fold: what each operation adds to the read model.
//
// Every operation adds rows of its own, keyed by its id, and takes none away; what
// holds now is asked of the views (schema.h).  So the fold of a set of operations
// does not depend on their order, nor on how often each came.  Plain statements,
// the same for SQLite and PostgreSQL.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "forms/base/result.h"
#include "sync/operation/operation.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Raised when the fold changes what it writes: a store folded by another version
// is folded again when it is opened.
inline constexpr std::int64_t fold_version = 5;

// Why an operation that can be read cannot be folded, without its content; empty
// when it can.
std::string why_not_folded(const Operation& operation);

// `with_people`: the people half too, which stands nowhere but in a tablet.
// REQUIRES: why_not_folded() is empty.
Result<void> fold(SqlConnection& sql, const Operation& operation, bool with_people = true);
// The same for several, in fewer statements.
Result<void> fold(SqlConnection& sql, std::span<const Operation* const> operations, bool with_people);
// The same of facts of which none is here yet; one that is, is an error, then or with what is asked next.
// What has to be known is asked before `keep` writes them to the log, so that a server is not waited for
// while it does.
Result<void> fold_as_kept(SqlConnection& sql, std::span<const Operation* const> operations, bool with_people,
                          const std::function<Result<void>()>& keep);

}  // namespace doorstep
