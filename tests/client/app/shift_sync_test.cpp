// The sync page: every state in words, nothing said to be sent that was not taken.
#include <cstdlib>

#include "sync/endpoint/endpoint.h"
#include "sync/store/sqlite_connection.h"
#include "tests/client/app/shift_in_hand.h"
#include "tests/support/joined.h"
#include "tests/support/row_keys.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

Result<HttpReply> portal(const HttpRequest&) {
    return HttpReply{200, {{"content-type", "text/html"}}, "<html>Sign in</html>"};
}
Result<HttpReply> nobody(const HttpRequest&) {
    return Error{Fault::unreachable, "There is no network.", "Try again later."};
}
Result<HttpReply> revoked(const HttpRequest&) {
    return HttpReply{401, {{"doorstep-endpoint", "1"}, {"content-type", "application/json"}}, "{}", true};
}

// The real centre, joined by a function call.
struct Centre {
    explicit Centre(const Clock& clock) {
        auto opened = open_sqlite(":memory:");
        REQUIRE(opened.ok());
        sql = std::move(opened).value();
        auto made = Endpoint::open(*sql, directory, clock, random);
        REQUIRE(made.ok());
        endpoint.emplace(std::move(made).value());
    }
    TabletIdentity let_in(const std::string& tablet) {
        const auto made = endpoint->enrol(tablet);
        REQUIRE(made.ok());
        TabletIdentity identity{made->enrolment, tablet, "http://127.0.0.1:8080", made->token,
                                endpoint->safeguarding_key().bytes};
        identity.signing_key = made->signing_key;
        speak_as(identity);
        return identity;
    }
    // As the line does: whose seed signs what is asked.
    void speak_as(const TabletIdentity& identity) {
        auto made = RequestSigner::of(identity, numbers_in_memory());
        REQUIRE(made.ok());
        signer = std::make_shared<RequestSigner>(std::move(*made));
    }
    Result<HttpReply> exchange(const HttpRequest& asked) {
        const auto going = signer->sign(asked, Uuid{});
        REQUIRE(going.ok());
        const auto request = testing::as_it_arrives(*going);
        auto reply = testing::as_it_comes(endpoint->handle({&request, 1}).at(0));
        signer->prove(*going, reply);
        return reply;
    }
    Directory directory;
    SeededRandom random{3};
    std::unique_ptr<SqlConnection> sql;
    std::optional<Endpoint> endpoint;
    std::shared_ptr<RequestSigner> signer;
};

struct SyncedDay : ShiftInHand {
    SyncedDay() : centre(clock) { enrol_again(centre.let_in("tab-02")); }
    void enrol_again(const TabletIdentity& identity) {
        // What was planned goes out under the new enrolment in a folder of its own.
        fresh = std::make_unique<StreetOnDisk>();
        fresh->enrol(identity);
    }
    void open_fresh() {
        shift = std::make_unique<Shift>(
            with_keys({fresh->folder.path(), {}, {"off-pol-01", "off-fire-02", "team-1"}, "Sam"}), clock,
            random, wordings, [](std::shared_ptr<const View>) {});
        shift->open();
    }
    Answering::Reply to_the_centre() {
        return [this](const HttpRequest& request) { return centre.exchange(request); };
    }
    Centre centre;
    std::unique_ptr<StreetOnDisk> fresh;
};

}  // namespace

TEST_CASE("without a network everything is said to be here", "[shift][sync]") {
    ShiftInHand day;
    day.open();
    day.record("14 Mill Lane", ContactOutcome::no_answer);
    day.answer(nobody);
    CHECK(day.view().header.sync_words == "2 to send");
    CHECK_FALSE(day.view().header.sync_needs_look);
    day.act(intent::OpenSync{});
    const SyncView sync = day.screen<SyncView>();
    CHECK(sync.what == SyncView::What::offline);
    CHECK(sync.heading == "The endpoint was not reached");
    CHECK(sync.words == "There is no network, or the endpoint does not answer. Everything is saved on this "
                        "tablet and will send later.");
    CHECK(sync.last_sync == "Not sent yet");
    CHECK(sync.oldest == "The oldest has waited since 10:00");
    CHECK(sync.unsent == 2);
    REQUIRE(sync.waiting.size() == 2);
    CHECK(sync.waiting[0].place == "Visit SS-2026-11-21-BE");
    CHECK(sync.waiting[1].place == "14 Mill Lane");
    CHECK(sync.waiting[1].words == "1 outcome");
    CHECK(day.shift->wake_at_ms());
}

