#include "tests/simulation/world.h"

#include <fmt/format.h>

#include "tests/simulation/oracle.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"

namespace doorstep::simulation {

namespace {

constexpr std::int64_t begins_ms = 1'370'678'400'000;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t day_ms = 5 * 60 * minute_ms;  // the hours of a working day
constexpr std::int64_t round_ms = 20 * minute_ms;    // longer than any wait the engine may choose
// The first brings everything to the centre, the second down again, the third
// is for a tablet that had to compare first.
constexpr int rounds_max = 3;
constexpr std::int64_t year_ms = 365LL * 24 * 60 * minute_ms;

}  // namespace

World::World(const Plan& the_plan)
    : plan(the_plan), clock(begins_ms, 60), random(the_plan.seed), network(plan.faults, random),
      neighbourhood(random), trace_(the_plan.print_trace) {}

World::~World() = default;

void World::after(std::int64_t delay_ms, std::function<void()> happens) {
    queue_.push({clock.now_ms() + delay_ms, ++order_, std::move(happens)});
}

void World::trace(std::string_view who, std::string_view what) {
    trace_.add(clock.now_ms() - begins_ms, who, what);
}

void World::broken(const std::string& promise) {
    trace("BROKEN", promise);
    if (broken_.empty())
        broken_ = promise;
}

void World::set_up() {
    endpoint_ = std::make_unique<SimEndpoint>(*this);
    const int count = 2 + static_cast<int>(random.below(2)) + (random.chance(0.1) ? 1 : 0);
    for (int i = 1; i <= count; ++i) {
        const auto years = static_cast<std::int64_t>(random.below(21)) - 10;
        const bool skewed = plan.faults.count(Fault::skew) != 0;
        tablets_.push_back(std::make_unique<SimTablet>(*this, i, skewed ? years * year_ms : 0));
    }
}

void World::sometime(std::uint64_t times, const std::function<void()>& happens) {
    for (auto n = (times * plan.busy + 99) / 100; n > 0; --n)
        after(static_cast<std::int64_t>(random.below(day_ms)), happens);
}

void World::plan_tablet(SimTablet& tablet) {
    const auto has = [&](Fault fault) { return plan.faults.count(fault) != 0; };
    sometime(3 + random.below(5), [&tablet] { tablet.work(); });
    sometime(2 + random.below(4), [&tablet] { tablet.sync_now(); });
    sometime(has(Fault::tablet_crash) ? random.below(3) : 0, [&tablet] { tablet.crash(); });
    const auto hours = static_cast<std::int64_t>(random.below(41)) - 20;
    sometime(has(Fault::skew) ? random.below(3) : 0,
             [&tablet, hours] { tablet.jump(hours * 60 * minute_ms + 1); });
}

void World::plan_centre() {
    const auto has = [&](Fault fault) { return plan.faults.count(fault) != 0; };
    const auto some_time = [&] { return static_cast<std::int64_t>(random.below(day_ms)); };
    sometime(has(Fault::endpoint_crash) ? 1 + random.below(4) : 0, [this] { endpoint_->crash(); });
    if (has(Fault::full_disk)) {
        const auto begins = some_time();
        after(begins, [this] { endpoint_->set_full_disk(true); });
        after(begins + static_cast<std::int64_t>(random.below(30)) * minute_ms,
              [this] { endpoint_->set_full_disk(false); });
    }
    // What was born at the centre after its backup is lost with it: no tablet has
    // to bring it again.
    if (!has(Fault::restore))
        return sometime(random.below(6), [this] { endpoint_->agency_answers(); });
    const auto backed_up = some_time() / 2;
    after(backed_up, [this] { endpoint_->back_up(); });
    after(backed_up + 1 + some_time() / 2, [this] { endpoint_->restore(); });
}

void World::plan_the_day() {
    for (const auto& tablet : tablets_)
        plan_tablet(*tablet);
    plan_centre();
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
    endpoint_->calm();
    for (const auto& tablet : tablets_)
        tablet->calm();
    // Nobody touches a tablet: what is recorded goes out by itself, unless the
    // officer was told that he has to do something.
    run_until(clock.now_ms() + 2 * round_ms);
    for (const auto& tablet : tablets_)
        if (broken_.empty() && !is_sent(*tablet) && tablet->state().what != SyncState::What::refused)
            broken(fmt::format("I13 liveness: {} does not send by itself", tablet->name()));
    for (int round = 1; round <= rounds_max && broken_.empty(); ++round) {
        for (const auto& tablet : tablets_)
            tablet->sync_now();
        run_until(clock.now_ms() + round_ms);
        if (is_drained(*this))
            return;
    }
    for (const auto& tablet : tablets_)
        trace(tablet->name(), fmt::format("{} unsent, {}", tablet->state().unsent, tablet->state().words));
    broken(fmt::format("I13 liveness: not everything arrived within {} rounds", rounds_max));
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
