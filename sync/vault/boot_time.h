// Time that nobody can set: since the machine started, sleep included.  For waits after
// wrong passphrases and for the length of a shift, where the wall clock must not matter.
#pragma once

#include <cstdint>

#include "forms/base/uuid.h"

namespace doorstep {

class BootTime {
public:
    virtual ~BootTime() = default;

    // Another one after every start of the machine; nil when the system does not tell.
    virtual Uuid boot() const = 0;
    virtual std::int64_t since_boot_ms() const = 0;
};

// CLOCK_BOOTTIME and the kernel's boot id.
class SystemBootTime final : public BootTime {
public:
    SystemBootTime();
    Uuid boot() const override { return boot_; }
    std::int64_t since_boot_ms() const override;

private:
    Uuid boot_;
};

// Stands until it is moved.
class ManualBootTime final : public BootTime {
public:
    Uuid boot() const override { return boot_; }
    std::int64_t since_boot_ms() const override { return now_ms_; }

    void advance_ms(std::int64_t by_ms) { now_ms_ += by_ms; }
    void restart() {
        ++boot_.bytes[0];
        now_ms_ = 0;
    }

private:
    Uuid boot_{{1, 2, 3}};
    std::int64_t now_ms_ = 60'000;
};

}  // namespace doorstep
