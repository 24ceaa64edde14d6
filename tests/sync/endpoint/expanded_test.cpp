// An enrolled tablet that sends kilobytes which declare hundreds of megabytes.
#include "sync/endpoint/expanded_bytes.h"

#include "sync/endpoint/foreseen.h"
#include "sync/store/endpoint_seal.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"
#include "sync/wire/shorthand.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::size_t bomb_bytes = 500'000;  // below the bound of one envelope
constexpr std::size_t fit = 8;               // of them in a push

// A fact of a type that this program does not know.
std::string of_tomorrow(Random& random, Sequence sequence, std::size_t padding) {
    auto fact = visit(random);
    fact.sequence = sequence;
    auto json = wire::encode(fact);
    const std::string type = "\"visit_planned\"";
    const auto at = json.find(type);
    REQUIRE(at != std::string::npos);
    json.replace(at, type.size(), "\"visit_dreamt\"");
    return json.insert(json.size() - 1, ",\"padding\":\"" + std::string(padding, 'a') + "\"");
}

enum class Body : std::uint8_t { frame, sealed_frame, text };

void keep_bombs(Hand& tablet, std::size_t count, Body as = Body::frame) {
    for (std::size_t i = 0; i < count; ++i) {
        auto& random = tablet.centre.random;
        const auto id = Uuid::random(random);
        const auto first = tablet.last + 1;
        const std::vector<std::string> facts{of_tomorrow(random, first, bomb_bytes)};
        auto envelope = wire::seal_envelope(id, first, facts);
        if (as == Body::sealed_frame)
            envelope.body = seal_body_to(same_keys().sealing.public_key, envelope.body);
        if (as == Body::text)
            envelope.body = wire::envelope_text(id, first, facts);
        tablet.add(envelope);
    }
}

struct WorkedOut : Foreseen {
    WorkedOut(const Hand& tablet, const EndpointRequest& request, ExpandedBytes& room) {
        key = tablet.pair().public_key;
        again(request, room);
    }
    void again(const EndpointRequest& request, ExpandedBytes& room) {
        const auto keys = same_keys();
        work_out(*this, request, &keys, wire::PhraseBooks{}, room);
    }
};

void nothing_is_kept(Centre& centre) {
    for (const char* table : {"operation", "envelope", "aside_taken", "branch", "fork"}) {
        INFO(table);
        CHECK(centre.rows(table) == 0);
    }
    CHECK(centre.text("select acked_seq from tablet") == "0");
}

}  // namespace

TEST_CASE("room is taken before it is used, given back, and never more than there is", "[expanded]") {
    ExpandedBytes room(100);
    CHECK(room.take(60));
    CHECK_FALSE(room.take(41));
    CHECK(room.take(40));
    CHECK_FALSE(room.take(1));
    CHECK(room.take(0));
    room.give_back(60);
    CHECK(room.taken() == 40);
    CHECK_FALSE(room.take(static_cast<std::size_t>(-1)));
    CHECK(room.take(60));
}

TEST_CASE("a push that expands to more than 4 MiB is refused before it is opened", "[expanded]") {
    const auto as = GENERATE(Body::frame, Body::sealed_frame);
    Centre centre;
    Hand evil(centre);
    keep_bombs(evil, 60, as);
    const auto request = evil.push_of(evil.frame(0, 60));
    CHECK(request.body.size() < 64 * 1024);
    ExpandedBytes ahead(expanded::ahead_max);
    const WorkedOut foreseen(evil, request, ahead);
    CHECK(foreseen.good);
    CHECK(foreseen.push->ok());
    CHECK(foreseen.opened.empty());
    CHECK_FALSE(foreseen.postponed);
    CHECK(ahead.taken() == foreseen.held);
    CHECK(foreseen.held < 128 * 1024);  // its frame alone
    ExpandedBytes room(expanded::of_push_max);
    const auto keys = same_keys();
    std::size_t opened = 0;
    for (const auto& envelope : (**foreseen.push).envelopes)
        opened += open_facts(envelope, &keys, wire::PhraseBooks{}, room) ? 1u : 0u;
    CHECK(opened == fit);
    CHECK(room.taken() <= expanded::of_push_max);
    const auto response = centre.handle(request);
    CHECK(response.status == 413);
    CHECK(code_of(response) == "too_large");
    nothing_is_kept(centre);
    // Less at a time goes, and one by itself always does.
    CHECK(acknowledged(evil.push(0, fit)).acked_through == fit);
    CHECK(acknowledged(evil.push(fit, fit + 1)).acked_through == fit + 1);
    CHECK(evil.push(fit + 1, 60).status == 413);
    CHECK(centre.rows("operation") == fit + 1);
}

