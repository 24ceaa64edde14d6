// An address as columns of people_contact, in that order.
#pragma once

#include <string_view>

#include "sync/operation/operation.h"
#include "sync/store/sql_values.h"

namespace doorstep {

inline constexpr std::string_view address_columns =
    "p.number_or_name, p.flat, p.road, p.postcode, p.uprn, p.operation_id";

inline bool has_address(const SqlRow& row, int first) {
    return !row.is_null(first + 5);
}

inline DoorAddress address_at(const SqlRow& row, int first) {
    if (!has_address(row, first))
        return {};
    DoorAddress address{row.blob(first), row.blob(first + 1), row.blob(first + 2), row.blob(first + 3), {}};
    if (!row.is_null(first + 4))
        address.uprn = unsigned_column(row, first + 4);
    return address;
}

}  // namespace doorstep
