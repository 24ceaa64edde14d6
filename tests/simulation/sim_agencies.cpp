#include "tests/simulation/sim_agencies.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/oracle.h"
#include "tests/simulation/oracle_tables.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

using testing::AgencyDoes;

const std::string sender_name = "sender";
constexpr std::int64_t a_minute_ms = 60'000;
// With nothing to do it looks at what agencies hold, now and then; where the day takes weeks, twice a day.
constexpr std::int64_t check_ms = 60 * a_minute_ms;
constexpr std::int64_t check_in_weeks_ms = 12 * check_ms;

}  // namespace

SimAgencies::SimAgencies(World& world)
    : world_(world), random_(world.plan.seed * 32'452'843 + 11),
      check_every_ms_(world.plan.faults.count(Fault::weeks) != 0 ? check_in_weeks_ms : check_ms) {}

Result<void> SimAgencies::set_up(SqlConnection& sql, const Directory& directory, const WorkingKeys* keys) {
    for (const auto& agency : directory.agencies) {
        LineWish wish;
        wish.agency = agency.code;
        wish.adapter = random_.chance(0.25) ? "inbox" : "webhook";
        if (wish.adapter == "webhook") {
            wish.url = "https://" + agency.code + ".example/in";
            wish.ask = random_.chance(0.75) ? "yes" : "no";
        }
        TRY(const auto line, line_of(wish, {}, directory, keys));
        TRY_DO(keep_line(sql, world_.clock, line));
        lines_[agency.code] = line;
        stubs_[agency.code].does = [this, code = agency.code](const HttpRequest& request) {
            return way(code, request);
        };
    }
    return {};
}

bool SimAgencies::can_be_asked(const std::string& agency) const {
    const auto line = lines_.find(agency);
    return line != lines_.end() &&
           (line->second.adapter != AdapterKind::webhook || line->second.can_be_asked);
}

bool SimAgencies::happens(Fault fault, double probability) {
    const bool would = random_.chance(probability);
    return would && !calm_ && world_.plan.faults.count(fault) != 0;
}

Result<void> SimAgencies::begin(Endpoint& endpoint, const Directory& directory) {
    end();
    endpoint_ = &endpoint;
    sender_ = std::make_unique<Sender>(endpoint.store(), directory, world_.clock, random_,
                                       [&endpoint] { return endpoint.keys(); });
    look_soon();
    return sender_->take_over();
}

void SimAgencies::end() {
    ++life_;
    sender_.reset();
    endpoint_ = nullptr;
    in_hand_ = false;
    planned_ms_.reset();
}

