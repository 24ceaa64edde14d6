#include "sync/tablet/engine.h"

#include "tests/sync/tablet/engine_bench.h"

using namespace doorstep;
using doorstep::testing::EngineBench;
using What = SyncState::What;

namespace {

Error no_network() {
    return {Fault::unreachable, "The endpoint could not be reached.", "Check the network."};
}

}  // namespace

TEST_CASE("nothing new is one request", "[engine]") {
    EngineBench bench;
    bench.begin_and_compare();
    CHECK(bench.engine.state().up_to_date);
    CHECK(bench.engine.state().what == What::idle);
    CHECK_FALSE(bench.sent(Lane::push));
    CHECK_FALSE(bench.sent(Lane::pull));
}

TEST_CASE("the endpoint is asked where it stands before anything is pushed", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin(bench.position());
    REQUIRE(bench.effects.size() == 1);
    const auto* status = bench.sent(Lane::status);
    REQUIRE(status);
    CHECK(status->request.path == "/v1/tablet");
    CHECK_FALSE(bench.engine.state().up_to_date);
}

TEST_CASE("the licence of a vault is asked for with the status, and handed on", "[engine]") {
    EngineBench bench;
    const Uuid vault = Uuid::random(bench.ids);
    auto told = bench.stands();
    told.licence = {bench.now, bench.now + 5, "signature"};
    SECTION("as it came") {
        bench.step(Begin{bench.position(), bench.enrolment, bench.now, vault});
        const auto* status = bench.sent(Lane::status);
        REQUIRE(status);
        CHECK(status->request.path == "/v1/tablet?vault=" + vault.text());
        bench.reply(Lane::status, status->attempt, bench.ours(wire::encode(told)));
        const auto* given = bench.find<TakeLicence>();
        REQUIRE(given);
        CHECK(given->licence.issued_ms == bench.now);
        CHECK(given->licence.until_ms == bench.now + 5);
        CHECK(given->licence.signature == "signature");
        CHECK(bench.engine.state().up_to_date);
    }
    SECTION("an endpoint that gives none is one of before") {
        bench.step(Begin{bench.position(), bench.enrolment, bench.now, vault});
        bench.reply(Lane::status, bench.sent(Lane::status)->attempt,
                    bench.ours(wire::encode(bench.stands())));
        CHECK_FALSE(bench.find<TakeLicence>());
        CHECK(bench.engine.state().up_to_date);
    }
    SECTION("another tablet's is not") {
        told.enrolment = Uuid::random(bench.ids);
        bench.step(Begin{bench.position(), bench.enrolment, bench.now, vault});
        bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(told)));
        CHECK_FALSE(bench.find<TakeLicence>());
    }
    SECTION("whoever has no vault takes none") {
        bench.begin(bench.position());
        bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(told)));
        CHECK_FALSE(bench.find<TakeLicence>());
    }
}

TEST_CASE("push and pull go out together and do not wait for each other", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin_and_compare(0, 0, 5);
    REQUIRE(bench.find<LoadUnsent>());
    REQUIRE(bench.sent(Lane::pull));
    const auto pull = bench.sent(Lane::pull)->attempt;
    const auto push = bench.load(1);
    bench.reply(Lane::pull, pull, no_network());
    bench.reply(Lane::push, push, bench.ours(wire::encode(bench.acknowledgement(1))));
    CHECK(bench.find<KeepAcknowledgement>());
    CHECK(bench.engine.state().what == What::offline);
}

TEST_CASE("sent is shown only after the acknowledgement is durable", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin_and_compare();
    const auto push = bench.load(1);
    bench.reply(Lane::push, push, bench.ours(wire::encode(bench.acknowledgement(1))));
    CHECK(bench.engine.state().sent == 0);
    bench.step(Kept{Lane::push, bench.position(1), bench.now});
    CHECK(bench.engine.state().sent == 1);
    CHECK(bench.engine.state().unsent == 0);
    CHECK(bench.engine.state().up_to_date);
}

TEST_CASE("a push names its chain, its epoch and what still waits", "[engine]") {
    EngineBench bench;
    for (int i = 0; i < 3; ++i)
        bench.keep_fact();
    bench.begin_and_compare(1);
    bench.load(1);
    const auto push = wire::decode_push_request(bench.sent(Lane::push)->request.body);
    REQUIRE(push.ok());
    CHECK(push->first_sequence == 2);
    CHECK(push->chain_before == bench.chains[1]);
    CHECK(push->chain_after == bench.chains[2]);
    CHECK(push->epoch_seen == bench.epoch);
    CHECK(push->unsent == 2);
}

