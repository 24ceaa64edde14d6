#include "sync/http/curl_client.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "sync/http/endpoint_address.h"
#include "tests/sync/http/scripted_server.h"

using namespace doorstep;
using doorstep::testing::ScriptedServer;

namespace {

constexpr const char* good_reply =
    "HTTP/1.1 200 OK\r\nDoorstep-Endpoint: 1\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

Result<HttpReply> exchange(const std::string& address, const HttpRequest& request,
                           const CurlLimits& limits = {}) {
    HttpOptions options;
    options.limits = limits;
    auto client = CurlClient::open(address, options);
    REQUIRE(client.ok());
    return client->exchange(request);
}

Result<HttpReply> get_from(const std::string& raw_reply, const CurlLimits& limits = {}) {
    ScriptedServer server([&](const std::string&) { return raw_reply; });
    return exchange(server.address(), {"GET", "/v1/tablet", "", ""}, limits);
}

}  // namespace

TEST_CASE("only this machine's loopback is spoken to without a sealed connection", "[http]") {
    for (const char* good :
         {"http://127.0.0.1:8080", "http://127.8.9.1", "http://localhost:1", "http://[::1]:8080",
          "http://127.0.0.1:8080/", "https://192.168.1.4:8443", "https://endpoint.example"}) {
        INFO(good);
        CHECK(parse_endpoint_address(good).ok());
    }
    for (const char* bad : {"http://192.168.1.4:8080", "http://endpoint.example", "https://127.0.0.1:0",
                            "http://127.0.0.1.evil.example", "http://user@127.0.0.1:8080", "ftp://127.0.0.1",
                            "http://127.0.0.1/path", "http://127.0.0.1?x=1", "", "127.0.0.1:8080",
                            "http://0.0.0.0:80", "http://localhost.evil.example", "file:///etc/passwd"}) {
        INFO(bad);
        const auto address = parse_endpoint_address(bad);
        REQUIRE_FALSE(address.ok());
        CHECK(address.error().fault == Fault::refused);
        CHECK_FALSE(address.error().mend.empty());
    }
    CHECK(parse_endpoint_address("http://127.0.0.1:8080/")->url() == "http://127.0.0.1:8080");
    const std::string pins(64, '\x5a');
    const auto pinned = pinned_address("https://[::1]:8443/", pins);
    REQUIRE(pinned.ok());
    CHECK(parse_endpoint_address(*pinned)->url() == "https://[::1]:8443");
    CHECK(parse_endpoint_address(*pinned)->pins == pins);
    CHECK_FALSE(parse_endpoint_address(pinned->substr(0, pinned->size() - 2)).ok());
}

TEST_CASE("a reply comes with its status, its headers in lower case and its body", "[http]") {
    const auto reply = get_from(good_reply);
    REQUIRE(reply.ok());
    CHECK(reply->status == 200);
    CHECK(reply->body == "hello");
    CHECK(reply->headers.at("doorstep-endpoint") == "1");
    CHECK(reply->headers.at("content-type") == "text/plain");
}

TEST_CASE("a push goes out with its length, its type and the token, and waits for nothing", "[http]") {
    ScriptedServer server([](const std::string&) { return std::string(good_reply); });
    const std::string body("a\0b", 3);
    REQUIRE(exchange(server.address(), {"POST", "/v1/push", "application/x-frame", body}).ok());
    const auto request = server.requests().at(0);
    CHECK(request.starts_with("POST /v1/push HTTP/1.1\r\n"));
    CHECK(request.find("Content-Length: 3\r\n") != std::string::npos);
    CHECK(request.find("Content-Type: application/x-frame\r\n") != std::string::npos);
    CHECK(request.find("Expect") == std::string::npos);
    CHECK(request.find("Transfer-Encoding") == std::string::npos);
    CHECK(request.ends_with("\r\n\r\n" + body));
}

TEST_CASE("one client exchanges a push, then a pull, then an empty push", "[http]") {
    ScriptedServer server([](const std::string&) { return std::string(good_reply); });
    auto client = CurlClient::open(server.address());
    REQUIRE(client.ok());
    REQUIRE(client->exchange({"POST", "/v1/push", "a/b", "body"}).ok());
    REQUIRE(client->exchange({"GET", "/v1/pull?cursor=1", "", ""}).ok());
    REQUIRE(client->exchange({"POST", "/v1/push", "a/b", ""}).ok());
    const auto requests = server.requests();
    REQUIRE(requests.size() == 3);
    CHECK(requests[1].starts_with("GET /v1/pull?cursor=1 "));
    CHECK(requests[1].find("Content-Length") == std::string::npos);
    CHECK(requests[2].find("Content-Length: 0\r\n") != std::string::npos);
}

