// Many tablets at once, in one thread: each with a connection of its own, from an address of its own, that
// checks the endpoint's certificate by the pins of its ticket, signs what it asks and believes only what
// is signed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "sync/http/http_client.h"
#include "sync/store/store.h"
#include "tests/bench/sync/records.h"

namespace doorstep::bench {

struct Ask {
    HttpRequest request;
    // Of a push: what its acknowledgement must say.
    Sequence acked_through = 0;
    Sha256 chain{};
};
Ask ask_push(const PreparedPush& push);
Ask ask_status();
Ask ask_pull(const Uuid& epoch, std::uint64_t cursor, int limit);

struct LoadTablet {
    const TabletIdentity* identity = nullptr;
    std::string from;       // of 127.0.0.0/8
    std::vector<Ask> asks;  // one after the other, over one connection
};
// The nth address of 127.0.0.0/8 that is not the endpoint's own.
std::string address_of(std::size_t nth);

struct LoadOptions {
    int port = 0;
    std::string pins;
    // A body goes in ten pieces, evenly over this time.
    std::chrono::milliseconds dribble{0};
    std::chrono::seconds patience{120};
};

struct LoadOutcome {
    double seconds = 0;             // from the first connection to the last proven answer
    std::vector<double> answer_ms;  // each: from the first byte asked to the proven answer
    std::vector<double> tablet_ms;  // each: from its connection to its last answer
    std::size_t errors = 0;         // tablets whose asks were not all answered as they must be
    std::string first_error;
};
// Everything that fails is counted, nothing is asked twice.
Result<LoadOutcome> run_load(const std::vector<LoadTablet>& tablets, const LoadOptions& options);

}  // namespace doorstep::bench
