// The real Endpoint on a disk of its own, with a door that can be shut.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync/endpoint/endpoint.h"
#include "sync/http/http_client.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/late_sql.h"
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
    void be_idle();  // the log is folded into the file
    void back_up();
    void restore();  // the newest backup, if any, under a new epoch
    bool was_restored() const { return restored_; }
    void agency_answers();  // a fact that is born at the centre
    void calm();            // no more mishaps of its own; on, if it was off

    Result<Enrolment> enrol(const std::string& tablet);
    bool is_on() const { return endpoint_.has_value(); }
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
    void close();
    void end(bool power_cut);
    void plan_batch();
    void work_off();
    void answer(const Waiting& one, const EndpointResponse& response);
    void cut_everybody();
    bool happens(Fault fault, double probability);
    void plan_end();

    World& world_;
    SeededRandom random_;
    Directory directory_;
    SimDisk disk_;
    std::string keys_;  // as they lie beside the store
    std::unique_ptr<SqlConnection> sql_;
    LateSql* late_ = nullptr;           // for a mutant
    std::optional<Endpoint> endpoint_;  // none while it is off
    std::vector<Waiting> waiting_;
    bool batch_planned_ = false;
    bool calm_ = false;
    std::uint64_t life_ = 0;
    std::optional<std::set<Uuid>> beside_;  // for a mutant, what was there before a commit
    struct Backup {
        faults::Files files;
        std::set<Uuid> facts;
        std::set<Uuid> enrolments;
    };
    std::optional<Backup> backup_;
    bool restored_ = false;
};

}  // namespace doorstep::simulation
