// The one file of Beast and Asio.
#include "sync/listener/listener.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "sync/endpoint/replies.h"
#include "sync/listener/rate.h"
#include "sync/wire/limits.h"
#include "sync/wire/messages.h"
#include "sync/wire/order.h"

namespace doorstep {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using tcp = net::ip::tcp;
using Problem = boost::system::error_code;

class Session;

// Who is connected.
class Guests {
public:
    bool enter(const net::ip::address& from) {
        const std::lock_guard lock(mutex_);
        auto& here = by_address_[from];
        if (count_ >= limits::connections_max || here >= limits::connections_per_address_max)
            return false;
        ++here;
        ++count_;
        return true;
    }
    void leave(const net::ip::address& from, const Session* session) {
        const std::lock_guard lock(mutex_);
        --count_;
        if (const auto found = by_address_.find(from); --found->second == 0)
            by_address_.erase(found);
        sessions_.erase(session);
    }
    void know(const Session* session, std::weak_ptr<Session> link) {
        const std::lock_guard lock(mutex_);
        sessions_[session] = std::move(link);
    }
    std::vector<std::shared_ptr<Session>> all() {
        const std::lock_guard lock(mutex_);
        std::vector<std::shared_ptr<Session>> found;
        for (const auto& [raw, link] : sessions_)
            if (auto session = link.lock())
                found.push_back(std::move(session));
        return found;
    }

private:
    std::mutex mutex_;
    std::size_t count_ = 0;
    std::map<net::ip::address, std::size_t> by_address_;
    std::map<const Session*, std::weak_ptr<Session>> sessions_;
};

// What all sessions share.
struct Hall {
    Intake& intake;
    Rate rate;
    Guests guests;
    std::atomic<bool> ending = false;
};

http::response<http::string_body> as_http(const EndpointResponse& response, bool keep_alive) {
    http::response<http::string_body> reply;
    reply.version(11);
    reply.result(static_cast<unsigned>(response.status));
    reply.set(wire::endpoint_header, "1");
    reply.set(http::field::content_type, response.content_type);
    reply.set(http::field::cache_control, "no-store");
    if (response.retry_after_s > 0)
        reply.set(http::field::retry_after, std::to_string(response.retry_after_s));
    if (!response.allow.empty())
        reply.set(http::field::allow, response.allow);
    if (!response.signature.empty())
        reply.set(wire::signature_header, response.signature);
    if (!response.order.empty())
        reply.set(wire::order_header, response.order);
    reply.keep_alive(keep_alive);
    reply.body() = response.body;
    reply.prepare_payload();
    return reply;
}

// One connection; all of it on its own strand.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, const net::ip::address& from, Hall& hall)
        : stream_(std::move(socket)), from_(from), hall_(hall) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() { hall_.guests.leave(from_, this); }

    void start() {
        hall_.guests.know(this, weak_from_this());
        net::dispatch(stream_.get_executor(),
                      [self = shared_from_this()] { self->wait_for_request(limits::first_byte); });
    }
    // The endpoint ends: who is between two requests goes now, the others after their
    // answer, or when `at_once`.
    void wind_down(bool at_once) {
        net::post(stream_.get_executor(), [self = shared_from_this(), at_once] {
            if (at_once || self->between_requests_)
                self->stream_.close();
        });
    }

private:
    void wait_for_request(limits::seconds patience);
    void read_header();
    void header_came(Problem problem);
    void read_body();
    void body_came(Problem problem, std::size_t bytes);
    void hand_over();
    void respond(const EndpointResponse& response, bool keep_alive);
    void refuse(const EndpointResponse& response);
    void refuse_unreadable(Problem problem);
    void hang_up_gently();
    std::optional<EndpointResponse> wrong_with_header();

    beast::tcp_stream stream_;
    net::ip::address from_;
    Hall& hall_;
    beast::flat_buffer buffer_{64 * 1024};
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> reply_;
    bool between_requests_ = false;
    bool unread_ = false;  // refused before all of the request was read
    std::size_t window_bytes_ = 0;
    std::size_t lingered_ = 0;
    std::chrono::steady_clock::time_point body_began_;
};

