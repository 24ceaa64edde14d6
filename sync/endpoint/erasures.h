// The erasure list: what was erased, by ids alone, kept outside the database and its backups, so that a
// restore of an older backup forgets it again.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// One id to a line.  not_found; damaged: a line is no id.
Result<std::vector<Uuid>> read_erasure_list(const std::string& file);

// How many were there and are no more.  REQUIRES: a transaction.
// refused: this Doorstep cannot erase, and nothing may be served that was promised to be forgotten.
Result<std::uint64_t> reapply_erasures(SqlConnection& sql, const Clock& clock, std::span<const Uuid> erased);

}  // namespace doorstep
