// People at the centre who prove with a passphrase of their own who they are: safeguarding leads,
// and whoever confirms an export.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/passphrase.h"

namespace doorstep {

inline constexpr std::string_view for_safeguarding = "safeguarding";
inline constexpr std::string_view for_export = "export";

struct PassphraseHolder {
    Uuid id;
    PassphraseWrap wrap;
};

// Letters, digits, - _ . and at most 64 of them; else why not.
Result<void> check_holder_name(const std::string& name);
// Durable when it returns; one of that name before is replaced, and has all tries again.
Result<void> keep_holder(SqlConnection& sql, std::string_view kind, const std::string& name,
                         const PassphraseHolder& holder);
// Counts a try, durably, before the passphrase may be looked at.  not_found; refused after ten in
// vain.
Result<PassphraseHolder> begin_try(SqlConnection& sql, std::string_view kind, const std::string& name);
// The passphrase was right.
Result<void> end_try(SqlConnection& sql, std::string_view kind, const std::string& name);
Result<std::vector<std::string>> holders(SqlConnection& sql, std::string_view kind);

}  // namespace doorstep
