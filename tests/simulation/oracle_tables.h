// How the oracle reads the tables of a store.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/uuid.h"
#include "sync/store/sql_connection.h"

namespace doorstep::simulation {

using Log = std::map<Uuid, std::string>;  // the bytes of each fact
using Parameters = std::initializer_list<SqlParameter>;

// False: the disk fails just now, and nothing can be said.
bool read_number(SqlConnection& sql, std::uint64_t& number, std::string_view query,
                 Parameters parameters = {});
bool read_log(SqlConnection& sql, Log& log);
bool read_ids(SqlConnection& sql, std::vector<Uuid>& ids, std::string_view query, Parameters parameters = {});

struct Place {
    std::string epoch;
    std::uint64_t acked_through = 0;
    std::uint64_t last = 0;
    std::uint64_t cursor = 0;
};
// Of a tablet, locked or open.
bool read_place(SqlConnection& sql, Place& place);

}  // namespace doorstep::simulation