void SimAgencies::look_soon() {
    patience_ms_ = patience_first_ms;
    look(1 + static_cast<std::int64_t>(random_.below(5'000)));
}

void SimAgencies::look(std::int64_t after_ms) {
    const auto at = world_.clock.now_ms() + after_ms;
    if (planned_ms_ && *planned_ms_ <= at)
        return;
    planned_ms_ = at;
    world_.after(after_ms, [this, life = life_, at] {
        if (life != life_ || planned_ms_ != at)
            return;
        planned_ms_.reset();
        step();
    });
}

bool SimAgencies::has_work() {
    if (world_.clock.now_ms() >= checked_ms_ + check_every_ms_) {
        checked_ms_ = world_.clock.now_ms();
        return true;
    }
    std::uint64_t rows = 0;
    return !read_number(
               endpoint_->store().sql(), rows,
               "select count(*) from outbox where state in ('waiting', 'leased', 'unknown', 'verify') "
               "or (state = 'withdrawn' and withdrawal = 'to_tell')") ||
           rows > 0;
}

void SimAgencies::step() {
    if (!sender_ || in_hand_)
        return;
    auto& centre = world_.endpoint();
    if (!has_work())
        return look(check_every_ms_ / 2);
    auto taken = sender_->take();
    if (!centre.goes_on())
        return;
    if (!taken.ok()) {
        if (!centre.is_troubled())
            world_.broken("I13 liveness: nothing can be handed over, and nothing is wrong with the disk: " +
                          taken.error().text());
        return look(a_minute_ms);
    }
    world_.trace(sender_name,
                 fmt::format("takes {}, {} into inboxes", taken->parcel ? taken->parcel->agency : "nothing",
                             taken->put_into_inboxes));
    centre.learn_facts();
    if (taken->parcel)
        return carry(*taken->parcel);
    if (taken->put_into_inboxes > 0)
        return look(1'000);
    // What waits for a person waits long.
    look(patience_ms_);
    if (!calm_)
        patience_ms_ = std::min(2 * patience_ms_, check_every_ms_ / 2);
}

void SimAgencies::carry(const Parcel& parcel) {
    in_hand_ = true;
    // Between the journal and the wire.
    if (happens(Fault::endpoint_crash, 0.05))
        return world_.endpoint().crash();
    world_.after(1 + static_cast<std::int64_t>(random_.below(1'000)), [this, life = life_, parcel] {
        if (life == life_)
            speak(parcel);
    });
}

void SimAgencies::speak(const Parcel& parcel) {
    const auto came = deliver(parcel, connect(), world_.clock, random_);
    world_.trace(sender_name,
                 fmt::format("{} {} to {}, attempt {}: {}", word(parcel.purpose), parcel.referral.text(),
                             parcel.agency, parcel.attempt, word(came.came)));
    // What is slow there is done before anybody may ask for it.
    if (came.came == Came::unknown)
        world_.after(static_cast<std::int64_t>(random_.below(45'000)), [this, agency = parcel.agency] {
            stubs_[agency].settle();
            look_at_effects(agency);
        });
    // Between the wire and the record.
    if (happens(Fault::endpoint_crash, 0.05))
        return world_.endpoint().crash();
    const auto patience = came.came == Came::unknown ? 1'000 + random_.below(29'000) : random_.below(2'000);
    world_.after(static_cast<std::int64_t>(patience), [this, life = life_, parcel, came] {
        if (life == life_)
            record(parcel, came);
    });
}

void SimAgencies::record(const Parcel& parcel, Delivery came) {
    auto& centre = world_.endpoint();
    in_hand_ = false;
    // A deliberate mistake: silence is taken for proof that nothing happened.
    if (world_.plan.mutant == Mutant::blind_retry && parcel.purpose == Purpose::send &&
        came.came == Came::unknown)
        came.came = Came::not_there;
    const auto kept = sender_->record(parcel, came);
    if (!centre.goes_on())
        return;
    if (!kept.ok() && !centre.is_troubled())
        world_.broken("I13 liveness: what came of a referral cannot be kept: " + kept.error().text());
    centre.learn_facts();
    check_states(world_, centre.sql(), "endpoint");
    look(100);
}

AgencyDoes SimAgencies::way(const std::string& agency, const HttpRequest& request) {
    const bool well = random_.chance(0.5);
    auto way = static_cast<AgencyDoes>(random_.below(testing::agency_ways));
    if (calm_ || well || world_.plan.faults.count(Fault::agency) == 0)
        way = AgencyDoes::well;
    // A refusal ends it for the machine, and asks for a person: rarely.
    if ((way == AgencyDoes::refuses_422 || way == AgencyDoes::plain_404) && request.method == "POST" &&
        random_.chance(0.8))
        way = AgencyDoes::fails_503;
    world_.trace(agency, fmt::format("is asked {} and does {}", request.method, static_cast<int>(way)));
    return way;
}

Connect SimAgencies::connect() {
    return [this](const std::string& origin) -> Result<std::unique_ptr<HttpClient>> {
        const auto agency = origin.substr(8, origin.find('.') - 8);
        auto connection = std::make_unique<testing::StubConnection>(stubs_[agency]);
        stubs_[agency].watch = [this, agency](const HttpRequest&) {
            world_.after(0, [this, agency] { look_at_effects(agency); });
        };
        return std::unique_ptr<HttpClient>(std::move(connection));
    };
}

// Counted where it happens: what the sender believes is no proof.
void SimAgencies::look_at_effects(const std::string& agency) {
    for (const auto& [referral, count] : stubs_[agency].effects)
        if (effects_of(referral) > 1)
            return world_.broken(
                fmt::format("I3 once: {} was handed referral {} {} times", agency, referral.text(), count));
        else if (world_.model.referrals.count(referral) == 0)
            return world_.broken("I2 no phantom: an agency was handed a referral that nobody raised");
}

int SimAgencies::effects_of(const Uuid& referral) const {
    int effects = 0;
    for (const auto& [agency, stub] : stubs_)
        effects += stub.effects_of(referral);
    return effects;
}

int SimAgencies::withdrawals_of(const Uuid& referral) const {
    int told = 0;
    for (const auto& [agency, stub] : stubs_)
        if (const auto found = stub.withdrawals.find(referral); found != stub.withdrawals.end())
            told += found->second;
    return told;
}

void SimAgencies::calm() {
    calm_ = true;
    patience_ms_ = patience_first_ms;
    for (auto& [agency, stub] : stubs_)
        stub.settle();
    if (sender_)
        look_soon();
}

}  // namespace doorstep::simulation
