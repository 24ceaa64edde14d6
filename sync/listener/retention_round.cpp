#include "sync/listener/retention_round.h"

#include <spdlog/spdlog.h>

#include "sync/listener/noted.h"

namespace doorstep {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;
constexpr std::size_t homes_at_once = 50;

Result<std::int64_t> forget_some(DataFolder& data) {
    TRY(const auto by, data.forgetting());
    TRY(const auto facts, run_retention(by, {}, homes_at_once));
    if (facts > 0)
        TRY_DO(note(data, {"endpoint", "retention", "", "their time is over"}));
    return facts;
}

}  // namespace

// An order that the disk refused stands on the list, and would wait for the next start.
void RetentionRound::go_on_forgetting(DataFolder& data) {
    const auto now = data.clock().now_ms();
    if (looked_ms_ != 0 && now - looked_ms_ < hour_ms && now >= looked_ms_)
        return;
    looked_ms_ = now;
    const auto by = data.forgetting();
    const auto applied = by.ok() ? reapply_erasures(*by) : Result<std::int64_t>(by.error());
    if (!applied.ok())
        spdlog::error("What stands on the erasure list could not be forgotten: {}", applied.error().text());
    else if (*applied > 0)
        spdlog::info("{} orders of the erasure list were carried out that a fault had stopped.", *applied);
}

void RetentionRound::look(DataFolder& data) {
    if (!data.has_keys())
        return;
    go_on_forgetting(data);
    const auto now = data.clock().now_ms();
    if (done_ms_ != 0 && now - done_ms_ < day_ms && now >= done_ms_)
        return;
    const auto facts = forget_some(data);
    if (!facts.ok())
        spdlog::error("What has outlived its time could not be forgotten: {}", facts.error().text());
    else if (*facts > 0)
        spdlog::info("{} facts whose time is over were forgotten.", *facts);
    if (!facts.ok() || *facts == 0)
        done_ms_ = now;
}

}  // namespace doorstep
