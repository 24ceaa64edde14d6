// What stands in the log and was set aside, as the centre sees it: ids, tablets and reasons, no content.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct SetAsideRow {
    Uuid fact;
    std::string tablet;  // empty: born here, or nobody's that is known
    std::string reason;
    std::int64_t since_ms = 0;  // 0: not known
};
// The newest first, at most so many; and how many there are.
struct SetAsideList {
    std::vector<SetAsideRow> rows;
    std::uint64_t all = 0;
};
Result<SetAsideList> set_aside_list(SqlConnection& sql, std::int64_t at_most);

// Of what came before then and cannot be read to this day: the oldest, as many as say anything.
Result<std::vector<Uuid>> unreadable_since(SqlConnection& sql, std::int64_t before_ms);

}  // namespace doorstep