TEST_CASE("an acknowledgement counts only when it is ours and whole", "[engine]") {
    EngineBench bench;
    for (int i = 0; i < 3; ++i)
        bench.keep_fact();
    bench.begin_and_compare();
    const auto push = bench.load(2);
    auto reply = bench.ours(wire::encode(bench.acknowledgement(2)));
    SECTION("without the endpoint's header") {
        reply.headers.clear();
        bench.reply(Lane::push, push, reply);
        CHECK(bench.engine.state().what == What::not_our_endpoint);
    }
    SECTION("a sign-in page") {
        bench.reply(Lane::push, push,
                    HttpReply{200, {{"content-type", "text/html"}}, "<html>Sign in</html>"});
        CHECK(bench.engine.state().what == What::not_our_endpoint);
        CHECK(bench.engine.state().words.find("sign-in") != std::string::npos);
    }
    SECTION("a page of HTML that carries our header") {
        reply.body = "<html>OK</html>";
        bench.reply(Lane::push, push, reply);
    }
    SECTION("another chain") {
        auto foreign = bench.acknowledgement(2);
        foreign.chain = Sha256::of("foreign");
        bench.reply(Lane::push, push, bench.ours(wire::encode(foreign)));
    }
    SECTION("more than was sent") {
        bench.reply(Lane::push, push, bench.ours(wire::encode(bench.acknowledgement(3))));
    }
    SECTION("less than was ever acknowledged") {
        bench.reply(Lane::push, push, bench.ours(wire::encode(bench.acknowledgement(0))));
    }
    SECTION("another epoch") {
        auto other = bench.acknowledgement(2);
        other.epoch = Uuid::random(bench.ids);
        bench.reply(Lane::push, push, bench.ours(wire::encode(other)));
    }
    SECTION("a bit turned over") {
        for (std::size_t i = 0; i < reply.body.size(); ++i) {
            EngineBench fresh;
            fresh.keep_fact();
            fresh.begin_and_compare();
            const auto attempt = fresh.load(1);
            auto flipped = fresh.ours(wire::encode(fresh.acknowledgement(1)));
            if (i >= flipped.body.size())
                break;
            flipped.body[i] = static_cast<char>(flipped.body[i] ^ 4);
            fresh.reply(Lane::push, attempt, flipped);
            INFO(i);
            CHECK_FALSE(fresh.find<KeepAcknowledgement>());
        }
        bench.reply(Lane::push, push, no_network());
    }
    SECTION("cut short") {
        for (std::size_t i = 0; i < reply.body.size(); ++i) {
            auto cut = reply;
            cut.body.resize(i);
            bench.reply(Lane::push, push, cut);
            CHECK_FALSE(bench.find<KeepAcknowledgement>());
        }
    }
    SECTION("another status") {
        reply.status = 202;
        bench.reply(Lane::push, push, reply);
    }
    CHECK_FALSE(bench.find<KeepAcknowledgement>());
    CHECK(bench.engine.state().sent == 0);
    CHECK(bench.engine.state().unsent == 3);
}

TEST_CASE("a part of a push may be acknowledged, to the end of an envelope", "[engine]") {
    EngineBench bench;
    for (int i = 0; i < 3; ++i)
        bench.keep_fact();
    bench.begin_and_compare();
    const auto push = bench.load(3);
    bench.reply(Lane::push, push, bench.ours(wire::encode(bench.acknowledgement(2))));
    REQUIRE(bench.find<KeepAcknowledgement>());
    bench.step(Kept{Lane::push, bench.position(2), bench.now});
    REQUIRE(bench.find<LoadUnsent>());
    CHECK(bench.find<LoadUnsent>()->after == 2);
}

TEST_CASE("a late or doubled reply is ignored", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin_and_compare();
    const auto first = bench.load(1);
    bench.reply(Lane::push, first, no_network());
    bench.now += 10'000;
    bench.step(Woken{bench.now});
    const auto second = bench.load(1);
    REQUIRE(second != first);
    bench.reply(Lane::push, first, bench.ours(wire::encode(bench.acknowledgement(1))));
    CHECK(bench.effects.empty());
    bench.reply(Lane::push, second, bench.ours(wire::encode(bench.acknowledgement(1))));
    CHECK(bench.find<KeepAcknowledgement>());
    bench.reply(Lane::push, second, bench.ours(wire::encode(bench.acknowledgement(1))));
    CHECK(bench.effects.empty());
}

