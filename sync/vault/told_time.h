// What time it is at least, as far as the endpoint told it under its signature and as the machine has counted
// since: never by a clock that somebody can set.  What is switched off counts nothing until the endpoint
// tells again: such a tablet forgets later than it could, never sooner than it may.
#pragma once

#include <cstdint>

#include "sync/vault/boot_time.h"

namespace doorstep {

// As it is kept.
struct ToldTime {
    std::int64_t at_ms = 0;          // told, or counted on from what was told; 0: never told
    std::int64_t told_ms = 0;        // as the endpoint told it last
    Uuid boot{};                     // since whose start at_ms was at
    std::int64_t since_boot_ms = 0;  // this
    bool operator==(const ToldTime&) const = default;
};

// 0: never told.
std::int64_t now_told_ms(const ToldTime& kept, const BootTime& boot);
// What the endpoint told just now stands, later or earlier; the same once more changes nothing.
ToldTime told(const ToldTime& kept, std::int64_t endpoint_ms, const BootTime& boot);
// To be kept, now and then: what was counted outlives the next start.
ToldTime counted_on(const ToldTime& kept, const BootTime& boot);

}  // namespace doorstep
