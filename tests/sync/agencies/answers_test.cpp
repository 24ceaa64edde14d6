#include "sync/agencies/answers.h"

#include "sync/agencies/answers_file.h"
#include "sync/agencies/inbox.h"
#include "sync/endpoint/erasure.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/agencies/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::string csv(const std::vector<std::string>& rows) {
    std::string text = "referral,state,note,at\r\n";
    for (const auto& row : rows)
        text += row + "\r\n";
    return text;
}

}  // namespace

TEST_CASE("an agency's answers rise within a cycle, and reopening begins another", "[answers]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    rig.work();
    CHECK(*rig.answer(referral, "fire", "accepted") == AnswerTaken::added);
    CHECK(*rig.answer(referral, "fire", "accepted") == AnswerTaken::known);
    CHECK(*rig.answer(referral, "fire", "received") == AnswerTaken::known);
    CHECK(rig.status(referral) == "1 accepted");
    CHECK(rig.state(referral) == "received");
    CHECK(*rig.answer(referral, "fire", "completed", "fitted two") == AnswerTaken::added);
    CHECK(*rig.answer(referral, "fire", "in_progress") == AnswerTaken::known);
    CHECK(rig.answer(referral, "fire", "declined").error().fault == Fault::conflict);
    CHECK(rig.status(referral) == "1 completed");
    CHECK(*rig.answer(referral, "fire", "reopened") == AnswerTaken::added);
    CHECK(*rig.answer(referral, "fire", "reopened") == AnswerTaken::known);
    CHECK(rig.status(referral) == "2 received");
    CHECK(*rig.answer(referral, "fire", "returned", "not our area") == AnswerTaken::added);
    CHECK(rig.status(referral) == "2 returned");
    CHECK_FALSE(answer_word("raised"));
    CHECK_FALSE(answer_word("withdrawn"));
    CHECK_FALSE(answer_word("sent"));
}

TEST_CASE("another agency's referral and one that is not there are told apart by nobody", "[answers]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    const auto foreign = rig.answer(referral, "police", "accepted");
    const auto none = rig.answer(Uuid::random(rig.random), "police", "accepted");
    REQUIRE_FALSE(foreign.ok());
    REQUIRE_FALSE(none.ok());
    CHECK(foreign.error().text() == none.error().text());
    CHECK(foreign.error().fault == none.error().fault);
}

TEST_CASE("nothing is answered for what the resident withdrew", "[answers]") {
    Rig rig;
    rig.webhook("fire");
    const auto referral = rig.refer("fire");
    rig.work();
    {
        auto transaction = must(rig.store().begin());
        CHECK(must(withdraw_referral(transaction, rig.clock, referral, "by telephone", "centre")) ==
              AnswerTaken::added);
        CHECK(must(withdraw_referral(transaction, rig.clock, referral, "again", "centre")) ==
              AnswerTaken::known);
        must(transaction.commit());
    }
    CHECK(rig.answer(referral, "fire", "completed").error().fault == Fault::conflict);
    CHECK(rig.answer(referral, "fire", "reopened").error().fault == Fault::conflict);
    rig.work_for(hour_ms);
    CHECK(rig.stubs["fire"].withdrawals[referral] == 1);
    // The reason is the resident's and ours: the agency is told that, not why.
    CHECK(rig.stubs["fire"].seen.back().body.find("telephone") == std::string::npos);
}

TEST_CASE("an inbox is read by its own agency, and the first named look is its receipt", "[answers][inbox]") {
    Rig rig;
    rig.inbox("fire");
    rig.inbox("police");
    const auto mine = rig.refer("fire");
    const auto theirs = rig.refer("police");
    rig.work();
    CHECK(rig.status(mine) == "1 sent");
    AgencyInbox inbox(rig.store(), rig.directory, "fire");
    const auto entries = must(inbox.entries());
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].referral == mine);
    CHECK(entries[0].opened_ms == 0);
    CHECK(inbox.open(mine, "").error().fault == Fault::bad_input);
    rig.clock.advance_ms(1'000);
    CHECK(must(inbox.open(mine, "Watch Manager 12")).address.road == "Quartzmeadow Road");
    must(inbox.open(mine, "somebody else"));
    const auto opened = must(inbox.entries());
    CHECK(opened[0].opened_by == "Watch Manager 12");
    CHECK(opened[0].opened_ms == rig.clock.now_ms());
    CHECK(rig.status(mine) == "1 received");
    CHECK(rig.text("select count(*) from fact_referral_state where word = 'received'") == "1");
    const auto foreign = inbox.open(theirs, "Watch Manager 12");
    const auto none = inbox.open(Uuid::random(rig.random), "Watch Manager 12");
    REQUIRE_FALSE(foreign.ok());
    CHECK(foreign.error().text() == none.error().text());
    rig.withdraw_on_tablet(mine);
    rig.work();
    CHECK(inbox.open(mine, "Watch Manager 12").error().fault == Fault::refused);
    CHECK(must(inbox.entries())[0].withdrawn_ms > 0);
}

