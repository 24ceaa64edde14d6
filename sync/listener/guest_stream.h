// One connection of Beast's, sealed by TLS or, behind a proxy on this machine, in clear.  OpenSSL
// reads and writes the socket itself and gives its buffers back while nothing is under way, so
// that a connection that waits costs a few kilobytes.  Only for listener.cpp, and on one strand.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

namespace doorstep {

class GuestStream {
public:
    using executor_type = boost::asio::any_io_executor;
    using Problem = boost::system::error_code;
    using Socket = boost::asio::ip::tcp::socket;

    // `context` null: in clear.
    GuestStream(Socket socket, const std::shared_ptr<SSL_CTX>& context)
        : socket_(std::move(socket)), timer_(socket_.get_executor()),
          session_(context ? SSL_new(context.get()) : nullptr), sealed_(context != nullptr) {
        Problem ignored;
        socket_.non_blocking(true, ignored);
        if (session_ && SSL_set_fd(session_.get(), socket_.native_handle()) != 1)
            session_.reset();
    }
    GuestStream(const GuestStream&) = delete;
    GuestStream& operator=(const GuestStream&) = delete;

    executor_type get_executor() { return socket_.get_executor(); }
    Socket& socket() { return socket_; }
    bool is_sealed() const { return sealed_; }

    // Whatever is under way then ends with an error.  `owner` is who holds this stream.
    void expires_after(std::chrono::steady_clock::duration patience, const std::weak_ptr<void>& owner) {
        timer_.expires_after(patience);
        timer_.async_wait([this, owner](Problem problem) {
            const auto alive = owner.lock();
            if (alive && !problem && timer_.expiry() <= std::chrono::steady_clock::now())
                close();
        });
    }
    void expires_never() { timer_.cancel(); }

    void close() {
        Problem ignored;
        timer_.cancel();
        socket_.close(ignored);
    }
    // Says that nothing more comes, as TLS wants it said; the answer to it is not waited for.
    void say_goodbye() {
        Problem ignored;
        if (session_ && socket_.is_open() && SSL_is_init_finished(session_.get()))
            SSL_shutdown(session_.get());
        ERR_clear_error();
        socket_.shutdown(Socket::shutdown_send, ignored);
    }
    // After a handshake that failed: whether it was a request in clear.
    bool spoke_in_clear() const { return in_clear_; }

    template<class Token>
    auto async_handshake(Token&& token) {
        return until_done([this] { return handshake(); }, std::forward<Token>(token));
    }
    template<class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        const auto into = first_of<boost::asio::mutable_buffer>(buffers);
        return until_done([this, into] { return read(into); }, std::forward<Token>(token));
    }
    // Several small buffers go out as one.
    template<class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        auto from = first_of<boost::asio::const_buffer>(buffers);
        if (boost::asio::buffer_size(buffers) > from.size() && from.size() < together_max) {
            outgoing_.resize(std::min(together_max, boost::asio::buffer_size(buffers)));
            boost::asio::buffer_copy(boost::asio::buffer(outgoing_), buffers);
            from = boost::asio::buffer(outgoing_);
        }
        return until_done([this, from] { return write(from); }, std::forward<Token>(token));
    }

private:
    static constexpr std::size_t together_max = 16 * 1024;  // one record

    struct Turn {
        enum class Next { done, wait_to_read, wait_to_write } next = Next::done;
        std::size_t bytes = 0;
        Problem problem;
    };
    struct FreeSession {
        void operator()(SSL* session) const { SSL_free(session); }
    };

    template<class Buffer, class Buffers>
    static Buffer first_of(const Buffers& buffers) {
        for (auto at = boost::asio::buffer_sequence_begin(buffers);
             at != boost::asio::buffer_sequence_end(buffers); ++at)
            if (Buffer one(*at); one.size() > 0)
                return one;
        return Buffer();
    }

    template<class Try, class Token>
    auto until_done(Try attempt, Token&& token) {
        return boost::asio::async_compose<Token, void(Problem, std::size_t)>(
            [this, attempt, turn = Turn{}, begun = false, over = false](auto& self,
                                                                        Problem problem = {}) mutable {
                if (over)
                    return self.complete(turn.problem, turn.bytes);
                if (problem)
                    return self.complete(problem, 0);
                turn = attempt();
                const bool at_once = !std::exchange(begun, true);
                if (turn.next == Turn::Next::wait_to_read)
                    return socket_.async_wait(Socket::wait_read, std::move(self));
                if (turn.next == Turn::Next::wait_to_write)
                    return socket_.async_wait(Socket::wait_write, std::move(self));
                over = true;
                if (!at_once)
                    return self.complete(turn.problem, turn.bytes);
                // Never from within the call that began it.
                boost::asio::post(socket_.get_executor(), std::move(self));
            },
            token, socket_);
    }

    Turn handshake();
    Turn read(boost::asio::mutable_buffer into);
    Turn write(boost::asio::const_buffer from);
    Turn sealed_turn(int result);
    static Turn clear_turn(Problem problem, std::size_t bytes, typename Turn::Next wait);

    Socket socket_;
    boost::asio::steady_timer timer_;
    std::unique_ptr<SSL, FreeSession> session_;
    bool sealed_ = false;
    bool in_clear_ = false;
    std::string outgoing_;
};

}  // namespace doorstep