TEST_CASE("nothing is opened of what comes behind a hole", "[expanded]") {
    Centre centre;
    centre.endpoint->work_ahead();
    Hand evil(centre);
    keep_bombs(evil, 5);
    const auto frame = evil.frame(1, 5);
    ExpandedBytes ahead(expanded::ahead_max);
    const auto request = evil.push_of(frame);
    const WorkedOut foreseen(evil, request, ahead);
    CHECK(foreseen.good);
    CHECK(foreseen.push->ok());
    CHECK(foreseen.opened.empty());
    CHECK_FALSE(foreseen.postponed);
    CHECK(ahead.taken() < 64 * 1024);
    std::vector<EndpointRequest> batch;
    for (int i = 0; i < 60; ++i)
        batch.push_back(evil.push_of(frame));
    for (const auto& response : centre.endpoint->handle(batch))
        CHECK(code_of(response) == "gap");
    nothing_is_kept(centre);
}

TEST_CASE("of all that is worked out ahead only so much is held, and the rest has its turn", "[expanded]") {
    Centre centre;
    std::vector<Hand> tablets;
    std::vector<EndpointRequest> requests;
    for (int i = 0; i < 5; ++i) {
        keep_bombs(tablets.emplace_back(centre, fmt::format("tab-0{}", i)), fit);
        requests.push_back(tablets.back().push_of(tablets.back().frame(0, fit)));
    }
    ExpandedBytes room(expanded::ahead_max);
    std::vector<WorkedOut> all;
    for (std::size_t i = 0; i < tablets.size(); ++i) {
        all.emplace_back(tablets[i], requests[i], room);
        CHECK(room.taken() <= expanded::ahead_max);
        CHECK(all.back().opened.empty() == all.back().postponed);
    }
    CHECK(all.front().opened.size() == fit);
    REQUIRE(all.back().postponed);
    room.give_back(all.front().held);
    all.back().again(requests.back(), room);
    CHECK_FALSE(all.back().postponed);
    CHECK(all.back().opened.size() == fit);
    centre.endpoint->work_ahead();
    for (const auto& response : centre.endpoint->handle(requests))
        CHECK(acknowledged(response).quarantined.size() == fit);
    CHECK(centre.rows("operation") == static_cast<std::int64_t>(tablets.size() * fit));
}

TEST_CASE("another history that expands to too much is refused as well, and goes in parts", "[expanded]") {
    Centre centre;
    Hand original(centre);
    Hand copy = original;
    original.keep({visit(centre.random)});
    acknowledged(original.push(0, 1));
    keep_bombs(copy, fit + 1);
    CHECK(code_of(copy.push(0, fit + 1)) == "too_large");
    CHECK(centre.rows("branch") == 0);
    CHECK(centre.rows("operation") == 1);
    CHECK(code_of(copy.push(0, fit)) == "fork");
    CHECK(centre.rows("operation") == 1 + fit);
}

TEST_CASE("a body that is over its own bound is set aside, whatever it declares", "[expanded]") {
    Centre centre;
    Hand tablet(centre);
    tablet.add({Uuid::random(centre.random), 1, 1, wire::compress(std::string(3'000'000, 'a'))});
    keep_bombs(tablet, fit);
    const auto reply = acknowledged(tablet.push(0, 1 + fit));
    CHECK(reply.acked_through == 1 + fit);
    CHECK(reply.quarantined.size() == 1 + fit);
    CHECK(centre.rows("operation") == 1 + fit);
}

