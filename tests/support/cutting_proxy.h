// A wire between a tablet and the endpoint that a test cuts at a byte.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "tests/support/listening_socket.h"

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
        thread_ = std::thread([this] { serve(); });
    }
    ~CuttingProxy() {
        ending_ = true;
        thread_.join();
    }
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    std::string address() const { return "https://127.0.0.1:" + std::to_string(listening_.port()); }
    int cuts() const { return cuts_; }
    // Of whole connections, the largest seen in that direction.
    std::size_t longest(bool upward) const { return longest_[upward ? 1 : 0]; }

private:
    void serve() {
        while (!ending_) {
            const int tablet = listening_.next_caller();
            if (tablet < 0)
                continue;
            const int endpoint = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in address = on_loopback(endpoint_port_);
            if (::connect(endpoint, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0)
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
                if (got > 0 && !send_whole(both[1 - from].fd, {part.data(), static_cast<std::size_t>(got)}))
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
    void cut_off(int tablet, int endpoint, bool by_reset) {
        ++cuts_;
        const linger at_once{1, 0};
        if (by_reset)
            for (const int one : {tablet, endpoint})
                ::setsockopt(one, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }

    int endpoint_port_;
    std::function<Cut()> next_;
    ListeningSocket listening_;
    std::atomic<bool> ending_ = false;
    std::atomic<int> cuts_ = 0;
    std::array<std::atomic<std::size_t>, 2> longest_{};
    std::thread thread_;
};

}  // namespace doorstep::testing
