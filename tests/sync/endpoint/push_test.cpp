#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

TEST_CASE("a push is kept, acknowledged and given places in the feed without a hole", "[push]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random), visit(centre.random)});
    tablet.keep({visit(centre.random)});
    const auto reply = acknowledged(tablet.push(0, 2));
    CHECK(reply.acked_through == 3);
    CHECK(reply.chain == tablet.chains[2]);
    CHECK(reply.durable_through == 0);
    CHECK(reply.quarantined.empty());
    CHECK(*centre.endpoint->store().cursor_max() == 3);
    CHECK(centre.text("select case when min(pull_seq) = 1 and max(pull_seq) = 3 then 'whole' else '' end "
                      "from operation") == "whole");
    CHECK(centre.rows("operation") == 3);
}

TEST_CASE("the same push again changes nothing and is answered in the same way", "[push]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random)});
    const auto first = tablet.push(0, 1);
    const auto again = tablet.push(0, 1);
    CHECK(again.body == first.body);
    CHECK(centre.rows("operation") == 1);
    CHECK(centre.rows("fork") == 0);
}

TEST_CASE("an overlap is compared and skipped, what is new is kept", "[push]") {
    Centre centre;
    Hand tablet(centre);
    for (int i = 0; i < 4; ++i)
        tablet.keep({visit(centre.random)});
    acknowledged(tablet.push(0, 2));
    CHECK(acknowledged(tablet.push(1, 4)).acked_through == 4);
    CHECK(centre.rows("operation") == 4);
    // A resend of an early part acknowledges that part: no more was sent.
    CHECK(acknowledged(tablet.push(0, 1)).acked_through == 1);
    CHECK(acknowledged(tablet.push(0, 4)).acked_through == 4);
    CHECK(centre.rows("operation") == 4);
    CHECK(centre.text("select acked_seq from tablet") == "4");
}

TEST_CASE("a hole is told with what is missing", "[push]") {
    Centre centre;
    Hand tablet(centre);
    for (int i = 0; i < 3; ++i)
        tablet.keep({visit(centre.random)});
    acknowledged(tablet.push(0, 1));
    const auto response = tablet.push(2, 3);
    CHECK(response.status == 409);
    CHECK(code_of(response) == "gap");
    CHECK(wire::decode_refusal(response.body)->expected == 2);
    CHECK(centre.rows("operation") == 1);
}

TEST_CASE("another history of the same tablet is read beside the first, whole and once", "[push]") {
    Centre centre;
    Hand original(centre);
    original.keep({visit(centre.random)});
    original.keep({visit(centre.random)});
    acknowledged(original.push(0, 2));
    Hand copy = original;
    SECTION("from the beginning") {
        copy.envelopes.clear();
        copy.chains.resize(1);
        copy.last = 0;
        copy.keep({visit(centre.random)});
        copy.keep({visit(centre.random)});
    }
    SECTION("from the second fact on") {
        copy.envelopes.pop_back();
        copy.chains.pop_back();
        copy.last = 1;
        copy.keep({visit(centre.random)});
    }
    SECTION("an envelope that reaches over the acknowledged end") {
        copy.envelopes.pop_back();
        copy.chains.pop_back();
        copy.last = 1;
        copy.keep({visit(centre.random), visit(centre.random)});
    }
    const auto count = copy.envelopes.size();
    const auto facts =
        2 + static_cast<std::int64_t>(copy.last) - (copy.chains[1] == original.chains[1] ? 1 : 0);
    const auto response = copy.push(0, count);
    CHECK(response.status == 409);
    CHECK(code_of(response) == "fork");
    CHECK(centre.rows("fact_visit") == facts);
    CHECK(centre.rows("branch") == 1);
    CHECK(centre.rows("fork") == 0);
    // Again, in one piece or in several, and what follows it.
    CHECK(copy.push(0, count).status == 409);
    CHECK(copy.push(count - 1, count).status == 409);
    CHECK(centre.rows("fact_visit") == facts);
    copy.keep({visit(centre.random)});
    CHECK(copy.push(count, count + 1).status == 409);
    const bool is_gap = copy.envelopes.back().first_sequence > 3;
    CHECK(centre.rows("fact_visit") == facts + (is_gap ? 0 : 1));
    CHECK(centre.rows("branch") == 1);
    CHECK(centre.text("select acked_seq from tablet") == "2");
    CHECK(centre.endpoint->tablets()->front().forked_ms == centre.clock.now_ms());
    CHECK(original.push(0, 2).status == 200);
}

