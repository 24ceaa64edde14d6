// Puts opened rows into the tables in memory, as fast as SQLite takes them: statements
// are prepared once, values are bound where they stand, and where there are many rows, indexes
// are made when all are there.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/record_map.h"
#include "sync/store/row_text.h"
#include "sync/store/sealed_tables.h"
#include "sync/store/sql_connection.h"

struct sqlite3_stmt;

namespace doorstep {

class RowLoader {
public:
    // Takes the indexes of the kept tables away where that pays.  `memory`: a connection of this room.
    // REQUIRES: a transaction is open, until finish() has returned or it is rolled back.
    static Result<RowLoader> begin(SqlConnection& memory);

    // Where it stands now.  damaged: it does not fit the others.  newer_version: a table or
    // a column that this program does not know.
    Result<RowPlace> put(const RecordText::Row& row);
    // The indexes are there again.
    Result<void> finish();

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
    struct Table {
        std::string_view name;
        std::vector<std::string> columns;
        std::vector<Statement> inserts;  // by the number of values
    };

    explicit RowLoader(SqlConnection& memory) : memory_(&memory) {}
    Result<void> drop_indexes();
    Result<void> read_columns(Table& table);
    sqlite3_stmt* insert_into(Table& table, std::size_t values);

    SqlConnection* memory_;
    std::array<Table, kept_number_max + 1> tables_{};
    std::vector<std::string> indexes_;
};

}  // namespace doorstep
