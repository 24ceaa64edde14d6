// The network between one tablet's exchange and the centre, by seed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "forms/base/random.h"
#include "forms/base/result.h"
#include "sync/http/http_client.h"
#include "tests/simulation/chance.h"

namespace doorstep::simulation {

// After that a tablet gives up waiting; what is on its way arrives all the
// same.
inline constexpr std::int64_t exchange_timeout_ms = 30'000;

// What becomes of a request on its way out.
struct Outward {
    std::vector<std::int64_t> arrives_after_ms;  // none: dropped; several: doubled, or echoed
    HttpRequest request;                         // as it arrives
    std::optional<HttpReply> instead;            // somebody else answers
};

// What becomes of a reply on its way back.
struct Homeward {
    std::vector<std::int64_t> arrives_after_ms;
    Result<HttpReply> reply = HttpReply{};
    bool cut_unseen = false;  // shortened, with a length that matches
};

class Network {
public:
    Network(const Faults& faults, Random& random) : faults_(faults), random_(random) {}

    Outward out(HttpRequest request);
    // `asked`: the path with its query.  What stands in between need not keep tablets
    // apart: an old answer may be one that another tablet was given.
    Homeward home(const std::string& asked, const HttpReply& reply);
    // After the faults stop, every message arrives whole and soon.
    void calm() { calm_ = true; }

private:
    bool happens(Fault fault, double probability);
    std::vector<std::int64_t> journey();
    void flip(std::string& bytes);
    HttpReply an_old_answer(const std::string& asked);

    const Faults& faults_;
    Random& random_;
    bool calm_ = false;
    std::vector<std::pair<std::string, HttpReply>> heard_;  // for replays
};

}  // namespace doorstep::simulation
