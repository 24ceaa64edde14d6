#include "sync/listener/retention_round.h"

#include <spdlog/spdlog.h>

#include "sync/listener/noted.h"

namespace doorstep {

namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::size_t homes_at_once = 50;

Result<std::int64_t> forget_some(DataFolder& data) {
    TRY(const auto by, data.forgetting());
    TRY(const auto facts, run_retention(by, {}, homes_at_once));
    if (facts > 0)
        TRY_DO(note(data, {"endpoint", "retention", "", "their time is over"}));
    return facts;
}

}  // namespace

void RetentionRound::look(DataFolder& data) {
    const auto now = data.clock().now_ms();
    if (!data.has_keys() || (done_ms_ != 0 && now - done_ms_ < day_ms && now >= done_ms_))
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
