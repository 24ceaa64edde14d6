// One connection of the listener, and what all of them share.  Only for this room.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "sync/listener/certificates.h"
#include "sync/listener/intake.h"
#include "sync/listener/rate.h"

namespace doorstep {

class Session;

// Who is connected.
class Guests {
public:
    bool enter(const boost::asio::ip::address& from) {
        const std::lock_guard lock(mutex_);
        if (count_ >= limits::connections_max)
            return false;
        auto& here = by_address_[from];
        if (here >= limits::connections_per_address_max)
            return false;
        ++here;
        ++count_;
        return true;
    }
    void leave(const boost::asio::ip::address& from, const Session* session) {
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
    std::map<boost::asio::ip::address, std::size_t> by_address_;
    std::map<const Session*, std::weak_ptr<Session>> sessions_;
};

// What all sessions share.
struct Hall {
    Intake& intake;
    Rate rate;
    Guests guests;
    std::chrono::steady_clock::duration write_window;
    std::atomic<bool> ending = false;
    std::atomic<std::size_t> body_bytes = 0;  // declared by the requests under way
};

// Begins to answer whoever is at the other end; it lives until the connection ends.  `context` null: in
// clear.  REQUIRES: `hall` outlives it, and has let `from` enter.
void begin_session(boost::asio::ip::tcp::socket socket, const std::shared_ptr<ssl_ctx_st>& context,
                   const boost::asio::ip::address& from, Hall& hall);
// The endpoint ends: who is between two requests goes now, the others after their answer, or
// when `at_once`.
void wind_down(Session& session, bool at_once);

}  // namespace doorstep
