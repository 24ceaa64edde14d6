// A server on loopback that says exactly what a test tells it to, byte for byte: a
// sign-in page, half an answer, another program.
#pragma once

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace doorstep::testing {

class ScriptedServer {
public:
    // From the whole request to the bytes of the answer, after which the connection is
    // closed.  Runs on the server's thread.
    using Script = std::function<std::string(const std::string&)>;

    explicit ScriptedServer(Script script) : script_(std::move(script)) {
        listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listening_, plain, size) != 0 || ::listen(listening_, 16) != 0 ||
            ::getsockname(listening_, plain, &size) != 0)
            std::abort();
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~ScriptedServer() {
        ending_ = true;
        thread_.join();
        ::close(listening_);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::string address() const { return fmt::format("http://127.0.0.1:{}", port_); }
    std::vector<std::string> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void serve() {
        while (!ending_) {
            pollfd waiting{listening_, POLLIN, 0};
            if (::poll(&waiting, 1, 20) <= 0)
                continue;
            const int caller = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
            if (caller >= 0)
                answer(caller);
        }
    }
    void answer(int caller) {
        const std::string request = read_request(caller);
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        const std::string reply = script_(request);
        for (std::size_t sent = 0; sent < reply.size();) {
            const auto part = ::send(caller, reply.data() + sent, reply.size() - sent, MSG_NOSIGNAL);
            if (part <= 0)
                break;
            sent += static_cast<std::size_t>(part);
        }
        ::close(caller);
    }
    static std::string read_request(int caller) {
        std::string request;
        char part[4096];
        for (;;) {
            const auto head = request.find("\r\n\r\n");
            if (head != std::string::npos && request.size() >= head + 4 + length_of(request))
                return request;
            pollfd waiting{caller, POLLIN, 0};
            if (::poll(&waiting, 1, 2'000) <= 0)
                return request;
            const auto got = ::recv(caller, part, sizeof(part), 0);
            if (got <= 0)
                return request;
            request.append(part, static_cast<std::size_t>(got));
        }
    }
    static std::size_t length_of(const std::string& request) {
        const auto at = request.find("Content-Length: ");
        return at == std::string::npos ? 0 : static_cast<std::size_t>(std::atoll(request.c_str() + at + 16));
    }

    Script script_;
    int listening_ = -1;
    int port_ = 0;
    std::atomic<bool> ending_ = false;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace doorstep::testing
