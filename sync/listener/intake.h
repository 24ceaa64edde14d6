// Where the threads that read sockets hand over to the one thread that writes.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "sync/endpoint/endpoint.h"
#include "sync/listener/listener_limits.h"

namespace doorstep {

// A tablet's request; answered once, on the writer's thread.
struct Arrival {
    EndpointRequest request;
    std::function<void(EndpointResponse)> answer;
};
// An operator's command, as a line of JSON.
struct Errand {
    std::string line;
    std::function<void(std::string)> answer;
};

// What another thread needs done by the one that owns the endpoint.
struct Chore {
    std::function<void()> act;
};

struct Batch {
    std::vector<Arrival> arrivals;
    std::vector<Errand> errands;
    std::vector<Chore> chores;
    bool closed = false;  // nothing more will come
    bool empty() const { return arrivals.empty() && errands.empty() && chores.empty(); }
};

// Safe from every thread.  Bounded by the number of connections, each of which has
// one request under way.
class Intake {
public:
    // False when it is closed: then nothing was taken.
    bool put(Arrival arrival);
    bool put(Errand errand);
    bool put(Chore chore);
    void close();

    // Waits up to `idle` for the first, then a moment for what comes with it; not at all where
    // something waits already.
    Batch take(limits::milliseconds idle);

private:
    std::mutex mutex_;
    std::condition_variable came_;
    Batch waiting_;
};

}  // namespace doorstep
