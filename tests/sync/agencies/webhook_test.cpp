// The webhook against a real HTTP server.
#include "sync/agencies/webhook.h"

#include "forms/base/encoding.h"
#include "sync/http/web_client.h"
#include "sync/vault/hmac.h"
#include "tests/sync/agencies/rig.h"
#include "tests/sync/http/scripted_server.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::string reply(int status, const std::string& body) {
    return fmt::format("HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                       status, body.size(), body);
}
std::string header(const std::string& request, const std::string& name) {
    const auto at = request.find("\r\n" + name + ": ");
    if (at == std::string::npos)
        return {};
    const auto from = at + name.size() + 4;
    return request.substr(from, request.find("\r\n", from) - from);
}
std::string body_of(const std::string& request) {
    return request.substr(request.find("\r\n\r\n") + 4);
}
// What the agency checks a signature over.
std::string signed_by(const std::string& request) {
    const auto end = request.find(" HTTP/1.1");
    return request.substr(0, end) + "\n" + header(request, "Doorstep-Time") + "\n" + body_of(request);
}
Connect over_http() {
    return [](const std::string& origin) -> Result<std::unique_ptr<HttpClient>> {
        WebLimits limits;
        limits.connect_ms = limits.whole_ms = 60'000;
        return std::unique_ptr<HttpClient>(std::make_unique<WebClient>(origin, limits));
    };
}
LineWish wish(const std::string& url, const std::string& signing, const std::string& secret) {
    LineWish line;
    line.agency = "fire";
    line.adapter = "webhook";
    line.url = url;
    line.signing = signing;
    line.secret = secret;
    return line;
}
bool step(Rig& rig) {
    const auto taken = must(rig.sender->take());
    if (taken.parcel)
        must(rig.sender->record(*taken.parcel, deliver(*taken.parcel, over_http(), rig.clock, rig.random)));
    return !taken.is_idle();
}

}  // namespace

TEST_CASE("a webhook is posted over HTTP, signed with the agreed secret", "[webhook]") {
    Rig rig;
    const auto referral = rig.refer("fire");
    ScriptedServer server([&](const std::string&) {
        return reply(201, fmt::format(R"({{"referral":"{}","id":"FRS-77"}})", referral.text()));
    });
    rig.set(wish(server.address() + "/hooks/doorstep/", "hmac", "a secret of the two"));
    while (step(rig)) {
    }
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.row(referral).their_id == "FRS-77");
    const auto seen = server.requests();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].starts_with("POST /hooks/doorstep HTTP/1.1\r\n"));
    CHECK(header(seen[0], "Idempotency-Key") == referral.text());
    CHECK(header(seen[0], "Doorstep-Signature") ==
          "hmac-sha256=" + to_hex(hmac_sha256("a secret of the two", signed_by(seen[0]))));
    CHECK(body_of(seen[0]).find("Quartzmeadow Road") != std::string::npos);
    // The secret stands in no column as it is.
    CHECK(rig.text("select hex(secret) from agency_line").find("61207365637265742") == std::string::npos);
}

TEST_CASE("without a secret the endpoint signs with its own key, and a changed body does not pass",
          "[webhook]") {
    Rig rig;
    const auto referral = rig.refer("fire");
    ScriptedServer server([&](const std::string& request) {
        if (request.starts_with("POST"))
            return reply(500, "{}");
        return reply(200,
                     fmt::format(R"({{"referral":"{}","held":true,"state":"accepted"}})", referral.text()));
    });
    rig.set(wish(server.address() + "/in", "ed25519", ""));
    while (step(rig)) {
    }
    CHECK(rig.state(referral) == "unknown");
    rig.clock.advance_ms(hour_ms);
    while (step(rig)) {
    }
    CHECK(rig.status(referral) == "1 accepted");
    const auto seen = server.requests();
    REQUIRE(seen.size() == 2);
    CHECK(seen[1].starts_with("GET /in/" + referral.text() + " HTTP/1.1\r\n"));
    for (const auto& request : seen) {
        const auto signature = from_hex(header(request, "Doorstep-Signature").substr(8)).value_or("");
        const auto key = rig.endpoint->keys()->signing.public_key;
        CHECK(verify(key, "doorstep-agency-v1\n", signed_by(request), signature));
        CHECK_FALSE(verify(key, "doorstep-agency-v1\n", signed_by(request) + " ", signature));
    }
}

TEST_CASE("only a marked 404 says that a referral is not there", "[webhook]") {
    struct Case {
        int status;
        std::string body;
        Came came;
    };
    Rig rig;
    const auto id = Uuid::random(rig.random);
    const auto other = Uuid::random(rig.random);
    const auto named = [](const Uuid& which, const char* rest) {
        return fmt::format(R"({{"referral":"{}"{}}})", which.text(), rest);
    };
    for (const auto& each :
         {Case{404, named(id, R"(,"held":false)"), Came::not_there},
          Case{404, named(other, R"(,"held":false)"), Came::unknown}, Case{404, "<html>", Came::unknown},
          Case{404, named(id, ""), Came::unknown}, Case{200, named(id, R"(,"held":true)"), Came::held},
          Case{200, named(id, R"(,"held":false)"), Came::unknown},
          Case{200, named(id, R"(,"held":"yes")"), Came::unknown}, Case{200, "[]", Came::unknown},
          Case{200, "\xff", Came::unknown}, Case{503, named(id, R"(,"held":false)"), Came::unknown},
          Case{401, "", Came::unknown}}) {
        INFO(each.status << " " << each.body);
        ScriptedServer server([&](const std::string&) { return reply(each.status, each.body); });
        auto http = must(over_http()(server.address()));
        WebhookAdapter webhook(
            *http, "/in", true, [](std::string_view) { return std::string("none"); }, rig.clock, rig.random);
        Parcel parcel;
        parcel.referral = id;
        CHECK(webhook.ask(parcel).came == each.came);
    }
}

TEST_CASE("a test asks for a referral that nobody has", "[webhook]") {
    Rig rig;
    ScriptedServer good([](const std::string& request) {
        return reply(404, fmt::format(R"({{"referral":"{}","held":false}})", request.substr(8, 36)));
    });
    ScriptedServer portal([](const std::string&) { return reply(200, "<html>Welcome</html>"); });
    const auto test = [&](const ScriptedServer& server) {
        auto http = must(over_http()(server.address()));
        return WebhookAdapter(
                   *http, "/in", true, [](std::string_view) { return std::string("none"); }, rig.clock,
                   rig.random)
            .test("fire");
    };
    CHECK(test(good).ok());
    CHECK(test(portal).error().fault == Fault::unreachable);
}

TEST_CASE("hmac_sha256 says what RFC 4231 says") {
    CHECK(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First")) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("a webhook without TLS behind an https address is silence", "[webhook]") {
    ScriptedServer plain([](const std::string&) { return reply(200, "{}"); });
    auto http = must(over_http()("https" + plain.address().substr(4)));
    CHECK(http->exchange({"GET", "/in", {}, {}}).error().fault == Fault::unreachable);
    auto spoken = must(over_http()(plain.address()));
    CHECK(spoken->exchange({"GET", "/in", {}, {}}).ok());
    HttpRequest broken{"GET", "/in", {}, {}};
    broken.headers.emplace_back("Idempotency-Key", "one\r\nHost: elsewhere");
    CHECK(spoken->exchange(broken).error().fault == Fault::bad_input);
}
