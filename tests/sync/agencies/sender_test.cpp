#include "sync/agencies/sender.h"

#include <fstream>
#include <iterator>
#include <set>

#include "sync/agencies/referral_list.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::string content(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a referral is handed over once, with its id as the key, and tablets learn of it", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    rig.work();
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.row(referral).their_id == "CASE-1");
    CHECK(rig.status(referral) == "1 sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
    REQUIRE(rig.stubs["fire"].seen.size() == 1);
    const auto& request = rig.stubs["fire"].seen[0];
    CHECK(request.method == "POST");
    CHECK(request.path == "/in");
    CHECK(request.headers.at(0) == std::pair<std::string, std::string>("Idempotency-Key", referral.text()));
    // The fact has a place in the feed, from which tablets pull it.
    CHECK(rig.text(
              "select count(*) from operation where type = 'referral_state_set' and pull_seq is not null") ==
          "1");
    rig.work_for(hour_ms / 2);
    CHECK(rig.stubs["fire"].seen.size() == 1);
}

TEST_CASE("what the agency did and did not say is asked for, and never sent again blindly", "[sender]") {
    const auto way = GENERATE(AgencyDoes::done_then_cut, AgencyDoes::done_then_500, AgencyDoes::slow);
    Rig rig;
    rig.webhook("fire");
    rig.stubs["fire"].does = [&](const HttpRequest& request) {
        return request.method == "POST" ? way : AgencyDoes::well;
    };
    const auto referral = rig.refer("fire");
    rig.work();
    CHECK(rig.state(referral) == "unknown");
    CHECK(rig.status(referral) == "1 raised");
    rig.work_for(3 * hour_ms);
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("what the agency proves not to hold is sent again, and arrives once", "[sender]") {
    const auto way = GENERATE(AgencyDoes::lost, AgencyDoes::fails_503, AgencyDoes::portal,
                              AgencyDoes::of_another_one, AgencyDoes::busy_429);
    Rig rig;
    rig.webhook("fire");
    int first = 0;
    rig.stubs["fire"].does = [&](const HttpRequest&) { return ++first <= 3 ? way : AgencyDoes::well; };
    const auto referral = rig.refer("fire");
    rig.work_for(12 * hour_ms);
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("somebody else's 404 proves nothing", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    rig.stubs["fire"].does = [](const HttpRequest& request) {
        return request.method == "POST" ? AgencyDoes::done_then_cut : AgencyDoes::plain_404;
    };
    const auto referral = rig.refer("fire");
    rig.work_for(24 * hour_ms, 600'000);
    CHECK(rig.state(referral) == "unknown");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("what an agency refuses waits for a person, who may hand it over again", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    bool mended = false;
    rig.stubs["fire"].does = [&](const HttpRequest&) {
        return mended ? AgencyDoes::well : AgencyDoes::refuses_422;
    };
    const auto referral = rig.refer("fire");
    rig.work_for(24 * hour_ms, 600'000);
    CHECK(rig.state(referral) == "refused");
    CHECK(rig.stubs["fire"].seen.size() == 1);
    CHECK(rig.row(referral).problem.find("422") != std::string::npos);
    mended = true;
    must(resend_referral(*rig.sql, rig.clock, referral));
    rig.work();
    CHECK(rig.state(referral) == "sent");
    CHECK(resend_referral(*rig.sql, rig.clock, referral).error().fault == Fault::conflict);
}

TEST_CASE("an agency that cannot be asked leaves the doubtful one to a person", "[sender]") {
    Rig rig;
    rig.webhook("fire", false);
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::done_then_cut; };
    const auto referral = rig.refer("fire");
    rig.work_for(48 * hour_ms, 600'000);
    CHECK(rig.state(referral) == "unknown");
    CHECK(rig.stubs["fire"].seen.size() == 1);
}

TEST_CASE("one agency's trouble costs no other one its referrals", "[sender]") {
    Rig rig;
    for (const char* agency : {"fire", "police", "red_cross"})
        rig.webhook(agency);
    rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::lost; };
    std::vector<Uuid> others;
    for (int i = 0; i < 20; ++i) {
        rig.refer("fire", "today");
        others.push_back(rig.refer(i % 2 == 0 ? "police" : "red_cross"));
    }
    rig.work();
    for (const auto& other : others)
        CHECK(rig.state(other) == "sent");
    // It was left alone after the first silence, not tried twenty times.
    CHECK(rig.stubs["fire"].seen.size() == 1);
}

TEST_CASE("what is urgent goes first", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    rig.refer("fire", "routine");
    rig.refer("fire", "soon");
    const auto urgent = rig.refer("fire", "today");
    const auto taken = must(rig.sender->take());
    REQUIRE(taken.parcel);
    CHECK(taken.parcel->referral == urgent);
}

TEST_CASE("an endpoint killed between journal and wire, or between wire and record, sends once", "[sender]") {
    const bool reached_the_wire = GENERATE(false, true);
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    const auto taken = must(rig.sender->take());
    REQUIRE(taken.parcel);
    if (reached_the_wire)
        CHECK(deliver(*taken.parcel, rig.connect(), rig.clock, rig.random).came == Came::held);
    rig.start();
    must(rig.sender->take_over());
    CHECK_FALSE(rig.step());
    CHECK(rig.state(referral) == "unknown");
    rig.work_for(hour_ms / 2);
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
    CHECK(rig.status(referral) == "1 sent");
}

TEST_CASE("a row that was leased and never journalled waits again", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    must(rig.sql->run("update outbox set state = 'leased', attempt = 1, lease_until = :until "
                      "where partnership = 1",
                      {{"until", rig.clock.now_ms() + sending::lease_ms}}));
    CHECK_FALSE(rig.step());  // another process may have it in hand
    rig.clock.advance_ms(sending::lease_ms + 1);
    rig.work();
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("two processes never have one referral in hand", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    for (int i = 0; i < 5; ++i)
        rig.refer("fire");
    const auto other = rig.another_sender();
    std::vector<Parcel> in_hand;
    for (int i = 0; i < 3; ++i) {
        auto mine = must(rig.sender->take());
        auto theirs = must(other->take());
        if (mine.parcel)
            in_hand.push_back(std::move(*mine.parcel));
        if (theirs.parcel)
            in_hand.push_back(std::move(*theirs.parcel));
    }
    REQUIRE(in_hand.size() == 5);
    std::set<Uuid> different;
    for (const auto& parcel : in_hand) {
        different.insert(parcel.referral);
        must(other->record(parcel, deliver(parcel, rig.connect(), rig.clock, rig.random)));
    }
    CHECK(different.size() == 5);
    for (const auto& referral : different)
        CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("the word of the agency counts after the lease ran out too", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    const auto taken = must(rig.sender->take());
    const auto came = deliver(*taken.parcel, rig.connect(), rig.clock, rig.random);
    rig.clock.advance_ms(sending::lease_ms + 1);
    CHECK_FALSE(rig.step());
    REQUIRE(rig.state(referral) == "unknown");
    must(rig.sender->record(*taken.parcel, came));
    CHECK(rig.state(referral) == "sent");
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
}

TEST_CASE("a withdrawal stops what waits and tells who was told", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    const auto waits = rig.refer("fire");
    rig.withdraw_on_tablet(waits);
    rig.work();
    CHECK(rig.stubs["fire"].seen.empty());
    CHECK(rig.row(waits).withdrawal.empty());

    const auto sent = rig.refer("fire");
    rig.work();
    int troubles = 0;
    rig.stubs["fire"].does = [&](const HttpRequest&) {
        return ++troubles <= 2 ? AgencyDoes::lost : AgencyDoes::well;
    };
    rig.withdraw_on_tablet(sent);
    rig.work_for(6 * hour_ms);
    CHECK(rig.state(sent) == "withdrawn");
    CHECK(rig.row(sent).withdrawal == "told");
    CHECK(rig.stubs["fire"].withdrawals[sent] >= 1);
    CHECK(rig.status(sent) == "1 withdrawn");
}

TEST_CASE("a referral withdrawn while it is on the wire stays withdrawn, and the agency is told",
          "[sender]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    const auto taken = must(rig.sender->take());
    REQUIRE(taken.parcel);
    rig.withdraw_on_tablet(referral);
    SECTION("it arrived") {
        must(rig.sender->record(*taken.parcel, deliver(*taken.parcel, rig.connect(), rig.clock, rig.random)));
        rig.work_for(hour_ms);
        CHECK(rig.row(referral).withdrawal == "told");
        CHECK(rig.stubs["fire"].withdrawals[referral] == 1);
    }
    SECTION("it was refused") {
        rig.stubs["fire"].does = [](const HttpRequest&) { return AgencyDoes::refuses_422; };
        must(rig.sender->record(*taken.parcel, deliver(*taken.parcel, rig.connect(), rig.clock, rig.random)));
        rig.work_for(hour_ms);
        CHECK(rig.row(referral).withdrawal.empty());
        CHECK(rig.stubs["fire"].withdrawals.empty());
    }
    CHECK(rig.state(referral) == "withdrawn");
}

TEST_CASE("the attempt is in the journal, and synced to the other disk, before the wire", "[sender]") {
    const TemporaryFolder folder;
    const auto file = folder.path() + "/send.journal";
    Rig rig;
    auto journal = must(JournalFile::open(file));
    rig.start(&journal);
    rig.webhook("fire");
    rig.inbox("police");
    bool written = false;
    const auto referral = rig.refer("fire");
    rig.stubs["fire"].watch = [&](const HttpRequest&) {
        written = content(file).find("attempt " + referral.text() + " 1 ") != std::string::npos &&
                  rig.text("select count(*) from send_journal where step = 'attempt'") == "1";
    };
    rig.work();
    CHECK(written);
    const auto put = rig.refer("police");
    rig.work();
    const auto lines = must(read_journal_file(file));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] ==
          SendAttempt{referral, "fire", 1, rig.clock.now_ms(), way_of(*must(agency_line(*rig.sql, "fire")))});
    CHECK(lines[1].referral == put);
    const auto shown = must(show_referral(*rig.sql, referral));
    REQUIRE(shown.journal.size() == 1);
    CHECK(shown.journal[0].outcome == "held");
    REQUIRE(shown.history.size() == 1);
    CHECK(shown.history[0].state == "sent");
}

TEST_CASE("nothing leaves while the journal cannot be written", "[sender]") {
    const TemporaryFolder folder;
    const auto file = folder.path() + "/send.journal";
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    {
        // A full disk, as the kernel has one ready.
        auto journal = JournalFile::open("/dev/full");
        CHECK_FALSE(journal.ok());
    }
    std::ofstream(file) << "attempt 0b9e6f2c-";  // torn by a power cut
    auto journal = must(JournalFile::open(file));
    rig.start(&journal);
    rig.work();
    CHECK(rig.state(referral) == "sent");
    const auto lines = must(read_journal_file(file));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].referral == referral);
    std::ofstream(file, std::ios::app) << "rubbish\n";
    CHECK(read_journal_file(file).error().fault == Fault::damaged);
}

TEST_CASE("the daily question finds what an agency lost, and brings its answers", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    const auto kept = rig.refer("fire");
    const auto lost = rig.refer("fire");
    rig.work();
    rig.stubs["fire"].effects.erase(lost);
    rig.stubs["fire"].states[kept] = "accepted";
    rig.work_for(3 * hour_ms);
    CHECK(rig.status(kept) == "1 accepted");
    CHECK(rig.text("select count(*) from agency_difference") == "1");
    CHECK(rig.state(lost) == "sent");
    CHECK(rig.stubs["fire"].effects_of(lost) == 0);  // a person decides, nothing is sent again
    rig.stubs["fire"].effects[lost] = 1;
    rig.work_for(3 * hour_ms);
    CHECK(rig.text("select count(*) from agency_difference") == "0");
    CHECK(rig.text("select reconciled_ms > 0 from agency_line") == "1");
}

TEST_CASE("a withdrawal that is never answered clearly holds up no referral and no other withdrawal",
          "[sender]") {
    Rig rig;
    rig.webhook("fire");
    const auto never = rig.refer("fire");
    const auto other = rig.refer("fire");
    rig.work();
    int tries = 0;
    rig.stubs["fire"].does = [&](const HttpRequest& request) {
        const bool is_that = request.path.ends_with(never.text() + "/withdrawal");
        tries += is_that ? 1 : 0;
        return is_that ? AgencyDoes::fails_503 : AgencyDoes::well;
    };
    rig.withdraw_on_tablet(never);
    rig.withdraw_on_tablet(other);
    rig.work();
    const auto urgent = rig.refer("fire", "today");
    rig.work();
    CHECK(rig.state(urgent) == "sent");
    rig.work_for(6 * hour_ms);
    CHECK(rig.row(other).withdrawal == "told");
    CHECK(rig.row(never).withdrawal == "to_tell");
    CHECK(tries >= 5);
    CHECK(tries <= 20);
}

TEST_CASE("one check that is never answered clearly keeps no other one's answer back", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    const auto never = rig.refer("fire", "today");
    const auto other = rig.refer("fire");
    rig.work();
    rig.stubs["fire"].states[other] = "accepted";
    rig.stubs["fire"].does = [&](const HttpRequest& request) {
        return request.path.ends_with(never.text()) ? AgencyDoes::plain_404 : AgencyDoes::well;
    };
    rig.work_for(6 * hour_ms);
    CHECK(rig.status(other) == "1 accepted");
    CHECK(rig.status(never) == "1 sent");
    const auto urgent = rig.refer("fire", "today");
    rig.work();
    CHECK(rig.state(urgent) == "sent");
}

TEST_CASE("one that may still be under way is withdrawn when it has settled", "[sender]") {
    Rig rig;
    rig.webhook("fire");
    rig.stubs["fire"].does = [](const HttpRequest& request) {
        return request.path == "/in" ? AgencyDoes::slow : AgencyDoes::well;
    };
    const auto referral = rig.refer("fire");
    rig.work();
    REQUIRE(rig.state(referral) == "unknown");
    bool was_there = false;
    rig.stubs["fire"].watch = [&](const HttpRequest& request) {
        if (request.path.ends_with("/withdrawal"))
            was_there = rig.stubs["fire"].effects_of(referral) == 1;
    };
    rig.withdraw_on_tablet(referral);
    rig.work_for(hour_ms);
    CHECK(was_there);
    CHECK(rig.row(referral).withdrawal == "told");
}

TEST_CASE("one that was answered by a slip and never left is handed over when somebody says so", "[sender]") {
    Rig rig;
    const auto referral = rig.refer("fire");
    CHECK(has_not_left(rig.row(referral)));
    REQUIRE(rig.answer(referral, "fire", "received").ok());
    CHECK(rig.state(referral) == "received");
    rig.webhook("fire");
    rig.work();
    CHECK(rig.stubs["fire"].effects_of(referral) == 0);
    must(resend_referral(*rig.sql, rig.clock, referral));
    rig.work();
    CHECK(rig.stubs["fire"].effects_of(referral) == 1);
    CHECK(resend_referral(*rig.sql, rig.clock, referral).error().fault == Fault::conflict);
}
