// The real Endpoint on a database in memory, with a door that can be shut.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/endpoint/endpoint.h"
#include "sync/http/http_client.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/fragile_sql.h"

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

    void crash();
    void set_full_disk(bool full);
    void back_up();
    void restore();  // the newest backup, if any, under a new epoch
    bool was_restored() const { return restored_; }
    void agency_answers();  // a fact that is born at the centre
    void calm();            // no more mishaps of its own; on, if it was off

    Result<Enrolment> enrol(const std::string& tablet) { return endpoint_->enrol(tablet); }
    Store& store() { return endpoint_->store(); }  // REQUIRES: it is on
    SqlConnection& disk() { return sql_->disk(); }
    const Directory& directory() const { return directory_; }

private:
    struct Waiting {
        EndpointRequest request;
        Answered answered;
    };
    void open();
    void plan_batch();
    void work_off();
    void answer(const Waiting& one, const EndpointResponse& response);
    void cut_everybody();
    void settle();
    bool happens(Fault fault, double probability);
    void plan_power_cut();

    World& world_;
    SeededRandom random_;
    Directory directory_;
    std::unique_ptr<FragileSql> sql_;
    std::optional<Endpoint> endpoint_;  // none while it is off
    std::vector<Waiting> waiting_;
    bool batch_planned_ = false;
    bool calm_ = false;
    std::string backup_;  // a file
    bool restored_ = false;
};

}  // namespace doorstep::simulation
