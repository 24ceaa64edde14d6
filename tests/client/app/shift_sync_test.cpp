// The sync page: every state in words, nothing said to be sent that was not taken.
#include <array>
#include <cstdlib>

#include "sync/wire/messages.h"
#include "tests/client/app/centre_in_hand.h"
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

}  // namespace

TEST_CASE("without a network everything is said to be here", "[shift][sync]") {
    ShiftInHand day;
    day.open();
    day.record("14 Mill Lane", ContactOutcome::no_answer);
    day.answer(nobody);
    CHECK(day.view().header.sync_words == "2 to send, oldest 10:00");
    CHECK(day.view().header.sync_more == "");
    CHECK_FALSE(day.view().header.sync_needs_look);
    day.act(intent::OpenSync{});
    const SyncView sync = day.screen<SyncView>();
    CHECK(sync.what == SyncView::What::offline);
    CHECK(sync.heading == "The endpoint was not reached");
    CHECK(sync.words == "There is a network, but the endpoint does not answer. Everything is saved on this "
                        "tablet and will send by itself.");
    CHECK(sync.last_sync == "Not sent yet");
    CHECK(sync.oldest == "The oldest has waited since 10:00");
    CHECK(sync.unsent == 2);
    REQUIRE(sync.kinds.size() == 2);
    CHECK(sync.kinds[0].words == "1 plan");
    CHECK(sync.kinds[1].words == "1 outcome");
    CHECK(sync.kinds[1].since == "10:00");
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
    CHECK(day.screen<SyncView>().what == SyncView::What::captive_portal);
    CHECK(day.screen<SyncView>().heading == "This Wi-Fi wants a sign-in");
    CHECK(day.screen<SyncView>().words.find("Open a browser") == 0);
    CHECK(day.view().header.sync_words == "1 to send, oldest 10:00");
    CHECK(day.view().header.sync_more == "sign in to the Wi-Fi");
    CHECK(day.view().header.sync_needs_look);

    day.act(intent::SyncNow{});
    day.answer(revoked);
    CHECK(day.screen<SyncView>().what == SyncView::What::refused);
    CHECK(day.screen<SyncView>().words.find("enrolled again") != std::string::npos);
    CHECK(day.view().header.sync_more == "enrol again");
    CHECK(day.screen<SyncView>().next_try.empty());
    CHECK(day.screen<SyncView>().unsent == 1);
}

TEST_CASE("what a client knows of a failed exchange is told apart on the page", "[shift][sync]") {
    struct Told {
        HttpFault fault;
        SyncView::What what;
        const char* in_header;
        const char* words;
    };
    using What = SyncView::What;
    constexpr std::array<Told, 8> all = {{
        {HttpFault::unknown_certificate, What::certificate, "another network", "Type no password"},
        {HttpFault::wrong_name, What::certificate, "another network", "Somebody may stand between"},
        {HttpFault::expired, What::wrong_clock, "set the clock", "has run out"},
        {HttpFault::not_yet_valid, What::wrong_clock, "set the clock", "Set the date and time"},
        {HttpFault::sign_in_wanted, What::captive_portal, "sign in to the Wi-Fi", "Open a browser"},
        {HttpFault::proxy_not_reached, What::proxy, "check the proxy", "It is not there"},
        {HttpFault::proxy_sign_in, What::proxy, "check the proxy", "It was given none"},
        {HttpFault::timeout, What::offline, "", "does not answer"},
    }};
    ShiftInHand day;
    day.open();
    day.act(intent::OpenSync{});
    for (const Told& told : all) {
        INFO(static_cast<int>(told.fault));
        day.clock.advance_ms(20 * 60'000);
        day.act(intent::SyncNow{});
        for (const SendRequest& each : day.shift->take_requests())
            day.shift->replied(
                {each.lane, each.attempt, error_of(told.fault, "x"), day.clock.now_ms(), told.fault});
        const SyncView sync = day.screen<SyncView>();
        CHECK(sync.what == told.what);
        CHECK(sync.words.find(told.words) != std::string::npos);
        CHECK(day.view().header.sync_more == told.in_header);
        CHECK(sync.sent == 0);
    }
}

TEST_CASE("the time that the endpoint told under its signature is kept for the next connection",
          "[shift][sync]") {
    SyncedDay day;
    day.open_fresh();
    CHECK(day.shift->proven_ms() == 0);
    day.answer(day.to_the_centre());
    CHECK(day.shift->proven_ms() == saturday_at_ten);
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
    CHECK(day.view().header.sync_words == "1 to send, oldest 10:00");
    pushes_are_lost = false;
    day.act(intent::SyncNow{});
    day.answer(day.to_the_centre());
    CHECK(day.view().header.sync_words == "All sent 10:00");
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().what == SyncView::What::up_to_date);
    CHECK(day.screen<SyncView>().heading == "Everything is sent");
    CHECK(day.screen<SyncView>().last_sync == "Last sync today 10:00");
    CHECK(day.screen<SyncView>().waiting.empty());
    CHECK_FALSE(day.shift->wake_at_ms());
    // An outcome goes out by itself.
    day.record("1 Mill Lane", ContactOutcome::no_answer);
    CHECK(day.view().header.sync_words == "1 to send, oldest 10:00");
    day.answer(day.to_the_centre());
    CHECK(day.view().header.sync_words == "All sent 10:00");
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
    CHECK(day.screen<SyncView>().words.find("Now it says Saturday 21 November 2026, 07:00, the endpoint says "
                                            "Saturday 21 November 2026, 10:00.") != std::string::npos);
}

