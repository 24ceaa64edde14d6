// What an endpoint says of itself with every status, kept in clear so that a locked tablet keeps it too:
// how much of ours a backup covers, and where its audit stood.  And what may go once it is covered.
#pragma once

#include <cstdint>
#include <string_view>

#include "forms/base/result.h"
#include "sync/operation/operation.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

class Store;

// So many heads of the endpoint's audit are kept.
inline constexpr std::int64_t witnessed_heads_max = 100;
// An envelope stays at least so long after it was acknowledged.
inline constexpr std::int64_t sent_kept_days = 14;

// The tables of a sealed file that came after its first version; made where they are missing.
Result<void> add_standing_tables(SqlConnection& sql);
// Where nothing may be made and a position is asked for: an empty one in memory stands in for the table of
// patches.
Result<void> stand_in_for_patches(SqlConnection& sql);

// By which day how much was acknowledged; a clock that is set back makes nothing older.
// REQUIRES: a transaction.
Result<void> mark_sent(SqlConnection& sql, Sequence acked_through, std::int64_t now_ms);
// The endpoint told what day it is: purge_sent() goes by the newest day that it told.  Locked too.
Result<void> note_told_day(Store& store, std::int64_t told_ms);
// The endpoint holds less than it did.  REQUIRES: a transaction.
Result<void> take_back_sent(SqlConnection& sql, Sequence acked_through);
// The newest sequence that was acknowledged so many days ago; 0: none was.
Result<Sequence> sent_long_ago(SqlConnection& sql, std::int64_t now_ms);

}  // namespace doorstep
