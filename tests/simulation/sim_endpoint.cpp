#include "tests/simulation/sim_endpoint.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
#include "tests/simulation/fresh_images.h"
#include "tests/simulation/must.h"
#include "tests/simulation/mutants.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/stranger.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"
#include "tests/support/joined.h"

namespace doorstep::simulation {

namespace {

const std::string name = "endpoint";
constexpr std::int64_t minute_ms = 60'000;

// One agency that officers name is missing, so that its referrals wait for a
// person.
Directory small_directory() {
    Directory directory;
    ColumnSet columns{"simulated", "Simulated", {}, "safer_streets", {}};
    for (const char* code : {"police", "fire", "red_cross"}) {
        directory.agencies.push_back(Agency{code, code, {}, false, {}, {}, {}, {}, {}});
        columns.columns.push_back({code, code});
    }
    directory.column_sets.push_back(columns);
    return directory;
}

Result<PublicKey> always_the_same_key() {
    return PublicKey{std::string(32, 'K')};
}

const DeviceSecret& device() {
    static const DeviceSecret secret(SecretBytes(std::string(32, 'd')));
    return secret;
}

}  // namespace

SimEndpoint::SimEndpoint(World& world)
    : world_(world), random_(world.plan.seed * 7919 + 1), directory_(small_directory()),
      disk_("simulated-endpoint", fresh_endpoint()), made_keys_(EndpointKeys::make()),
      keys_(keep_working_keys(made_keys_, device())), agencies_(world) {
    if (!open_store())
        give_up(name, Error{doorstep::Fault::broken, "A new store could not be opened.", ""});
    must(agencies_.set_up(*sql_, directory_, endpoint_->keys()), name);
}

SimEndpoint::~SimEndpoint() {
    close();
}

void SimEndpoint::close() {
    agencies_.end();
    endpoint_.reset();
    late_ = nullptr;
    sql_.reset();
}

bool SimEndpoint::open_store() {
    close();
    const auto failed = [&](const Error& error) {
        world_.trace(name, "cannot open its store: " + error.what);
        if (!disk_.is_troubled())
            world_.broken(fmt::format("I1 no loss: the endpoint cannot open its store: {}", error.text()));
        close();
        return false;
    };
    auto sql = open_sqlite(store_name, disk_.options());
    if (!sql.ok())
        return failed(sql.error());
    sql_ = std::move(*sql);
    open_with(world_.plan.mutant, *sql_, "main");
    if (world_.plan.mutant == Mutant::ack_before_commit) {
        auto late = std::make_unique<LateSql>(std::move(sql_));
        late_ = late.get();
        sql_ = std::move(late);
    }
    auto opened = Endpoint::open(*sql_, directory_, world_.clock, random_, always_the_same_key);
    if (!opened.ok())
        return failed(opened.error());
    endpoint_.emplace(std::move(*opened));
    if (const auto used = endpoint_->use_keys(must(read_working_keys(keys_, device()), name)); !used.ok())
        return failed(used.error());
    const auto serving = begin_serving();
    return serving.ok() || failed(serving.error());
}

// What is done before anybody is served.
Result<void> SimEndpoint::begin_serving() {
    learned_ = 0;
    if (world_.plan.faults.count(Fault::erase) != 0 && world_.plan.mutant != Mutant::erase_not_reapplied) {
        TRY(const auto by, endpoint_->forgetting(world_.erasures.list()));
        TRY_DO(reapply_erasures(by));
    }
    return agencies_.begin(*endpoint_, directory_);
}

bool SimEndpoint::goes_on() {
    if (endpoint_ && disk_.is_cut()) {
        end(true);
        return false;  // it may be on again, and is another one
    }
    return endpoint_.has_value();
}

void SimEndpoint::learn_facts() {
    if (!endpoint_ || disk_.is_cut())
        return;
    const bool doubtful = is_troubled();
    std::vector<std::pair<Uuid, std::uint64_t>> born;
    static_cast<void>(sql_->query(
        "select operation_id, pull_seq from operation where enrolment is null and pull_seq > :known "
        "order by pull_seq",
        {{"known", sql_value(learned_)}}, [&](const SqlRow& row) {
            born.emplace_back(row.uuid(0), unsigned_column(row, 1));
            return true;
        }));
    for (const auto& [id, place] : born) {
        const auto body = store().body(id);
        if (!body.ok() || !*body)
            return;
        learned_ = place;
        auto& fact = world_.model.facts[id];
        const bool is_new = fact.bytes.empty();
        if (is_new)
            fact.bytes = **body;
        fact.may_be_lost = doubtful && (is_new || fact.may_be_lost);
    }
}

void SimEndpoint::open() {
    if (endpoint_)
        return;
    disk_.power_on();
    if (calm_)
        disk_.heal();
    plan_end();
    if (!open_store()) {
        ++life_;
        if (!disk_.is_cut() && !disk_.is_full())
            disk_.heal();
        return world_.after(minute_ms, [this, life = life_] {
            if (life == life_)
                open();
        });
    }
    if (beside_)
        lose_rows_beside(world_.plan.mutant, *sql_, *std::exchange(beside_, std::nullopt));
    learn_facts();
    world_.erasures.learn();
    check_centre(world_);
}

bool SimEndpoint::happens(Fault fault, double probability) {
    const bool would = random_.chance(probability);
    return would && !calm_ && world_.plan.faults.count(fault) != 0;
}

void SimEndpoint::plan_end() {
    if (happens(Fault::endpoint_crash, 0.7))
        disk_.cut_power_in(1 + random_.below(random_.chance(0.5) ? 60 : 600), random_);
}

void SimEndpoint::arrive(const HttpRequest& request, Answered answered) {
    if (!endpoint_)
        return answered(Error{doorstep::Fault::unreachable, "Nobody answers there.", ""});
    waiting_.push_back({testing::as_it_arrives(request), std::move(answered)});
    plan_batch();
}

// Long enough that several come together, now and then.
void SimEndpoint::plan_batch() {
    if (batch_planned_ || waiting_.empty())
        return;
    batch_planned_ = true;
    world_.after(1 + static_cast<std::int64_t>(random_.below(random_.chance(0.3) ? 2'000 : 5)), [this] {
        batch_planned_ = false;
        if (endpoint_)
            work_off();
        plan_batch();
    });
}

void SimEndpoint::work_off() {
    const auto count = std::min<std::size_t>(waiting_.size(), 1 + random_.below(8));
    const auto middle = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    const std::vector<Waiting> batch(waiting_.begin(), middle);
    waiting_.erase(waiting_.begin(), middle);
    std::vector<EndpointRequest> requests;
    for (const auto& one : batch)
        requests.push_back(one.request);
    const auto beside = rows_beside(world_.plan.mutant, *sql_);
    const bool ends = ends_program(world_.plan.mutant, endpoint_->keys(), requests);
    const auto responses = ends ? std::vector<EndpointResponse>{} : endpoint_->handle(requests);
    // Between the commit and the replies, too.
    if (ends || disk_.is_cut() || happens(Fault::endpoint_crash, 0.04)) {
        if (!ends && !disk_.is_cut())
            beside_ = beside;
        for (const auto& one : batch)
            one.answered(Error{doorstep::Fault::unreachable, "The connection was cut.", ""});
        return end(!ends);
    }
    learn_facts();
    agencies_.look_soon();
    check_prefix(world_);
    for (std::size_t i = 0; i < batch.size(); ++i)
        answer(batch[i], responses[i]);
}

void SimEndpoint::answer(const Waiting& one, const EndpointResponse& response) {
    world_.trace(name, fmt::format("{} {} -> {} {}", one.request.method, one.request.target, response.status,
                                   brief(response.body)));
    if (response.body.size() > limits::frame_bytes_max)
        world_.broken("I15 bounded: an answer is larger than any tablet takes");
    if (response.status >= 500 && !disk_.is_troubled())
        world_.broken(fmt::format("I13 liveness: the endpoint answers {} with {} and nothing is wrong with "
                                  "its disk",
                                  one.request.target, response.status));
    one.answered(testing::as_it_comes(response));
}

void SimEndpoint::attacked() {
    if (!endpoint_ || late_ || disk_.is_troubled())
        return;
    const auto hostile = hostile_request(random_);
    const auto before = disk_.used();
    const auto response = endpoint_->handle(std::span(&hostile, 1)).front();
    world_.trace(name, fmt::format("is attacked: {} {} {} -> {}", hostile.method, hostile.target,
                                   brief(hostile.body), response.status));
    if (disk_.is_cut())
        return end(true);
    if (response.status < 400 || (response.status >= 500 && !disk_.is_troubled()))
        world_.broken(fmt::format("I15 bounded: a stranger's request is answered with {}", response.status));
    if (response.body.size() > 4096 || disk_.used() > before + hostile_bytes_kept_max)
        world_.broken("I15 bounded: a stranger's request is kept, or answered at length");
}

void SimEndpoint::agency_answers() {
    if (!endpoint_)
        return;
    std::vector<std::pair<Uuid, Uuid>> referrals;
    static_cast<void>(
        sql_->query("select distinct referral, household from fact_referral order by referral, household", {},
                    [&](const SqlRow& row) {
                        referrals.emplace_back(row.uuid(0), row.uuid(1));
                        return true;
                    }));
    if (referrals.empty())
        return;
    const auto& [referral, home] = referrals[static_cast<std::size_t>(random_.below(referrals.size()))];
    bool durable = false;
    if (auto transaction = store().begin(); transaction.ok())
        if (transaction->append({agency_answer(referral, home, random_)}).ok())
            durable = transaction->commit().ok();
    if (late_)
        must(late_->settle(), name);
    world_.trace(name, fmt::format("{} an agency's answer", durable ? "keeps" : "could not keep"));
    if (!goes_on())
        return;
    learn_facts();
    check_states(world_, *sql_, name);
}

// Content of a few sizes, so that some of it travels in parts.
void SimEndpoint::publish() {
    if (!endpoint_ || late_)
        return;
    const auto kind = static_cast<wire::ParcelKind>(random_.below(3));
    NewParcel wanted{kind, published_directory, {}, {}, {}};
    if (kind == wire::ParcelKind::form)
        wanted.name = fmt::format("safer_streets/{}", random_.next());
    if (kind == wire::ParcelKind::addresses)
        wanted.name = random_.chance(0.5) ? "BE" : "PB";
    for (auto words = 1 + random_.below(random_.chance(0.3) ? 12'000 : 400); words > 0; --words)
        wanted.content += fmt::format("{:x} ", random_.next());
    const auto published = endpoint_->publish({wanted});
    world_.trace(name, fmt::format("{} {}", published.ok() ? "publishes" : "could not publish", wanted.name));
    if (goes_on() && !published.ok() && !is_troubled())
        world_.broken("I13 liveness: nothing can be published: " + published.error().text());
}

Result<Enrolment> SimEndpoint::enrol(const std::string& tablet) {
    auto made = endpoint_->enrol(tablet);
    if (disk_.is_cut()) {
        end(true);
        return Error{doorstep::Fault::unreachable, "Nobody answers there.", ""};
    }
    if (late_ && made.ok())
        must(late_->settle(), name);
    return made;
}

void SimEndpoint::cut_everybody() {
    for (const auto& one : std::exchange(waiting_, {}))
        one.answered(Error{doorstep::Fault::unreachable, "The connection was cut.", ""});
}

void SimEndpoint::end(bool power_cut) {
    world_.trace(name, power_cut ? "loses its power" : "ends");
    ++life_;
    if (power_cut)
        disk_.cut_power(random_);
    close();
    cut_everybody();
    const auto off_ms =
        calm_ || random_.chance(0.5) ? 0 : static_cast<std::int64_t>(random_.below(30 * minute_ms));
    if (off_ms == 0)
        return open();
    world_.after(off_ms, [this, life = life_] {
        if (life == life_)
            open();
    });
}

void SimEndpoint::crash() {
    if (endpoint_)
        end(random_.chance(0.8));
}

void SimEndpoint::calm() {
    calm_ = true;
    agencies_.calm();
    disk_.no_cut_planned();
    disk_.heal();
    open();
    go_on_forgetting();
    agencies_.look_soon();
}

void SimEndpoint::set_full_disk(bool full) {
    world_.trace(name, full ? "has a full disk" : "has room on its disk");
    if (full)
        disk_.fill_up(random_);
    else
        disk_.make_room();
}

void SimEndpoint::trouble_disk() {
    if (endpoint_)
        disk_.fail_soon(random_);
}

void SimEndpoint::be_idle() {
    if (!endpoint_ || late_)
        return;
    world_.trace(name, "is idle");
    go_on_forgetting();
    if (!goes_on())
        return;
    if (!checkpoint(*sql_).ok() && !disk_.is_troubled())
        world_.broken("I13 liveness: the endpoint cannot fold its log into the file");
    if (disk_.is_cut())
        end(true);
}

}  // namespace doorstep::simulation
