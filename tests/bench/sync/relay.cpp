#include "tests/bench/sync/relay.h"

#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace doorstep::bench {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using Socket = std::shared_ptr<tcp::socket>;

struct CountingRelay::State {
    explicit State(int port) : to({net::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)}) {}
    tcp::endpoint to;
    std::atomic<std::uint64_t> up = 0;
    std::atomic<std::uint64_t> down = 0;
    std::atomic<std::uint64_t> connections = 0;
    net::io_context io{1};
    tcp::acceptor acceptor{io, {net::ip::address_v4::loopback(), 0}};
    std::thread thread;

    net::awaitable<void> pump(Socket from, Socket into, std::atomic<std::uint64_t>& count) {
        std::array<char, 16 * 1024> part{};
        boost::system::error_code problem;
        try {
            for (;;) {
                const auto size = co_await from->async_read_some(net::buffer(part), net::use_awaitable);
                count += size;
                co_await net::async_write(*into, net::buffer(part, size), net::use_awaitable);
            }
        } catch (const boost::system::system_error&) {
            into->shutdown(tcp::socket::shutdown_send, problem);
        }
    }
    net::awaitable<void> listen() {
        for (;;) {
            auto tablet = std::make_shared<tcp::socket>(co_await acceptor.async_accept(net::use_awaitable));
            auto endpoint = std::make_shared<tcp::socket>(io);
            co_await endpoint->async_connect(to, net::use_awaitable);
            ++connections;
            net::co_spawn(io, pump(tablet, endpoint, up), net::detached);
            net::co_spawn(io, pump(endpoint, tablet, down), net::detached);
        }
    }
};

CountingRelay::CountingRelay(int port) : state_(std::make_unique<State>(port)) {
    net::co_spawn(state_->io, state_->listen(), net::detached);
    state_->thread = std::thread([state = state_.get()] { state->io.run(); });
}

CountingRelay::~CountingRelay() {
    state_->io.stop();
    state_->thread.join();
}

int CountingRelay::port() const {
    return state_->acceptor.local_endpoint().port();
}

Passed CountingRelay::passed() const {
    return {state_->up, state_->down, state_->connections};
}

}  // namespace doorstep::bench
