// A server on loopback that says exactly what a test tells it to, byte for byte: a
// sign-in page, half an answer, another program.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/listening_socket.h"

namespace doorstep::testing {

class ScriptedServer {
public:
    // From the whole request to the bytes of the answer, after which the connection is
    // closed.  Runs on the server's thread.
    using Script = std::function<std::string(const std::string&)>;

    explicit ScriptedServer(Script script) : script_(std::move(script)) {
        thread_ = std::thread([this] { serve(); });
    }
    ~ScriptedServer() {
        ending_ = true;
        thread_.join();
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::string address() const { return fmt::format("http://127.0.0.1:{}", listening_.port()); }
    std::vector<std::string> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void serve() {
        while (!ending_) {
            if (const int caller = listening_.next_caller(); caller >= 0)
                answer(caller);
        }
    }
    void answer(int caller) {
        const std::string request = read_request(caller);
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        send_whole(caller, script_(request));
        ::close(caller);
    }
    static std::string read_request(int caller) {
        std::string request;
        char part[4096];
        for (;;) {
            if (is_whole_request(request))
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

    Script script_;
    ListeningSocket listening_;
    std::atomic<bool> ending_ = false;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace doorstep::testing
