// Through whom a tablet reaches its endpoint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "forms/base/result.h"

namespace doorstep {

struct Proxy {
    enum class Way : std::uint8_t {
        none,       // directly, whatever the environment says
        automatic,  // as the system says, else as the environment does
        by_hand
    } way = Way::none;
    std::string address = {};   // by hand: "http://proxy.example.org:3128"
    std::string name = {};      // empty: it asks for none
    std::string password = {};  // kept sealed (client/app/line_file.h), never shown again
    bool operator==(const Proxy&) const = default;
};

// What an officer types, "proxy.example.org:3128", as it is kept.  bad_input: a sentence that says
// what is missing, by an example.  Names, passwords and paths have no place in it.
Result<std::string> proxy_address(std::string_view typed);

}  // namespace doorstep
