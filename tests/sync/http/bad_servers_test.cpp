// Twelve servers that a tablet must not speak to (R15), and what stands between it and the good one (R14).
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sync/http/certificate_check.h"
#include "sync/http/curl_client.h"
#include "sync/http/endpoint_address.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tls_server.h"
#include "tests/sync/http/scripted_server.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr const char* good_reply =
    "HTTP/1.1 200 OK\r\nDoorstep-Endpoint: 1\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
constexpr const char* secret_body = "a questionnaire, sealed";
constexpr const char* here = "DNS:localhost,IP:127.0.0.1";
constexpr long day_s = 86'400;

std::string say_hello(const std::string&) {
    return good_reply;
}

// The partnership: its authority and its spare, and what its endpoint shows.
struct Partnership {
    Identity authority = made_certificate({"authority", "", true, -3'000 * day_s, 9'000 * day_s});
    Identity spare = made_certificate({"spare", "", true, -3'000 * day_s, 9'000 * day_s});
    Identity endpoint = made_certificate({"endpoint", here}, &authority);
    std::string pins() const { return authority.pin() + spare.pin(); }
};

struct Asked {
    Result<HttpReply> reply;
    HttpFault fault;
    std::string words() const { return reply.ok() ? std::string{} : reply.error().text(); }
};

struct Known : HttpOptions {
    std::string pins;
};
Known knowing(const std::string& pins) {
    Known known;
    known.pins = pins;
    known.portal_port = 0;
    return known;
}

Asked ask(const std::string& address, const Known& options) {
    auto client = CurlClient::open(*pinned_address(address, options.pins), options);
    REQUIRE(client.ok());
    auto reply = client->exchange({"POST", "/v1/push", "application/x-frame", secret_body});
    const auto fault = client->fault();
    return {std::move(reply), fault};
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// That nobody was told anything.
void refused(TlsServer& server, const std::string& address, const Known& options, HttpFault fault,
             const std::string& words) {
    const auto asked = ask(address, options);
    INFO(asked.words());
    REQUIRE_FALSE(asked.reply.ok());
    CHECK(static_cast<int>(asked.fault) == static_cast<int>(fault));
    CHECK(has(asked.words(), words));
    CHECK_FALSE(asked.reply.error().mend.empty());
    CHECK(server.requests().empty());
}

}  // namespace

TEST_CASE("the endpoint of the partnership is spoken to, by name and by address, under either authority",
          "[http][tls]") {
    const Partnership ours;
    const auto by_spare = made_certificate({"endpoint", here}, &ours.spare);
    TlsServer one(ours.endpoint, {ours.authority}, say_hello);
    TlsServer two(by_spare, {ours.spare}, say_hello);
    for (TlsServer* server : {&one, &two})
        for (const char* host : {"127.0.0.1", "localhost"}) {
            const auto asked = ask(server->address(host), knowing(ours.pins()));
            INFO(asked.words());
            REQUIRE(asked.reply.ok());
            CHECK(asked.reply->body == "hello");
            CHECK(asked.fault == HttpFault::none);
        }
    CHECK(one.requests().at(0).find(secret_body) != std::string::npos);
}

