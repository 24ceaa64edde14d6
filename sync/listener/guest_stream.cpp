#include "sync/listener/guest_stream.h"

#include <boost/asio/error.hpp>

namespace doorstep {

namespace net = boost::asio;

GuestStream::Turn GuestStream::sealed_turn(int result) {
    const int error = SSL_get_error(session_.get(), result);
    if (error == SSL_ERROR_WANT_READ)
        return {Turn::Next::wait_to_read, 0, {}};
    if (error == SSL_ERROR_WANT_WRITE)
        return {Turn::Next::wait_to_write, 0, {}};
    in_clear_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
    ERR_clear_error();
    if (error == SSL_ERROR_ZERO_RETURN)
        return {Turn::Next::done, 0, net::error::eof};
    return {Turn::Next::done, 0, net::error::connection_aborted};
}

GuestStream::Turn GuestStream::clear_turn(Problem problem, std::size_t bytes, Turn::Next wait) {
    if (problem == net::error::would_block || problem == net::error::try_again)
        return {wait, 0, {}};
    return {Turn::Next::done, bytes, problem};
}

// A closed socket's number may be another guest's by now: OpenSSL must not touch it.
GuestStream::Turn GuestStream::handshake() {
    if (!socket_.is_open() || !session_)
        return {Turn::Next::done, 0, net::error::operation_aborted};
    ERR_clear_error();
    const int result = SSL_accept(session_.get());
    return result == 1 ? Turn{} : sealed_turn(result);
}

GuestStream::Turn GuestStream::read(net::mutable_buffer into) {
    if (!socket_.is_open() || (sealed_ && !session_))
        return {Turn::Next::done, 0, net::error::operation_aborted};
    if (into.size() == 0)
        return {};
    if (!sealed_) {
        Problem problem;
        const auto bytes = socket_.read_some(net::buffer(into), problem);
        return clear_turn(problem, bytes, Turn::Next::wait_to_read);
    }
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(session_.get(), into.data(), into.size(), &bytes);
    return result == 1 ? Turn{Turn::Next::done, bytes, {}} : sealed_turn(result);
}

GuestStream::Turn GuestStream::write(net::const_buffer from) {
    if (!socket_.is_open() || (sealed_ && !session_))
        return {Turn::Next::done, 0, net::error::operation_aborted};
    if (from.size() == 0)
        return {};
    if (!sealed_) {
        Problem problem;
        const auto bytes = socket_.write_some(net::buffer(from), problem);
        return clear_turn(problem, bytes, Turn::Next::wait_to_write);
    }
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_write_ex(session_.get(), from.data(), from.size(), &bytes);
    if (result != 1)
        return sealed_turn(result);
    if (bytes == outgoing_.size())
        outgoing_ = {};
    return {Turn::Next::done, bytes, {}};
}

}  // namespace doorstep
