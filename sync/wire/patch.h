// A patch: what the feed is cut into, so that a tablet is given the facts of its own areas.  The patch of
// a fact is the id of the area that it is about, or nothing where it is about none or about several: that
// one is for every tablet.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/uuid.h"

namespace doorstep::wire {

// What belongs to no patch, and the feed as a whole: as parts of it that can be asked for.
inline constexpr const char* no_patch = "";
inline constexpr const char* every_patch = "*";

// An area that may be one: what is called otherwise has no patch.
bool is_patch(std::string_view area);

// Of a scope, by which a pull names it; of none: that of the whole partnership, "all".
std::string scope_name(std::vector<std::string> patches);

// Of ids, each read as four numbers of 32 bits, the big end first: the sums, modulo 2^32.  Which come
// first does not matter.
struct IdSum {
    std::array<std::uint32_t, 4> parts{};

    void add(const Uuid& id);
    std::string hex() const;  // 32 digits
    static std::optional<IdSum> parse(std::string_view hex);
    bool operator==(const IdSum&) const = default;
};

// How many facts of a patch the feed holds up to the end of a page, and which.
struct PatchTotal {
    std::string patch;
    std::uint64_t facts = 0;
    IdSum sum;
    bool operator==(const PatchTotal&) const = default;
};

}  // namespace doorstep::wire
