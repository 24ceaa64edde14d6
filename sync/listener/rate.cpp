#include "sync/listener/rate.h"

#include <algorithm>
#include <cmath>

namespace doorstep {

namespace {

double minutes(std::chrono::steady_clock::duration time) {
    return std::chrono::duration<double, std::ratio<60>>(time).count();
}

}  // namespace

// After a quiet minute a pace is full again, so that forgetting it changes nothing.
void Rate::forget_quiet(Moment now) {
    std::erase_if(paces_, [&](const auto& one) { return minutes(now - one.second.at) >= 1.0; });
    // So many enrolments in one minute are guesses: the real tablets just begin afresh.
    if (paces_.size() >= limits::paces_max)
        paces_.clear();
}

int Rate::wait_s(const Sha256& who, std::size_t bytes, Moment now, bool piece_of_picture) {
    const std::lock_guard lock(mutex_);
    if (paces_.size() >= limits::paces_max)
        forget_quiet(now);
    Pace fresh;
    fresh.at = now;
    Pace& pace = paces_.try_emplace(who, fresh).first->second;
    const double passed = std::max(minutes(now - pace.at), 0.0);
    pace.at = now;
    pace.requests =
        std::min(pace.requests + passed * limits::requests_per_minute, limits::requests_per_minute);
    pace.bytes = std::min(pace.bytes + passed * limits::bytes_per_minute, limits::bytes_per_minute);
    pace.pieces = std::min(pace.pieces + passed * limits::pieces_per_minute, limits::pieces_per_minute);
    const auto weight = static_cast<double>(bytes);
    double& left = piece_of_picture ? pace.pieces : pace.requests;
    const double every_minute = piece_of_picture ? limits::pieces_per_minute : limits::requests_per_minute;
    const double missing =
        std::max((1.0 - left) / every_minute, (weight - pace.bytes) / limits::bytes_per_minute);
    if (missing > 0.0)
        return static_cast<int>(std::ceil(missing * 60.0));
    left -= 1.0;
    pace.bytes -= weight;
    return 0;
}

}  // namespace doorstep
