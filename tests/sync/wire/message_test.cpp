#include "sync/wire/messages.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "forms/base/encoding.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
#include "tests/sync/random_operations.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

wire::PushRequest a_push(RandomOperations& source, int envelopes) {
    wire::PushRequest push;
    push.epoch_seen = Uuid::random(source.random());
    push.enrolment = Uuid::random(source.random());
    push.first_sequence = 1 + source.random().below(1000);
    push.chain_before = Sha256::of("before");
    push.chain_after = push.chain_before;
    push.unsent = 12;
    auto next = push.first_sequence;
    for (int i = 0; i < envelopes; ++i) {
        auto operations = source.several(1 + source.random().below(4));
        for (auto& operation : operations)
            operation.sequence = next++;
        push.envelopes.push_back(wire::seal_envelope(Uuid::random(source.random()), operations));
        push.chain_after = wire::chain(push.chain_after, push.envelopes.back());
    }
    return push;
}

bool same(const wire::PushRequest& a, const wire::PushRequest& b) {
    return a.proto == b.proto && a.epoch_seen == b.epoch_seen && a.enrolment == b.enrolment &&
           a.first_sequence == b.first_sequence && a.chain_before == b.chain_before &&
           a.chain_after == b.chain_after && a.unsent == b.unsent && a.envelopes == b.envelopes;
}

std::string altered_json(const std::string& frame, const std::string& from, const std::string& to) {
    auto json = *wire::expand(frame, limits::frame_bytes_max);
    const auto at = json.find(from);
    REQUIRE(at != std::string::npos);
    return wire::compress(json.replace(at, from.size(), to));
}

}  // namespace

TEST_CASE("a push comes back as it went", "[wire][message]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        RandomOperations source(seed);
        auto push = a_push(source, 1 + static_cast<int>(source.random().below(8)));
        if (seed % 2 == 0)
            push.epoch_seen.reset();
        const auto back = wire::decode_push_request(wire::encode(push));
        REQUIRE(back.ok());
        CHECK(same(*back, push));
    }
}

TEST_CASE("a push that is not whole in itself is refused", "[wire][message]") {
    RandomOperations source(2);
    const auto good = a_push(source, 3);
    const auto refused = [](const wire::PushRequest& push) {
        return !wire::decode_push_request(wire::encode(push)).ok();
    };
    CHECK_FALSE(refused(good));
    auto push = good;
    push.chain_after = Sha256::of("other");
    CHECK(refused(push));
    push = good;
    std::swap(push.envelopes[0], push.envelopes[1]);
    CHECK(refused(push));
    push = good;
    push.envelopes.erase(push.envelopes.begin() + 1);
    CHECK(refused(push));
    push = good;
    push.first_sequence += 1;
    CHECK(refused(push));
    push = good;
    push.envelopes[0].count = 0;
    CHECK(refused(push));
    push = good;
    push.envelopes[2].count = 501;
    CHECK(refused(push));
    push = wire::PushRequest{};
    push.envelopes.push_back({Uuid{}, 0, 1, ""});
    push.chain_after = wire::chain(Sha256{}, push.envelopes[0]);
    CHECK(refused(push));
    push.envelopes[0].first_sequence = push.first_sequence = ~std::uint64_t{0} >> 1;
    push.chain_after = wire::chain(Sha256{}, push.envelopes[0]);
    CHECK(refused(push));

    const auto frame = wire::encode(good);
    CHECK_FALSE(wire::decode_push_request(altered_json(frame, "\"proto\":1", "\"proto\":\"1\"")).ok());
    CHECK_FALSE(wire::decode_push_request(altered_json(frame, "\"envelopes\":[", "\"envelopes\":[7,")).ok());
    CHECK_FALSE(wire::decode_push_request(altered_json(frame, "\"envelopes\"", "\"letters\"")).ok());
    CHECK_FALSE(
        wire::decode_push_request(altered_json(frame, "\"envelopes\":[\"", "\"envelopes\":[\"%")).ok());
    // What a later protocol adds is no fault.
    CHECK(wire::decode_push_request(altered_json(frame, "\"proto\":1", "\"proto\":1,\"battery\":[80]")).ok());
}

