#include "sync/listener/retention_round.h"

#include <spdlog/spdlog.h>

#include "sync/listener/noted.h"

namespace doorstep {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;

Result<RetentionSearch::Step> go_on(DataFolder& data, RetentionSearch& search) {
    TRY(const auto by, data.forgetting());
    TRY(const auto step, search.step(by));
    if (step.forgotten > 0) {
        TRY_DO(note(data, {"endpoint", "retention", "", "their time is over"}));
        TRY_DO(data.forget_copies());
    }
    return step;
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
    const auto copies = applied.ok() && *applied > 0 ? data.forget_copies() : data.forget_old_copies();
    if (!copies.ok())
        spdlog::error("A copy of before an upgrade still holds what was forgotten: {}",
                      copies.error().text());
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
    const auto step = go_on(data, search_);
    if (!step.ok())
        spdlog::error("What has outlived its time could not be forgotten: {}", step.error().text());
    else if (step->forgotten > 0)
        spdlog::info("{} facts whose time is over were forgotten.", step->forgotten);
    if (!step.ok() || step->ended)
        done_ms_ = now;
}

}  // namespace doorstep
