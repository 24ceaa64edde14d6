// The tables that the endpoint has beside those of its store: who may push, what
// waits for an agency, what a copied tablet sent.
#pragma once

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Inside the caller's transaction.  newer_version: nothing was changed.
Result<void> bring_endpoint_up_to_date(SqlConnection& sql);

// Whether an endpoint was begun here; nothing is changed.
Result<bool> holds_endpoint(SqlConnection& sql);

}  // namespace doorstep
