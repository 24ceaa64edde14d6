// HTTPS: sockets in, requests into the intake, answers out.  TLS 1.3 only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "forms/base/result.h"
#include "sync/listener/certificates.h"
#include "sync/listener/intake.h"

namespace doorstep {

struct ListenerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any that is free
    // In clear, on loopback alone: behind a proxy on this machine.
    bool plain_loopback = false;
    // Who takes less than limits::window_bytes of an answer in this time is cut.
    limits::milliseconds write_window = limits::write_window;
};
// What to show: asked at the start, at SIGHUP and twice a day; from any thread, one at a time.
using CertificateSource = std::function<Result<ServerCertificate>()>;

class Listener {
public:
    // Binds, and answers nothing yet.  `refused`: in clear on an address that is not loopback.
    // `conflict`: the port is in use.  Errors of `certificates`, which is not asked in clear.
    static Result<Listener> open(const ListenerOptions& options, CertificateSource certificates,
                                 Intake& intake);
    Listener(Listener&&) noexcept;
    ~Listener();

    std::uint16_t port() const;

    // Answers until SIGTERM or SIGINT; then what is under way is ended, and the intake
    // closed.  SIGHUP: certificates are read again, and new connections see them.  Returns at once: the work
    // is done on threads of its own.
    void start();
    // Until the last thread is done.
    void join();

private:
    struct State;
    explicit Listener(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
