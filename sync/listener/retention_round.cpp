#include "sync/listener/retention_round.h"

#include <spdlog/spdlog.h>

#include "sync/listener/noted.h"

namespace doorstep {

namespace {

constexpr std::int64_t day_ms = 86'400'000;
Result<RetentionSearch::Step> go_on(DataFolder& data, RetentionSearch& search) {
    TRY(const auto by, data.forgetting());
    TRY(const auto step, search.step(by));
    if (step.forgotten > 0)
        TRY_DO(note(data, {"endpoint", "retention", "", "their time is over"}));
    return step;
}

}  // namespace

void RetentionRound::look(DataFolder& data) {
    const auto now = data.clock().now_ms();
    if (!data.has_keys() || (done_ms_ != 0 && now - done_ms_ < day_ms && now >= done_ms_))
        return;
    const auto step = go_on(data, search_);
    if (!step.ok())
        spdlog::error("What has outlived its time could not be forgotten: {}", step.error().text());
    else if (step->forgotten > 0)
        spdlog::info("{} facts whose time is over were forgotten.", step->forgotten);
    if (!step.ok() || step->ended)
        done_ms_ = now;
}

}  // namespace doorstep
