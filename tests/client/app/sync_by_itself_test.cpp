// Nobody is asked: a network or a charger comes and what waits goes out, locked or open, and
// nothing wakes up where nothing is to be done.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "client/app/line_file.h"
#include "tests/client/app/centre_in_hand.h"
#include "tests/client/app/tablet_at_the_door.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr std::int64_t minute_ms = 60'000;

Result<HttpReply> nobody(const HttpRequest&) {
    return Error{Fault::unreachable, "There is no network.", "Try again later."};
}

Around network(bool came) {
    return {true, false, came};
}

// Until it would wake by itself; how long that took.
std::int64_t sleep_on(Shift& shift, ManualClock& clock) {
    const auto at = shift.wake_at_ms();
    REQUIRE(at);
    const std::int64_t slept = std::max<std::int64_t>(0, *at - clock.now_ms());
    clock.advance_ms(slept);
    shift.woken();
    return slept;
}

// Whatever else it was to wake for meanwhile.
void two_seconds_later(Shift& shift, ManualClock& clock) {
    clock.advance_ms(2'001);
    shift.woken();
}

}  // namespace

TEST_CASE("a network that comes is used, and nobody asked for it", "[shift][sync][by-itself]") {
    SyncedDay day;
    day.open_fresh();
    day.answer(nobody);
    day.shift->around({false, false, false});
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().heading == "There is no network");
    // Long after: what is tried by itself comes at most each five minutes.
    day.shift->around(network(true));
    two_seconds_later(*day.shift, day.clock);
    day.answer(day.to_the_centre());
    CHECK(day.view().header.sync_words == "All sent 10:00");
    CHECK_FALSE(day.shift->wake_at_ms());
}

TEST_CASE("tablets that meet one network do not come at once", "[shift][sync][by-itself]") {
    std::set<std::int64_t> times;
    SyncedDay day;
    day.open_fresh();
    day.answer(day.to_the_centre());
    for (int i = 0; i < 5; ++i) {
        day.shift->around(network(true));
        times.insert(sleep_on(*day.shift, day.clock));
        day.answer(day.to_the_centre());
    }
    CHECK(times.size() > 1);
}

TEST_CASE("the same network, said again, wakes nobody", "[shift][sync][by-itself]") {
    SyncedDay day;
    day.open_fresh();
    day.answer(day.to_the_centre());
    REQUIRE_FALSE(day.shift->wake_at_ms());
    day.shift->around(network(false));
    CHECK_FALSE(day.shift->wake_at_ms());
    CHECK(day.shift->take_requests().empty());
    day.shift->around({false, false, false});
    CHECK_FALSE(day.shift->wake_at_ms());
}

TEST_CASE("on charge it looks for news each quarter of an hour, and no more without a charger",
          "[shift][sync][by-itself]") {
    SyncedDay day;
    day.open_fresh();
    day.answer(day.to_the_centre());
    day.shift->around({true, true, false});
    CHECK(sleep_on(*day.shift, day.clock) <= 2'000);
    day.answer(day.to_the_centre());
    const std::int64_t pause = sleep_on(*day.shift, day.clock);
    CHECK(pause >= 15 * minute_ms);
    CHECK(pause <= 16 * minute_ms);
    sleep_on(*day.shift, day.clock);  // not all at once
    CHECK_FALSE(day.shift->take_requests().empty());
    day.shift->around({true, false, false});
    CHECK_FALSE(day.shift->wake_at_ms());
}

TEST_CASE("a network that comes does not overrule an endpoint that asks to wait",
          "[shift][sync][by-itself]") {
    SyncedDay day;
    day.open_fresh();
    day.answer([](const HttpRequest&) -> Result<HttpReply> {
        return HttpReply{
            429,
            {{"doorstep-endpoint", "1"}, {"content-type", "application/json"}, {"retry-after", "600"}},
            R"({"code":"busy","what":"Wait."})"};
    });
    day.act(intent::OpenSync{});
    CHECK(day.screen<SyncView>().heading == "The endpoint is busy");
    day.shift->around(network(true));
    day.clock.advance_ms(5 * minute_ms);
    day.shift->woken();
    CHECK(day.shift->take_requests().empty());
    CHECK(sleep_on(*day.shift, day.clock) == 5 * minute_ms);
    day.answer(day.to_the_centre());
    CHECK(day.view().header.sync_words.find("All sent") == 0);
}

TEST_CASE("what an imitation refused is tried again on another network", "[shift][sync][by-itself]") {
    SyncedDay day;
    day.open_fresh();
    day.answer([](const HttpRequest&) -> Result<HttpReply> {
        return HttpReply{401, {{"doorstep-endpoint", "1"}, {"content-type", "application/json"}}, "{}", true};
    });
    REQUIRE_FALSE(day.shift->wake_at_ms());
    day.shift->around(network(true));
    sleep_on(*day.shift, day.clock);
    day.answer(day.to_the_centre());
    CHECK(day.view().header.sync_words.find("All sent") == 0);
}

TEST_CASE("a locked tablet syncs by itself and tells nothing of any home", "[shift][sync][by-itself]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.give_street();
    tablet.begin();
    REQUIRE(std::holds_alternative<SignInView>(tablet.view().screen));
    CHECK(tablet.screen<SignInView>().sync_words == "Sending 1");
    const auto refuse_all = [&] {
        for (const SendRequest& each : tablet.shift->take_requests())
            tablet.shift->replied({each.lane, each.attempt, nobody(each.request), tablet.clock.now_ms()});
    };
    refuse_all();
    tablet.shift->around({true, true, true});
    two_seconds_later(*tablet.shift, tablet.clock);
    const auto asked = tablet.shift->take_requests();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].lane == Lane::status);
    tablet.shift->replied({asked[0].lane, asked[0].attempt, nobody(asked[0].request), tablet.clock.now_ms()});
    CHECK(tablet.screen<SignInView>().sync_words == "1 to send");
}

