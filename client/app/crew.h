// Who works behind the screen: a writer thread that owns the shift, and a line thread
// that owns the network.  The screen posts intents and takes the newest view; it never
// waits for either.
//
// Nobody wakes up without work: the writer sleeps until something is posted, until the
// sync asked to be woken, or once after work, to let the disk rest.
#pragma once

#include <functional>
#include <memory>

#include "client/app/shift.h"
#include "client/platform/surroundings.h"
#include "forms/base/result.h"
#include "sync/http/http_client.h"

namespace doorstep {

struct CrewOptions {
    ShiftOptions shift;
    // Opens the line; empty: libcurl.
    std::function<Result<std::unique_ptr<HttpClient>>(const TabletIdentity&)> line;
    // Watched from start() on, stopped with the writer; empty: nothing is known of a network and
    // of a charger.
    std::shared_ptr<Surroundings> surroundings = nullptr;
    // A new view lies ready; called on the thread that made it.
    std::function<void()> published;
    bool inline_threads = false;  // everything at once in start(), post() and tick()
};

class Crew {
public:
    // All must outlive it.
    Crew(const CrewOptions& options, const Clock& clock, Random& random, const Wordings& wordings);
    ~Crew();
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    Result<void> start();  // opens the shift
    // Successive answers to one question may become one while they wait.
    void post(const Intent& intent);
    void tick();  // inline: a wake-up that is due
    std::shared_ptr<const View> view() const;
    bool busy() const;  // something is posted or being worked on; not the network
    // Everything that was posted is done, and on disk; then nobody works any more.
    void finish_writing();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