TEST_CASE("a history that branched off behind the acknowledged end is a fork too", "[push]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random)});
    acknowledged(tablet.push(0, 1));
    tablet.keep({visit(centre.random)});
    auto frame = tablet.frame(1, 2);
    frame.chain_before = Sha256::of("elsewhere");
    frame.chain_after = wire::chain(frame.chain_before, frame.envelopes.front());
    CHECK(code_of(centre.handle(tablet.push_of(frame))) == "fork");
    CHECK(centre.rows("fact_visit") == 2);
    CHECK(centre.text("select acked_seq from tablet") == "1");
}

TEST_CASE("what an older Doorstep kept of another history unread is read in, and known when it comes again",
          "[push]") {
    Centre centre;
    Hand original(centre);
    original.keep({visit(centre.random)});
    acknowledged(original.push(0, 1));
    Hand copy = original;
    copy.envelopes.clear();
    copy.chains.resize(1);
    copy.last = 0;
    for (int i = 0; i < 3; ++i)
        copy.keep({visit(centre.random)});
    for (std::size_t i = 0; i < 3; ++i)
        REQUIRE(centre.sql
                    .run("insert into forked_envelope(partnership, enrolment, first_seq, last_seq, "
                         "envelope_id, chain_before, chain, body, received_ms) values(1, :enrolment, :first, "
                         ":first, :id, :before, :chain, :body, 1)",
                         {{"enrolment", sql_value(copy.enrolment.enrolment)},
                          {"first", sql_value(copy.envelopes[i].first_sequence)},
                          {"id", sql_value(copy.envelopes[i].id)},
                          {"before", sql_value(copy.chains[i])},
                          {"chain", sql_value(copy.chains[i + 1])},
                          {"body", Blob{copy.envelopes[i].body}}})
                    .ok());
    REQUIRE(centre.endpoint->read_set_aside().ok());
    CHECK(centre.rows("forked_envelope") == 0);
    CHECK(centre.rows("fact_visit") == 4);
    CHECK(centre.rows("branch") == 1);
    CHECK(copy.push(0, 3).status == 409);
    CHECK(centre.rows("fact_visit") == 4);
}

TEST_CASE("of what cannot be read only so much is taken from one tablet in a day", "[push]") {
    Centre centre;
    Hand tablet(centre);
    tablet.add({Uuid::random(centre.random), 1, 1, "this is not a frame"});
    REQUIRE(
        centre.sql
            .run("insert into aside_taken(partnership, enrolment, day, bytes) values(1, :enrolment, :day, "
                 ":bytes)",
                 {{"enrolment", sql_value(tablet.enrolment.enrolment)},
                  {"day", centre.clock.now_ms() / 86'400'000},
                  {"bytes", static_cast<std::int64_t>(limits::aside_day_bytes_max) - 10}})
            .ok());
    const auto full = tablet.push(0, 1);
    CHECK(full.status == 429);
    CHECK(full.retry_after_s > 0);
    CHECK(centre.rows("operation") == 0);
    CHECK(centre.text("select acked_seq from tablet") == "0");
    SECTION("another history counts too") {
        Hand copy = tablet;
        centre.clock.advance_ms(86'400'000);
        acknowledged(tablet.push(0, 1));
        REQUIRE(centre.sql
                    .run("update aside_taken set bytes = :bytes",
                         {{"bytes", static_cast<std::int64_t>(limits::aside_day_bytes_max)}})
                    .ok());
        copy.envelopes.clear();
        copy.chains.resize(1);
        copy.last = 0;
        copy.keep({visit(centre.random)});
        CHECK(copy.push(0, 1).status == 429);
        CHECK(centre.rows("branch") == 0);
        // What can be read goes on.
        tablet.keep({visit(centre.random)});
        acknowledged(tablet.push(1, 2));
    }
    SECTION("tomorrow there is room again") {
        centre.clock.advance_ms(86'400'000);
        CHECK(acknowledged(tablet.push(0, 1)).acked_through == 1);
    }
}