TEST_CASE("a captive portal, a revoked token and a wrong clock are told apart", "[shift][sync]") {
    ShiftInHand day;
    day.open();
    day.answer(portal);
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().what == SyncView::What::not_our_endpoint);
    CHECK(day.screen<SyncView>().words.find("Sign in to the Wi-Fi") != std::string::npos);
    CHECK(day.view().header.sync_words == "Not sent: another network");
    CHECK(day.view().header.sync_needs_look);

    day.act(intent::SyncNow{});
    day.answer(revoked);
    CHECK(day.screen<SyncView>().what == SyncView::What::refused);
    CHECK(day.screen<SyncView>().words.find("enrolled again") != std::string::npos);
    CHECK(day.view().header.sync_words == "Not sent: enrol again");
    CHECK(day.screen<SyncView>().next_try.empty());
    CHECK(day.screen<SyncView>().unsent == 1);
}

TEST_CASE("sent is what the endpoint acknowledged, and no more", "[shift][sync]") {
    SyncedDay day;
    day.open_fresh();
    bool pushes_are_lost = true;
    day.answer([&](const HttpRequest& request) -> Result<HttpReply> {
        auto reply = day.centre.exchange(request);
        if (pushes_are_lost && request.method == "POST")
            return Error{Fault::unreachable, "The reply was lost.", ""};
        return reply;
    });
    CHECK(day.view().header.sync_words == "1 to send");
    pushes_are_lost = false;
    day.act(intent::SyncNow{});
    day.answer(day.to_the_centre());
    CHECK(day.view().header.sync_words == "All sent");
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().what == SyncView::What::up_to_date);
    CHECK(day.screen<SyncView>().heading == "Everything is sent");
    CHECK(day.screen<SyncView>().last_sync == "Last sync today 10:00");
    CHECK(day.screen<SyncView>().waiting.empty());
    CHECK_FALSE(day.shift->wake_at_ms());
    // An outcome goes out by itself.
    day.record("1 Mill Lane", ContactOutcome::no_answer);
    CHECK(day.view().header.sync_words == "1 to send");
    day.answer(day.to_the_centre());
    CHECK(day.view().header.sync_words == "All sent");
}

TEST_CASE("a clock that is off is said, in which direction", "[shift][sync]") {
    SyncedDay day;
    ManualClock wrong(saturday_at_ten - 3 * 3600 * 1000, 0);
    day.shift = std::make_unique<Shift>(with_keys({day.fresh->folder.path(), {}, {}, {}}), wrong, day.random,
                                        day.wordings, [](std::shared_ptr<const View>) {});
    day.shift->open();
    for (const SendRequest& each : day.shift->take_requests())
        day.shift->replied({each.lane, each.attempt, day.centre.exchange(each.request), wrong.now_ms()});
    day.act(intent::OpenSync{});
    CHECK(day.view().header.sync_needs_look);
    CHECK(day.screen<SyncView>().words.find("3 hours slow") != std::string::npos);
}

TEST_CASE("with a clock that is years wrong nothing goes out until it is set", "[shift][sync]") {
    SyncedDay day;
    constexpr std::int64_t three_years = std::int64_t{3} * 365 * 86'400'000;
    ManualClock wrong(saturday_at_ten - three_years, 0);
    day.shift = std::make_unique<Shift>(with_keys({day.fresh->folder.path(), {}, {}, {}}), wrong, day.random,
                                        day.wordings, [](std::shared_ptr<const View>) {});
    day.shift->open();
    int pushes = 0;
    const auto line = [&] {
        for (int rounds = 0; rounds < 20; ++rounds)
            for (const SendRequest& each : day.shift->take_requests()) {
                pushes += each.lane == Lane::push ? 1 : 0;
                day.shift->replied(
                    {each.lane, each.attempt, day.centre.exchange(each.request), wrong.now_ms()});
            }
    };
    line();
    CHECK(pushes == 0);
    CHECK(day.view().header.sync_words == "Not sent: set the clock");
    CHECK(day.view().header.sync_needs_look);
    CHECK(day.screen<HomeView>().sync_words == "Not sent: set the clock");
    CHECK(day.screen<HomeView>().sync_needs_look);
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().what == SyncView::What::wrong_clock);
    CHECK(day.screen<SyncView>().words ==
          "This tablet's clock is 3 years slow. Set the date and time, then choose Send now. Nothing was "
          "sent.");
    CHECK(day.screen<SyncView>().unsent > 0);
    CHECK(day.screen<SyncView>().sent == 0);
    day.act(intent::SyncNow{});
    line();
    CHECK(pushes == 0);
    CHECK(day.screen<SyncView>().what == SyncView::What::wrong_clock);
    wrong.advance_ms(three_years);
    day.act(intent::SyncNow{});
    line();
    CHECK(pushes > 0);
    CHECK(day.view().header.sync_words == "All sent");
}

