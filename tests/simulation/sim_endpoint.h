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

namespace doorstep::simulation {

class World;
class ShakySql;

class SimEndpoint {
public:
    explicit SimEndpoint(World& world);
    ~SimEndpoint();

    using Answered = std::function<void(Result<HttpReply>)>;
    // Answered with the next batch, or with a cut connection when it crashes before.
    void arrive(const HttpRequest& request, const std::string& token, Answered answered);

    void crash();
    void set_full_disk(bool full);
    void back_up();
    void restore();  // the newest backup, if any, under a new epoch
    bool was_restored() const { return restored_; }

    Result<Enrolment> enrol(const std::string& tablet) { return endpoint_->enrol(tablet); }
    Store& store() { return endpoint_->store(); }

private:
    struct Waiting {
        EndpointRequest request;
        Answered answered;
    };
    void open();
    void work_off();
    void cut_everybody();

    World& world_;
    SeededRandom random_;
    Directory directory_;
    std::unique_ptr<ShakySql> sql_;
    std::optional<Endpoint> endpoint_;
    std::vector<Waiting> waiting_;
    bool batch_planned_ = false;
    std::string backup_;  // a file
    bool restored_ = false;
};

}  // namespace doorstep::simulation
