#include "tests/simulation/world.h"

#include <fmt/format.h>

#include "tests/simulation/oracle.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"

namespace doorstep::simulation {

namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t day_ms = 5 * 60 * minute_ms;  // the hours of a working day
constexpr std::int64_t round_ms = 20 * minute_ms;    // longer than any wait the engine may choose
constexpr int rounds_max = 5;
constexpr std::int64_t year_ms = 365LL * 24 * 60 * minute_ms;

}  // namespace

World::World(const Plan& the_plan)
    : plan(the_plan), clock(1'370'678'400'000, 60), random(the_plan.seed), network(plan.faults, random) {}

World::~World() = default;

void World::after(std::int64_t delay_ms, std::function<void()> happens) {
    queue_.push({clock.now_ms() + delay_ms, ++order_, std::move(happens)});
}

void World::trace(const std::string& line) {
    const auto full = fmt::format("{:>9} {}", clock.now_ms() - 1'370'678'400'000, line);
    for (const char c : full)
        trace_hash_ = (trace_hash_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    if (plan.print_trace)
        fmt::print("{}\n", full);
}

void World::broken(const std::string& promise) {
    trace("BROKEN " + promise);
    if (broken_.empty())
        broken_ = promise;
}

void World::set_up() {
    endpoint_ = std::make_unique<SimEndpoint>(*this);
    const int count = 2 + static_cast<int>(random.below(3));
    for (int i = 1; i <= count; ++i) {
        const auto years = static_cast<std::int64_t>(random.below(21)) - 10;
        const bool skewed = plan.faults.count(Fault::skew) != 0;
        tablets_.push_back(std::make_unique<SimTablet>(*this, i, skewed ? years * year_ms : 0));
    }
}

void World::plan_the_day() {
    const auto some_time = [&] { return static_cast<std::int64_t>(random.below(day_ms)); };
    const auto has = [&](Fault fault) { return plan.faults.count(fault) != 0; };
    for (const auto& tablet : tablets_) {
        SimTablet* const one = tablet.get();
        for (auto n = 4 + random.below(8); n > 0; --n)
            after(some_time(), [one] { one->work(); });
        for (auto n = 2 + random.below(4); n > 0; --n)
            after(some_time(), [one] { one->sync_now(); });
        for (auto n = has(Fault::tablet_crash) ? random.below(3) : 0; n > 0; --n)
            after(some_time(), [one] { one->crash(); });
    }
    for (auto n = has(Fault::endpoint_crash) ? 1 + random.below(4) : 0; n > 0; --n)
        after(some_time(), [this] { endpoint_->crash(); });
    if (has(Fault::full_disk)) {
        const auto begins = some_time();
        after(begins, [this] { endpoint_->set_full_disk(true); });
        after(begins + static_cast<std::int64_t>(random.below(30)) * minute_ms,
              [this] { endpoint_->set_full_disk(false); });
    }
    if (has(Fault::restore)) {
        const auto backed_up = some_time() / 2;
        after(backed_up, [this] { endpoint_->back_up(); });
        after(backed_up + 1 + some_time() / 2, [this] { endpoint_->restore(); });
    }
}

void World::run_until(std::int64_t at_ms) {
    while (!queue_.empty() && queue_.top().at_ms <= at_ms && broken_.empty()) {
        const Happening next = queue_.top();
        queue_.pop();
        clock.set_ms(next.at_ms);
        next.happens();
    }
    clock.set_ms(at_ms);
}

// The faults are over: everybody must get through, within a few rounds.
void World::drain() {
    network.calm();
    endpoint_->set_full_disk(false);
    for (const auto& tablet : tablets_)
        tablet->calm();
    for (int round = 1; round <= rounds_max && broken_.empty(); ++round) {
        trace(fmt::format("round {}", round));
        for (const auto& tablet : tablets_)
            tablet->sync_now();
        run_until(clock.now_ms() + round_ms);
        if (is_drained(*this))
            return;
    }
    for (const auto& tablet : tablets_)
        trace(
            fmt::format("{}: {} unsent, {}", tablet->name(), tablet->state().unsent, tablet->state().words));
    broken(fmt::format("liveness: not everything arrived within {} rounds", rounds_max));
}

std::string World::run() {
    set_up();
    plan_the_day();
    run_until(clock.now_ms() + day_ms);
    if (broken_.empty())
        drain();
    if (broken_.empty())
        check_end(*this);
    return broken_;
}

}  // namespace doorstep::simulation