TEST_CASE("what cannot be read is kept, set aside, told, and blocks nobody", "[push]") {
    Centre centre;
    Hand tablet(centre);
    auto unknown = visit(centre.random);
    unknown.sequence = 1;
    auto json = wire::encode(unknown);
    const auto at = json.find("visit_planned");
    REQUIRE(at != std::string::npos);
    json.replace(at, 13, "visit_dreamed");
    tablet.keep_json({json});
    tablet.keep_json({"{\"nonsense\":[1,2"});
    tablet.keep_json({"{}"});
    tablet.add({Uuid::random(centre.random), 4, 2, "this is not a frame"});
    tablet.keep({visit(centre.random)});
    const auto reply = acknowledged(tablet.push(0, 5));
    CHECK(reply.acked_through == 6);
    CHECK(reply.quarantined.size() >= 4);
    for (const auto& one : reply.quarantined)
        CHECK_FALSE(one.reason.empty());
    CHECK(centre.rows("fact_visit") == 1);
    CHECK(centre.rows("envelope") == 5);
    // Told again, since the first reply may have been lost.
    CHECK(acknowledged(tablet.push(0, 5)).quarantined == reply.quarantined);
    // Other tablets get them too, as they came.
    const Hand other(centre, "tab-02");
    const auto page = wire::decode_pull_reply(other.pull(0).body);
    REQUIRE(page.ok());
    CHECK(page->operations.size() == static_cast<std::size_t>(*centre.endpoint->store().cursor_max()));
}

TEST_CASE("NUL in a text is an answer like any other", "[push]") {
    Centre centre;
    Hand tablet(centre);
    auto planned = visit(centre.random);
    std::get<VisitPlanned>(planned.payload).label = std::string("a\0b", 3);
    tablet.keep({planned});
    CHECK(acknowledged(tablet.push(0, 1)).acked_through == 1);
    CHECK(centre.rows("operation") == 1);
}

TEST_CASE("one outbox row per referral, whatever is resent or raised again", "[push]") {
    Centre centre;
    Hand one(centre, "tab-01");
    Hand two(centre, "tab-02");
    const auto id = Uuid::random(centre.random);
    one.keep({referral(centre.random, id, "fire")});
    acknowledged(one.push(0, 1));
    acknowledged(one.push(0, 1));
    two.keep({referral(centre.random, id, "fire")});
    acknowledged(two.push(0, 1));
    CHECK(centre.rows("outbox") == 1);
    CHECK(centre.text("select state from outbox") == "waiting");
}

TEST_CASE("a referral to an agency that nobody knows waits for a person", "[push]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({referral(centre.random, Uuid::random(centre.random), "moon")});
    acknowledged(tablet.push(0, 1));
    CHECK(centre.text("select state from outbox") == "unknown_agency");
}

TEST_CASE("a referral that is set aside does not leave", "[push]") {
    Centre centre;
    Hand tablet(centre);
    auto raised = referral(centre.random, Uuid::random(centre.random), "fire");
    raised.sequence = 1;
    auto json = wire::encode(raised);
    const auto at = json.find("\"fire\"");
    REQUIRE(at != std::string::npos);
    json.replace(at, 6, "[1, 2]");
    tablet.keep_json({json});
    CHECK(acknowledged(tablet.push(0, 1)).quarantined.size() == 1);
    CHECK(centre.rows("outbox") == 0);
}

