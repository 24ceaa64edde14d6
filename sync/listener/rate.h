// How much one tablet may ask in a minute.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>

#include "forms/base/sha256.h"
#include "sync/listener/listener_limits.h"

namespace doorstep {

// Safe from every thread.
class Rate {
public:
    using Moment = std::chrono::steady_clock::time_point;

    // 0: go ahead.  Otherwise the seconds until it may ask again.  `who` is the hash of
    // its enrolment and its address.
    int wait_s(const Sha256& who, std::size_t bytes, Moment now, bool piece_of_picture = false);

private:
    // What is left to ask and to send, refilled as time goes by.
    struct Pace {
        double requests = limits::requests_per_minute;
        double pieces = limits::pieces_per_minute;
        double bytes = limits::bytes_per_minute;
        Moment at;
    };
    void forget_quiet(Moment now);

    std::mutex mutex_;
    std::map<Sha256, Pace> paces_;
};

}  // namespace doorstep
