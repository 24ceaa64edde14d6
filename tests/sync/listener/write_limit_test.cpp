// Who does not take its answer is cut; who takes it slowly is not.
#include "sync/listener/listener.h"

#include <catch2/catch.hpp>

#include <csignal>
#include <thread>

#include "tests/sync/listener/process.h"

using namespace doorstep;
using namespace doorstep::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t answer_bytes = 24 * 1024 * 1024;  // more than the buffers of both sockets

// A listener in clear whose every answer is a large one.
class LargeAnswers {
public:
    explicit LargeAnswers(limits::milliseconds write_window) {
        ListenerOptions options;
        options.plain_loopback = true;
        options.write_window = write_window;
        auto opened = Listener::open(options, {}, intake_);
        REQUIRE(opened.ok());
        listener_.emplace(std::move(*opened));
        listener_->start();
        writer_ = std::thread([this] {
            for (bool closed = false; !closed;) {
                auto batch = intake_.take(100ms);
                for (auto& arrival : batch.arrivals) {
                    EndpointResponse response;
                    response.status = 200;
                    response.body.assign(answer_bytes, 'a');
                    arrival.answer(std::move(response));
                }
                closed = batch.closed;
            }
        });
    }
    ~LargeAnswers() {
        ::raise(SIGTERM);
        listener_->join();
        writer_.join();
    }
    LargeAnswers(const LargeAnswers&) = delete;
    LargeAnswers& operator=(const LargeAnswers&) = delete;
    int port() const { return listener_->port(); }

private:
    Intake intake_;
    std::optional<Listener> listener_;
    std::thread writer_;
};

constexpr const char* ask = "GET /v1/pull HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

}  // namespace

TEST_CASE("who takes nothing of its answer is cut, and who takes it slowly has all of it",
          "[listener][attack]") {
    constexpr auto window = 2s;
    const LargeAnswers large(window);
    RawConnection stalls(large.port(), Speak::clear);
    RawConnection slow(large.port(), Speak::clear);
    REQUIRE(stalls.send(ask));
    REQUIRE(slow.send(ask));
    std::size_t took = 0;
    const auto begun = std::chrono::steady_clock::now();
    std::string part(512 * 1024, '\0');
    for (long size = 1; size > 0 && took < answer_bytes + 4096; took += static_cast<std::size_t>(size)) {
        size = std::max<long>(0, ::recv(slow.socket(), part.data(), part.size(), 0));
        if (std::chrono::steady_clock::now() - begun < 3 * window)
            std::this_thread::sleep_for(100ms);
    }
    CHECK(took > answer_bytes);
    CHECK(std::chrono::steady_clock::now() - begun > 2 * window);
    const auto got = stalls.read_all(60'000);
    CHECK(stalls.ended());
    CHECK(got.size() < answer_bytes);
}
