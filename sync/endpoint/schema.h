// The tables that the endpoint has beside those of its store: who may push, what
// waits for an agency, what a copied tablet sent.
#pragma once

#include <cstdint>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Inside the caller's transaction.  newer_version: nothing was changed.
Result<void> bring_endpoint_up_to_date(SqlConnection& sql);

// For rows that come from elsewhere (backup.h) into tables of this program.
Result<std::int64_t> endpoint_schema_version(SqlConnection& sql);
Result<void> keep_endpoint_schema_version(SqlConnection& sql, std::int64_t version);

// Whether an endpoint was begun here; nothing is changed.
Result<bool> holds_endpoint(SqlConnection& sql);

}  // namespace doorstep
