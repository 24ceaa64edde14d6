// The centre without a socket: requests in, responses out.
//
// handle() takes everything that came in at once: one transaction, a savepoint
// for each request, and the replies only after the commit.  A reply therefore
// never promises what a crash could take back.
//
// Not thread-safe: one writer thread owns it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/directory/directory.h"
#include "sync/report/counts.h"
#include "sync/store/store.h"

namespace doorstep {

struct EndpointRequest {
    std::string method;
    std::string target;         // path and query
    std::string authorization;  // "Bearer <64 hex digits>"
    std::string content_type;
    std::string content_encoding;  // must be empty
    std::string body;
};

struct EndpointResponse {
    int status = 500;
    std::string content_type;
    std::string body;
    int retry_after_s = 0;  // 0: none
};

struct Enrolment {
    Uuid enrolment;
    std::string tablet;
    std::string token;  // shown once, stored hashed
};

class Endpoint {
public:
    // `sql`, `directory`, `clock` and `random` must outlive it.
    static Result<Endpoint> open(SqlConnection& sql, const Directory& directory, const Clock& clock,
                                 Random& random);
    Endpoint(Endpoint&&) noexcept;
    ~Endpoint();

    std::vector<EndpointResponse> handle(std::span<const EndpointRequest> requests);

    // What the operator's commands do, beside a running `serve` through its socket.
    Result<Enrolment> enrol(const std::string& tablet);
    Result<Counts> report(const Period& period, const std::string& column_set);

    Store& store();

private:
    struct State;
    explicit Endpoint(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