TEST_CASE("a proxy set by hand is kept sealed, and used by the locked tablet too", "[shift][sync][proxy]") {
    TabletAtTheDoor tablet;
    tablet.set_up();
    tablet.act(intent::OpenSync{});
    tablet.act(intent::SetProxy{ProxyWay::by_hand, "proxy.example.org", "", nullptr});
    CHECK(tablet.screen<SyncView>().proxy.trouble ==
          "The port of the proxy is missing. Write it as proxy.example.org:3128.");
    CHECK(tablet.shift->proxy() == Proxy{});
    tablet.act(intent::SetProxy{ProxyWay::by_hand, "proxy.example.org:3128", "tab", typed("open sesame")});
    const ProxyView set = tablet.screen<SyncView>().proxy;
    CHECK(set.trouble == "");
    CHECK(set.address == "proxy.example.org:3128");
    CHECK(set.has_password);
    const Proxy wanted{Proxy::Way::by_hand, "http://proxy.example.org:3128", "tab", "open sesame"};
    CHECK(tablet.shift->proxy() == wanted);

    tablet.lock();
    CHECK(tablet.shift->proxy() == wanted);
    std::ifstream file(tablet.folder.file("data/line.sealed"), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    CHECK(bytes.size() > 100);
    CHECK(bytes.find("sesame") == std::string::npos);
    CHECK(bytes.find("proxy") == std::string::npos);

    tablet.come_in();
    tablet.act(intent::OpenSync{});
    // Another address with the same name keeps the password; another name does not.
    tablet.act(intent::SetProxy{ProxyWay::by_hand, "10.0.0.1:8080", "tab", nullptr});
    CHECK(tablet.shift->proxy().password == "open sesame");
    tablet.act(intent::SetProxy{ProxyWay::by_hand, "10.0.0.1:8080", "other", nullptr});
    CHECK(tablet.shift->proxy().password == "");
    tablet.act(intent::SetProxy{ProxyWay::none, "", "", nullptr});
    CHECK(tablet.shift->proxy() == Proxy{});
}

TEST_CASE("notes of another device, or of a file that was altered, are as if there were none", "[proxy]") {
    TabletAtTheDoor tablet;
    tablet.enrol();
    const TabletPlaces places = places_of(tablet.folder.file("data"));
    LineNotes notes;
    notes.proxy.way = Proxy::Way::automatic;
    notes.trouble = SyncTrouble::storage;
    notes.trouble_ms = 5;
    notes.success_ms = 7;
    notes.follow_backup(9, 4, 11);
    REQUIRE(write_line_notes(places, notes).ok());
    CHECK(read_line_notes(places) == notes);
    const std::string altered(200, 'x');
    tablet.folder.write("data/line.sealed", altered);
    CHECK(read_line_notes(places) == LineNotes{});
}

TEST_CASE("since when there is no backup follows what is sent and what is covered", "[sync]") {
    LineNotes notes;
    notes.follow_backup(0, 0, 1);
    CHECK(notes.not_backed_up_since_ms == 0);
    notes.follow_backup(5, 0, 2);
    notes.follow_backup(9, 0, 3);
    CHECK(notes.not_backed_up_since_ms == 2);
    notes.follow_backup(9, 5, 4);  // a backup was made: what it lacks was sent after the one before
    CHECK(notes.not_backed_up_since_ms == 4);
    notes.follow_backup(9, 9, 5);
    CHECK(notes.not_backed_up_since_ms == 0);
}