TEST_CASE("a push halves with every time-out down to 8 KiB, and doubles with success", "[engine]") {
    EngineBench bench;
    for (int i = 0; i < 5; ++i)
        bench.keep_fact();
    bench.begin_and_compare();
    std::vector<std::size_t> sizes;
    for (int i = 0; i < 5; ++i) {
        sizes.push_back(bench.find<LoadUnsent>()->bytes);
        bench.reply(Lane::push, bench.load(1), no_network());
        bench.now += limits::retry_ms_max;
        bench.step(Woken{bench.now});
    }
    CHECK(sizes == std::vector<std::size_t>{65'536, 32'768, 16'384, 8'192, 8'192});
    for (Sequence acked = 1; acked <= 4; ++acked) {
        bench.reply(Lane::push, bench.load(1), bench.ours(wire::encode(bench.acknowledgement(acked))));
        bench.step(Kept{Lane::push, bench.position(acked), bench.now});
        REQUIRE(bench.find<LoadUnsent>());
        CHECK(bench.find<LoadUnsent>()->bytes == std::size_t{8'192} << acked);
    }
}

TEST_CASE("the waits stay under a ceiling that doubles from 2 s to 5 min", "[engine]") {
    EngineBench bench;
    bench.begin(bench.position());
    std::int64_t ceiling = limits::retry_ms_start;
    bool jitters = false;
    for (int i = 0; i < 14; ++i) {
        REQUIRE(bench.sent(Lane::status));
        bench.reply(Lane::status, bench.sent(Lane::status)->attempt, no_network());
        REQUIRE(bench.find<WakeAt>());
        const auto wait = bench.find<WakeAt>()->at_ms - bench.now;
        CHECK(wait >= 1);
        CHECK(wait <= ceiling);
        CHECK(bench.engine.state().next_try_ms == bench.now + wait);
        jitters = jitters || wait < ceiling / 2;
        ceiling = std::min(ceiling * 2, limits::retry_ms_max);
        bench.now += wait;
        bench.step(Woken{bench.now});
    }
    CHECK(jitters);
}

TEST_CASE("Retry-After wins, up to 15 minutes, over the officer too", "[engine]") {
    EngineBench bench;
    bench.begin(bench.position());
    auto busy = bench.ours(wire::encode(wire::Refusal{"busy", "", 0}), 503);
    const auto [asked, waited] = GENERATE(std::pair<const char*, std::int64_t>{"90", 90'000},
                                          std::pair<const char*, std::int64_t>{"99999", 900'000});
    busy.headers["retry-after"] = asked;
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, busy);
    REQUIRE(bench.find<WakeAt>());
    CHECK(bench.find<WakeAt>()->at_ms == bench.now + waited);
    bench.step(SyncNow{bench.now + 1});
    CHECK_FALSE(bench.sent(Lane::status));
    bench.step(Woken{bench.now + waited});
    CHECK(bench.sent(Lane::status));
}

TEST_CASE("a Retry-After that is no number is not believed", "[engine]") {
    EngineBench bench;
    bench.begin(bench.position());
    auto busy = bench.ours("{}", 503);
    busy.headers["retry-after"] = "Fri, 31 Dec 2099 23:59:59 GMT";
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, busy);
    REQUIRE(bench.find<WakeAt>());
    CHECK(bench.find<WakeAt>()->at_ms <= bench.now + limits::retry_ms_start);
}

TEST_CASE("sync now does not wait for the back-off", "[engine]") {
    EngineBench bench;
    bench.begin(bench.position());
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, no_network());
    bench.step(SyncNow{bench.now});
    CHECK(bench.sent(Lane::status));
}

TEST_CASE("a clock that was set back does not stop the retries", "[engine]") {
    EngineBench bench;
    bench.begin(bench.position());
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, no_network());
    bench.now -= std::int64_t{10} * 365 * 86'400'000;
    bench.step(Woken{bench.now});
    CHECK(bench.sent(Lane::status));
}

TEST_CASE("a gap leads back to the status and on, and twice in a row to a wait", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin_and_compare();
    const auto gap = bench.ours(wire::encode(wire::Refusal{"gap", "", 1}), 409);
    bench.reply(Lane::push, bench.load(1), gap);
    REQUIRE(bench.sent(Lane::status));
    CHECK_FALSE(bench.find<WakeAt>());
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(bench.stands())));
    bench.reply(Lane::push, bench.load(1), gap);
    CHECK(bench.find<WakeAt>());
    REQUIRE(bench.sent(Lane::status));
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(bench.stands())));
    CHECK_FALSE(bench.find<LoadUnsent>());
}

