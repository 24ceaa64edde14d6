// A real tablet's store, runner and curl against the real program.
#include <atomic>

#include "tests/sync/http/scripted_server.h"
#include "tests/sync/listener/real_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("the real endpoint takes a rescue file in twice, beside a running serve and without one, and the "
          "tablet's "
          "own sync after it",
          "[listener][rescue]") {
    Data data;
    REQUIRE(data.program.serve());
    RealTablet one(data.program, "tab-01");
    one.keep_visits(12);
    const auto file = one.write_rescue_file(data.temporary / "rescue");
    const auto first = data.program.run({"take-in", file});
    INFO(first.err);
    CHECK(first.status == 0);
    CHECK(first.out.find("12 facts") != std::string::npos);
    CHECK(data.program.run({"take-in", file}).status == 0);
    CHECK(one.sync(data.program.address()).up_to_date);
    CHECK(one.store.position()->acked_through == 12);
    CHECK(data.program.end() == 0);
    CHECK(data.program.run({"take-in", file}).status == 0);
    CHECK(rows_in(data.program, "operation") == 12);
    CHECK(rows_in(data.program, "fact_visit") == 12);
    CHECK(rows_in(data.program, "branch") == 0);

    const auto whole = file_text(file);
    std::ofstream(data.temporary / "cut", std::ios::binary) << whole.substr(0, whole.size() - 9);
    const auto cut = data.program.run({"take-in", data.temporary / "cut"});
    CHECK(cut.status == 1);
    CHECK(cut.err.find("cut off") != std::string::npos);
    CHECK(data.program.run({"take-in", data.temporary / "none"}).status == 2);

    Data elsewhere;
    REQUIRE(elsewhere.program.prepare().status == 0);
    const auto foreign = elsewhere.program.run({"take-in", file});
    CHECK(foreign.status == 1);
    CHECK(foreign.err.find("not made by a tablet that is enrolled") != std::string::npos);
}

TEST_CASE("two real tablets and the real endpoint hold the same in the end", "[listener]") {
    Data data;
    REQUIRE(data.program.serve());
    RealTablet one(data.program, "tab-01");
    RealTablet two(data.program, "tab-02");
    one.keep_visits(30);
    two.keep_visits(5);
    CHECK(one.sync(data.program.address()).up_to_date);
    CHECK(two.sync(data.program.address()).up_to_date);
    CHECK(one.sync(data.program.address()).up_to_date);
    CHECK(*one.store.dump_read_model(true) == *two.store.dump_read_model(true));
    CHECK((*one.store.identity())->safeguarding_key.size() == 32);
    CHECK(data.program.end() == 0);
    CHECK(rows_in(data.program, "operation") == 35);
}

