// The real Endpoint on a disk of its own, with a door that can be shut.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync/endpoint/backup.h"
#include "sync/endpoint/endpoint.h"
#include "sync/http/http_client.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/late_sql.h"
#include "tests/simulation/sim_agencies.h"
#include "tests/simulation/sim_disk.h"

namespace doorstep::simulation {

class World;

class SimEndpoint {
public:
    explicit SimEndpoint(World& world);
    ~SimEndpoint();

    using Answered = std::function<void(Result<HttpReply>)>;
    // Answered with one of the next batches, or with a cut connection when the
    // power goes before.
    void arrive(const HttpRequest& request, Answered answered);
    // Somebody who is none of ours, or a tablet that somebody rebuilt.
    void attacked();

    void crash();
    void set_full_disk(bool full);
    void trouble_disk();
    void be_idle();         // the log is folded into the file
    void agency_answers();  // a fact that is born at the centre
    void publish();         // reference data for the tablets
    void calm();            // no more mishaps of its own; on, if it was off

    // --- sim_endpoint_backup.cpp
    void back_up();
    void restore();  // a backup, if there is one, under a new epoch
    bool was_restored() const { return restored_; }
    void erase_home();  // somebody asks to be forgotten
    // Somebody decides that what may be of before its home was forgotten is.  Whether there was any.
    bool forget_doubtful();
    void go_on_forgetting();
    std::size_t backups() const { return backups_.size(); }
    // That backup in an empty database, as it would serve.
    Result<Endpoint> restored_from(std::size_t backup, SqlConnection& sql);

    Result<Enrolment> enrol(const std::string& tablet);
    // False: it is off, or the power has gone meanwhile.
    bool goes_on();
    bool is_troubled() const { return disk_.is_troubled() || (sql_ && sql_->has_failed()); }
    // What was born here and is durable enters the model.
    void learn_facts();
    bool is_on() const { return endpoint_.has_value(); }
    Endpoint& endpoint() { return *endpoint_; }  // REQUIRES: is_on()
    const WorkingKeys* working_keys() const { return endpoint_ ? endpoint_->keys() : nullptr; }
    faults::Files image() const { return disk_.image(); }
    SimAgencies& agencies() { return agencies_; }
    Store& store() { return endpoint_->store(); }  // REQUIRES: is_on()
    SqlConnection& sql() { return *sql_; }         // REQUIRES: is_on()
    const Directory& directory() const { return directory_; }

private:
    struct Waiting {
        EndpointRequest request;
        Answered answered;
    };
    void open();
    bool open_store();
    Result<void> begin_serving();
    void close();
    void end(bool power_cut);
    void plan_batch();
    void work_off();
    void answer(const Waiting& one, const EndpointResponse& response);
    void cut_everybody();
    bool happens(Fault fault, double probability);
    bool forget(const Uuid& home);
    void plan_end();

    World& world_;
    SeededRandom random_;
    Directory directory_;
    SimDisk disk_;
    EndpointKeys made_keys_;
    std::string keys_;  // as they lie beside the store
    SimAgencies agencies_;
    std::unique_ptr<SqlConnection> sql_;
    LateSql* late_ = nullptr;           // for a mutant
    std::optional<Endpoint> endpoint_;  // none while it is off
    std::vector<Waiting> waiting_;
    bool batch_planned_ = false;
    bool calm_ = false;
    std::uint64_t life_ = 0;
    std::optional<std::set<Uuid>> beside_;  // for a mutant, what was there before a commit
    struct Backup {
        std::string bytes;  // as it lies on another disk
        std::set<Uuid> facts;
    };
    Result<RowsOfBackup> rows_of(const Backup& backup, SqlConnection& sql, Random& random);
    std::vector<Backup> backups_;
    std::uint64_t learned_ = 0;  // places of the feed
    bool restored_ = false;
};

}  // namespace doorstep::simulation