TEST_CASE("R15: of certificates that are not our endpoint's each is refused with its words",
          "[http][tls][R15]") {
    const Partnership ours, others;
    const auto known = knowing(ours.pins());
    const char* const stands_between = "not of this partnership's endpoint";
    SECTION("1 of another authority") {
        TlsServer server(others.endpoint, {others.authority}, say_hello);
        refused(server, server.address(), known, HttpFault::unknown_certificate, stands_between);
    }
    SECTION("2 expired") {
        const auto old = made_certificate({"endpoint", here, false, -9 * day_s, -day_s}, &ours.authority);
        TlsServer server(old, {ours.authority}, say_hello);
        refused(server, server.address(), known, HttpFault::expired, "has run out");
    }
    SECTION("3 not yet valid") {
        const auto young =
            made_certificate({"endpoint", here, false, 9 * day_s, 19 * day_s}, &ours.authority);
        TlsServer server(young, {ours.authority}, say_hello);
        refused(server, server.address(), known, HttpFault::not_yet_valid, "clock is wrong");
    }
    SECTION("4 for another name") {
        const auto other = made_certificate({"localhost", "DNS:other.example"}, &ours.authority);
        TlsServer server(other, {ours.authority}, say_hello);
        refused(server, server.address("localhost"), known, HttpFault::wrong_name, "another address");
        refused(server, server.address(), known, HttpFault::wrong_name, "another address");
    }
    SECTION("5 signed by itself") {
        const auto alone = made_certificate({"endpoint", here});
        TlsServer server(alone, {}, say_hello);
        refused(server, server.address(), known, HttpFault::unknown_certificate, stands_between);
        TlsServer authoritative(made_certificate({"endpoint", here, true}), {ours.authority}, say_hello);
        refused(authoritative, authoritative.address(), known, HttpFault::unknown_certificate,
                stands_between);
    }
    SECTION("6 the chain of its own authority is not sent along") {
        TlsServer server(ours.endpoint, {}, say_hello);
        refused(server, server.address(), known, HttpFault::unknown_certificate, stands_between);
        TlsServer with_another(others.endpoint, {ours.authority}, say_hello);
        refused(with_another, with_another.address(), known, HttpFault::unknown_certificate, stands_between);
    }
    SECTION("7 an authority that was taken back: the tablet's pins do not hold it any more") {
        const auto renewed = knowing(ours.spare.pin());
        TlsServer server(ours.endpoint, {ours.authority}, say_hello);
        refused(server, server.address(), renewed, HttpFault::unknown_certificate, stands_between);
    }
    SECTION("8 the certificate of another host of the partnership, whatever name was asked for") {
        const auto mail = made_certificate({"mail", "DNS:mail.example,IP:127.0.0.2"}, &ours.authority);
        TlsServer server(mail, {ours.authority}, say_hello);
        refused(server, server.address("localhost"), known, HttpFault::wrong_name, "another address");
    }
}

TEST_CASE("R15: 9 an authority that the machine trusts is not trusted", "[http][tls][R15]") {
    const Partnership ours, intercepting;
    const TemporaryFolder folder;
    const auto file = folder.write("authorities.pem", intercepting.authority.pem());
    ::setenv("SSL_CERT_FILE", file.c_str(), 1);
    TlsServer server(intercepting.endpoint, {intercepting.authority}, say_hello);
    refused(server, server.address(), knowing(ours.pins()), HttpFault::unknown_certificate, "stands between");
    ::unsetenv("SSL_CERT_FILE");
}

TEST_CASE("R15: 10 and 11, nobody talks a tablet down to an older TLS", "[http][tls][R15]") {
    const Partnership ours;
    for (const int newest : {TLS1_2_VERSION, TLS1_1_VERSION}) {
        TlsServer server(ours.endpoint, {ours.authority}, say_hello, [newest](SSL_CTX* context) {
            SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
            SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
            SSL_CTX_set_max_proto_version(context, newest);
        });
        refused(server, server.address(), knowing(ours.pins()), HttpFault::old_tls, "older way");
    }
}

TEST_CASE("R15: 12 a server that speaks in clear is told nothing", "[http][tls][R15]") {
    const Partnership ours;
    ScriptedServer server([](const std::string&) { return std::string(good_reply); });
    const auto port = server.address().substr(server.address().rfind(':'));
    const auto asked = ask("https://127.0.0.1" + port, knowing(ours.pins()));
    REQUIRE_FALSE(asked.reply.ok());
    CHECK(asked.fault == HttpFault::plain_http);
    CHECK(has(asked.words(), "without a sealed connection"));
    for (const auto& request : server.requests()) {
        CHECK_FALSE(has(request, secret_body));
        CHECK_FALSE(has(request, std::string(64, 'a')));
    }
}

TEST_CASE("R14: a Wi-Fi that wants a sign-in is known for it, whatever it says", "[http][tls][R14]") {
    const Partnership ours, portals;
    for (const char* page :
         {"HTTP/1.1 302 Found\r\nLocation: http://portal.example/login\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<html>OK</html",
          "HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 47\r\n\r\n<script>location='http://portal.example'</script>"}) {
        INFO(page);
        ScriptedServer portal([&](const std::string&) { return std::string(page); });
        const auto port = std::atoi(portal.address().substr(portal.address().rfind(':') + 1).c_str());
        // In the endpoint's place, in clear.
        const auto in_place = ask("https://127.0.0.1:" + std::to_string(port), knowing(ours.pins()));
        CHECK(in_place.fault == HttpFault::sign_in_wanted);
        CHECK(has(in_place.words(), "wants a sign-in"));
        // Sealed with a certificate of its own, or nothing at all there, and its page where pages are.
        auto options = knowing(ours.pins());
        options.portal_port = static_cast<std::uint16_t>(port);
        TlsServer sealed(portals.endpoint, {portals.authority}, say_hello);
        CHECK(ask(sealed.address(), options).fault == HttpFault::sign_in_wanted);
        CHECK(ask("https://127.0.0.1:1", options).fault == HttpFault::sign_in_wanted);
        for (const auto& request : portal.requests()) {
            CHECK_FALSE(has(request, secret_body));
            CHECK_FALSE(has(request, std::string(64, 'a')));
        }
    }
}

