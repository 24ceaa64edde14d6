// What the world sends to an open port.
#include <catch2/catch.hpp>

#include <filesystem>
#include <memory>

#include "sync/listener/listener_limits.h"
#include "sync/wire/limits.h"
#include "tests/sync/listener/served.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("every answer carries the endpoint's header, refusals too", "[listener]") {
    const Served served;
    for (const std::string& request :
         {std::string("GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
          std::string("GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
          std::string(
              "DELETE /v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
          post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), post("Content-Length: 99999999\r\n"),
          std::string("nonsense\r\n\r\n")}) {
        const auto reply = served.ask(request);
        INFO(request << "\n" << reply);
        CHECK(has(reply, "\r\nDoorstep-Endpoint: 1\r\n"));
        CHECK(has(reply, "\r\nContent-Length: "));
    }
}

TEST_CASE("each mistake has its own status", "[listener]") {
    const Served served;
    const auto status = [&](const std::string& request) {
        const auto reply = served.ask(request);
        INFO(request.substr(0, 300) << "\n" << reply);
        return status_of(reply);
    };
    CHECK(status(post("Content-Length: 2\r\nConnection: close\r\n", "xx")) == 401);
    CHECK(status(post("Content-Length: 2\r\nAuthorization: Bearer " + std::string(64, 'a') +
                          "\r\nConnection: close\r\n",
                      "xx")) == 401);
    CHECK(status(post("")) == 411);
    CHECK(status(post("Transfer-Encoding: chunked\r\n", "2\r\nxx\r\n0\r\n\r\n")) == 411);
    CHECK(status(post("Content-Length: 2\r\nContent-Encoding: gzip\r\n", "xx")) == 415);
    CHECK(status(post(fmt::format("Content-Length: {}\r\n", limits::body_bytes_max + 1))) == 413);
    CHECK(status(post("Content-Length: 2\r\nContent-Length: 3\r\n", "xxx")) == 400);
    CHECK(status(post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")) == 400);
    CHECK(status(post("Content-Length: -1\r\n")) == 400);
    CHECK(status("GET /v1/health HTTP/1.1\r\nX: " + std::string(20'000, 'y') + "\r\n\r\n") == 431);
    CHECK(status("GET /v1/he\x01lth HTTP/1.1\r\n\r\n") == 400);
    CHECK(status("HELLO\r\n\r\n") == 400);
    CHECK(served.lives());
}

TEST_CASE("who is refused for sending too much can still read why", "[listener]") {
    const Served served;
    RawConnection connection(served.program.port());
    connection.send(post("Content-Length: 1500000\r\n"));
    connection.send(std::string(1'500'000, 'x'));
    connection.no_more();
    CHECK(status_of(connection.read_all()) == 413);
}

TEST_CASE("a request that is cut anywhere changes nothing and harms nobody", "[listener]") {
    const Served served;
    const auto whole = post("Content-Length: 40\r\n", std::string(40, 'x'));
    for (std::size_t length = 0; length < whole.size(); length += 9) {
        RawConnection connection(served.program.port());
        connection.send(whole.substr(0, length));
        connection.no_more();
        const auto reply = connection.read_all();
        INFO(length << " " << reply);
        CHECK(status_of(reply) != 200);
    }
    CHECK(served.lives());
}

TEST_CASE("several requests on one connection are answered in order", "[listener]") {
    const Served served;
    const auto reply = served.ask("GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n"
                                  "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
                                  "GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto first = reply.find("HTTP/1.1 200");
    const auto second = reply.find("HTTP/1.1 404");
    const auto third = reply.rfind("HTTP/1.1 200");
    CHECK(first == 0);
    CHECK(second != std::string::npos);
    CHECK(third > second);
}

TEST_CASE("more than 256 connections of one address are turned away, the others served", "[listener]") {
    const Served served;
    std::vector<std::unique_ptr<RawConnection>> guests;
    for (int i = 0; i < 300; ++i)
        guests.push_back(
            std::make_unique<RawConnection>(served.program.port(), i == 0 ? Speak::sealed : Speak::clear));
    int turned_away = 0;
    for (std::size_t i = 256; i < guests.size(); ++i) {
        guests[i]->read_all(2'000);
        turned_away += guests[i]->ended() ? 1 : 0;
    }
    CHECK(turned_away == 44);
    guests.front()->send("GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(status_of(guests.front()->read_all()) == 200);
    guests.clear();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    CHECK(served.lives());
}

TEST_CASE("bodies that nobody has signed for yet never fill the memory, and give their room back",
          "[listener]") {
    const Served served;
    const auto header = post(fmt::format("Content-Length: {}\r\n", limits::body_bytes_max));
    const auto fit = limits::bodies_bytes_max / limits::body_bytes_max;
    std::vector<std::unique_ptr<RawConnection>> guests;
    for (std::size_t i = 0; i < fit; ++i) {
        guests.push_back(std::make_unique<RawConnection>(served.program.port()));
        REQUIRE(guests.back()->send(header + "x"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    RawConnection late(served.program.port());
    late.send(header + "x");
    const auto reply = late.read_all(5'000);
    CHECK(status_of(reply) == 503);
    CHECK(has(reply, "\r\nRetry-After: 5\r\n"));
    CHECK(served.lives());
    guests.clear();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    CHECK(status_of(served.ask(post("Content-Length: 2\r\nConnection: close\r\n", "xx"))) == 401);
    CHECK(status_of(served.ask(header + std::string(limits::body_bytes_max, 'x'))) == 401);
}

TEST_CASE("a tablet that asks too often is told to wait", "[listener]") {
    const Served served;
    int waits = 0;
    std::string last;
    RawConnection connection(served.program.port());
    for (int i = 0; i < 70; ++i)
        connection.send("GET /v1/tablet HTTP/1.1\r\nHost: x\r\nDoorstep-Enrolment: x\r\n\r\n");
    last = connection.read_all(3'000);
    for (std::size_t at = last.find("HTTP/1.1 429"); at != std::string::npos;
         at = last.find("HTTP/1.1 429", at + 1))
        ++waits;
    CHECK(waits == 1);  // and the connection is closed
    CHECK(has(last, "\r\nRetry-After: "));
    CHECK(served.lives());
}

TEST_CASE("SIGTERM ends what is under way, and then the program with 0", "[listener]") {
    Served served;
    RawConnection idle(served.program.port());
    RawConnection half(served.program.port());
    half.send(post("Content-Length: 10\r\n", "12345"));
    REQUIRE(served.lives());
    ::kill(served.program.child(), SIGTERM);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    RawConnection late(served.program.port());
    CHECK((!late.connected() || late.read_all(2'000).empty()));
    half.send("67890");
    CHECK(status_of(half.read_all()) == 401);
    CHECK(served.program.end() == 0);
    CHECK(has(served.program.messages(), "Ended."));
}

TEST_CASE("nothing that was sent is told in the messages", "[listener]") {
    Served served;
    served.ask(
        "GET /v1/tablet?name=Wicket HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer deadbeef\r\nConnection: "
        "close\r\n\r\n");
    CHECK(served.program.end() == 0);
    CHECK_FALSE(has(served.program.messages(), "deadbeef"));
    CHECK_FALSE(has(served.program.messages(), "Wicket"));
}
