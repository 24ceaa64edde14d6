#include "sync/vault/told_time.h"

#include <algorithm>

namespace doorstep {

std::int64_t now_told_ms(const ToldTime& kept, const BootTime& boot) {
    if (kept.at_ms <= 0)
        return 0;
    const auto running_ms = std::max<std::int64_t>(0, boot.since_boot_ms());
    // Started anew: so long it runs at least.
    if (kept.boot.is_nil() || kept.boot != boot.boot())
        return boot.boot().is_nil() ? kept.at_ms : kept.at_ms + running_ms;
    return kept.at_ms + std::max<std::int64_t>(0, running_ms - kept.since_boot_ms);
}

ToldTime told(const ToldTime& kept, std::int64_t endpoint_ms, const BootTime& boot) {
    if (endpoint_ms <= 0 || endpoint_ms == kept.told_ms)
        return kept;
    return {endpoint_ms, endpoint_ms, boot.boot(), boot.since_boot_ms()};
}

ToldTime counted_on(const ToldTime& kept, const BootTime& boot) {
    if (kept.at_ms <= 0)
        return kept;
    return {now_told_ms(kept, boot), kept.told_ms, boot.boot(), boot.since_boot_ms()};
}

}  // namespace doorstep
