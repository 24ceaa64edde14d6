// Which rows in memory stand in which record of the file: a dozen bytes a row.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "sync/store/sealed_tables.h"

namespace doorstep {

// A row in memory: its table's number in kept_tables(), and its rowid, which counts from 0 or 1.
struct RowPlace {
    std::uint8_t table = 0;
    std::int64_t rowid = 0;
    auto operator<=>(const RowPlace&) const = default;
};

// Records are numbered from 1; 0 is none.
class RecordMap {
public:
    // REQUIRES: revision > 0.  Rows that stood in another record are moved; the first ones
    // given are the first ones told.
    void put(std::int64_t record, std::int64_t revision, std::span<const RowPlace> rows);
    void remove(std::int64_t record);

    std::int64_t record_of(const RowPlace& row) const;
    // 0 for one that is not there.
    std::int64_t revision_of(std::int64_t record) const;
    std::vector<RowPlace> rows_of(std::int64_t record) const;

private:
    // Rows of a record lead one to the next.
    struct Link {
        std::uint32_t at = 0;  // in rows_; 0: none
        std::uint8_t table = 0;
    };
    struct Row {
        std::uint32_t record = 0;
        Link next;
    };
    struct Record {
        std::uint32_t revision = 0;
        Link first;
    };
    Row& row_at(const RowPlace& row);
    void unlink(const RowPlace& row);

    std::vector<Record> records_;
    std::array<std::vector<Row>, kept_number_max + 1> rows_;
};

}  // namespace doorstep