TEST_CASE("a captive portal marks nothing sent", "[listener]") {
    Data data;
    REQUIRE(data.program.prepare().status == 0);
    RealTablet tablet(data.program);
    tablet.keep_visits(2);
    ScriptedServer portal([](const std::string&) {
        return std::string(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<html>OK</html");
    });
    const auto outcome = tablet.sync(portal.address());
    CHECK(outcome.state.what == SyncState::What::not_our_endpoint);
    CHECK(outcome.state.words.find("sign-in") != std::string::npos);
    CHECK(tablet.store.position()->acked_through == 0);
    // It saw the pushes of nobody's facts: none was pushed.
    for (const auto& request : portal.requests())
        CHECK(request.starts_with("GET /v1/tablet "));
}

TEST_CASE("another program at the port is told", "[listener]") {
    Data data;
    REQUIRE(data.program.prepare().status == 0);
    RealTablet tablet(data.program);
    tablet.keep_visits(1);
    ScriptedServer ssh([](const std::string&) { return std::string("SSH-2.0-OpenSSH_9.2p1 Debian\r\n"); });
    const auto outcome = tablet.sync(ssh.address());
    CHECK(outcome.state.what == SyncState::What::not_our_endpoint);
    CHECK(tablet.store.position()->acked_through == 0);
}

TEST_CASE("an unknown seed is refused, and everything stays on the tablet", "[listener]") {
    Data data;
    REQUIRE(data.program.serve());
    RealTablet tablet(data.program);
    tablet.keep_visits(1);
    tablet.seed = std::string(64, '0');
    const auto outcome = tablet.sync(data.program.address());
    CHECK(outcome.state.what == SyncState::What::refused);
    CHECK(outcome.state.unsent == 1);
}

TEST_CASE("an endpoint killed again and again amid pushes loses and doubles nothing", "[listener]") {
    Data data;
    REQUIRE(data.program.serve());
    RealTablet tablet(data.program);
    const std::string address = data.program.address();
    SeededRandom chance(4);
    std::atomic<bool> done = false;
    std::thread killer([&] {
        for (int i = 0; i < 8; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(chance.below(120)));
            data.program.kill_now();
            if (!data.program.serve())
                break;
        }
        done = true;
    });
    Sequence acked = 0;
    bool honest = true;
    while (!done) {
        tablet.keep_visits(5, 3'000);
        static_cast<void>(tablet.sync(address, 2, 5));
        honest = honest && tablet.store.position()->acked_through >= acked;
        acked = tablet.store.position()->acked_through;
    }
    killer.join();
    CHECK(honest);
    CHECK(tablet.sync(address, 50, 500).up_to_date);
    CHECK(tablet.store.position()->acked_through == tablet.store.position()->last_sequence);
    CHECK(data.program.end() == 0);
    CHECK(rows_in(data.program, "operation") == tablet.kept);
    CHECK(rows_in(data.program, "branch") == 0);
}

TEST_CASE("a full disk is answered with 503, and after there is room nothing is missing", "[listener]") {
    Data data;
    REQUIRE(data.program.prepare().status == 0);
    RealTablet tablet(data.program);
    const auto small_files = [] {
        // Room for the store as it is and little more.
        const rlimit limit{700'000, 700'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    };
    REQUIRE(data.program.serve({}, small_files));
    tablet.keep_visits(40, 30'000);
    const auto outcome = tablet.sync(data.program.address(), 3, 10);
    CHECK_FALSE(outcome.up_to_date);
    CHECK(outcome.state.what == SyncState::What::waiting);
    CHECK(outcome.state.words.find("disk is full") != std::string::npos);
    CHECK(outcome.state.unsent > 0);
    CHECK(status_of(exchange_raw(data.program.port(),
                                 "GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) != 0);
    CHECK(data.program.end() == 0);
    REQUIRE(data.program.serve());
    CHECK(tablet.sync(data.program.address(), 5, 100).up_to_date);
    CHECK(data.program.end() == 0);
    CHECK(rows_in(data.program, "operation") == 40);
}

TEST_CASE("a replayed push is answered in the same way and kept once", "[listener]") {
    Data data;
    REQUIRE(data.program.serve());
    RealTablet tablet(data.program);
    tablet.keep_visits(3);
    wire::PushRequest push;
    push.enrolment = (*tablet.store.identity())->enrolment;
    push.first_sequence = 1;
    push.envelopes = *tablet.store.unsent(0, 1'000'000, 500);
    for (const auto& envelope : push.envelopes)
        push.chain_after = wire::chain(push.chain_after, envelope);
    push.unsent = 3;
    auto http = CurlClient::open(tablet.pinned(data.program.address()), tablet.line());
    REQUIRE(http.ok());
    auto signer = tablet.signer();
    SignedClient line(*http, signer);
    for (int i = 0; i < 3; ++i) {
        const auto reply = line.exchange({"POST", "/v1/push", wire::content_type_frame, wire::encode(push)});
        REQUIRE(reply.ok());
        CHECK(reply->status == 200);
        CHECK(wire::decode_push_reply(reply->body)->acked_through == 3);
    }
    CHECK(data.program.end() == 0);
    CHECK(rows_in(data.program, "operation") == 3);
}