TEST_CASE("with a clock that is years wrong everything is sent, and that it is wrong is said",
          "[shift][sync]") {
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
    CHECK(pushes > 0);
    CHECK(day.view().header.sync_more == "set the clock");
    CHECK(day.view().header.sync_needs_look);
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().what == SyncView::What::up_to_date);
    CHECK(day.screen<SyncView>().unsent == 0);
    CHECK(
        day.screen<SyncView>().words.find("Now it says Wednesday 22 November 2023, 10:00, the endpoint says "
                                          "Saturday 21 November 2026, 10:00. Set it in the tablet's "
                                          "settings") != std::string::npos);
    wrong.advance_ms(three_years);
    day.act(intent::SyncNow{});
    line();
    CHECK(day.view().header.sync_words == "All sent 10:00");
    // Nor is anything said to be three years without a backup.
    CHECK(day.view().header.sync_more == "");
}

TEST_CASE("what stands in the way of a sync is said when nothing waits, too", "[shift][sync]") {
    SyncedDay day;
    day.open_fresh();
    day.answer(day.to_the_centre());
    REQUIRE(day.screen<HomeView>().sync_words == "Everything is sent, last sync 10:00");
    day.act(intent::SyncNow{});
    day.answer(revoked);
    CHECK(day.view().header.sync_words == "All sent 10:00");
    CHECK(day.view().header.sync_more == "enrol again");
    CHECK(day.view().header.sync_needs_look);
    CHECK(day.screen<HomeView>().sync_words == "Everything is sent, enrol again, last sync 10:00");
    CHECK(day.screen<HomeView>().sync_needs_look);
    day.act(intent::SyncNow{});
    day.answer(portal);
    CHECK(day.view().header.sync_more == "sign in to the Wi-Fi");
    CHECK(day.screen<HomeView>().sync_words == "Everything is sent, sign in to the Wi-Fi, last sync 10:00");
    day.act(intent::SyncNow{});
    day.answer(day.to_the_centre());
    CHECK(day.view().header.sync_words == "All sent 10:00");
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
    CHECK(day.view().header.sync_words == "1 to send, oldest 10:00");
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().what == SyncView::What::not_enrolled);
    day.act(intent::SyncNow{});
    CHECK(day.screen<SyncView>().unsent == 1);
}

namespace {

// What the centre answers, said otherwise.
template<class Reply, class Decode>
Result<HttpReply> but(HttpReply answer, const Decode& decode, const std::function<void(Reply&)>& change) {
    auto reply = decode(answer.body);
    REQUIRE(reply.ok());
    change(*reply);
    answer.body = wire::encode(*reply);
    return answer;
}

}  // namespace

TEST_CASE("what the endpoint set aside is counted everywhere and explained on the page", "[shift][sync]") {
    SyncedDay day;
    day.open_fresh();
    Uuid operation;
    day.answer([&](const HttpRequest& request) -> Result<HttpReply> {
        auto answer = day.centre.exchange(request);
        if (request.method != "POST" || !answer.ok())
            return answer;
        return but<wire::PushReply>(*answer, wire::decode_push_reply, [&](wire::PushReply& reply) {
            reply.quarantined = {{operation, 1,
                                  "It is of a type, or a version of a type, that this program does not "
                                  "know."}};
        });
    });
    CHECK(day.view().header.sync_words == "All sent 10:00");
    CHECK(day.view().header.sync_more == "1 not accepted");
    CHECK(day.view().header.sync_needs_look);
    day.act(intent::OpenSync{});
    REQUIRE(day.screen<SyncView>().refused.size() == 1);
    CHECK(day.screen<SyncView>().refused[0].advice.find("Nothing for you to do") == 0);
}

TEST_CASE("what is sent and has no backup at the endpoint is said, after two days on every screen",
          "[shift][sync]") {
    SyncedDay day;
    day.open_fresh();
    Sequence backed_up = 0;
    const auto centre = [&](const HttpRequest& request) -> Result<HttpReply> {
        auto answer = day.centre.exchange(request);
        if (request.path.find("/v1/tablet") != 0 || !answer.ok())
            return answer;
        return but<wire::TabletReply>(*answer, wire::decode_tablet_reply, [&](wire::TabletReply& reply) {
            reply.server_time_ms = day.clock.now_ms();
            reply.durable_through = backed_up;
        });
    };
    day.answer(centre);
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().not_backed_up == "1 sent, not yet backed up at the endpoint");
    CHECK(day.view().header.sync_more == "");
    day.clock.advance_ms(std::int64_t{3} * 86'400'000);
    day.act(intent::SyncNow{});
    day.answer(centre);
    CHECK(day.screen<SyncView>().not_backed_up ==
          "1 sent, not yet backed up at the endpoint (no backup for 3 days)");
    CHECK(day.view().header.sync_more == "1 without backup");
    backed_up = 1;
    day.act(intent::SyncNow{});
    day.answer(centre);
    CHECK(day.screen<SyncView>().not_backed_up == "");
    CHECK(day.view().header.sync_more == "");
}

TEST_CASE("the last trouble is told after it is over", "[shift][sync]") {
    SyncedDay day;
    day.open_fresh();
    day.answer(portal);
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().last_trouble == "");  // it stands above
    day.act(intent::SyncNow{});
    day.answer(day.to_the_centre());
    CHECK(day.screen<SyncView>().last_trouble == "Last trouble today 10:00: This Wi-Fi wants a sign-in");
}
