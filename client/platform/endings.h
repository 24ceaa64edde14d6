// How a window ends from outside: signals that ask to close or to lock, a display that vanishes.
// Of this room, but for what main() does first.
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
    // Blocks them.  One that comes before tell() waits for it.
    static Result<std::unique_ptr<CloseSignals>> watch();
    // From now on: SDL's queue is there.  Once.
    Result<void> tell();
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

// SIGUSR1 ends a program that does not expect it, and whoever locks all tablets by it cannot
// know which of them has its window by now.  First thing in main(), before other threads are
// started: it waits for the window, over an execve() too.
void hold_lock_signal();
// For a program without a window, which has nothing to lock.
void ignore_lock_signal();

// Xlib calls exit() when its connection breaks, which runs destructors while the writer
// thread still works.  From now on the process says why and ends there and then.
void end_at_once_without_display();

}  // namespace doorstep
