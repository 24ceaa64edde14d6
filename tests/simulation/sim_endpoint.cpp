#include "tests/simulation/sim_endpoint.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "tests/simulation/must.h"
#include "tests/simulation/mutants.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"
#include "tests/support/endpoint_keys.h"
#include "tests/support/joined.h"

namespace doorstep::simulation {

namespace fs = std::filesystem;
using PowerCut = FragileSql::PowerCut;

namespace {

const std::string name = "endpoint";

std::string backup_file() {
    return (fs::temp_directory_path() / fmt::format("doorstep-simulation-{}.sqlite", ::getpid())).string();
}

void remove_database(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        fs::remove(path + suffix);
}

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
    return testing::same_keys().safeguarding;
}

}  // namespace

SimEndpoint::SimEndpoint(World& world)
    : world_(world), random_(world.plan.seed * 7919 + 1), directory_(small_directory()) {
    sql_ = std::make_unique<FragileSql>(must(open_sqlite(":memory:"), name),
                                        world.plan.mutant == Mutant::ack_before_commit);
    open();
}

SimEndpoint::~SimEndpoint() {
    endpoint_.reset();
    sql_.reset();
    if (!backup_.empty()) {
        remove_database(backup_);
        remove_database(backup_ + ".restored");
    }
}

void SimEndpoint::open() {
    if (endpoint_)
        return;
    auto opened = Endpoint::open(*sql_, directory_, world_.clock, random_, always_the_same_key);
    if (!opened.ok() && opened.error().fault == doorstep::Fault::disk_full)
        return world_.after(60'000, [this] { open(); });
    endpoint_.emplace(must(std::move(opened), name));
    must(endpoint_->use_keys(testing::same_keys()), name);
    if (!world_.tablets().empty())
        check_centre(world_);
}

bool SimEndpoint::happens(Fault fault, double probability) {
    const bool would = random_.chance(probability);
    return would && !calm_ && world_.plan.faults.count(fault) != 0;
}

void SimEndpoint::plan_power_cut() {
    const bool before = random_.chance(0.5);
    sql_->cut_power_at_commit(!happens(Fault::endpoint_crash, 0.04) ? PowerCut::none
                              : before                              ? PowerCut::before_commit
                                                                    : PowerCut::after_commit);
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
    const auto beside = rows_beside(world_.plan.mutant, sql_->disk());
    plan_power_cut();
    const auto responses = endpoint_->handle(requests);
    sql_->cut_power_at_commit(PowerCut::none);
    check_prefix(world_);
    if (sql_->is_cut()) {
        if (sql_->was_kept())
            lose_rows_beside(world_.plan.mutant, sql_->disk(), beside);
        for (const auto& one : batch)
            one.answered(Error{doorstep::Fault::unreachable, "The connection was cut.", ""});
        return crash();
    }
    for (std::size_t i = 0; i < batch.size(); ++i)
        answer(batch[i], responses[i]);
}

void SimEndpoint::answer(const Waiting& one, const EndpointResponse& response) {
    world_.trace(name, fmt::format("{} {} -> {} {}", one.request.method, one.request.target, response.status,
                                   brief(response.body)));
    one.answered(testing::as_it_comes(response));
}

void SimEndpoint::agency_answers() {
    if (!endpoint_)
        return;
    std::vector<Uuid> referrals;
    must(disk().query("select distinct referral from fact_referral order by referral", {},
                      [&](const SqlRow& row) {
                          referrals.push_back(row.uuid(0));
                          return true;
                      }),
         name);
    if (referrals.empty())
        return;
    const auto& referral = referrals[static_cast<std::size_t>(random_.below(referrals.size()))];
    plan_power_cut();
    std::vector<Operation> kept;
    bool durable = false;
    {
        auto transaction = must(store().begin(), name);
        kept = must(transaction.append({agency_answer(referral, random_)}), name);
        durable = transaction.commit().ok() || sql_->was_kept();
    }
    sql_->cut_power_at_commit(PowerCut::none);
    settle();
    for (const auto& operation : durable ? kept : std::vector<Operation>{})
        world_.model.facts[operation.id] = {"", Uuid{}, 0, 0, wire::encode(operation)};
    world_.trace(name, fmt::format("{} an agency's answer", durable ? "keeps" : "could not keep"));
    if (sql_->is_cut())
        crash();
}

void SimEndpoint::settle() {
    must(sql_->settle(), name);
}

void SimEndpoint::cut_everybody() {
    for (const auto& one : std::exchange(waiting_, {}))
        one.answered(Error{doorstep::Fault::unreachable, "The connection was cut.", ""});
}

void SimEndpoint::crash() {
    if (!endpoint_)
        return;
    world_.trace(name, "crashes");
    endpoint_.reset();
    sql_->power_on();
    cut_everybody();
    const auto off_ms =
        calm_ || random_.chance(0.5) ? 0 : static_cast<std::int64_t>(random_.below(1'800'000));
    if (off_ms == 0)
        return open();
    check_centre(world_);
    world_.after(off_ms, [this] { open(); });
}

void SimEndpoint::calm() {
    calm_ = true;
    set_full_disk(false);
    open();
}

void SimEndpoint::set_full_disk(bool full) {
    world_.trace(name, full ? "has a full disk" : "has room on its disk");
    sql_->full = full;
}

void SimEndpoint::back_up() {
    world_.trace(name, "is backed up");
    backup_ = backup_file();
    remove_database(backup_);
    settle();
    must(disk().run("vacuum into :file", {{"file", backup_}}), "backup");
}

void SimEndpoint::restore() {
    if (backup_.empty())
        return;
    world_.trace(name, "is restored");
    restored_ = true;
    endpoint_.reset();
    cut_everybody();
    const bool full = sql_->full;
    sql_.reset();
    const auto file = backup_ + ".restored";
    remove_database(file);
    fs::copy_file(backup_, file);
    sql_ = std::make_unique<FragileSql>(must(open_sqlite(file), name),
                                        world_.plan.mutant == Mutant::ack_before_commit);
    must(sql_->script("pragma synchronous = off"), name);
    must(sql_->disk().run("update partnership_clock set epoch = :epoch",
                          {{"epoch", sql_value(Uuid::random(random_))}}),
         "new epoch");
    sql_->full = full;
    open();
}

}  // namespace doorstep::simulation
