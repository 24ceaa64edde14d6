// What keeps several programs on one database apart.  SQLite has one program and one writer anyway.
#pragma once

#include <cstdint>
#include <string_view>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/store/run_later.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Behind a select: its rows stay as they are until the commit.
inline std::string_view for_update(const SqlConnection& sql) {
    return sql.engine() == SqlConnection::Engine::postgresql ? " for update" : "";
}

struct FeedEnd {
    std::uint64_t last = 0;          // place in the feed that was given out
    std::uint64_t hybrid_clock = 0;  // as any program left it
    Uuid epoch{};
};
// The question behind lock_feed().
Question locking_feed(const SqlConnection& sql, FeedEnd& end);
// Of an endpoint: from here to the commit no other program gives out a place in the feed; it waits.
Result<FeedEnd> lock_feed(SqlConnection& sql);

}  // namespace doorstep
