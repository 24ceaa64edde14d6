// What a tablet signs with, its numbers, and whose answers it believes.
#include "sync/tablet/request_signer.h"

#include <filesystem>
#include <set>

#include "forms/base/encoding.h"
#include "sync/tablet/runner.h"
#include "sync/vault/durable_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/tablet/in_process.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::uint64_t number_in(const HttpRequest& request) {
    return std::stoull(mark_of(request).number);
}

RequestSigner signer_of(const TabletIdentity& identity, RequestNumbers numbers) {
    auto made = RequestSigner::of(identity, std::move(numbers));
    REQUIRE(made.ok());
    return std::move(*made);
}

const HttpRequest status{"GET", "/v1/tablet", "", "", {}};

}  // namespace

TEST_CASE("a kill skips request numbers and repeats none", "[signer]") {
    Centre centre;
    const Tablet tablet(centre, "tab-01", 5);
    const TemporaryFolder folder;
    const std::string file = folder / "identity.requests";
    std::set<std::uint64_t> given;
    std::uint64_t highest = 0;
    for (int life = 0; life < 10; ++life) {
        auto signer = signer_of(tablet.identity, numbers_in(file, tablet.identity.enrolment));
        for (int i = 0; i < life * 20; ++i) {
            const auto signed_one = signer.sign(status, Uuid{});
            REQUIRE(signed_one.ok());
            const auto number = number_in(*signed_one);
            CHECK(number > highest);
            CHECK(given.insert(number).second);
            highest = number;
        }
    }
    CHECK(highest < given.size() + 10 * RequestSigner::block);
    // Another enrolment begins at 1, whatever stands in the file.
    auto again = signer_of(tablet.identity, numbers_in(file, Uuid::random(centre.random)));
    CHECK(number_in(*again.sign(status, Uuid{})) == 1);
}

TEST_CASE("where a number cannot be kept nothing is signed", "[signer]") {
    Centre centre;
    const Tablet tablet(centre, "tab-01", 5);
    auto signer = signer_of(tablet.identity, {[] { return std::uint64_t{0}; },
                                              [](std::uint64_t) -> Result<void> {
                                                  return Error{Fault::disk_full, "The disk is full.", ""};
                                              }});
    CHECK(signer.sign(status, Uuid{}).error().fault == Fault::disk_full);
}

TEST_CASE("a file of numbers that is lost, damaged or set back costs one request more", "[signer]") {
    Centre centre;
    Tablet tablet(centre, "tab-01", 5);
    const TemporaryFolder folder;
    const std::string file = folder / "identity.requests";
    const auto ask = [&] {
        DirectLine line(centre);
        auto signer = signer_of(tablet.identity, numbers_in(file, tablet.identity.enrolment));
        SignedClient client(line, signer);
        const auto reply = client.exchange(status);
        REQUIRE(reply.ok());
        CHECK(reply->status == 200);
        CHECK(reply->proven);
        return line.exchanges;
    };
    for (int i = 0; i < 3; ++i)
        CHECK(ask() == 1);
    SECTION("lost") {
        std::filesystem::remove(file);
    }
    SECTION("damaged") {
        REQUIRE(write_durably(file, "rubbish", 0600).ok());
    }
    SECTION("set back") {
        REQUIRE(write_durably(
                    file, "doorstep request numbers 1\n" + tablet.identity.enrolment.text() + " 0\n", 0600)
                    .ok());
    }
    CHECK(ask() == 2);
    CHECK(ask() == 1);
}

TEST_CASE("nobody else's word moves the numbers of a tablet", "[signer]") {
    Centre centre;
    const Tablet tablet(centre, "tab-01", 5);
    auto signer = signer_of(tablet.identity, numbers_in_memory());
    const auto sent = signer.sign(status, Uuid{});
    HttpReply lie{409,
                  {{"doorstep-endpoint", "1"}},
                  wire::encode(wire::Refusal{"request_number", "No.", 9'000'000'000'000}),
                  true};
    signer.prove(*sent, lie);
    CHECK_FALSE(lie.proven);
    CHECK_FALSE(signer.takes_number(lie));
    CHECK(number_in(*signer.sign(status, Uuid{})) == 2);
}

TEST_CASE("a locked tablet says so, and an open one whose sign-in it is", "[signer]") {
    Centre centre;
    const Tablet tablet(centre, "tab-01", 5);
    auto signer = signer_of(tablet.identity, numbers_in_memory());
    CHECK(mark_of(*signer.sign(status, Uuid{})).sign_in == "locked");
    const auto slot = Uuid::random(centre.random);
    CHECK(mark_of(*signer.sign(status, slot)).sign_in == slot.text());
}

TEST_CASE("an answer that is not signed by the endpoint, or answers something else, marks nothing sent",
          "[signer]") {
    Centre centre;
    Centre elsewhere;
    auto other = same_keys();
    other.signing = SigningPair::make();
    other.sealing = KeyPair::make();
    REQUIRE(elsewhere.endpoint.use_keys(std::move(other)).ok());
    Tablet tablet(centre, "tab-01", 5);
    tablet.plan_visits(3);
    DirectClient line(centre, tablet.identity);
    std::vector<HttpReply> heard;
    const int lie = GENERATE(0, 1, 2, 3);
    line.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
        heard.push_back(reply);
        if (lie == 0)
            reply.headers.erase("doorstep-signature");
        else if (lie == 1)
            reply.headers["doorstep-signature"] = to_base64(std::string(64, 'x'));
        else if (lie == 2)
            reply = heard.front();  // an older answer, well signed
        else
            reply.body += " ";
        return reply;
    };
    if (lie == 2) {
        // The first one is believed, every later one is the first again.
        const auto outcome = sync_now(
            tablet.store, line, centre.clock, tablet.random, [](std::int64_t) {}, 3);
        REQUIRE(outcome.ok());
        CHECK_FALSE(outcome->up_to_date);
    } else {
        const auto outcome = sync_now(
            tablet.store, line, centre.clock, tablet.random, [](std::int64_t) {}, 3);
        REQUIRE(outcome.ok());
        CHECK(outcome->state.what == SyncState::What::not_our_endpoint);
        CHECK(outcome->state.words.find("not from your endpoint") != std::string::npos);
    }
    CHECK(tablet.store.position()->acked_through == 0);
    line.on_the_way_back = {};
    CHECK(sync_now(
              tablet.store, line, centre.clock, tablet.random, [](std::int64_t) {}, 10)
              ->up_to_date);
    CHECK(tablet.store.position()->acked_through == 3);
}

TEST_CASE("a request that was altered on the way is asked again and stops nobody", "[signer]") {
    Centre centre;
    Tablet tablet(centre, "tab-01", 5);
    tablet.plan_visits(2);
    DirectClient line(centre, tablet.identity);
    int altered = 0;
    line.on_the_way = [&](HttpRequest& request) {
        if (altered++ % 2 == 0)
            (request.body.empty() ? request.path : request.body) += "x";
    };
    const auto outcome = sync_now(
        tablet.store, line, centre.clock, tablet.random, [](std::int64_t) {}, 10);
    REQUIRE(outcome.ok());
    CHECK(outcome->up_to_date);
    CHECK(tablet.store.position()->acked_through == 2);
}
