// Seals what changed in the tables in memory into the records of the file, and knows
// which row stands in which record.  A part of the sealed connection, in its
// transactions.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/record_map.h"
#include "sync/store/row_text.h"
#include "sync/store/sealed_tables.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/sealed_row.h"

namespace doorstep {

class RecordKeeper {
public:
    RecordKeeper(SqlConnection& sql, RowKeys& keys) : sql_(sql), keys_(keys) {}

    // REQUIRES: the tables in memory are there.
    Result<void> prepare();
    // A record of the file stands in memory, in these rows.
    void loaded(std::int64_t number, std::int64_t revision, std::span<const RowPlace> rows);

    // A row in memory was added, changed or removed.
    void changed(std::string_view table, std::int64_t rowid);
    // Writes the records of what changed, in the open transaction; then either of
    Result<void> seal_changes();
    void committed();
    void rolled_back();

private:
    struct Columns {
        std::string select;     // the values of one row
        std::string operation;  // the operation of which it is a part; empty: of none
        int count = 0;
    };
    struct Written {
        std::int64_t number = 0;
        std::int64_t revision = 0;  // 0: it is gone
        std::vector<RowPlace> rows;
    };

    Result<std::int64_t> home_of(const RowPlace& row);
    Result<std::int64_t> home_of_operation(const RowPlace& row, const SqlValue& operation);
    Result<void> find_homes();
    Result<void> seal_record(std::int64_t number, const std::set<RowPlace>& added);
    Result<std::optional<RowText>> row_in_memory(const RowPlace& row);
    Result<void> write(std::int64_t number, std::int64_t revision, std::string_view text);

    SqlConnection& sql_;
    RowKeys& keys_;
    std::map<std::string, std::uint8_t, std::less<>> by_name_;
    std::array<Columns, kept_number_max + 1> columns_;
    RecordMap map_;
    std::int64_t next_number_ = 1;

    // Of the transaction:
    std::set<RowPlace> changes_;
    std::map<std::int64_t, std::set<RowPlace>> homes_;  // records to write, with what changed
    std::set<RowPlace> moved_;                          // from a record to another
    std::map<std::string, std::int64_t> new_records_;   // by the operation they are of
    std::vector<Written> written_;
    std::int64_t new_number_ = 1;
};

}  // namespace doorstep