TEST_CASE("a web server that leads to its own https is no sign-in page", "[http][tls][R14]") {
    const Partnership ours, others;
    ScriptedServer web([](const std::string&) {
        return std::string("HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
    });
    auto options = knowing(ours.pins());
    options.portal_port =
        static_cast<std::uint16_t>(std::atoi(web.address().substr(web.address().rfind(':') + 1).c_str()));
    TlsServer server(others.endpoint, {others.authority}, say_hello);
    CHECK(ask(server.address(), options).fault == HttpFault::unknown_certificate);
}

TEST_CASE("a tablet whose clock stands at 1970 knows its endpoint, and one that is years ahead says so",
          "[http][tls][clock]") {
    const Partnership ours;
    TlsServer server(ours.endpoint, {ours.authority}, say_hello);
    auto options = knowing(ours.pins());
    const ManualClock long_ago(1'000, 0);
    options.clock = &long_ago;
    CHECK(ask(server.address(), options).reply.ok());
    // A program older than the certificate is helped by the time that the endpoint proved.
    CHECK(certificate_time_ms(0, 0) == build_time_ms());
    CHECK(certificate_time_ms(0, build_time_ms() + 5) == build_time_ms() + 5);
    // A clock that can be right is not overruled by an endpoint that was wrong once.
    CHECK(certificate_time_ms(build_time_ms() + 1, build_time_ms() + 64 * 365 * day_s * 1000) ==
          build_time_ms() + 1);
    const ManualClock ahead(SystemClock().now_ms() + 12LL * 365 * day_s * 1000, 0);
    options.clock = &ahead;
    const auto asked = ask(server.address(), options);
    CHECK(asked.fault == HttpFault::expired);
    CHECK(has(asked.words(), "clock is ahead"));
}

TEST_CASE("a proxy that is set is asked, and its refusal is told", "[http][tls][proxy]") {
    const Partnership ours;
    const auto through = [&](const std::string& said) {
        ScriptedServer proxy([&](const std::string&) { return said; });
        auto options = knowing(ours.pins());
        options.limits.proxy = {Proxy::Way::by_hand, proxy.address(), "officer", "open sesame"};
        auto asked = ask("https://endpoint.example:8443", options);
        REQUIRE_FALSE(proxy.requests().empty());
        CHECK(proxy.requests().front().starts_with("CONNECT endpoint.example:8443 "));
        CHECK_FALSE(has(proxy.requests().front(), secret_body));
        CHECK_FALSE(has(proxy.requests().front(), std::string(64, 'a')));
        return asked;
    };
    CHECK(through("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").fault == HttpFault::proxy_refused);
    CHECK(through("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").fault ==
          HttpFault::proxy_sign_in);
    CHECK(through("HTTP/1.1 511 Sign in\r\nContent-Length: 0\r\n\r\n").fault == HttpFault::sign_in_wanted);
    auto options = knowing(ours.pins());
    options.limits.proxy = {Proxy::Way::by_hand, "http://127.0.0.1:1"};
    CHECK(ask("https://endpoint.example:8443", options).fault == HttpFault::proxy_not_reached);
}

TEST_CASE("no network and no answer in time are told apart", "[http][tls]") {
    const Partnership ours;
    CHECK(ask("https://127.0.0.1:1", knowing(ours.pins())).fault == HttpFault::no_network);
    CHECK(ask("https://nowhere.invalid", knowing(ours.pins())).fault == HttpFault::no_network);
    TlsServer silent(ours.endpoint, {ours.authority}, [](const std::string&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
        return std::string{};
    });
    auto options = knowing(ours.pins());
    options.limits.whole_ms = 700;
    CHECK(ask(silent.address(), options).fault == HttpFault::timeout);
}

TEST_CASE("without pins nothing sealed is tried", "[http][tls]") {
    const auto client = CurlClient::open("https://127.0.0.1:1");
    REQUIRE_FALSE(client.ok());
    CHECK(client.error().fault == Fault::refused);
}
