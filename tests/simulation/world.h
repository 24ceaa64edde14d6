// One run: tablets, network and centre on one thread under a clock that only
// the queue moves.  Everything follows from the seed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/uuid.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/erasures.h"
#include "tests/simulation/facts.h"
#include "tests/simulation/network.h"
#include "tests/simulation/trace.h"

namespace doorstep::simulation {

class NewerTablet;
class SimEndpoint;
class SimTablet;

struct Plan {
    std::uint64_t seed = 1;
    Faults faults;
    Mutant mutant = Mutant::none;
    std::uint64_t busy = 100;  // percent of what the seed has officers and operators do
    bool print_trace = false;
};

// What the officers pressed a button for: the truth that everything is held
// against.
struct Model {
    struct Fact {
        std::string tablet;  // empty: born at the centre
        Uuid enrolment;
        std::uint64_t sequence = 0;
        std::uint64_t cursor_seen = 0;  // how far the feed was known when it was recorded
        std::string bytes;
        // It was on no disk that is still there: the centre may have it all the same.
        bool may_be_lost = false;
        bool after_image = false;      // its tablet went back to a copy of its disk that it is not in
        std::int64_t acked_ms = 0;     // since when its tablet knows that the centre has it; 0: it does not
        bool forgotten = false;        // by an order: nobody may hold what it says any more
        bool named = false;            // by the order itself
        std::size_t judged_by = 0;     // orders
        std::int64_t recorded_ms = 0;  // by the world's clock; 0: not on a tablet
        bool wrong_clock = false;      // told another time than that
    };
    std::map<Uuid, Fact> facts;  // by operation id
    std::set<Uuid> referrals;
    std::set<Uuid> doubted;          // set aside until somebody had them forgotten
    std::set<Uuid> unknown;          // facts of a version that is not here yet
    std::set<std::string> set_back;  // tablets whose disk went back
    std::set<std::string> enrolled_again;
    // How far each reader ever saw each referral: cycle and state.
    using SeenState = std::pair<std::int64_t, std::int64_t>;
    std::map<std::string, std::map<Uuid, SeenState>> seen_states;
};

class World;

// Nobody can tell whether it is of before an order or after: it was recorded by a clock that was wrong, and
// that has been set at some time.
bool may_be_either(World& world, const Model::Fact& fact);
// The tablet that recorded it, at some time.
bool had_its_clock_set(World& world, const Model::Fact& fact);

class World {
public:
    explicit World(const Plan& plan);
    ~World();

    // Empty when every promise held; otherwise which one broke, and where.
    std::string run();
    const Sha256& trace_hash() const { return trace_.hash(); }

    // For the parts.
    const Plan plan;
    ManualClock clock;
    SeededRandom random;
    // Before anything draws a secret.
    const bool secrets_seeded;
    Network network;
    Neighbourhood neighbourhood;
    Model model;
    Erasures erasures;
    // A real folder, gone with the run, for what is no database.
    const std::string& folder();

    void after(std::int64_t delay_ms, std::function<void()> happens);
    void trace(std::string_view who, std::string_view what);
    void broken(const std::string& promise);  // the first one is kept
    SimEndpoint& endpoint() { return *endpoint_; }
    const std::vector<std::unique_ptr<SimTablet>>& tablets() const { return tablets_; }

private:
    struct Happening {
        std::int64_t at_ms;
        std::uint64_t order;  // of two at the same moment, the one that was planned first
        std::function<void()> happens;
        bool operator<(const Happening& other) const {
            return at_ms != other.at_ms ? at_ms > other.at_ms : order > other.order;
        }
    };
    void set_up();
    void plan_the_day();
    void plan_tablet(SimTablet& tablet);
    void plan_mishaps(SimTablet& tablet);
    void plan_centre();
    void plan_between(std::int64_t from_ms, std::int64_t to_ms);
    // `begins`, and up to half an hour later `ends`.
    void for_a_while(const std::function<void()>& begins, const std::function<void()>& ends);
    // `times` at moments of the day.
    void sometime(std::uint64_t times, const std::function<void()>& happens);
    void run_until(std::int64_t at_ms);
    void drain();
    void drain_tablets();
    void rest();
    void drain_agencies();

    std::int64_t moment();  // of the day

    const std::int64_t day_ms_;
    std::optional<TemporaryFolder> folder_;
    Trace trace_;
    std::priority_queue<Happening> queue_;
    std::uint64_t order_ = 0;
    std::string broken_;
    std::unique_ptr<SimEndpoint> endpoint_;
    std::vector<std::unique_ptr<SimTablet>> tablets_;
    std::unique_ptr<NewerTablet> newer_;  // with poison
};

}  // namespace doorstep::simulation
