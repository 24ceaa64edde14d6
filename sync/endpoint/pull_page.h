// A page of the feed, as a tablet is given it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/wire/messages.h"

namespace doorstep {

struct PageAsked {
    std::vector<std::string> areas;  // that the tablet was given; none: all
    bool names_scope = false;        // an older app knows nothing of it, and is given a page without holes
    std::optional<std::string> patch{};  // its history; nothing: the feed
    std::uint64_t after = 0;
    std::uint64_t through = 0;  // of a history where it ends, else the newest place
    std::uint64_t limit = 0;
};

// All of the page but epoch, enrolment, hash and time.  Of other patches nothing leaves: their facts are left
// out, or told as places alone to who would take them for missing.
Result<wire::PullReply> page_for(const Call& call, const PageAsked& asked);

}  // namespace doorstep
