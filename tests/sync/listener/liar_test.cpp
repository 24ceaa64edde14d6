// R14 and R16: whoever answers in the endpoint's place, under its own authority even, gets nothing marked
// sent by what he says.
#include "tests/support/tls_server.h"
#include "tests/sync/listener/real_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::string page(const std::string& status, const std::string& headers, const std::string& body) {
    return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(), body);
}

std::string as_endpoint(const std::string& body) {
    return page("200 OK",
                "Doorstep-Endpoint: 1\r\nContent-Type: application/vnd.doorstep.operations+json; v=1\r\n",
                body);
}

// The header of a true answer over another body.
std::string signed_once(const std::string& truth, const std::string& body) {
    const auto from = truth.find("Doorstep-Signature: ");
    REQUIRE(from != std::string::npos);
    return page("200 OK",
                "Doorstep-Endpoint: 1\r\nContent-Type: application/vnd.doorstep.operations+json; v=1\r\n" +
                    truth.substr(from, truth.find("\r\n", from) + 2 - from),
                body);
}

std::string body_of(const std::string& reply) {
    return reply.substr(reply.find("\r\n\r\n") + 4);
}

// Passes everything on to the real endpoint, but for pushes while there is a lie to answer them with.
class Liar {
public:
    explicit Liar(int endpoint_port)
        : server_(shown_, {authority_}, [this, endpoint_port](const std::string& request) {
              const bool push = request.starts_with("POST /v1/push");
              const std::lock_guard lock(guard_);
              if (push && !lie_.empty())
                  return lie_;
              auto passed = request;
              passed.insert(passed.find("\r\n") + 2, "Connection: close\r\n");
              auto reply = exchange_raw(endpoint_port, passed);
              if (push)
                  last_truth_ = reply;
              return reply;
          }) {}
    std::string address() const { return server_.address(); }
    std::string pin() const { return authority_.pin(); }
    void says(const std::string& lie) {
        const std::lock_guard lock(guard_);
        lie_ = lie;
    }
    std::string last_truth() {
        const std::lock_guard lock(guard_);
        return last_truth_;
    }

private:
    Identity authority_ = made_certificate({"authority", "", true, -999 * 86'400L, 999 * 86'400L});
    Identity shown_ = made_certificate({"endpoint", "IP:127.0.0.1"}, &authority_);
    std::mutex guard_;
    std::string lie_;  // empty: the truth
    std::string last_truth_;
    TlsServer server_;
};

}  // namespace

TEST_CASE("R16: nothing is marked sent by a page, or by a false, stale or foreign acknowledgement",
          "[listener][R16][R14]") {
    Data data;
    REQUIRE(data.program.serve());
    Liar liar(data.program.port());
    RealTablet other(data.program, "tab-02");
    other.pins = liar.pin();
    other.keep_visits(1);
    REQUIRE(other.sync(liar.address()).up_to_date);
    const auto of_other = liar.last_truth();

    RealTablet tablet(data.program, "tab-01");
    tablet.pins = liar.pin();
    tablet.keep_visits(1);
    REQUIRE(tablet.sync(liar.address()).up_to_date);
    const auto stale = liar.last_truth();
    REQUIRE(tablet.store.position()->acked_through == 1);
    REQUIRE(wire::decode_push_reply(body_of(stale)).ok());

    // Under the true signature of another answer, as somebody who listened in has it.
    const auto altered = [&](const std::function<void(wire::PushReply&)>& alter) {
        auto said = *wire::decode_push_reply(body_of(stale));
        alter(said);
        return signed_once(stale, wire::encode(said));
    };
    SystemRandom random;
    const std::vector<std::pair<const char*, std::string>> lies{
        {"a page", page("200 OK", "Content-Type: text/html\r\n", "<html>OK</html>")},
        {"a redirect", page("302 Found", "Location: http://portal.example/\r\n", "")},
        {"511", page("511 Network Authentication Required", "", "")},
        {"a script", page("200 OK", "", "<script>location='x'</script>")},
        {"200 and nothing", as_endpoint("")},
        {"all of it, unsigned", as_endpoint([&] {
             auto said = *wire::decode_push_reply(body_of(stale));
             said.acked_through = 2;
             return wire::encode(said);
         }())},
        {"more than was sent", altered([](auto& said) { said.acked_through = 999; })},
        {"all of it, with another history", altered([](auto& said) {
             said.acked_through = 2;
             said.chain = Sha256::of("x");
         })},
        {"all of it, in another epoch", altered([&](auto& said) {
             said.acked_through = 2;
             said.epoch = Uuid::random(random);
         })},
        {"the answer of before", stale},
        {"the answer to another tablet", of_other}};
    tablet.keep_visits(1);
    for (const auto& [what, lie] : lies) {
        INFO(what);
        liar.says(lie);
        const auto outcome = tablet.sync(liar.address(), 1, 1);
        CHECK_FALSE(outcome.up_to_date);
        CHECK(outcome.state.unsent == 1);
        CHECK_FALSE(outcome.state.words.empty());
        CHECK(tablet.store.position()->acked_through == 1);
        // The minute of this tablet must not run out: whoever starts anew has forgotten it.
        data.program.kill_now();
        REQUIRE(data.program.serve());
    }
    liar.says({});
    CHECK(tablet.sync(liar.address(), 20, 1'000).up_to_date);
    CHECK(tablet.store.position()->acked_through == 2);
    CHECK(data.program.end() == 0);
    CHECK(rows_in(data.program, "operation") == 3);
    CHECK(rows_in(data.program, "branch") == 0);
}