TEST_CASE("what is no push is refused with its own status", "[push]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random)});
    auto request = tablet.push_of(tablet.frame(0, 1));
    SECTION("another media type") {
        request.content_type = "application/json";
        CHECK(centre.handle(request).status == 415);
        request.content_type = "application/vnd.doorstep.operations+jsonx";
        CHECK(centre.handle(tablet.signed_again(request)).status == 415);
        request.content_type = "";
        CHECK(centre.handle(tablet.signed_again(request)).status == 415);
    }
    SECTION("a coding of its own") {
        request.content_encoding = "gzip";
        CHECK(centre.handle(request).status == 415);
    }
    SECTION("too large") {
        request.body.assign(limits::push_bytes_max + 1, 'x');
        CHECK(centre.handle(tablet.signed_again(request)).status == 413);
    }
    SECTION("cut at every byte") {
        const auto whole = request.body;
        for (std::size_t length = 0; length < whole.size(); ++length) {
            request.body = whole.substr(0, length);
            CHECK(centre.handle(tablet.signed_again(request)).status == 400);
        }
    }
    SECTION("a bit turned over at every byte") {
        const auto whole = request.body;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            request.body = whole;
            request.body[i] = static_cast<char>(request.body[i] ^ 0x10);
            // A few bits of the frame mean nothing: with them it is still the same push.
            if (const auto same = wire::decode_push_request(request.body); same.ok()) {
                CHECK(wire::encode(*same) == whole);
                continue;
            }
            INFO(i);
            CHECK(centre.handle(tablet.signed_again(request)).status == 400);
        }
    }
    SECTION("a bomb: little that says it grows beyond the bound") {
        request.body = wire::compress(std::string(limits::frame_bytes_max + 1, ' '));
        CHECK(request.body.size() < 10'000);
        CHECK(centre.handle(tablet.signed_again(request)).status == 400);
    }
    CHECK(centre.rows("operation") == 0);
    CHECK(centre.rows("branch") == 0);
    CHECK(acknowledged(tablet.push(0, 1)).acked_through == 1);
}

TEST_CASE("a well-formed frame that is not for here is refused, and its tablet still gets through",
          "[push]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random)});
    auto frame = tablet.frame(0, 1);
    SECTION("too old") {
        frame.proto = limits::protocol_min - 1;
        CHECK(centre.handle(tablet.push_of(frame)).status == (frame.proto < 1 ? 400 : 426));
    }
    SECTION("from the future") {
        frame.proto = limits::protocol + 1;
        CHECK(centre.handle(tablet.push_of(frame)).status == 400);
    }
    SECTION("of another enrolment") {
        const Hand other(centre, "tab-02");
        frame.enrolment = other.enrolment.enrolment;
        CHECK(centre.handle(tablet.push_of(frame)).status == 400);
    }
    SECTION("of another epoch") {
        frame.epoch_seen = Uuid::random(centre.random);
        const auto response = centre.handle(tablet.push_of(frame));
        CHECK(response.status == 409);
        CHECK(code_of(response) == "epoch");
    }
    SECTION("of nothing") {
        frame.envelopes.clear();
        frame.chain_after = frame.chain_before;
        CHECK(centre.handle(tablet.push_of(frame)).status == 400);
    }
    SECTION("a chain that does not follow") {
        frame.chain_after = Sha256::of("x");
        CHECK(centre.handle(tablet.push_of(frame)).status == 400);
    }
    CHECK(centre.rows("operation") == 0);
    CHECK(centre.rows("branch") == 0);
    CHECK(acknowledged(tablet.push(0, 1)).acked_through == 1);
}

TEST_CASE("pushes of several tablets in one batch each get their own answer", "[push]") {
    Centre centre;
    std::vector<std::unique_ptr<Hand>> tablets;
    std::vector<EndpointRequest> batch;
    for (int i = 0; i < 20; ++i) {
        tablets.push_back(std::make_unique<Hand>(centre, fmt::format("tab-{:02}", i)));
        tablets.back()->keep({visit(centre.random)});
        batch.push_back(tablets.back()->push_of(tablets.back()->frame(0, 1)));
    }
    batch[7].body = "rubbish";
    batch[7] = tablets[7]->signed_again(batch[7]);
    batch[9].mark.signature = to_base64(std::string(64, 'x'));
    const auto responses = centre.endpoint->handle(batch);
    for (std::size_t i = 0; i < responses.size(); ++i)
        CHECK(responses[i].status == (i == 7 ? 400 : i == 9 ? 401 : 200));
    CHECK(*centre.endpoint->store().cursor_max() == 18);
}

TEST_CASE("two pushes of one tablet in one batch follow one another", "[push]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random)});
    tablet.keep({visit(centre.random)});
    const std::vector<EndpointRequest> batch{tablet.push_of(tablet.frame(0, 1)),
                                             tablet.push_of(tablet.frame(1, 2)),
                                             tablet.push_of(tablet.frame(0, 2))};
    const auto responses = centre.endpoint->handle(batch);
    CHECK(acknowledged(responses[1]).acked_through == 2);
    CHECK(acknowledged(responses[2]).acked_through == 2);
    CHECK(centre.rows("operation") == 2);
}