TEST_CASE("what stands in the way of a sync is said when nothing waits, too", "[shift][sync]") {
    SyncedDay day;
    day.open_fresh();
    day.answer(day.to_the_centre());
    REQUIRE(day.screen<HomeView>().sync_words == "Everything is sent, last sync 10:00");
    day.act(intent::SyncNow{});
    day.answer(revoked);
    CHECK(day.view().header.sync_words == "Cannot sync: enrol again");
    CHECK(day.view().header.sync_needs_look);
    CHECK(day.screen<HomeView>().sync_words == "Cannot sync: enrol again, last sync 10:00");
    CHECK(day.screen<HomeView>().sync_needs_look);
    day.act(intent::SyncNow{});
    day.answer(portal);
    CHECK(day.view().header.sync_words == "Cannot sync: another network");
    CHECK(day.screen<HomeView>().sync_words == "Cannot sync: another network, last sync 10:00");
    day.act(intent::SyncNow{});
    day.answer(day.to_the_centre());
    CHECK(day.view().header.sync_words == "All sent");
    CHECK_FALSE(day.screen<HomeView>().sync_needs_look);
}

TEST_CASE("facts of another tablet reach the doors in hand", "[shift][sync]") {
    SyncedDay day;
    day.open_fresh();
    day.answer(day.to_the_centre());
    const auto first_signer = day.centre.signer;
    const Uuid visit = day.screen<HomeView>().visits.at(0).visit;
    // The other one knows the visit by its sync, and finds nobody at the first door.
    StreetOnDisk elsewhere;
    const TabletIdentity other = day.centre.let_in("tab-03");
    auto tablet = OpenedTablet::open(elsewhere.folder.path(), row_keys_for_tests(), day.clock,
                                     elsewhere.random, {.ballast_bytes = 0});
    REQUIRE(tablet.ok());
    Store* const store = &(*tablet)->store();
    REQUIRE(store->enrol(other).ok());
    const Library none;
    Casework casework(*store, none, day.clock, elsewhere.random, {"off-hbc-05", "", "team-2"});
    day.to_the_doors();
    const Uuid home = day.row("1 Mill Lane").household;
    const Door door =
        casework.door(visit, "BE", "BE-001", {"1", "", "Mill Lane", "WD6 9OV", std::nullopt}, home);
    REQUIRE(casework.record_outcome(door, ContactOutcome::declined).ok());
    const auto envelopes = store->unsent(0, 64 * 1024, 100);
    REQUIRE(envelopes.ok());
    auto begun = day.centre.endpoint->store().begin();
    REQUIRE(begun.ok());
    for (const auto& envelope : *envelopes) {
        const auto opened = wire::open_envelope(envelope);
        REQUIRE(opened.ok());
        REQUIRE(begun->append_received(*opened, other.enrolment).ok());
    }
    REQUIRE(begun->commit().ok());

    day.centre.signer = first_signer;
    day.act(intent::SyncNow{});
    day.answer(day.to_the_centre());
    CHECK(day.row("1 Mill Lane").words == "Declined");
}

TEST_CASE("a tablet that is not enrolled keeps everything and says so", "[shift][sync]") {
    StreetOnDisk street;
    ShiftInHand day;
    day.shift = std::make_unique<Shift>(with_keys({street.folder.path(), {}, {}, {}}), day.clock, day.random,
                                        day.wordings, [](std::shared_ptr<const View>) {});
    day.shift->open();
    CHECK(day.shift->take_requests().empty());
    CHECK_FALSE(day.shift->identity());
    CHECK(day.view().header.sync_words == "1 to send");
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().what == SyncView::What::not_enrolled);
    day.act(intent::SyncNow{});
    CHECK(day.screen<SyncView>().unsent == 1);
}
