// What of the store's tables stands where: sealed into records, in the file only, or
// nowhere but in memory.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/sealed_row.h"

namespace doorstep {

// A table in memory whose rows are sealed into the file.
struct KeptTable {
    std::uint8_t number;  // stands in sealed rows: never used for another table
    std::string_view name;
    // The column with the operation of which a row is a part, so that header and facts are
    // one record of the file; empty: each row is a record.
    std::string_view operation = {};
};
std::span<const KeptTable> kept_tables();
inline constexpr std::uint8_t kept_number_max = 31;

// What a record in sealed_row is bound to, and a body of sealed_body ("operation") or
// sealed_envelope ("envelope").
RowIdentity row_identity(std::int64_t number, std::int64_t revision, int schema);
RowIdentity content_identity(const Uuid& id, std::string_view kind);

// The file's own tables, brought up to date.  refused: a store from before records were
// sealed.
Result<void> prepare_file(SqlConnection& sql);

// The tables of schema.h in memory; the bodies of operations and envelopes as views on
// the file, written through triggers.  They call the functions seal_body(id, kind, text),
// open_body(id, kind, generation, sealed) and newest_generation(); those of operations are
// compressed first.  Those of clear_columns.h are called too.
Result<void> prepare_memory(SqlConnection& sql);

}  // namespace doorstep