void Session::wait_for_request(limits::seconds patience) {
    if (hall_.ending)
        return stream_.close();
    parser_.emplace();
    parser_->header_limit(limits::header_bytes_max);
    parser_->body_limit(limits::http_body_bytes_max);
    if (buffer_.size() > 0)
        return read_header();
    between_requests_ = true;
    stream_.expires_after(patience);
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](Problem problem, std::size_t bytes) {
                                self->between_requests_ = false;
                                if (problem)
                                    return self->stream_.close();
                                self->buffer_.commit(bytes);
                                self->read_header();
                            });
}

void Session::read_header() {
    stream_.expires_after(limits::header);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](Problem problem, std::size_t) { self->header_came(problem); });
}

std::optional<EndpointResponse> Session::wrong_with_header() {
    const auto& head = parser_->get();
    const bool carries = head.method() != http::verb::get && head.method() != http::verb::head;
    if (parser_->chunked() || (carries && !parser_->content_length()))
        return refusal_response(411, "bad_request", "A request says how long it is (Content-Length).");
    if (head.count(http::field::content_encoding) != 0)
        return refusal_response(415, "bad_request",
                                "Content-Encoding is not taken: the frame is compressed in itself.");
    const auto enrolment = head.find(wire::enrolment_header);
    if (enrolment == head.end())
        return std::nullopt;
    // With its address, so that nobody elsewhere uses up what a tablet may ask.
    const auto who =
        std::string(enrolment->value().data(), enrolment->value().size()) + " " + from_.to_string();
    const auto length = static_cast<std::size_t>(parser_->content_length().value_or(0));
    const int wait = hall_.rate.wait_s(Sha256::of(who), length, std::chrono::steady_clock::now());
    if (wait == 0)
        return std::nullopt;
    auto response = refusal_response(429, "busy", "This tablet asks more than is allowed in a minute.");
    response.retry_after_s = wait;
    return response;
}

void Session::header_came(Problem problem) {
    if (problem)
        return refuse_unreadable(problem);
    if (const auto wrong = wrong_with_header())
        return refuse(*wrong);
    if (parser_->is_done())
        return hand_over();
    body_began_ = std::chrono::steady_clock::now();
    window_bytes_ = 0;
    stream_.expires_after(limits::body_window);
    read_body();
}

void Session::read_body() {
    http::async_read_some(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](Problem problem, std::size_t bytes) { self->body_came(problem, bytes); });
}

// A window ends early when enough came; one that runs out cuts the connection.
void Session::body_came(Problem problem, std::size_t bytes) {
    if (problem)
        return refuse_unreadable(problem);
    if (parser_->is_done())
        return hand_over();
    if (std::chrono::steady_clock::now() - body_began_ > limits::body_total)
        return stream_.close();
    window_bytes_ += bytes;
    if (window_bytes_ >= limits::body_window_bytes) {
        window_bytes_ = 0;
        stream_.expires_after(limits::body_window);
    }
    read_body();
}

void Session::hand_over() {
    stream_.expires_never();
    auto message = parser_->release();
    const auto field = [&](http::field name) {
        return std::string(message[name].data(), message[name].size());
    };
    const auto text = [&](const char* name) {
        return std::string(message[name].data(), message[name].size());
    };
    EndpointRequest request{std::string(message.method_string().data(), message.method_string().size()),
                            std::string(message.target().data(), message.target().size()),
                            {text(wire::enrolment_header), text(wire::number_header),
                             text(wire::sign_in_header), text(wire::signature_header)},
                            field(http::field::content_type),
                            field(http::field::content_encoding),
                            std::move(message.body())};
    const bool keep_alive = message.keep_alive();
    // While the writer has it nothing is under way here; the guard keeps the io threads.
    auto guard = std::make_shared<net::executor_work_guard<net::any_io_executor>>(stream_.get_executor());
    const bool taken = hall_.intake.put(Arrival{
        std::move(request), [self = shared_from_this(), guard, keep_alive](EndpointResponse response) {
            net::post(self->stream_.get_executor(),
                      [self, guard, keep_alive, response = std::move(response)] {
                          self->respond(response, keep_alive && !self->hall_.ending);
                      });
        }});
    if (!taken)
        stream_.close();
}

