// The file of a tablet that is locked: without any key that opens a row it sends what was
// sealed to the endpoint, and keeps what comes sealed to the vault's inbox.
//
// Store::open(sql, StoreRole::locked_tablet, ...) works on it: enrolment(), position(),
// unsent(), chain_at(), acknowledge(), keep_page(), rewind().  Everything else is `refused`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/store.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

// Errors: those of open_sqlite(); not_found (there is no store yet); newer_version, unless only to
// view; damaged (where push and pull stand: an unlocked tablet still knows).  `inbox` may be
// left out only to view.
Result<std::unique_ptr<SqlConnection>> open_locked(const std::string& path, const PublicKey& inbox,
                                                   const SqliteOptions& options = {});

// After unlocking, on a store of open_sealed(): how many facts came.  One transaction a page;
// what is interrupted goes on next time.  A page that does not open is pulled once more.
Result<std::int64_t> fold_waiting(Store& store,
                                  const std::function<Result<SecretText>(std::string_view)>& open_inbox);

}  // namespace doorstep
