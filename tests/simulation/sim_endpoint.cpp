#include "tests/simulation/sim_endpoint.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "sync/store/sql_values.h"
#include "sync/store/sqlite_connection.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace fs = std::filesystem;

// A connection whose commit can fail for want of space, or, as a deliberate mistake,
// promises what it has not done yet.
class ShakySql final : public SqlConnection {
public:
    ShakySql(std::unique_ptr<SqlConnection> inner, bool commits_late)
        : inner_(std::move(inner)), commits_late_(commits_late) {}

    bool full = false;
    // What was promised and not done is gone.
    void crash() {
        if (promised_)
            inner_->rollback();
        promised_ = false;
    }

    // What was promised is done.
    Result<void> settle() { return std::exchange(promised_, false) ? inner_->commit() : Result<void>(); }

    Engine engine() const override { return inner_->engine(); }
    using SqlConnection::query;
    using SqlConnection::run;
    Result<void> script(std::string_view sql) override { return inner_->script(sql); }
    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override {
        auto changed = inner_->run(sql, parameters);
        written_ = written_ || !changed.ok() || *changed > 0;
        return changed;
    }
    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        return inner_->query(sql, parameters, each);
    }
    Result<void> begin() override {
        TRY_DO(settle());
        written_ = false;
        return inner_->begin();
    }
    Result<void> commit() override {
        if (full && written_) {
            inner_->rollback();
            return Error{doorstep::Fault::disk_full, "The disk is full.", ""};
        }
        if (!commits_late_)
            return inner_->commit();
        promised_ = true;
        return {};
    }
    void rollback() noexcept override { inner_->rollback(); }
    Result<void> savepoint() override { return inner_->savepoint(); }
    Result<void> release_savepoint() override { return inner_->release_savepoint(); }
    void rollback_to_savepoint() noexcept override { inner_->rollback_to_savepoint(); }

private:
    std::unique_ptr<SqlConnection> inner_;
    bool commits_late_;
    bool promised_ = false;
    bool written_ = false;
};

namespace {

// What fails here is the simulation's own set-up, never what it looks for.
template<class T>
T must(Result<T> result, const char* what) {
    if (!result.ok()) {
        fmt::print(stderr, "{}: {}\n", what, result.error().text());
        std::exit(2);
    }
    return std::move(result).value();
}

void must(const Result<void>& result, const char* what) {
    if (!result.ok()) {
        fmt::print(stderr, "{}: {}\n", what, result.error().text());
        std::exit(2);
    }
}

std::string backup_file() {
    return (fs::temp_directory_path() / fmt::format("doorstep-simulation-{}.sqlite", ::getpid())).string();
}

void remove_database(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        fs::remove(path + suffix);
}

}  // namespace

SimEndpoint::SimEndpoint(World& world) : world_(world), random_(world.plan.seed * 7919 + 1) {
    for (const char* code : {"police", "fire", "red_cross"})
        directory_.agencies.push_back(Agency{code, code, {}, false, {}, {}, {}, {}, {}});
    sql_ = std::make_unique<ShakySql>(must(open_sqlite(":memory:"), "endpoint's database"),
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
    endpoint_.emplace(must(Endpoint::open(*sql_, directory_, world_.clock, random_,
                                          [] { return Result<PublicKey>(PublicKey{std::string(32, 'K')}); }),
                           "endpoint"));
}

void SimEndpoint::arrive(const HttpRequest& request, const std::string& token, Answered answered) {
    waiting_.push_back(
        {{request.method, request.path, "Bearer " + token, request.content_type, "", request.body},
         std::move(answered)});
    if (batch_planned_)
        return;
    batch_planned_ = true;
    world_.after(5, [this] { work_off(); });
}

void SimEndpoint::work_off() {
    batch_planned_ = false;
    auto batch = std::exchange(waiting_, {});
    if (batch.empty())
        return;
    std::vector<EndpointRequest> requests;
    for (const auto& one : batch)
        requests.push_back(one.request);
    const auto responses = endpoint_->handle(requests);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto& response = responses[i];
        world_.trace(fmt::format("endpoint {} {} -> {} ({} bytes)", requests[i].method, requests[i].target,
                                 response.status, response.body.size()));
        HttpReply reply{response.status,
                        {{"doorstep-endpoint", "1"}, {"content-type", response.content_type}},
                        response.body};
        if (response.retry_after_s > 0)
            reply.headers["retry-after"] = std::to_string(response.retry_after_s);
        batch[i].answered(std::move(reply));
    }
}

void SimEndpoint::cut_everybody() {
    for (const auto& one : std::exchange(waiting_, {}))
        one.answered(Error{doorstep::Fault::unreachable, "The connection was cut.", ""});
}

void SimEndpoint::crash() {
    world_.trace("endpoint crashes");
    cut_everybody();
    endpoint_.reset();
    sql_->crash();
    open();
    if (!restored_)
        check_acknowledged(world_);
}

void SimEndpoint::set_full_disk(bool full) {
    world_.trace(full ? "endpoint's disk is full" : "endpoint's disk has room");
    sql_->full = full;
}

void SimEndpoint::back_up() {
    world_.trace("endpoint is backed up");
    backup_ = backup_file();
    remove_database(backup_);
    must(sql_->settle(), "backup");
    must(sql_->run("vacuum into :file", {{"file", backup_}}), "backup");
}

void SimEndpoint::restore() {
    if (backup_.empty())
        return;
    world_.trace("endpoint is restored");
    restored_ = true;
    cut_everybody();
    endpoint_.reset();
    sql_.reset();
    const auto file = backup_ + ".restored";
    remove_database(file);
    fs::copy_file(backup_, file);
    sql_ = std::make_unique<ShakySql>(must(open_sqlite(file), "restored database"),
                                      world_.plan.mutant == Mutant::ack_before_commit);
    must(sql_->script("pragma synchronous = off"), "restored database");
    open();
    must(sql_->run("update partnership_clock set epoch = :epoch",
                   {{"epoch", sql_value(Uuid::random(random_))}}),
         "new epoch");
}

}  // namespace doorstep::simulation
