// The acceptor, its signals and its certificate; session.cpp has the connections.
#include "sync/listener/listener.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <csignal>
#include <thread>

#include "sync/listener/session.h"

namespace doorstep {

namespace {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using Problem = boost::system::error_code;

Error cannot_listen(const ListenerOptions& options, const Problem& problem) {
    if (problem == net::error::address_in_use)
        return {Fault::conflict,
                fmt::format("Port {} of {} is in use by another program.", options.port, options.address),
                "End that program, or choose another port with --port (0 takes any that is free)."};
    if (problem == net::error::access_denied)
        return {Fault::refused, fmt::format("This user may not listen on port {}.", options.port),
                "Choose a port above 1023 with --port."};
    return {Fault::broken,
            fmt::format("Port {} of {} cannot be listened on: {}.", options.port, options.address,
                        problem.message()),
            "Check the address and the port."};
}

}  // namespace

struct Listener::State {
    State(Intake& intake, const ListenerOptions& options) : hall{intake, {}, {}, options.write_window, {}} {}

    Hall hall;  // outlives what the io context still holds
    net::io_context io;
    tcp::acceptor acceptor{net::make_strand(io)};
    net::signal_set signals{io};
    net::steady_timer patience{io};
    net::steady_timer next_look{acceptor.get_executor()};  // on its strand
    CertificateSource certificates;                        // none: in clear
    std::mutex context_guard;
    std::shared_ptr<SSL_CTX> context;
    std::chrono::steady_clock::time_point end_by;
    std::vector<std::thread> threads;
    std::atomic<std::size_t> running = 0;

    Result<void> read_certificates();
    void look_at_certificates();
    void await_signal();
    std::shared_ptr<SSL_CTX> newest_context() {
        const std::lock_guard lock(context_guard);
        return context;
    }

    void accept();
    void accepted(Problem problem, tcp::socket socket);
    void end();
    void await_the_last();
};

Result<void> Listener::State::read_certificates() {
    if (!certificates)
        return {};
    TRY(const auto certificate, certificates());
    auto made = server_context(certificate);
    if (!made)
        return Error{Fault::broken, "TLS could not be begun with the certificate of this endpoint.",
                     "Remove server.pem and server.key from its folder: they are made anew."};
    const std::lock_guard lock(context_guard);
    context = std::move(made);
    return {};
}

// What cannot be read leaves the one that is shown.
void Listener::State::look_at_certificates() {
    if (const auto read = read_certificates(); !read.ok())
        spdlog::error("The certificate stays as it was: {}", read.error().text());
    if (hall.ending)
        return;
    next_look.expires_after(limits::certificate_look);
    next_look.async_wait([this](Problem problem) {
        if (!problem)
            look_at_certificates();
    });
}

void Listener::State::await_signal() {
    signals.async_wait([this](Problem problem, int signal) {
        if (problem)
            return;
        if (signal != SIGHUP)
            return end();
        net::post(acceptor.get_executor(), [this] {
            look_at_certificates();
            spdlog::info("The certificate was read again.");
        });
        await_signal();
    });
}

void Listener::State::accept() {
    acceptor.async_accept(net::make_strand(io), [this](Problem problem, tcp::socket socket) {
        accepted(problem, std::move(socket));
    });
}

void Listener::State::accepted(Problem problem, tcp::socket socket) {
    if (!acceptor.is_open())
        return;
    Problem gone;
    const auto from = problem ? tcp::endpoint{} : socket.remote_endpoint(gone);
    if (!problem && !gone && hall.guests.enter(from.address())) {
        socket.set_option(tcp::no_delay(true), gone);
        begin_session(std::move(socket), newest_context(), from.address(), hall);
    }
    if (problem == net::error::no_descriptors || problem == net::error::no_memory) {
        // Trying again at once would only burn the processor until somebody hangs up.
        auto pause = std::make_shared<net::steady_timer>(acceptor.get_executor(), limits::idle);
        pause->async_wait([this, pause](Problem) { accept(); });
        return;
    }
    accept();
}

// Nobody new, and whoever is in the middle of something may end it.
void Listener::State::end() {
    hall.ending = true;
    net::post(acceptor.get_executor(), [this] {
        next_look.cancel();
        Problem ignored;
        acceptor.close(ignored);
    });
    for (const auto& session : hall.guests.all())
        wind_down(*session, false);
    end_by = std::chrono::steady_clock::now() + limits::ending;
    await_the_last();
}

void Listener::State::await_the_last() {
    const auto guests = hall.guests.all();
    if (guests.empty())
        return;
    if (std::chrono::steady_clock::now() >= end_by) {
        for (const auto& session : guests)
            wind_down(*session, true);
        return;
    }
    patience.expires_after(limits::batch_wait);
    patience.async_wait([this](Problem) { await_the_last(); });
}

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Listener::Listener(Listener&&) noexcept = default;
Listener::~Listener() = default;

Result<Listener> Listener::open(const ListenerOptions& options, CertificateSource certificates,
                                Intake& intake) {
    Problem problem;
    const auto address = net::ip::make_address(options.address, problem);
    if (problem)
        return Error{Fault::bad_input, fmt::format("{} is not an address.", options.address),
                     "Give --address as numbers: 127.0.0.1, or 0.0.0.0 for every address of this machine."};
    if (options.plain_loopback && !address.is_loopback())
        return Error{
            Fault::refused,
            fmt::format("{} is not an address of this machine's loopback: what tablets send in clear "
                        "could be read on the way.",
                        options.address),
            "Leave out --plain-loopback, or listen on 127.0.0.1."};
    auto state = std::make_unique<State>(intake, options);
    if (!options.plain_loopback)
        state->certificates = std::move(certificates);
    TRY_DO(state->read_certificates());
    const tcp::endpoint endpoint(address, options.port);
    state->acceptor.open(endpoint.protocol(), problem);
    if (!problem)
        state->acceptor.set_option(net::socket_base::reuse_address(true), problem);
    if (!problem)
        state->acceptor.bind(endpoint, problem);
    if (!problem)
        state->acceptor.listen(limits::backlog, problem);
    if (problem)
        return cannot_listen(options, problem);
    return Listener(std::move(state));
}

std::uint16_t Listener::port() const {
    Problem ignored;
    return state_->acceptor.local_endpoint(ignored).port();
}

void Listener::start() {
    State* const state = state_.get();
    // OpenSSL writes to sockets whose other side may be gone.
    std::signal(SIGPIPE, SIG_IGN);
    for (const int one : {SIGTERM, SIGINT, SIGHUP})
        state->signals.add(one);
    state->await_signal();
    state->next_look.expires_after(limits::certificate_look);
    state->next_look.async_wait([state](Problem problem) {
        if (!problem)
            state->look_at_certificates();
    });
    state->accept();
    const auto count = std::max(1U, std::thread::hardware_concurrency());
    state->running = count;
    for (unsigned i = 0; i < count; ++i)
        state->threads.emplace_back([state] {
            state->io.run();
            // Whoever is last closes the door to the writer.
            if (--state->running == 0)
                state->hall.intake.close();
        });
}

void Listener::join() {
    for (auto& thread : state_->threads)
        thread.join();
    state_->threads.clear();
}

}  // namespace doorstep
