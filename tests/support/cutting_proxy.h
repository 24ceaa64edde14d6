// A wire between a tablet and the endpoint that a test cuts at a byte.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

namespace doorstep::testing {

struct Cut {
    bool upward = true;     // counted in bytes towards the endpoint
    std::size_t after = 0;  // so many bytes pass
    bool by_reset = false;  // else an end
    bool never = false;
};

class CuttingProxy {
public:
    // `next`: for each connection, on the proxy's thread.
    CuttingProxy(int endpoint_port, std::function<Cut()> next)
        : endpoint_port_(endpoint_port), next_(std::move(next)) {
        listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof(address);
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listening_, plain, size) != 0 || ::listen(listening_, 16) != 0 ||
            ::getsockname(listening_, plain, &size) != 0)
            std::abort();
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~CuttingProxy() {
        ending_ = true;
        thread_.join();
        ::close(listening_);
    }
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    std::string address() const { return "https://127.0.0.1:" + std::to_string(port_); }
    int cuts() const { return cuts_; }
    // Of whole connections, the largest seen in that direction.
    std::size_t longest(bool upward) const { return longest_[upward ? 1 : 0]; }

private:
    static sockaddr_in loopback(int port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    void serve() {
        while (!ending_) {
            pollfd waiting{listening_, POLLIN, 0};
            if (::poll(&waiting, 1, 20) <= 0)
                continue;
            const int tablet = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
            const int endpoint = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in address = loopback(endpoint_port_);
            if (tablet >= 0 &&
                ::connect(endpoint, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0)
                pass(tablet, endpoint, next_());
            ::close(endpoint);
            ::close(tablet);
        }
    }
    void pass(int tablet, int endpoint, const Cut& cut) {
        std::array<std::size_t, 2> passed{};
        std::array<pollfd, 2> both{{{endpoint, POLLIN, 0}, {tablet, POLLIN, 0}}};
        std::array<char, 4096> part;
        while (!ending_) {
            if (::poll(both.data(), both.size(), 20) <= 0)
                continue;
            for (std::size_t from = 0; from < 2; ++from) {
                if (both[from].revents == 0)
                    continue;
                const bool counts = !cut.never && (from == 1) == cut.upward;
                const std::size_t room = counts ? cut.after - passed[from] : part.size();
                const auto got = ::recv(both[from].fd, part.data(), std::min(part.size(), room), 0);
                if (got > 0 && !all_sent(both[1 - from].fd, part.data(), static_cast<std::size_t>(got)))
                    return;
                passed[from] += got > 0 ? static_cast<std::size_t>(got) : 0;
                if (counts && passed[from] >= cut.after)
                    return cut_off(tablet, endpoint, cut.by_reset);
                if (got <= 0) {
                    for (std::size_t side = 0; side < 2; ++side)
                        longest_[side] = std::max(longest_[side].load(), passed[side]);
                    return;
                }
            }
        }
    }
    static bool all_sent(int to, const char* bytes, std::size_t size) {
        for (std::size_t sent = 0; sent < size;) {
            const auto part = ::send(to, bytes + sent, size - sent, MSG_NOSIGNAL);
            if (part <= 0)
                return false;
            sent += static_cast<std::size_t>(part);
        }
        return true;
    }
    void cut_off(int tablet, int endpoint, bool by_reset) {
        ++cuts_;
        const linger at_once{1, 0};
        if (by_reset)
            for (const int one : {tablet, endpoint})
                ::setsockopt(one, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }

    int endpoint_port_;
    std::function<Cut()> next_;
    int listening_ = -1;
    int port_ = 0;
    std::atomic<bool> ending_ = false;
    std::atomic<int> cuts_ = 0;
    std::array<std::atomic<std::size_t>, 2> longest_{};
    std::thread thread_;
};

}  // namespace doorstep::testing
