// Our SQL as PostgreSQL wants it: the few words in which it differs from SQLite's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doorstep {

struct NumberedSql {
    std::string sql;                 // with $1, $2 ...
    std::vector<std::string> names;  // the parameter that each of them takes
};

// `:name` becomes a number of its own at every place where it stands, so that each place gets its type by
// itself.  What is quoted, a comment or a cast (::) stays as it is.
NumberedSql numbered(std::string_view sql);

// Schema text: blob is bytea, integer is bigint (as it is in SQLite), text compares byte by byte, and
// x'' is an empty bytea.
std::string postgres_schema(std::string_view sql);

}  // namespace doorstep
