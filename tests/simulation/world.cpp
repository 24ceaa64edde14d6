#include "tests/simulation/world.h"

#include <fmt/format.h>

#include "tests/simulation/fresh_images.h"
#include "tests/simulation/newer_tablet.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/seeded_secrets.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"

namespace doorstep::simulation {

namespace {

constexpr std::int64_t begins_ms = 1'370'678'400'000;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t working_day_ms = 5 * 60 * minute_ms;
constexpr std::int64_t weeks_ms = 40LL * 24 * 60 * minute_ms;
constexpr std::int64_t round_ms = 20 * minute_ms;  // longer than any wait the engine may choose
// The first brings everything to the centre, the second down again, the third
// is for a tablet that had to compare first.
constexpr int rounds_max = 3;
constexpr std::uint64_t records_between = 3;  // of each tablet
constexpr std::int64_t agencies_patience_ms = 12 * 60 * minute_ms;
constexpr std::int64_t year_ms = 365LL * 24 * 60 * minute_ms;

}  // namespace

World::World(const Plan& the_plan)
    : plan(the_plan), clock(begins_ms, 60), random(the_plan.seed),
      secrets_seeded((make_fresh_images(), seed_secrets(the_plan.seed), true)), network(plan.faults, random),
      neighbourhood(random), erasures(*this),
      day_ms_(the_plan.faults.count(Fault::weeks) != 0 ? weeks_ms : working_day_ms),
      trace_(the_plan.print_trace) {}

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
    if (plan.faults.count(Fault::poison) != 0)
        newer_ = std::make_unique<NewerTablet>(*this);
    const int count = 2 + static_cast<int>(random.below(2)) + (random.chance(0.1) ? 1 : 0);
    for (int i = 1; i <= count; ++i) {
        const auto years = static_cast<std::int64_t>(random.below(21)) - 10;
        const bool skewed = plan.faults.count(Fault::skew) != 0;
        const auto drift = static_cast<std::int64_t>(random.below(20'001)) - 10'000;
        tablets_.push_back(std::make_unique<SimTablet>(
            *this, i, skewed ? ClockFault{years * year_ms, drift} : ClockFault{}));
    }
}

const std::string& World::folder() {
    if (!folder_)
        folder_.emplace();
    return folder_->path();
}

std::int64_t World::moment() {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(day_ms_)));
}

void World::sometime(std::uint64_t times, const std::function<void()>& happens) {
    for (auto n = (times * plan.busy + 99) / 100; n > 0; --n)
        after(moment(), happens);
}

void World::for_a_while(const std::function<void()>& begins, const std::function<void()>& ends) {
    const auto at = moment();
    after(at, begins);
    after(at + static_cast<std::int64_t>(random.below(30)) * minute_ms, ends);
}

void World::plan_tablet(SimTablet& tablet) {
    sometime(3 + random.below(5), [&tablet] { tablet.work(); });
    sometime(2 + random.below(4), [&tablet] { tablet.sync_now(); });
    sometime(random.below(3), [&tablet] { tablet.lock(); });
    sometime(1 + random.below(3), [&tablet] { tablet.unlock(); });
    sometime(random.below(3), [&tablet] { tablet.be_idle(); });
    plan_mishaps(tablet);
}

void World::plan_mishaps(SimTablet& tablet) {
    const auto has = [&](Fault fault) { return plan.faults.count(fault) != 0; };
    sometime(has(Fault::tablet_crash) ? random.below(3) : 0, [&tablet] { tablet.crash(); });
    const auto hours = static_cast<std::int64_t>(random.below(41)) - 20;
    const auto years = static_cast<std::int64_t>(random.below(21)) - 10;
    const auto by_ms = random.chance(0.5) ? hours * 60 * minute_ms + 1 : years * year_ms;
    sometime(has(Fault::skew) ? random.below(3) : 0, [&tablet, by_ms] { tablet.jump(by_ms); });
    sometime(has(Fault::bad_disk) ? random.below(3) : 0, [&tablet] { tablet.trouble_disk(); });
    if (has(Fault::full_disk) && random.chance(0.5))
        for_a_while([&tablet] { tablet.set_full_disk(true); }, [&tablet] { tablet.set_full_disk(false); });
    if (has(Fault::read_only) && random.chance(0.5))
        for_a_while([&tablet] { tablet.set_read_only(true); }, [&tablet] { tablet.set_read_only(false); });
    if (has(Fault::tablet_image) && random.chance(0.4)) {
        const auto taken = moment();
        after(taken, [&tablet] { tablet.take_image(); });
        after(taken + 1 + moment(), [&tablet] { tablet.put_image_back(); });
    }
}

