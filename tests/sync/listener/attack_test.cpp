// R18 and the attacks of every open port, against the real program over TLS with its limits as they are.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "sync/wire/limits.h"
#include "tests/sync/listener/served.h"
#include "tests/sync/listener/working.h"

using namespace doorstep;
using namespace doorstep::testing;
using Steady = std::chrono::steady_clock;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_ours = false;
#else
constexpr bool memory_is_ours = true;
#endif
constexpr int a_hang_ms = 120'000;
constexpr long mebibyte_kb = 1024;

// Sends `part` again and again up to `bytes` or until nobody takes it; what was answered.
std::string flooded(int port, const std::string& head, const std::string& part, std::size_t bytes) {
    RawConnection connection(port);
    bool goes = connection.send(head);
    for (std::size_t sent = 0; goes && sent < bytes; sent += part.size())
        goes = connection.send(part);
    return connection.read_all(a_hang_ms);
}

void may_open_many_files() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

// An HttpClient that keeps how long each exchange took.
class Timed final : public HttpClient {
public:
    explicit Timed(HttpClient& inner) : inner_(inner) {}
    Result<HttpReply> exchange(const HttpRequest& request) override {
        const auto begun = Steady::now();
        auto reply = inner_.exchange(request);
        took_ms.push_back(std::chrono::duration<double, std::milli>(Steady::now() - begun).count());
        return reply;
    }
    std::vector<double> took_ms;

private:
    HttpClient& inner_;
};

double p99(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[std::min(values.size() - 1, values.size() * 99 / 100)];
}

// Somebody who keeps a connection as long as it is let.
struct Slow {
    enum class Kind { handshake, header, body } kind;
    std::unique_ptr<RawConnection> connection;
    Steady::time_point begun;
    double lasted_s = -1;
};

std::string source(int nth) {
    return fmt::format("127.0.{}.{}", 1 + nth / 200, 1 + nth % 200);
}

Slow slow_one(int port, int nth) {
    const auto kind = static_cast<Slow::Kind>(nth % 3);
    const auto speak = kind == Slow::Kind::handshake ? Speak::clear : Speak::sealed;
    Slow slow{kind, std::make_unique<RawConnection>(port, speak, source(nth % 40).c_str()), Steady::now()};
    if (kind == Slow::Kind::handshake)
        slow.connection->send("\x16\x03\x01");
    if (kind == Slow::Kind::header)
        slow.connection->send("GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    if (kind == Slow::Kind::body)
        slow.connection->send(post("Content-Length: 50000\r\n", "a beginning"));
    return slow;
}

// A byte more of each that is still there; how many are.
std::size_t drip(std::vector<Slow>& all) {
    std::size_t left = 0;
    for (auto& slow : all) {
        if (slow.lasted_s >= 0)
            continue;
        pollfd waiting{slow.connection->socket(), POLLIN, 0};
        char peeked = 0;
        const bool readable = ::poll(&waiting, 1, 0) > 0;
        const bool ended = readable && (::recv(waiting.fd, &peeked, 1, MSG_PEEK | MSG_DONTWAIT) == 0 ||
                                        (waiting.revents & (POLLHUP | POLLERR)) != 0 || peeked != 0);
        const bool goes = slow.kind == Slow::Kind::handshake || slow.connection->send("y");
        if (ended || !goes)
            slow.lasted_s = std::chrono::duration<double>(Steady::now() - slow.begun).count();
        else
            ++left;
    }
    return left;
}

}  // namespace

