// PostgreSQL as a SqlConnection, over libpq.
//
// A connection that was lost is made anew by the next begin(), and by a statement outside of a
// transaction; within one every statement fails until rollback().  After a statement that failed inside a
// transaction only rollback_to_savepoint() or rollback() go on.  may_repeat() tells when the server ended a
// transaction only because of another one's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// postgresql://... or postgres://...
bool is_postgres_address(std::string_view address);

// Commits wait for the disk whatever the server's own setting is.  unreachable: no server answers there;
// refused: it lets nobody in with that, or its text is not UTF-8.  No error repeats the address, which may
// hold a password.
Result<std::unique_ptr<SqlConnection>> open_postgres(const std::string& address);

// The transaction that was begun last was ended because of another connection's: the same again may succeed.
// Never of another engine.
bool may_repeat(const SqlConnection& sql);

}  // namespace doorstep
