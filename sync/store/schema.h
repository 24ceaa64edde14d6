// Every schema that was ever in use, and the way from each to the next.
//
// The same tables serve the tablet and the endpoint; the partnership leads every
// key.  Tables named fact_* and superseded are the counts half of the read model,
// people_* the personal half; the views beside them say what holds now:
//   visit, contact_try, contact, questionnaire, offer, referral, referral_status
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct SchemaStep {
    int version;           // dense from 1
    std::string_view sql;  // from the version before
};

// A version that stands in tablets is never changed: the next one mends it.
std::span<const SchemaStep> schema_history();

// The version of a tablet's file in which every row is sealed (sealed_tables.h): far from
// those of this history, whose rows are plain.
inline constexpr std::int64_t sealed_file_version = 1001;

// Brings the file to the newest version of the history in one transaction; a copy
// "<file>.before-version-N" is made first when there is something to lose.
// PostgreSQL makes no copy; several programs may call it at once.
// newer_version: nothing was changed.  refused: a tablet's sealed file.
Result<void> bring_up_to_date(SqlConnection& sql, std::span<const SchemaStep> history);

// PostgreSQL: until the commit no other program makes or changes tables.  SQLite has one program anyway.
// REQUIRES: a transaction; bring_up_to_date() was called once
Result<void> lock_schema(SqlConnection& sql);

struct ReadModelTable {
    std::string_view name;
    bool people;
    bool view;
};
std::span<const ReadModelTable> read_model_tables();

}  // namespace doorstep
