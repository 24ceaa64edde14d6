// What was done by mistake is taken back: outcomes of doors, decisions, offers.
#include <catch2/catch.hpp>

#include "sync/report/lists.h"
#include "tests/client/casework/desk_for_tests.h"

using namespace doorstep;
using namespace doorstep::test;
using Decision = ProposedReferral::Decision;

namespace {

std::vector<ContactRow> contacts(Tablet& tablet, const Uuid& visit) {
    const auto rows = contacts_of(*tablet.sql, visit);
    if (!rows.ok())
        FAIL(rows.error().text());
    return *rows;
}

OpenQuestionnaire resumed(Tablet& tablet, OpenQuestionnaire at) {
    const Uuid id = at.id();
    { const OpenQuestionnaire gone = std::move(at); }
    tablet.reopen();
    auto again = tablet.casework->resume(id);
    if (!again.ok())
        FAIL(again.error().text());
    return std::move(again).value();
}

}  // namespace

TEST_CASE("the only try taken back, a door is untouched; the second of two, the first holds", "[casework]") {
    Tablet tablet;
    const Door door = tablet.a_door();
    const auto first = tablet.casework->record_outcome(door, ContactOutcome::no_answer);
    REQUIRE(first.ok());
    const auto second = tablet.casework->record_outcome(door, ContactOutcome::declined);
    REQUIRE(second.ok());
    CHECK(contacts(tablet, door.visit).at(0).fact == *second);
    REQUIRE(tablet.casework->take_back(door, *second).ok());
    REQUIRE(contacts(tablet, door.visit).size() == 1);
    CHECK(contacts(tablet, door.visit)[0].outcome == ContactOutcome::no_answer);
    CHECK(contacts(tablet, door.visit)[0].attempts == 1);
    CHECK(tablet.casework->take_back(door, *second).error().fault == Fault::conflict);
    REQUIRE(tablet.casework->take_back(door, *first).ok());
    CHECK(contacts(tablet, door.visit).empty());
    // It is a fact like any other: it goes out, and a rebuild says the same.
    CHECK(unsent_facts(*tablet.sql)->back().type == "contact_taken_back");
    CHECK(unsent_facts(*tablet.sql)->back().address == door.address);
    REQUIRE(tablet.store->rebuild().ok());
    CHECK(contacts(tablet, door.visit).empty());
    REQUIRE(tablet.casework->record_outcome(door, ContactOutcome::empty).ok());
    CHECK(contacts(tablet, door.visit).at(0).attempts == 1);
}

TEST_CASE("what a questionnaire ended is not taken back", "[casework]") {
    Tablet tablet;
    SECTION("complete") {
        OpenQuestionnaire at = tablet.begun();
        const Door door = at.door();
        REQUIRE(at.finish().ok());
        const auto fact = contacts(tablet, door.visit).at(0).fact;
        CHECK(tablet.casework->take_back(door, fact).error().fault == Fault::refused);
        CHECK(contacts(tablet, door.visit).size() == 1);
    }
    SECTION("stopped by the resident, after a first try without an answer") {
        const Door door = tablet.a_door();
        const auto early = tablet.casework->record_outcome(door, ContactOutcome::no_answer);
        auto opened = tablet.casework->open_questionnaire(door, "doorstep_test", "1");
        REQUIRE(opened.ok());
        const auto finished = opened->finish(ContactOutcome::declined);
        REQUIRE(finished.ok());
        const auto fact = contacts(tablet, door.visit).at(0).fact;
        CHECK(contacts(tablet, door.visit)[0].outcome == ContactOutcome::declined);
        CHECK(tablet.casework->take_back(door, fact).error().fault == Fault::refused);
        CHECK(tablet.casework->take_back(door, *early).ok());
        CHECK(contacts(tablet, door.visit).at(0).attempts == 1);
    }
}

TEST_CASE("only an outcome of that very door is taken back", "[casework]") {
    Tablet tablet;
    const Door door = tablet.a_door();
    const Door other = tablet.a_door();
    const auto fact = tablet.casework->record_outcome(door, ContactOutcome::no_answer);
    REQUIRE(fact.ok());
    CHECK(tablet.casework->take_back(other, *fact).error().fault == Fault::not_found);
    CHECK(tablet.casework->take_back(door, door.visit).error().fault == Fault::not_found);
    CHECK(contacts(tablet, door.visit).size() == 1);
}

