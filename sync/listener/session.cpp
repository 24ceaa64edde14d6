// The one file of Beast.
#include "sync/listener/session.h"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <utility>

#include "sync/endpoint/replies.h"
#include "sync/listener/guest_stream.h"
#include "sync/wire/limits.h"
#include "sync/wire/messages.h"
#include "sync/wire/order.h"

namespace doorstep {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using tcp = net::ip::tcp;
using Problem = boost::system::error_code;

namespace {

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

// Who has an IPv6 address has all of its network.
std::string caller_address(const net::ip::address& from) {
    if (!from.is_v6())
        return from.to_string();
    const auto six = from.to_v6();
    if (six.is_v4_mapped())
        return net::ip::make_address_v4(net::ip::v4_mapped, six).to_string();
    auto network = six.to_bytes();
    std::fill(network.begin() + 8, network.end(), std::uint8_t{0});
    return net::ip::address_v6(network).to_string();
}

}  // namespace

// One connection; all of it on its own strand.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, const std::shared_ptr<SSL_CTX>& context, const net::ip::address& from,
            Hall& hall)
        : stream_(std::move(socket), context), from_(from), hall_(hall) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() {
        leave_room();
        hall_.guests.leave(from_, this);
    }

    void start() {
        hall_.guests.know(this, weak_from_this());
        net::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->begin(); });
    }
    // The endpoint ends: who is between two requests goes now, the others after their
    // answer, or when `at_once`.
    void wind_down(bool at_once) {
        net::post(stream_.get_executor(), [self = shared_from_this(), at_once] {
            if (!at_once && !self->between_requests_)
                return;
            self->stream_.say_goodbye();
            self->stream_.close();
        });
    }

private:
    void begin();
    void give(std::chrono::steady_clock::duration patience) {
        stream_.expires_after(patience, weak_from_this());
    }
    void wait_for_request(limits::seconds patience);
    void read_header();
    void header_came(Problem problem);
    void read_body();
    void body_came(Problem problem, std::size_t bytes);
    void hand_over();
    void respond(const EndpointResponse& response, bool keep_alive);
    void write_on();
    void answered();
    void begin_pace(std::chrono::steady_clock::duration window);
    bool keeps_pace(std::size_t bytes, std::chrono::steady_clock::duration window);
    void refuse(const EndpointResponse& response);
    void refuse_unreadable(Problem problem);
    void hang_up_gently();
    void tell_in_clear();
    std::optional<EndpointResponse> wrong_with_header();
    bool takes_room(std::size_t bytes);
    void leave_room() { hall_.body_bytes -= std::exchange(room_, 0); }

    GuestStream stream_;
    net::ip::address from_;
    Hall& hall_;
    beast::flat_buffer buffer_{64 * 1024};
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> reply_;
    std::optional<http::response_serializer<http::string_body>> outgoing_;
    bool between_requests_ = false;
    bool unread_ = false;  // refused before all of the request was read
    // Of what is being read or written: one at a time.
    std::size_t window_bytes_ = 0;
    std::chrono::steady_clock::time_point pace_began_;
    std::size_t lingered_ = 0;
    std::size_t room_ = 0;  // of the bodies that are under way, for this one; until it is answered
};

void Session::begin() {
    if (!stream_.is_sealed())
        return wait_for_request(limits::first_byte);
    between_requests_ = true;  // nothing is lost with a handshake
    give(limits::handshake);
    stream_.async_handshake([self = shared_from_this()](Problem problem, std::size_t) {
        self->between_requests_ = false;
        if (!problem)
            return self->wait_for_request(limits::first_byte);
        if (self->stream_.spoke_in_clear())
            return self->tell_in_clear();
        self->stream_.close();
    });
}

// For a person with a browser or curl; a tablet never asks so.
void Session::tell_in_clear() {
    static constexpr std::string_view words =
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 35\r\nConnection: close\r\n\r\n"
        "This port speaks https (TLS 1.3).\r\n";
    give(limits::linger);
    net::async_write(stream_.socket(), net::buffer(words),
                     [self = shared_from_this()](Problem, std::size_t) { self->hang_up_gently(); });
}

