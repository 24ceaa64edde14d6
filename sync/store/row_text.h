// A row of any table as bytes, for sealing: which table, which row, and its values.
#pragma once

#include <cstdint>
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

}  // namespace doorstep