TEST_CASE("a decision is taken back, and stands open after a new start too", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    const auto decision = [&] { return proposed(at.referrals(), "police")->decision; };
    REQUIRE(at.reopen("police").ok());
    CHECK(decision() == Decision::open);
    REQUIRE(at.agree("police", by_resident()).ok());
    REQUIRE(at.reopen("police").ok());
    CHECK(decision() == Decision::open);
    CHECK(proposed(at.referrals(), "police")->agreement == Agreement{});
    REQUIRE(at.refuse("police").ok());
    REQUIRE(at.reopen("police").ok());
    CHECK(decision() == Decision::open);
    REQUIRE(at.drop("police").ok());
    REQUIRE(at.reopen("police").ok());
    at = resumed(tablet, std::move(at));
    CHECK(decision() == Decision::open);
    CHECK(at.reopen("housing_hbc").error().fault == Fault::not_found);
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    CHECK(of_type<ReferralRaised>(finished->operations).empty());
}

TEST_CASE("an agreement whose rule is gone can be dropped and brought back", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(at.agree("police", by_resident()).ok());
    REQUIRE(say(at, "crime_advice", "no"));
    const bool kept = GENERATE(false, true);
    if (kept)
        REQUIRE(at.agree("police", by_resident()).ok());
    REQUIRE(at.drop("police").ok());
    CHECK(proposed(at.referrals(), "police") == nullptr);
    REQUIRE(at.reopen("police").ok());
    at = resumed(tablet, std::move(at));
    const auto referrals = at.referrals();
    const auto* police = proposed(referrals, "police");
    REQUIRE(police);
    CHECK(police->decision == Decision::open);
    CHECK(police->no_longer_suggested);
    REQUIRE(police->because.size() == 1);
    CHECK(police->because[0].reason == "Wants crime advice.");
    SECTION("agreed to once more, it is raised") {
        REQUIRE(at.agree("police", by_resident()).ok());
        const auto finished = at.finish();
        REQUIRE(finished.ok());
        CHECK(of_type<ReferralRaised>(finished->operations).size() == 1);
    }
    SECTION("left open, it is not") {
        const auto finished = at.finish();
        REQUIRE(finished.ok());
        CHECK(of_type<ReferralRaised>(finished->operations).empty());
    }
}

TEST_CASE("an offer is undecided again", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "smoke_alarms", "none"));
    REQUIRE(say(at, "smoke_alarm_accept", "supply_only"));
    REQUIRE(at.set_offer("smoke_detector", OfferStatus::accepted, 3).ok());
    REQUIRE(at.set_offer("purse_bell", OfferStatus::delivered, 1).ok());
    REQUIRE(at.offers().size() == 2);
    REQUIRE(at.undecide_offer("smoke_detector").ok());
    REQUIRE(at.undecide_offer("purse_bell").ok());
    REQUIRE(at.undecide_offer("purse_bell").ok());
    at = resumed(tablet, std::move(at));
    const auto offers = at.offers();
    REQUIRE(offers.size() == 1);
    CHECK(offers[0].code == "smoke_detector");
    CHECK_FALSE(offers[0].status);
    CHECK(offers[0].quantity == 2);
}

TEST_CASE("a screen hears of the settled page before the disk is asked", "[casework]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    std::vector<std::size_t> lines_then;
    std::vector<std::size_t> police_then;
    at.on_settled([&] {
        lines_then.push_back(Drafts(*tablet.store).lines(at.id())->size());
        police_then.push_back(proposed(at.referrals(), "police") ? 1 : 0);
    });
    const auto lines = Drafts(*tablet.store).lines(at.id())->size();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(at.set_language("Polski (pl)").ok());
    CHECK(lines_then == std::vector<std::size_t>{lines, lines + 1});
    CHECK(police_then == std::vector<std::size_t>{1, 1});
    CHECK_FALSE(say(at, "crime_advice", "\xff"));
    CHECK(lines_then.size() == 2);
    at.on_settled({});
    REQUIRE(say(at, "crime_advice", "no"));
    CHECK(lines_then.size() == 2);
}

TEST_CASE("the door of a draft is known without resuming it", "[casework]") {
    Tablet tablet;
    const OpenQuestionnaire at = tablet.begun();
    const auto drafts = tablet.casework->drafts();
    REQUIRE((drafts.ok() && drafts->size() == 1));
    const auto door = tablet.casework->door_of(drafts->front());
    REQUIRE(door.ok());
    CHECK(door->household == at.door().household);
    CHECK(door->contact == at.door().contact);
    CHECK(door->address == at.door().address);
    DraftHeader broken = drafts->front();
    broken.begun.resize(10);
    CHECK(tablet.casework->door_of(broken).error().fault == Fault::damaged);
}
