#include "tests/simulation/sim_endpoint.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
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

std::string new_keys() {
    return keep_working_keys(EndpointKeys::make(), device());
}

}  // namespace

SimEndpoint::SimEndpoint(World& world)
    : world_(world), random_(world.plan.seed * 7919 + 1), directory_(small_directory()),
      disk_("simulated-endpoint"), keys_(new_keys()) {
    if (!open_store())
        give_up(name, Error{doorstep::Fault::broken, "A new store could not be opened.", ""});
}

SimEndpoint::~SimEndpoint() {
    close();
}

void SimEndpoint::close() {
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
    return true;
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
    std::vector<Uuid> referrals;
    static_cast<void>(sql_->query("select distinct referral from fact_referral order by referral", {},
                                  [&](const SqlRow& row) {
                                      referrals.push_back(row.uuid(0));
                                      return true;
                                  }));
    if (referrals.empty())
        return;
    const auto& referral = referrals[static_cast<std::size_t>(random_.below(referrals.size()))];
    std::vector<Operation> kept;
    bool durable = false;
    if (auto transaction = store().begin(); transaction.ok())
        if (auto appended = transaction->append({agency_answer(referral, random_)}); appended.ok()) {
            kept = std::move(*appended);
            durable = transaction->commit().ok();
        }
    if (late_)
        must(late_->settle(), name);
    // Nobody was told of one that may be there or not: the agency says it once more, or never.
    for (const auto& operation : kept) {
        auto& fact = world_.model.facts[operation.id];
        fact = {"", Uuid{}, 0, 0, wire::encode(operation)};
        fact.may_be_lost = !durable;
    }
    world_.trace(name, fmt::format("{} an agency's answer", durable ? "keeps" : "could not keep"));
    if (disk_.is_cut())
        return end(true);
    check_states(world_, *sql_, name);
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
    disk_.no_cut_planned();
    disk_.heal();
    open();
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
    if (!checkpoint(*sql_).ok() && !disk_.is_troubled())
        world_.broken("I13 liveness: the endpoint cannot fold its log into the file");
    if (disk_.is_cut())
        end(true);
}

void SimEndpoint::back_up() {
    if (!endpoint_)
        return;
    world_.trace(name, "is backed up");
    if (late_)
        must(late_->settle(), name);
    backup_ = Backup{disk_.image(), held_facts(*sql_), {}};
    static_cast<void>(sql_->query("select enrolment from tablet", {}, [&](const SqlRow& row) {
        backup_->enrolments.insert(row.uuid(0));
        return true;
    }));
}

void SimEndpoint::restore() {
    if (!backup_)
        return;
    world_.trace(name, "is restored");
    restored_ = true;
    ++life_;
    close();
    cut_everybody();
    const bool full = disk_.is_full();
    disk_.put_back(backup_->files);
    {
        auto sql = must(open_sqlite(store_name, disk_.options()), name);
        must(sql->run("update partnership_clock set epoch = :epoch",
                      {{"epoch", sql_value(Uuid::random(random_))}}),
             "new epoch");
    }
    // What was born here after the backup is lost with it: no tablet has to bring it again.
    // Nor does one bring what it sent under an enrolment that is not in the backup: a gap of the
    // product (README.md).
    for (auto& [id, fact] : world_.model.facts)
        if (backup_->facts.count(id) == 0 &&
            (fact.tablet.empty() || backup_->enrolments.count(fact.enrolment) == 0))
            fact.may_be_lost = true;
    world_.model.seen_states.erase(name);
    set_full_disk(full);
    open();
}

}  // namespace doorstep::simulation