TEST_CASE("a file of answers is taken in row by row, and once", "[answers]") {
    Rig rig;
    rig.webhook("fire");
    const auto one = rig.refer("fire");
    const auto other = rig.refer("fire");
    const auto foreign = rig.refer("police");
    rig.work();
    const AnswersFile file{
        "march.csv", csv({one.text() + ",Accepted,\"will ring, Tuesday\",2013-06-08T07:00Z",
                          "not-an-id,accepted,,", other.text() + ",fitted,,", foreign.text() + ",accepted,,",
                          other.text() + ",declined,no access,yesterday", other.text() + ",in_progress,,"})};
    const auto taken = must(take_answers_file(rig.store(), "fire", file));
    CHECK(taken.added == 2);
    CHECK(taken.wrong == 4);
    CHECK(rig.status(one) == "1 accepted");
    CHECK(rig.status(other) == "1 in_progress");
    CHECK(rig.status(foreign) == "1 raised");
    CHECK(taken.errors.find("\r\n3,The column referral does not hold the id of a referral.,") !=
          std::string::npos);
    CHECK(taken.errors.find("\r\n4,The column state holds no state.,") != std::string::npos);
    CHECK(taken.errors.find("\r\n5,There is no such referral.,") != std::string::npos);
    CHECK(taken.errors.find("\r\n6,The column at holds no date.,") != std::string::npos);
    CHECK(taken.errors.find("ring") == std::string::npos);
    const auto again = must(take_answers_file(rig.store(), "fire", {"april.csv", file.content}));
    CHECK(again.before);
    CHECK(again.errors == taken.errors);
    CHECK(rig.text("select count(*) from fact_referral_state where word = 'accepted'") == "1");
    CHECK(rig.text("select at_ms from fact_referral_state where word = 'accepted'") == "1370674800000");
}

TEST_CASE("a file that is no file of answers says what it should be", "[answers]") {
    Rig rig;
    for (const char* text : {"", "name,state\r\nx,accepted\r\n", "\xff\xfe\x00", "referral;state\r\n"}) {
        const auto taken = must(take_answers_file(rig.store(), "fire", {"x.csv", std::string(text) + "\n"}));
        CHECK(taken.added == 0);
        CHECK(taken.wrong >= 1);
        CHECK(taken.errors.find("referral") != std::string::npos);
    }
}

TEST_CASE("instants of spreadsheets and of programs are read", "[answers]") {
    CHECK(instant_in("2013-06-08") == 1'370'649'600'000 + 12 * hour_ms);
    CHECK(instant_in("2013-06-08T08:00Z") == 1'370'678'400'000);
    CHECK(instant_in("2013-06-08T09:00:00.250+01:00") == 1'370'678'400'250);
    for (const char* wrong : {"", "8.6.2013", "2013-06-31", "2013-06-08T", "2013-06-08T25:00Z",
                              "2013-06-08T08:00+1", "2013-06-08T08:00:61Z", "2013-06-08T08:00Zjunk"}) {
        INFO(wrong);
        CHECK_FALSE(instant_in(wrong));
    }
}

TEST_CASE("of a home that was erased an agency's state is kept, and not its words", "[answers]") {
    const TemporaryFolder folder;
    Rig rig;
    rig.webhook("fire");
    const auto home = Uuid::random(rig.random);
    const auto contact = rig.door(home);
    const auto raised = rig.raised(contact, "fire");
    const auto referral = raised.referral;
    rig.arrive({rig.fact(contact), rig.fact(raised)});
    rig.work();
    REQUIRE(rig.row(referral).their_id == "CASE-1");
    const ErasureList list(folder / "erasures.list");
    REQUIRE(erase_subject(must(rig.endpoint->forgetting(list)), home).ok());
    CHECK(rig.row(referral).their_id.empty());

    SECTION("asked hourly") {
        rig.stubs["fire"].states[referral] = "accepted";  // with the note "by telephone"
        rig.work_for(3 * hour_ms);
        CHECK(rig.status(referral) == "1 accepted");
    }
    SECTION("in a file") {
        const auto taken = must(take_answers_file(
            rig.store(), "fire", {"answers.csv", csv({referral.text() + ",completed,by telephone,"})}));
        CHECK(taken.added == 1);
        CHECK(rig.status(referral) == "1 completed");
    }
    SECTION("withdrawn at the centre") {
        auto transaction = must(rig.store().begin());
        must(withdraw_referral(transaction, rig.clock, referral, "told us by telephone", "endpoint"));
        must(transaction.commit());
    }
    std::string all;
    for (const auto& operation : must(rig.store().log()))
        all += wire::encode(operation);
    CHECK(all.find("by telephone") == std::string::npos);
    CHECK(rig.row(referral).their_id.empty());
}
