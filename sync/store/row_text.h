// A row of any table as bytes, for sealing: which table, which row, and its values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct RowText {
    std::uint8_t table = 0;  // its number in kept_tables()
    std::int64_t rowid = 0;
    std::vector<SqlValue> values;  // in the order of the columns
    bool operator==(const RowText&) const = default;
};

std::string encode_row(const RowText& row);
// damaged: not what encode_row() writes.  The values are copies.
Result<RowText> decode_row(std::string_view bytes);

// A value as it stands in the bytes: text and blobs are parts of them.
struct RowPart {
    enum class Kind : std::uint8_t { null = 0, integer = 1, real = 2, text = 3, blob = 4 };
    Kind kind = Kind::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view bytes{};
};
struct RowHeader {
    std::uint8_t table = 0;
    std::int64_t rowid = 0;
};
// The same without copies: calls `each` for every value, from the first.
Result<RowHeader> read_row(std::string_view bytes, const std::function<void(const RowPart&)>& each);

}  // namespace doorstep
