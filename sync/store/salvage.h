// Takes what is intact out of a damaged file: row by row from the pages themselves, so
// that a broken page costs the rows on it and no others.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/sqlite_pages.h"
#include "sync/vault/sealed_row.h"

namespace doorstep {

struct SalvagedTable {
    std::string name;
    std::int64_t saved = 0;
    std::int64_t refused = 0;  // it was there and does not prove itself
};

struct Salvaged {
    std::vector<SalvagedTable> tables;
    std::int64_t broken_rows = 0;       // on pages that can be read in part
    std::int64_t unplaced = 0;          // nobody knows of which table
    std::int64_t lost_attachments = 0;  // of which a piece is missing
    std::uint32_t pages = 0;
    std::uint32_t lost_pages = 0;  // of which nothing can be told any more

    std::int64_t saved() const;
    // Counts, for whoever mends the tablet; no content.
    std::string text() const;
};

// Whether a row proves itself: of that table, with those values, unchanged.
using RowProof = std::function<bool(std::string_view table, const std::vector<SqlValue>& values)>;

// A damaged file's bytes, and its log's; what cannot be read is zeros.
Result<SqlitePages> read_pages(const std::string& file);

// Copies each intact row into the tables of the same name in `fresh`, which are empty
// and of the same version; `schema` is "main" or what the file is attached as.  One
// transaction.  A row that is there already is left as it is.
Result<Salvaged> salvage(const SqlitePages& damaged, SqlConnection& fresh, const std::string& schema,
                         const RowProof& proof);

// A sealed store, salvaged into a new file; each row is opened to see that it is what it
// was.  Follow it by open_sealed(), mend_positions() and Store::rebuild().
Result<Salvaged> salvage_sealed(const SqlitePages& damaged, const std::string& fresh_file,
                                const RowKeys& keys, const SqliteOptions& options = {});

// Where push and pull stand, worked out again from what was salvaged: everything is
// pulled once more, so that lost facts of others come back, and everything unsent is
// pushed.
Result<void> mend_positions(SqlConnection& sql);

}  // namespace doorstep
