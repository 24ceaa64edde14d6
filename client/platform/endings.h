// How a window ends from outside: signals that ask to close or to lock, a display that vanishes.
// Of this room only.
#pragma once

#include <csignal>
#include <memory>
#include <thread>

#include "forms/base/result.h"

namespace doorstep {

// While it lives, SIGTERM, SIGINT and SIGHUP put SDL_QUIT into SDL's queue, and SIGUSR1
// the event that locks.  They are blocked and read by a thread that sleeps until one
// comes; nothing runs in a handler.
class CloseSignals {
public:
    static Result<std::unique_ptr<CloseSignals>> watch();
    ~CloseSignals();
    CloseSignals(const CloseSignals&) = delete;
    CloseSignals& operator=(const CloseSignals&) = delete;

private:
    CloseSignals() = default;
    void read_on() const;

    sigset_t before_{};
    bool blocked_ = false;
    int signals_ = -1;  // signalfd
    int stop_ = -1;     // eventfd
    std::thread reader_;
};

// Xlib calls exit() when its connection breaks, which runs destructors while the writer
// thread still works.  From now on the process says why and ends there and then.
void end_at_once_without_display();

}  // namespace doorstep