TEST_CASE("plain bodies count as they are", "[expanded]") {
    Centre centre;
    Hand tablet(centre);
    keep_bombs(tablet, 5, Body::text);
    const auto& one = tablet.envelopes.front();
    ExpandedBytes room(one.body.size() * 2);
    CHECK(open_facts(one, nullptr, wire::PhraseBooks{}, room));
    CHECK(room.taken() == one.body.size());
    CHECK(open_facts(one, nullptr, wire::PhraseBooks{}, room));
    CHECK_FALSE(open_facts(one, nullptr, wire::PhraseBooks{}, room));
    CHECK(room.taken() == one.body.size() * 2);
}

TEST_CASE("a short form counts as what it was written out to, and as much as it may be when it is damaged",
          "[expanded]") {
    SeededRandom random(9);
    const wire::PhraseBooks books;
    const auto keys = same_keys();
    const auto id = Uuid::random(random);
    const auto text = wire::envelope_text(id, 1, {of_tomorrow(random, 1, 20'000)});
    const auto brief = wire::shorten(text, books.without_form(), {id, 1});
    REQUIRE_FALSE(brief.empty());
    wire::Envelope envelope{id, 1, 1, seal_body_to(keys.sealing.public_key, brief)};
    SECTION("whole") {
        ExpandedBytes room(2 * text.size() - 1);
        const auto opened = open_facts(envelope, &keys, books, room);
        REQUIRE(opened);
        REQUIRE(opened->facts.size() == 1);
        CHECK(opened->facts.front().operation);
        CHECK(room.taken() == text.size());
        CHECK_FALSE(open_facts(envelope, &keys, books, room));
    }
    SECTION("damaged") {
        envelope.body = seal_body_to(keys.sealing.public_key, brief.substr(0, brief.size() / 2));
        ExpandedBytes room(expanded::of_push_max);
        for (std::size_t i = 0; i < expanded::of_push_max / limits::envelope_bytes_max; ++i)
            CHECK(open_facts(envelope, &keys, books, room));
        CHECK_FALSE(open_facts(envelope, &keys, books, room));
    }
}

TEST_CASE("facts of a type that nobody knows count in the day's quota, those that are known do not",
          "[expanded]") {
    Centre centre;
    Hand tablet(centre);
    tablet.keep({visit(centre.random)});
    acknowledged(tablet.push(0, 1));
    CHECK(centre.rows("aside_taken") == 0);
    const auto json = of_tomorrow(centre.random, 2, 9'300);  // a record of a newer Doorstep
    tablet.keep_json({json});
    acknowledged(tablet.push(1, 2));
    CHECK(centre.text("select bytes from aside_taken") == std::to_string(json.size()));
    // Said again they count once.
    acknowledged(tablet.push(0, 2));
    CHECK(centre.text("select bytes from aside_taken") == std::to_string(json.size()));
    REQUIRE(centre.sql
                .run("update aside_taken set bytes = :bytes",
                     {{"bytes", static_cast<std::int64_t>(limits::aside_day_bytes_max - bomb_bytes)}})
                .ok());
    keep_bombs(tablet, 1);
    CHECK(code_of(tablet.push(2, 3)) == "too_much_aside");
    CHECK(centre.rows("operation") == 2);
    SECTION("another history counts too") {
        Hand copy = tablet;
        copy.envelopes.clear();
        copy.chains.resize(1);
        copy.last = 0;
        keep_bombs(copy, 1);
        CHECK(code_of(copy.push(0, 1)) == "too_much_aside");
        CHECK(centre.rows("branch") == 0);
    }
    SECTION("tomorrow there is room again") {
        centre.clock.advance_ms(86'400'000);
        CHECK(acknowledged(tablet.push(2, 3)).acked_through == 3);
    }
}