TEST_CASE("an endpoint that lost something without a new epoch gets it again", "[engine]") {
    EngineBench bench;
    for (int i = 0; i < 3; ++i)
        bench.keep_fact();
    bench.begin(bench.position(3, 9));
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt,
                bench.ours(wire::encode(bench.stands(1, 4))));
    const auto* rewind = bench.find<Rewind>();
    REQUIRE(rewind);
    CHECK(rewind->acked_through == 1);
    CHECK(rewind->cursor == 4);
    bench.step(Kept{Lane::status, bench.position(1, 4), bench.now});
    REQUIRE(bench.find<LoadUnsent>());
    CHECK(bench.find<LoadUnsent>()->after == 1);
}

TEST_CASE("after a new epoch everything is pulled again and the rest pushed again", "[engine]") {
    EngineBench bench;
    for (int i = 0; i < 3; ++i)
        bench.keep_fact();
    bench.begin(bench.position(3, 9));
    auto stands = bench.stands(2, 40);
    stands.epoch = Uuid::random(bench.ids);
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(stands)));
    const auto* rewind = bench.find<Rewind>();
    REQUIRE(rewind);
    CHECK(rewind->epoch == stands.epoch);
    CHECK(rewind->acked_through == 2);
    CHECK(rewind->cursor == 0);
    auto after = bench.position(2, 0);
    after.epoch = stands.epoch;
    bench.step(Kept{Lane::status, after, bench.now});
    CHECK(bench.find<LoadUnsent>());
    REQUIRE(bench.sent(Lane::pull));
    CHECK(bench.sent(Lane::pull)->request.path.find(stands.epoch.text() + "&cursor=0") != std::string::npos);
}

TEST_CASE("a copied or restored storage is told and pushes nothing", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.keep_fact();
    bench.begin(bench.position(1));
    auto stands = bench.stands(1);
    SECTION("the endpoint holds more than was ever written here") {
        stands.acked_through = 3;
        bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(stands)));
    }
    SECTION("the endpoint holds another history") {
        stands.chain = Sha256::of("other");
        bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(stands)));
    }
    SECTION("the endpoint stands where none of our envelopes ends") {
        stands.acked_through = 0;
        stands.chain = Sha256{};
        bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(stands)));
        REQUIRE(bench.find<Rewind>());
        bench.step(Kept{Lane::status, Error{Fault::not_found, "", ""}, bench.now});
    }
    SECTION("a push is answered with fork") {
        bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(stands)));
        bench.reply(Lane::push, bench.load(1), bench.ours(wire::encode(wire::Refusal{"fork", "", 0}), 409));
    }
    CHECK(bench.engine.state().what == What::refused);
    CHECK(bench.engine.state().words.find("enrolled again") != std::string::npos);
    CHECK(bench.engine.state().next_try_ms == 0);
    bench.step(FactsKept{3, bench.now});
    CHECK(bench.effects.empty());
}

TEST_CASE("an unknown tablet is refused with words until the officer asks again", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin(bench.position());
    const auto unknown = bench.ours(wire::encode(wire::Refusal{"unknown_tablet", "", 0}), 401);
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, unknown);
    CHECK(bench.engine.state().what == What::refused);
    CHECK(bench.engine.state().words.find("Nothing is lost") != std::string::npos);
    CHECK(bench.engine.state().unsent == 1);
    bench.step(Woken{bench.now + 3'600'000});
    CHECK(bench.effects.empty());
    bench.step(SyncNow{bench.now});
    CHECK(bench.sent(Lane::status));
}

TEST_CASE("a 401 of a proxy is not the endpoint's", "[engine]") {
    EngineBench bench;
    bench.begin(bench.position());
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, HttpReply{401, {}, "Proxy sign-in"});
    CHECK(bench.engine.state().what == What::not_our_endpoint);
    CHECK(bench.engine.state().next_try_ms > 0);
}

TEST_CASE("a token of another tablet pushes nothing", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin(bench.position());
    auto stands = bench.stands();
    stands.enrolment = Uuid::random(bench.ids);
    bench.reply(Lane::status, bench.sent(Lane::status)->attempt, bench.ours(wire::encode(stands)));
    CHECK(bench.engine.state().what == What::refused);
    CHECK_FALSE(bench.find<LoadUnsent>());
}

