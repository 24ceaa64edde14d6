// HTTP on this machine's loopback: sockets in, requests into the intake, answers out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "forms/base/result.h"
#include "sync/listener/intake.h"

namespace doorstep {

struct ListenerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any that is free
};

class Listener {
public:
    // Binds, and answers nothing yet.  `refused`: an address that is not loopback, as
    // long as connections are not sealed.  `conflict`: the port is in use.
    static Result<Listener> open(const ListenerOptions& options, Intake& intake);
    Listener(Listener&&) noexcept;
    ~Listener();

    std::uint16_t port() const;

    // Answers until SIGTERM or SIGINT; then what is under way is ended, and the intake
    // closed.  Returns at once: the work is done on threads of its own.
    void start();
    // Until the last thread is done.
    void join();

private:
    struct State;
    explicit Listener(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