TEST_CASE("the attacks of every open port cost a refusal each, and little memory",
          "[listener][attack][R18]") {
    const Served served;
    const int port = served.program.port();
    REQUIRE(served.lives());
    const long before_kb = served.memory_kb("VmHWM");
    const auto status = [&](const std::string& request) { return status_of(exchange_raw(port, request)); };

    INFO("1 a chunked body over the cap");
    CHECK(status_of(flooded(port, post("Transfer-Encoding: chunked\r\n"),
                            "100000\r\n" + std::string(0x100000, 'x') + "\r\n", 32'000'000)) == 411);
    INFO("2 a bomb in gzip");
    CHECK(status(post("Content-Length: 20\r\nContent-Encoding: gzip\r\n", std::string(20, '\x1f'))) == 415);
    INFO("3 a request line of 200 MB, and 4 millions of header lines");
    CHECK(status_of(flooded(port, "GET /", std::string(100'000, 'a'), 200'000'000)) == 431);
    CHECK(status_of(flooded(port, "GET / HTTP/1.1\r\n", "X-Line: 1\r\nX-Line: 2\r\n", 50'000'000)) == 431);
    INFO("5 whoever says who he is in a header is not believed");
    std::string many;
    for (int i = 0; i < 70; ++i)
        many += fmt::format(
            "GET /v1/tablet HTTP/1.1\r\nHost: x\r\nREMOTE_ADDR: 6.6.6.{0}\r\nX-Forwarded-For: 6.6.6.{0}\r\n"
            "Doorstep-Enrolment: x\r\n\r\n",
            i);
    CHECK(has(exchange_raw(port, many), "HTTP/1.1 429"));
    INFO("6 what is written in hex stays text");
    const auto injected = exchange_raw(
        port, "GET /v1/health?x=%0d%0aSet-Cookie:%20a HTTP/1.1\r\nHost: x\r\nX: %0d%0aInjected: 1\r\n"
              "Connection: close\r\n\r\n");
    CHECK(status_of(injected) != 0);
    CHECK_FALSE(has(injected, "Injected"));
    CHECK_FALSE(has(injected, "Set-Cookie"));
    INFO("7 nobody is told what went wrong within");
    const auto inside =
        exchange_raw(port, post("Content-Length: 4\r\nConnection: close\r\n", std::string("\0\xff{[", 4)));
    CHECK(status_of(inside) >= 400);
    CHECK(status_of(inside) < 500);
    for (const char* word : {"exception", "std::", "sqlite", ".cpp", "what()"})
        CHECK_FALSE(has(inside, word));
    INFO("8 two lengths, and 9 a length beside chunks");
    CHECK(status(post("Content-Length: 2\r\nContent-Length: 3\r\n", "xxx")) == 400);
    CHECK(status(post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")) == 400);

    CHECK(served.lives());
    const long added_kb = served.memory_kb("VmHWM") - before_kb;
    std::printf("attacks: %ld kB more at most\n", added_kb);
    if (memory_is_ours)
        CHECK(added_kb < 64 * mebibyte_kb);
}

TEST_CASE("slow connections from many sources, 500 at night: they are cut, and a good tablet goes on",
          "[listener][attack][R18]") {
    may_open_many_files();
    Served served;
    std::vector<std::unique_ptr<RealTablet>> tablets;
    for (int i = 0; i < 12; ++i)
        tablets.push_back(std::make_unique<RealTablet>(served.program, fmt::format("tab-{:02}", i)));
    REQUIRE(served.lives());
    const long before_kb = served.memory_kb("VmRSS");
    std::vector<Slow> slow;
    const int wanted = size_of_run("DOORSTEP_SLOW_CONNECTIONS", 90);
    for (int i = 0; i < wanted; ++i) {
        slow.push_back(slow_one(served.program.port(), i));
        REQUIRE(slow.back().connection->connected());
    }
    const long with_them_kb = served.memory_kb("VmRSS") - before_kb;

    std::vector<double> took_ms;
    std::size_t left = slow.size();
    bool good = true;
    const auto begun = Steady::now();
    for (std::size_t turn = 0; left > 0 && Steady::now() - begun < std::chrono::seconds(90); ++turn) {
        RealTablet& tablet = *tablets[turn % tablets.size()];
        tablet.keep_visits(1);
        auto http = CurlClient::open(tablet.pinned(served.program.address()), tablet.line());
        REQUIRE(http.ok());
        Timed timed(*http);
        good = good && tablet.sync_over(timed).up_to_date;
        took_ms.insert(took_ms.end(), timed.took_ms.begin(), timed.took_ms.end());
        left = drip(slow);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    CHECK(left == 0);
    CHECK(good);
    double longest[3] = {0, 0, 0};
    for (const auto& one : slow)
        longest[static_cast<int>(one.kind)] = std::max(longest[static_cast<int>(one.kind)], one.lasted_s);
    std::printf(
        "%d slow connections: %ld kB for all of them (aim 65536); cut after at most %.1f s in the handshake "
        "(10), %.1f s in the header (10), %.1f s in the body (20); %zu exchanges of good tablets, p99 %.1f "
        "ms (aim 50)\n",
        wanted, with_them_kb, longest[0], longest[1], longest[2], took_ms.size(), p99(took_ms));
    for (const double seconds : longest)
        CHECK(seconds < 60);
    if (memory_is_ours)
        CHECK(with_them_kb < 64 * mebibyte_kb);
    CHECK(served.lives());
    CHECK(served.program.end() == 0);
}

TEST_CASE("each patience ends: handshake, first byte, header, body and keep-alive", "[listener][attack]") {
    const Served served;
    const int port = served.program.port();
    struct Waiting {
        const char* what;
        double aim_s;
        std::unique_ptr<RawConnection> connection;
    };
    std::vector<Waiting> all;
    const auto add = [&](const char* what, double aim_s, const std::string& text,
                         Speak speak = Speak::sealed) {
        all.push_back({what, aim_s, std::make_unique<RawConnection>(port, speak)});
        all.back().connection->send(text);
    };
    const auto begun = Steady::now();
    add("handshake", 10, "", Speak::clear);
    add("first byte", 5, "");
    add("header", 5, "GET /v1/he");
    add("body", 10, post("Content-Length: 50000\r\n", "a beginning"));
    add("keep-alive", 15, "GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n");
    for (auto& one : all) {
        one.connection->read_all(a_hang_ms);
        INFO(one.what);
        CHECK(one.connection->ended());
        std::printf("%s: over after %.1f s (%.0f)\n", one.what,
                    std::chrono::duration<double>(Steady::now() - begun).count(), one.aim_s);
    }
    CHECK(served.lives());
}

TEST_CASE("1,024 connections are served, and whoever comes after them is turned away", "[listener][attack]") {
    may_open_many_files();
    const Served served;
    std::vector<std::unique_ptr<RawConnection>> guests;
    for (int i = 0; i < 1'040; ++i)
        guests.push_back(
            std::make_unique<RawConnection>(served.program.port(), Speak::clear, source(i / 200).c_str()));
    int turned_away = 0;
    for (std::size_t i = 1'024; i < guests.size(); ++i) {
        guests[i]->read_all(5'000);
        turned_away += guests[i]->ended() ? 1 : 0;
    }
    CHECK(turned_away == 16);
    guests.clear();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    CHECK(served.lives());
}

TEST_CASE("a tablet that sends more than its bytes of a minute is told to wait", "[listener][attack]") {
    const Served served;
    int refused = 0;
    std::string last;
    for (int i = 0; i < 40 && refused == 0; ++i) {
        last = exchange_raw(served.program.port(),
                            post("Content-Length: 320000\r\nDoorstep-Enrolment: y\r\nConnection: close\r\n",
                                 std::string(320'000, 'x')));
        refused += status_of(last) == 429 ? 1 : 0;
    }
    CHECK(refused == 1);
    CHECK(has(last, "\r\nRetry-After: "));
    CHECK(served.lives());
}