void Session::respond(const EndpointResponse& response, bool keep_alive) {
    reply_ = as_http(response, keep_alive);
    stream_.expires_after(limits::write);
    http::async_write(stream_, reply_, [self = shared_from_this(), keep_alive](Problem problem, std::size_t) {
        if (problem)
            return self->stream_.close();
        if (keep_alive)
            return self->wait_for_request(limits::keep_alive);
        if (!self->unread_)
            return self->stream_.close();
        self->hang_up_gently();
    });
}

void Session::refuse(const EndpointResponse& response) {
    unread_ = true;
    respond(response, false);
}

void Session::refuse_unreadable(Problem problem) {
    if (problem == http::error::body_limit)
        return refuse(refusal_response(413, "too_large", "A request has at most 1 MiB."));
    if (problem == http::error::header_limit || problem == http::error::buffer_overflow)
        return refuse(refusal_response(431, "bad_request", "The header of the request is too long."));
    // A request that was cut changes nothing and gets no answer.
    const bool cut = problem == http::error::end_of_stream || problem == http::error::partial_message;
    if (!cut && problem.category() == make_error_code(http::error::bad_method).category())
        return refuse(refusal_response(400, "bad_request", "This is not a request that HTTP knows."));
    stream_.close();
}

// Who still sends would lose the answer to a reset: we listen until it has read it.
void Session::hang_up_gently() {
    Problem ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    if (lingered_ == 0)
        stream_.expires_after(limits::linger);
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(16 * 1024),
                            [self = shared_from_this()](Problem problem, std::size_t bytes) {
                                self->lingered_ += bytes;
                                if (problem || self->lingered_ > limits::linger_bytes_max)
                                    return self->stream_.close();
                                self->hang_up_gently();
                            });
}

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
    explicit State(Intake& intake) : hall{intake, {}, {}, {}} {}

    Hall hall;  // outlives what the io context still holds
    net::io_context io;
    tcp::acceptor acceptor{net::make_strand(io)};
    net::signal_set signals{io};
    net::steady_timer patience{io};
    std::chrono::steady_clock::time_point end_by;
    std::vector<std::thread> threads;
    std::atomic<std::size_t> running = 0;

    void accept();
    void accepted(Problem problem, tcp::socket socket);
    void end();
    void await_the_last();
};

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
        std::make_shared<Session>(std::move(socket), from.address(), hall)->start();
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
        Problem ignored;
        acceptor.close(ignored);
    });
    for (const auto& session : hall.guests.all())
        session->wind_down(false);
    end_by = std::chrono::steady_clock::now() + limits::ending;
    await_the_last();
}

void Listener::State::await_the_last() {
    const auto guests = hall.guests.all();
    if (guests.empty())
        return;
    if (std::chrono::steady_clock::now() >= end_by) {
        for (const auto& session : guests)
            session->wind_down(true);
        return;
    }
    patience.expires_after(limits::batch_wait);
    patience.async_wait([this](Problem) { await_the_last(); });
}

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Listener::Listener(Listener&&) noexcept = default;
Listener::~Listener() = default;

Result<Listener> Listener::open(const ListenerOptions& options, Intake& intake) {
    Problem problem;
    const auto address = net::ip::make_address(options.address, problem);
    if (problem || !address.is_loopback())
        return Error{
            Fault::refused,
            fmt::format(
                "{} is not an address of this machine's loopback, and connections are not sealed yet: "
                "what tablets send could be read on the way.",
                options.address),
            "Listen on 127.0.0.1."};
    auto state = std::make_unique<State>(intake);
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
    state->signals.add(SIGTERM);
    state->signals.add(SIGINT);
    state->signals.async_wait([state](Problem problem, int) {
        if (!problem)
            state->end();
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