TEST_CASE("a reply that was cut is an error and never a status", "[http]") {
    const std::string whole = good_reply;
    for (std::size_t length = 0; length < whole.size(); length += 3) {
        INFO(length);
        const auto reply = get_from(whole.substr(0, length));
        REQUIRE_FALSE(reply.ok());
        CHECK((reply.error().fault == Fault::unreachable || reply.error().fault == Fault::not_doorstep));
    }
    const auto chunked = get_from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    REQUIRE_FALSE(chunked.ok());
    CHECK(chunked.error().fault == Fault::unreachable);
}

TEST_CASE("a reply that does not say its length could be cut unseen", "[http]") {
    const auto reply = get_from("HTTP/1.1 200 OK\r\nDoorstep-Endpoint: 1\r\n\r\nhello");
    REQUIRE_FALSE(reply.ok());
    CHECK(reply.error().fault == Fault::not_doorstep);
}

TEST_CASE("what is not HTTP at all is not our endpoint", "[http]") {
    for (const char* raw : {"SSH-2.0-OpenSSH_9.2p1\r\n", "hello\n", "HTTP/9.9 nonsense\r\n\r\n"}) {
        INFO(raw);
        const auto reply = get_from(raw);
        REQUIRE_FALSE(reply.ok());
        CHECK(reply.error().fault == Fault::not_doorstep);
    }
}

TEST_CASE("a redirect is handed on and not followed", "[http]") {
    ScriptedServer elsewhere([](const std::string&) { return std::string(good_reply); });
    const auto reply =
        get_from("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.address() + "/\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(reply.ok());
    CHECK(reply->status == 302);
    CHECK(elsewhere.requests().empty());
}

TEST_CASE("an endless reply ends at the bound", "[http]") {
    CurlLimits limits;
    limits.reply_bytes_max = 1'000;
    const auto reply =
        get_from("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'), limits);
    REQUIRE_FALSE(reply.ok());
    CHECK(reply.error().fault == Fault::not_doorstep);
}

TEST_CASE("a server that says nothing is given up", "[http]") {
    ScriptedServer server([](const std::string&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
        return std::string{};
    });
    CurlLimits limits;
    limits.whole_ms = 300;
    const auto reply = exchange(server.address(), {"GET", "/v1/tablet", "", ""}, limits);
    REQUIRE_FALSE(reply.ok());
    CHECK(reply.error().fault == Fault::unreachable);
}

TEST_CASE("an exchange ends soon when another thread gives it up", "[http]") {
    std::atomic<bool> over = false, given_up = false;
    ScriptedServer server([&](const std::string&) {
        for (int i = 0; i < 3'000 && !over; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return std::string{};
    });
    CurlLimits limits;
    limits.given_up = &given_up;
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        given_up = true;
    });
    const auto reply = exchange(server.address(), {"GET", "/v1/tablet", "", ""}, limits);
    over = true;
    other.join();
    REQUIRE_FALSE(reply.ok());
    CHECK(reply.error().fault == Fault::unreachable);
    CHECK(reply.error().what == "The exchange was given up.");
}

TEST_CASE("nobody at the port is a network to be checked", "[http]") {
    const auto reply = exchange("http://127.0.0.1:1", {"GET", "/v1/tablet", "", ""});
    REQUIRE_FALSE(reply.ok());
    CHECK(reply.error().fault == Fault::unreachable);
    CHECK_FALSE(reply.error().mend.empty());
}

TEST_CASE("a proxy of the environment is not asked", "[http]") {
    ScriptedServer proxy([](const std::string&) { return std::string(good_reply); });
    ScriptedServer server([](const std::string&) { return std::string(good_reply); });
    ::setenv("http_proxy", proxy.address().c_str(), 1);
    ::setenv("ALL_PROXY", proxy.address().c_str(), 1);
    const auto reply = exchange(server.address(), {"GET", "/v1/tablet", "", ""});
    ::unsetenv("http_proxy");
    ::unsetenv("ALL_PROXY");
    REQUIRE(reply.ok());
    CHECK(proxy.requests().empty());
    CHECK(server.requests().size() == 1);
}

TEST_CASE("further headers go along as they are, and one with a line break goes nowhere", "[http]") {
    ScriptedServer server([](const std::string&) { return good_reply; });
    HttpRequest request{"POST", "/referrals", "application/json", "{}"};
    request.headers = {{"Idempotency-Key", "one"}, {"Doorstep-Signature", "ed25519=aa"}};
    REQUIRE(exchange(server.address(), request).ok());
    request.headers = {{"Idempotency-Key", "one\r\nHost: elsewhere"}};
    CHECK(exchange(server.address(), request).error().fault == Fault::bad_input);
    const auto seen = server.requests();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].find("\r\nIdempotency-Key: one\r\n") != std::string::npos);
    CHECK(seen[0].find("\r\nDoorstep-Signature: ed25519=aa\r\n") != std::string::npos);
}
