#include "sync/vault/boot_time.h"

#include <time.h>

#include <fstream>
#include <string>

namespace doorstep {

SystemBootTime::SystemBootTime() {
    std::ifstream in("/proc/sys/kernel/random/boot_id");
    std::string text;
    std::getline(in, text);
    boot_ = Uuid::parse(text).value_or(Uuid{});
}

std::int64_t SystemBootTime::since_boot_ms() const {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace doorstep