void World::plan_centre() {
    const auto has = [&](Fault fault) { return plan.faults.count(fault) != 0; };
    sometime(has(Fault::endpoint_crash) ? random.below(4) : 0, [this] { endpoint_->crash(); });
    sometime(has(Fault::bad_disk) ? random.below(3) : 0, [this] { endpoint_->trouble_disk(); });
    sometime(has(Fault::stranger) ? 5 + random.below(20) : 0, [this] { endpoint_->attacked(); });
    sometime(1 + random.below(6), [this] { endpoint_->be_idle(); });
    sometime(random.below(6), [this] { endpoint_->agency_answers(); });
    if (has(Fault::full_disk))
        for_a_while([this] { endpoint_->set_full_disk(true); }, [this] { endpoint_->set_full_disk(false); });
    sometime(has(Fault::publish) ? 1 + random.below(4) : 0, [this] { endpoint_->publish(); });
    const auto erasures_wanted = 1 + random.below(2);
    sometime(has(Fault::erase) ? erasures_wanted : 0, [this] { endpoint_->erase_home(); });
    if (!has(Fault::restore) && !has(Fault::weeks) && !has(Fault::erase))
        return;
    // Where the day takes weeks they lie far enough apart that what no backup covers has had its fourteen
    // days.
    const bool weeks = has(Fault::weeks);
    const auto backed_up = moment() / (weeks ? 8 : 2);
    after(backed_up, [this] { endpoint_->back_up(); });
    sometime(random.below(2), [this] { endpoint_->back_up(); });
    if (!has(Fault::restore))
        return;
    const auto restored = (weeks ? day_ms_ / 2 : backed_up + 1) + moment() / 2;
    after(restored, [this] { endpoint_->restore(); });
    plan_between(backed_up, restored);
}

// What a backup lacks is what a restore from it is about: records come, are sent, and go on to agencies.
void World::plan_between(std::int64_t from_ms, std::int64_t to_ms) {
    const auto span = static_cast<std::uint64_t>(to_ms - from_ms);
    for (const auto& tablet : tablets_)
        for (auto n = (records_between * plan.busy + 99) / 100; n > 0; --n) {
            const auto at = from_ms + static_cast<std::int64_t>(random.below(span));
            after(at, [&one = *tablet] { one.work(); });
            after(at + minute_ms, [&one = *tablet] { one.sync_now(); });
        }
}

void World::plan_the_day() {
    if (newer_)
        sometime(1 + random.below(3), [this] { newer_->work(); });
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
        if (broken_.empty() && !tablet->is_open())
            broken(fmt::format("I13 liveness: {} does not come on again", tablet->name()));
        else if (broken_.empty() && !is_sent(*tablet) && tablet->state().what != SyncState::What::refused)
            broken(fmt::format("I13 liveness: {} does not send by itself", tablet->name()));
    drain_agencies();
    drain_tablets();
    // What they said of what came late.
    drain_agencies();
    drain_tablets();
    if (broken_.empty() && endpoint_->forget_doubtful())
        drain_tablets();
}

void World::drain_tablets() {
    for (int round = 1; round <= rounds_max && broken_.empty(); ++round) {
        if (newer_)
            newer_->sync_now();
        for (const auto& tablet : tablets_)
            tablet->sync_now();
        run_until(clock.now_ms() + round_ms);
        if (is_drained(*this) && (!newer_ || newer_->is_sent()))
            return;
    }
    for (const auto& tablet : tablets_)
        if (tablet->is_on())
            trace(tablet->name(),
                  fmt::format("{} unsent, {}", tablet->state().unsent, tablet->state().words));
    broken(fmt::format("I13 liveness: not everything arrived within {} rounds", rounds_max));
}

// What was kept long enough goes; what is wanted again comes.
void World::rest() {
    for (const auto& tablet : tablets_)
        tablet->let_go();
    run_until(clock.now_ms() + round_ms);
    if (broken_.empty())
        drain_tablets();
}

// One that was in trouble is left alone for an hour at most, and asked again then.
void World::drain_agencies() {
    for (std::int64_t waited = 0; broken_.empty() && !are_agencies_served(*this); waited += round_ms)
        if (waited > agencies_patience_ms)
            return broken("I13 liveness: not everything was handed over to the agencies");
        else
            run_until(clock.now_ms() + round_ms);
}

std::string World::run() {
    set_up();
    plan_the_day();
    run_until(clock.now_ms() + day_ms_);
    if (broken_.empty())
        drain();
    if (broken_.empty())
        rest();
    if (broken_.empty())
        check_end(*this);
    return broken_.empty() || broken_.starts_with("I14") || plan.faults.count(Fault::skew) == 0
               ? broken_
               : broken_ + " (with I14 skew: clocks are wrong in this run)";
}

}  // namespace doorstep::simulation
