// The domain's values as parameters and columns of SQL.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// One store serves one partnership; at a centre with several it leads every key.
inline constexpr std::int64_t home_partnership = 1;

inline SqlValue sql_value(const Uuid& id) {
    return Blob{std::string(id.raw())};
}
inline SqlValue sql_value(const Sha256& hash) {
    return Blob{std::string(hash.raw())};
}
inline SqlValue sql_value(std::uint64_t number) {
    return static_cast<std::int64_t>(number);
}
template<class T>
SqlValue sql_value(const std::optional<T>& value) {
    return value ? sql_value(*value) : SqlValue{Null{}};
}

inline SqlValue sql_value(const std::optional<std::string>& text) {
    return text ? SqlValue{*text} : SqlValue{Null{}};
}

inline std::uint64_t unsigned_column(const SqlRow& row, int column) {
    return static_cast<std::uint64_t>(row.integer(column));
}
inline Sha256 sha256_column(const SqlRow& row, int column) {
    Sha256 hash;
    const auto raw = row.blob(column);
    if (raw.size() == hash.bytes.size())
        std::copy(raw.begin(), raw.end(), hash.bytes.begin());
    return hash;
}

}  // namespace doorstep