TEST_CASE("a page counts only from our cursor, without a hole", "[engine]") {
    EngineBench bench;
    bench.begin_and_compare(0, 4, 7);
    wire::PullReply page;
    page.epoch = bench.epoch;
    page.enrolment = bench.enrolment;
    page.from = 4;
    page.cursor = 7;
    for (std::uint64_t place = 5; place <= 7; ++place)
        page.operations.push_back({place, Uuid::random(bench.ids), "{}"});
    const auto pull = bench.sent(Lane::pull)->attempt;
    bool good = false;
    SECTION("as it should be") {
        good = true;
    }
    SECTION("an operation is missing in the middle") {
        page.operations.erase(page.operations.begin() + 1);
    }
    SECTION("an operation is missing at the end") {
        page.operations.pop_back();
    }
    SECTION("from another cursor") {
        page.from = 3;
        page.operations.insert(page.operations.begin(), {4, Uuid::random(bench.ids), "{}"});
    }
    SECTION("another tablet's page") {
        page.enrolment = Uuid::random(bench.ids);
    }
    SECTION("of another epoch") {
        page.epoch = Uuid::random(bench.ids);
    }
    bench.reply(Lane::pull, pull, bench.ours(wire::encode(page)));
    CHECK((bench.find<KeepPage>() != nullptr) == good);
}

TEST_CASE("the cursor moves only when the page is durable, and the next page follows", "[engine]") {
    EngineBench bench;
    bench.begin_and_compare(0, 0, 2);
    wire::PullReply page;
    page.epoch = bench.epoch;
    page.enrolment = bench.enrolment;
    page.cursor = 1;
    page.more = true;
    page.operations.push_back({1, Uuid::random(bench.ids), "{}"});
    bench.reply(Lane::pull, bench.sent(Lane::pull)->attempt, bench.ours(wire::encode(page)));
    REQUIRE(bench.find<KeepPage>());
    CHECK_FALSE(bench.sent(Lane::pull));
    SECTION("kept") {
        bench.step(Kept{Lane::pull, bench.position(0, 1), bench.now});
        REQUIRE(bench.sent(Lane::pull));
        CHECK(bench.sent(Lane::pull)->request.path.find("cursor=1&") != std::string::npos);
    }
    SECTION("the tablet's disk is full") {
        bench.step(
            Kept{Lane::pull, Error{Fault::disk_full, "The disk is full.", "Free some space."}, bench.now});
        CHECK(bench.engine.state().what == What::storage_trouble);
        CHECK(bench.engine.state().words.find("disk is full") != std::string::npos);
        bench.now += limits::retry_ms_max;
        bench.step(Woken{bench.now});
        REQUIRE(bench.sent(Lane::pull));
        CHECK(bench.sent(Lane::pull)->request.path.find("cursor=0&") != std::string::npos);
    }
}

TEST_CASE("an endpoint that promises more and has none does not make a storm", "[engine]") {
    EngineBench bench;
    bench.begin_and_compare(0, 0, 9);
    wire::PullReply page;
    page.epoch = bench.epoch;
    page.enrolment = bench.enrolment;
    bench.reply(Lane::pull, bench.sent(Lane::pull)->attempt, bench.ours(wire::encode(page)));
    CHECK(bench.effects.empty());
    CHECK(bench.engine.state().up_to_date);
}

TEST_CASE("what the endpoint set aside is told", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin_and_compare();
    auto acked = bench.acknowledgement(1);
    acked.quarantined.push_back({Uuid::random(bench.ids), 1, "It is of a type that is not known."});
    bench.reply(Lane::push, bench.load(1), bench.ours(wire::encode(acked)));
    REQUIRE(bench.engine.state().quarantined.size() == 1);
    CHECK(bench.engine.state().quarantined.front().sequence == 1);
}

TEST_CASE("storage that cannot be read is told, and nothing is sent", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin_and_compare();
    bench.step(UnsentLoaded{{}, {}, bench.now});
    CHECK_FALSE(bench.sent(Lane::push));
    CHECK(bench.engine.state().what == What::storage_trouble);
}

TEST_CASE("a new fact is pushed without being asked", "[engine]") {
    EngineBench bench;
    bench.begin_and_compare();
    bench.keep_fact();
    bench.step(FactsKept{1, bench.now});
    REQUIRE(bench.find<LoadUnsent>());
    CHECK(bench.engine.state().unsent == 1);
}

TEST_CASE("a too old program is told to be updated", "[engine]") {
    EngineBench bench;
    bench.keep_fact();
    bench.begin_and_compare();
    bench.reply(Lane::push, bench.load(1), bench.ours(wire::encode(wire::Refusal{"too_old", "", 0}), 426));
    CHECK(bench.engine.state().what == What::refused);
    CHECK(bench.engine.state().words.find("too old") != std::string::npos);
}
