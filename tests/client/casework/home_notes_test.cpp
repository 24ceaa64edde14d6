// What is written for whoever knocks at a home next.
#include <catch2/catch.hpp>

#include "sync/report/lists.h"
#include "tests/client/casework/desk_for_tests.h"

using namespace doorstep;
using namespace doorstep::test;

TEST_CASE("a note takes the place of what its writer saw, and is a fact that goes out", "[casework][notes]") {
    Tablet tablet;
    const Door door = tablet.a_door();
    const auto first = tablet.casework->note_home(door, HomeNoteKind::hazard, true, "Loose dog.", {});
    REQUIRE(first.ok());
    REQUIRE(tablet.casework->note_home(door, HomeNoteKind::access, true, "Round the back.", {}).ok());
    const auto second =
        tablet.casework->note_home(door, HomeNoteKind::hazard, true, "Dog on a chain.", {*first});
    REQUIRE(second.ok());
    tablet.reopen();
    const auto notes = tablet.casework->notes_of(door.household);
    REQUIRE(notes.ok());
    REQUIRE(notes->size() == 2);
    CHECK((*notes)[0].fact == *second);
    CHECK((*notes)[0].noted.text == "Dog on a chain.");
    CHECK((*notes)[0].noted.day == Day::of(2013, 6, 8));
    CHECK((*notes)[0].noted.until == Day::of(2013, 6, 8).plus(Casework::note_days));
    CHECK((*notes)[1].noted.text == "Round the back.");
    CHECK(unsent_facts(*tablet.sql)->back().type == "home_noted");
    CHECK(tablet.every_byte_on_disk().find("Loose dog") == std::string::npos);
}

TEST_CASE("what its writer was not shown stands beside a note", "[casework][notes]") {
    Tablet tablet;
    const Door door = tablet.a_door();
    const auto seen = tablet.casework->note_home(door, HomeNoteKind::hazard, true, "Loose dog.", {});
    REQUIRE(seen.ok());
    const auto came = tablet.casework->note_home(door, HomeNoteKind::hazard, true, "Gas bottles.", {});
    REQUIRE(came.ok());
    tablet.clock.advance_ms(1000);
    const auto kept = tablet.casework->note_home(door, HomeNoteKind::hazard, false, "", {*seen});
    REQUIRE(kept.ok());
    const auto notes = tablet.casework->notes_of(door.household);
    REQUIRE(notes.ok());
    REQUIRE(notes->size() == 2);
    // What protects somebody counts, though the other is the later one.
    CHECK((*notes)[0].fact == *came);
    CHECK((*notes)[1].fact == *kept);
}

TEST_CASE("it outlives the year, and runs out after two", "[casework][notes]") {
    Tablet tablet;
    const Door door = tablet.a_door();
    REQUIRE(tablet.casework->note_home(door, HomeNoteKind::safety, true, "Only in pairs.", {}).ok());
    constexpr std::int64_t day_ms = 86'400'000;
    tablet.clock.advance_ms(std::int64_t{Casework::note_days} * day_ms);
    CHECK(tablet.casework->notes_of(door.household)->size() == 1);
    tablet.clock.advance_ms(day_ms);
    CHECK(tablet.casework->notes_of(door.household)->empty());
}
