// Rows as bytes, for sealing: a record is some rows of any tables, the header of an
// operation and all that was folded from it as a rule.
//
// Small, since each record is padded to a multiple of 256 bytes: a value that stands in
// the record already (ids, clocks) is told by its place, a word of ours by its number, and
// small numbers and lengths share a byte with what they are.  A contact fits one block.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct RowText {
    std::uint8_t table = 0;        // its number in kept_tables()
    std::vector<SqlValue> values;  // in the order of the columns
    bool operator==(const RowText&) const = default;
};

std::string encode_record(std::span<const RowText> rows);

// A value as it stands in the bytes: text and blobs are parts of them.
struct RowPart {
    enum class Kind : std::uint8_t { null, integer, real, text, blob };
    Kind kind = Kind::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view bytes{};
};

// A record without copies, as long as its bytes stand.  Used for one after the other, it
// allocates nothing.
class RecordText {
public:
    struct Row {
        std::uint8_t table = 0;
        std::span<const RowPart> values;
    };

    // damaged: not what encode_record() writes.
    Result<void> read(std::string_view bytes);

    std::size_t size() const { return rows_.size(); }
    Row row(std::size_t index) const {
        return {rows_[index].table, std::span(parts_).subspan(rows_[index].first, rows_[index].count)};
    }

private:
    struct Place {
        std::uint8_t table;
        std::size_t first;
        std::size_t count;
    };
    std::vector<RowPart> parts_;
    std::vector<Place> rows_;
};

}  // namespace doorstep