void Session::wait_for_request(limits::seconds patience) {
    leave_room();
    if (hall_.ending)
        return stream_.close();
    parser_.emplace();
    parser_->header_limit(limits::header_bytes_max);
    parser_->body_limit(limits::body_bytes_max);
    if (buffer_.size() > 0)
        return read_header();
    between_requests_ = true;
    give(patience);
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
    give(limits::header);
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
    const bool piece = head.method() == http::verb::put && head.target().starts_with("/v1/media?");
    if (piece && length > limits::piece_bytes_max)
        return refusal_response(413, "too_large", "A piece of a picture has at most 64 KiB.");
    const int wait = hall_.rate.wait_s(Sha256::of(who), length, std::chrono::steady_clock::now(), piece);
    if (wait == 0)
        return std::nullopt;
    auto response = refusal_response(429, "busy", "This tablet asks more than is allowed in a minute.");
    response.retry_after_s = wait;
    return response;
}

bool Session::takes_room(std::size_t bytes) {
    if (hall_.body_bytes.fetch_add(bytes) + bytes > limits::bodies_bytes_max) {
        hall_.body_bytes -= bytes;
        return false;
    }
    room_ = bytes;
    return true;
}

void Session::header_came(Problem problem) {
    if (problem)
        return refuse_unreadable(problem);
    if (const auto wrong = wrong_with_header())
        return refuse(*wrong);
    if (!takes_room(static_cast<std::size_t>(parser_->content_length().value_or(0)))) {
        auto response = refusal_response(503, "busy", "The endpoint is receiving as much as it can hold.");
        response.retry_after_s = limits::bodies_retry_s;
        return refuse(response);
    }
    if (parser_->is_done())
        return hand_over();
    begin_pace(limits::body_window);
    read_body();
}

void Session::read_body() {
    http::async_read_some(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](Problem problem, std::size_t bytes) { self->body_came(problem, bytes); });
}

void Session::begin_pace(std::chrono::steady_clock::duration window) {
    pace_began_ = std::chrono::steady_clock::now();
    window_bytes_ = 0;
    give(window);
}

// A window ends early when enough went; one that runs out cuts the connection.  False: all of
// it lasts too long.
bool Session::keeps_pace(std::size_t bytes, std::chrono::steady_clock::duration window) {
    if (std::chrono::steady_clock::now() - pace_began_ > limits::whole)
        return false;
    window_bytes_ += bytes;
    if (window_bytes_ >= limits::window_bytes) {
        window_bytes_ = 0;
        give(window);
    }
    return true;
}

void Session::body_came(Problem problem, std::size_t bytes) {
    if (problem)
        return refuse_unreadable(problem);
    if (parser_->is_done())
        return hand_over();
    if (!keeps_pace(bytes, limits::body_window))
        return stream_.close();
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
                            std::move(message.body()),
                            caller_address(from_)};
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
    outgoing_.emplace(reply_);
    begin_pace(hall_.write_window);
    write_on();
}

void Session::write_on() {
    http::async_write_some(stream_, *outgoing_,
                           [self = shared_from_this()](Problem problem, std::size_t bytes) {
                               if (!problem && self->outgoing_->is_done())
                                   return self->answered();
                               if (problem || !self->keeps_pace(bytes, self->hall_.write_window))
                                   return self->stream_.close();
                               self->write_on();
                           });
}

void Session::answered() {
    outgoing_.reset();
    if (reply_.keep_alive())
        return wait_for_request(limits::keep_alive);
    stream_.say_goodbye();
    if (!unread_)
        return stream_.close();
    hang_up_gently();
}

void Session::refuse(const EndpointResponse& response) {
    unread_ = true;
    respond(response, false);
}

void Session::refuse_unreadable(Problem problem) {
    if (problem == http::error::body_limit)
        return refuse(refusal_response(413, "too_large", "A request has at most 320 KiB."));
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
        give(limits::linger);
    buffer_.clear();
    // What comes is not opened any more.
    stream_.socket().async_read_some(buffer_.prepare(16 * 1024),
                                     [self = shared_from_this()](Problem problem, std::size_t bytes) {
                                         self->lingered_ += bytes;
                                         if (problem || self->lingered_ > limits::linger_bytes_max)
                                             return self->stream_.close();
                                         self->hang_up_gently();
                                     });
}

void begin_session(tcp::socket socket, const std::shared_ptr<SSL_CTX>& context, const net::ip::address& from,
                   Hall& hall) {
    std::make_shared<Session>(std::move(socket), context, from, hall)->start();
}

void wind_down(Session& session, bool at_once) {
    session.wind_down(at_once);
}

}  // namespace doorstep