TEST_CASE("an envelope may stand in a push as an object too", "[wire][message]") {
    RandomOperations source(3);
    const auto push = a_push(source, 1);
    const auto& one = push.envelopes.front();
    const auto packed = *wire::expand(wire::encode(push), limits::frame_bytes_max);
    const auto from = packed.find("\"envelopes\":[") + 13;
    const auto object = fmt::format(R"({{"id":"{}","first_sequence":{},"count":{},"body":"{}"}})",
                                    one.id.text(), one.first_sequence, one.count, to_base64(one.body));
    const auto written = packed.substr(0, from) + object + packed.substr(packed.find(']', from));
    const auto back = wire::decode_push_request(wire::compress(written));
    REQUIRE(back.ok());
    CHECK(same(*back, push));
}

TEST_CASE("a push cut at any byte or with any byte altered never crashes", "[wire][message]") {
    RandomOperations source(4);
    const auto push = a_push(source, 3);
    const auto json = *wire::expand(wire::encode(push), limits::frame_bytes_max);
    for (std::size_t size = 0; size < json.size(); size += 3)
        REQUIRE_FALSE(wire::decode_push_request(wire::compress(json.substr(0, size))).ok());
    for (int i = 0; i < 3000; ++i) {
        auto altered = json;
        altered[source.random().below(altered.size())] = static_cast<char>(source.random().below(256));
        const auto back = wire::decode_push_request(wire::compress(altered));
        // The chain covers every envelope.
        REQUIRE((!back.ok() || back->envelopes == push.envelopes));
    }
}

TEST_CASE("a reply to a push comes back as it went", "[wire][message]") {
    RandomOperations source(5);
    wire::PushReply reply{
        Uuid::random(source.random()),
        17,
        Sha256::of("x"),
        9,
        {{Uuid::random(source.random()), 3, "payload.day is missing."}, {Uuid{}, 4, "ਪੰਜਾਬੀ"}},
        1'773'500'000'000};
    const auto back = wire::decode_push_reply(wire::encode(reply));
    REQUIRE(back.ok());
    CHECK(back->epoch == reply.epoch);
    CHECK(back->acked_through == 17);
    CHECK(back->chain == reply.chain);
    CHECK(back->durable_through == 9);
    CHECK(back->quarantined == reply.quarantined);
    CHECK(back->server_time_ms == reply.server_time_ms);
    CHECK_FALSE(wire::decode_push_reply("<html>200 OK</html>").ok());
    CHECK_FALSE(wire::decode_push_reply(wire::compress("{}")).ok());
    CHECK_FALSE(wire::decode_push_reply(altered_json(wire::encode(reply), "17", "-17")).ok());
}

TEST_CASE("a page carries operations byte for byte, unreadable ones too", "[wire][message]") {
    RandomOperations source(6);
    wire::PullReply page;
    page.epoch = Uuid::random(source.random());
    page.enrolment = Uuid::random(source.random());
    page.from = 40;
    page.cursor = 50;
    page.more = true;
    page.server_time_ms = 5;
    const std::string bodies[] = {wire::encode(source.one()),
                                  "{ \"odd\" :\t\"sp\xff"
                                  "ace\" }",
                                  "",
                                  "not json at all",
                                  std::string("{\"\0", 3),
                                  wire::encode(source.one())};
    for (std::size_t i = 0; i < std::size(bodies); ++i)
        page.operations.push_back({41 + i, Uuid::random(source.random()), bodies[i]});
    const auto back = wire::decode_pull_reply(wire::encode(page));
    REQUIRE(back.ok());
    CHECK(back->epoch == page.epoch);
    CHECK(back->enrolment == page.enrolment);
    CHECK(back->from == 40);
    CHECK(back->cursor == 50);
    CHECK(back->more);
    REQUIRE(back->operations.size() == page.operations.size());
    for (std::size_t i = 0; i < std::size(bodies); ++i) {
        CHECK(back->operations[i].json == bodies[i]);
        CHECK(back->operations[i].id == page.operations[i].id);
        CHECK(back->operations[i].pull_sequence == 41 + i);
    }
    CHECK(back->hash == wire::page_hash(page.operations));
}

