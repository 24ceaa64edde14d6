#include "forms/base/clock.h"

#include <chrono>
#include <ctime>

namespace doorstep {
namespace {

int machine_offset_minutes(std::int64_t at_ms) {
    const auto seconds = static_cast<std::time_t>(at_ms >= 0 ? at_ms / 1000 : (at_ms - 999) / 1000);
    std::tm local{};
    return localtime_r(&seconds, &local) ? static_cast<int>(local.tm_gmtoff / 60) : 0;
}

}  // namespace

std::int64_t SystemClock::now_ms() const {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

int SystemClock::utc_offset_minutes(std::int64_t at_ms) const {
    return machine_offset_minutes(at_ms);
}

int ManualClock::utc_offset_minutes(std::int64_t at_ms) const {
    return zone_ == Zone::fixed ? offset_minutes_ : machine_offset_minutes(at_ms);
}

}  // namespace doorstep