TEST_CASE("a page with an operation missing, doubled or out of order is refused", "[wire][message]") {
    RandomOperations source(7);
    wire::PullReply page;
    page.from = 1;
    page.cursor = 4;
    for (std::uint64_t i = 2; i <= 4; ++i)
        page.operations.push_back({i, Uuid::random(source.random()), "{}"});
    REQUIRE(wire::decode_pull_reply(wire::encode(page)).ok());
    const auto refused = [](const wire::PullReply& bad) {
        return !wire::decode_pull_reply(wire::encode(bad)).ok();
    };
    auto bad = page;
    std::swap(bad.operations[0], bad.operations[1]);
    CHECK(refused(bad));
    bad = page;
    bad.operations[1] = bad.operations[0];
    CHECK(refused(bad));
    bad = page;
    bad.cursor = 3;
    CHECK(refused(bad));
    bad = page;
    bad.operations.clear();
    bad.cursor = 0;
    CHECK(refused(bad));
    const auto frame = wire::encode(page);
    const auto second =
        R"({"pull_sequence":3,"id":")" + page.operations[1].id.text() + R"(","operation":{}},)";
    CHECK_FALSE(wire::decode_pull_reply(altered_json(frame, second, "")).ok());
    CHECK_FALSE(
        wire::decode_pull_reply(altered_json(frame, page.operations[1].id.text(), Uuid{}.text())).ok());
}

TEST_CASE("what a tablet is told of itself, and a refusal, come back as they went", "[wire][message]") {
    RandomOperations source(8);
    wire::TabletReply reply{Uuid::random(source.random()),
                            Uuid::random(source.random()),
                            "tab-01",
                            12,
                            Sha256::of("c"),
                            99,
                            std::string("\0\xff\x80key", 6),
                            77};
    const auto back = wire::decode_tablet_reply(wire::encode(reply));
    REQUIRE(back.ok());
    CHECK(back->enrolment == reply.enrolment);
    CHECK(back->tablet == "tab-01");
    CHECK(back->acked_through == 12);
    CHECK(back->chain == reply.chain);
    CHECK(back->cursor_max == 99);
    CHECK(back->safeguarding_key == reply.safeguarding_key);
    CHECK(back->server_time_ms == 77);
    CHECK_FALSE(back->licence);
    reply.licence = {5, 9, std::string("\0\xff", 2)};
    const auto with_licence = wire::decode_tablet_reply(wire::encode(reply));
    REQUIRE(with_licence.ok());
    REQUIRE(with_licence->licence);
    CHECK(with_licence->licence->issued_ms == 5);
    CHECK(with_licence->licence->until_ms == 9);
    CHECK(with_licence->licence->signature == reply.licence->signature);
    CHECK_FALSE(wire::decode_tablet_reply(altered_json(wire::encode(reply), R"("until_ms":9)", "")).ok());

    const auto refusal = wire::decode_refusal(wire::encode(wire::Refusal{"gap", "Something is missing.", 4}));
    REQUIRE(refusal.ok());
    CHECK(refusal->code == "gap");
    CHECK(refusal->what == "Something is missing.");
    CHECK(refusal->expected == 4);
    CHECK(wire::decode_refusal(R"({"code":"busy","what":"Later."})")->expected == 0);
    CHECK_FALSE(wire::decode_refusal(R"({"code":7,"what":"Later."})").ok());
    CHECK_FALSE(wire::decode_refusal("<html>").ok());
}
