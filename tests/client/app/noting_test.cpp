// Notes on homes: seen before anybody knocks, whoever wrote them.
#include <algorithm>
#include <catch2/catch.hpp>

#include "client/app/home_note_words.h"
#include "sync/store/home_notes.h"
#include "tests/client/app/shift_in_hand.h"
#include "tests/support/row_keys.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

const HomeNoteView& note(const ShiftInHand& day, HomeNoteKind kind) {
    return day.screen<DoorView>().notes.at(static_cast<std::size_t>(kind));
}

// As the page says it that is in sight.
intent::NoteHome written(const ShiftInHand& day, HomeNoteKind kind, bool holds, const std::string& text) {
    const DoorView& door = day.screen<DoorView>();
    return {door.household, kind, holds, text, note(day, kind).shown, door.notes_saved};
}

Uuid home_of(ShiftInHand& day, const std::string& place) {
    day.to_door(place);
    return day.screen<DoorView>().household;
}

// As another tablet wrote it that had seen nothing.
void a_colleague_notes(ShiftInHand& day, const Uuid& home, HomeNoteKind kind, const std::string& text,
                       bool holds) {
    day.shift.reset();
    auto tablet = OpenedTablet::open(day.folder.path(), row_keys_for_tests(), day.clock, day.random,
                                     {.ballast_bytes = 0});
    REQUIRE(tablet.ok());
    HomeNoted noted;
    noted.household = home;
    noted.area = "BE";
    noted.kind = kind;
    noted.holds = holds;
    noted.text = text;
    noted.officer = "off-fire-02";
    noted.day = *Day::parse("2026-11-20");
    noted.review = noted.day.plus(183);
    noted.until = noted.day.plus(730);
    Operation operation;
    operation.subject = home;
    operation.payload = noted;
    auto transaction = (*tablet)->store().begin();
    REQUIRE(transaction.ok());
    REQUIRE(transaction->append({operation}).ok());
    REQUIRE(transaction->commit().ok());
    tablet->reset();
    day.open();
}

}  // namespace

TEST_CASE("a note is on the row and on the door, after a restart too, and goes out", "[shift][notes]") {
    ShiftInHand day;
    day.open();
    day.to_door("2 Mill Lane");
    CHECK(note(day, HomeNoteKind::hazard).lines.empty());
    day.act(written(day, HomeNoteKind::hazard, true, "Loose dog"));
    REQUIRE(day.view().notice);
    CHECK(day.view().notice->words == "Kept for whoever knocks next at 2 Mill Lane.");
    CHECK(day.screen<DoorView>().notes_saved == 1);
    CHECK(day.view().header.sync_words.find("1") != std::string::npos);
    day.reopen();
    day.to_door("2 Mill Lane");
    REQUIRE(note(day, HomeNoteKind::hazard).lines.size() == 1);
    CHECK(note(day, HomeNoteKind::hazard).warns);
    CHECK(note(day, HomeNoteKind::hazard).lines.front().find("Loose dog (off-pol-01, ") == 0);
    day.to_the_doors();
    CHECK(day.row("2 Mill Lane").warning == "Hazard");
    CHECK(day.row("2 Mill Lane").words.empty());
    CHECK(day.row("2 Mill Lane").state == DoorState::untouched);
    day.record("2 Mill Lane", ContactOutcome::no_answer);
    CHECK(day.row("2 Mill Lane").warning == "Hazard");
    CHECK(day.row("2 Mill Lane").words == "No answer");
    // It is so no longer.
    day.to_door("2 Mill Lane");
    day.act(written(day, HomeNoteKind::hazard, false, ""));
    CHECK(note(day, HomeNoteKind::hazard).lines.empty());
    day.to_the_doors();
    CHECK(day.row("2 Mill Lane").words == "No answer");
    CHECK(day.row("2 Mill Lane").warning.empty());
}

TEST_CASE("two that did not see each other are both shown until an officer decides", "[shift][notes]") {
    ShiftInHand day;
    day.open();
    const Uuid home = home_of(day, "3 Mill Lane");
    day.act(written(day, HomeNoteKind::do_not_return, true, ""));
    a_colleague_notes(day, home, HomeNoteKind::do_not_return, "", false);
    day.to_door("3 Mill Lane");
    REQUIRE(note(day, HomeNoteKind::do_not_return).lines.size() == 2);
    // What protects somebody counts meanwhile: nobody is sent there.
    CHECK(note(day, HomeNoteKind::do_not_return).warns);
    day.to_the_doors();
    CHECK(day.row("3 Mill Lane").state == DoorState::do_not_return);
    CHECK(day.row("3 Mill Lane").warning == "Do not return");
    day.to_door("3 Mill Lane");
    day.act(written(day, HomeNoteKind::do_not_return, false, ""));
    CHECK(note(day, HomeNoteKind::do_not_return).lines.empty());
    day.to_the_doors();
    CHECK(day.row("3 Mill Lane").state == DoorState::untouched);
}

TEST_CASE("a note that came while the page was open is not replaced unseen", "[shift][notes]") {
    ShiftInHand day;
    day.open();
    const Uuid home = home_of(day, "3 Mill Lane");
    day.act(written(day, HomeNoteKind::hazard, true, "Loose dog"));
    const intent::NoteHome tapped = written(day, HomeNoteKind::hazard, true, "Dog on a chain");
    a_colleague_notes(day, home, HomeNoteKind::hazard, "Gas bottles in the hall", true);
    day.to_door("3 Mill Lane");
    intent::NoteHome kept = tapped;
    kept.saved = 0;  // opened anew
    day.act(kept);
    const auto& lines = note(day, HomeNoteKind::hazard).lines;
    REQUIRE(lines.size() == 2);
    CHECK((lines[0] + lines[1]).find("Dog on a chain") != std::string::npos);
    CHECK((lines[0] + lines[1]).find("Gas bottles") != std::string::npos);
    CHECK((lines[0] + lines[1]).find("Loose dog") == std::string::npos);
}

TEST_CASE("who asked us back is not called on where somebody says not to", "[shift][notes]") {
    ShiftInHand day;
    day.open();
    const Uuid home = home_of(day, "3 Mill Lane");
    day.record("3 Mill Lane", ContactOutcome::call_back);
    REQUIRE(day.row("3 Mill Lane").state == DoorState::come_back);
    a_colleague_notes(day, home, HomeNoteKind::do_not_return, "Threatened us.", true);
    day.to_the_doors();
    CHECK(day.row("3 Mill Lane").state == DoorState::do_not_return);
    CHECK_FALSE(day.row("3 Mill Lane").words.empty());
    const auto words = day.row("3 Mill Lane").words;
    day.to_door("3 Mill Lane");
    CHECK(day.screen<DoorView>().words == words);
}

TEST_CASE("a note that waits is called one, with the address of its home", "[shift][notes][sync]") {
    ShiftInHand day;
    day.open();
    day.to_door("2 Mill Lane");
    day.act(written(day, HomeNoteKind::access, true, "Round the back"));
    day.act(intent::OpenSync{});
    const auto& waiting = day.screen<SyncView>().waiting;
    const auto note = std::find_if(waiting.begin(), waiting.end(),
                                   [](const auto& one) { return one.words == "1 note on a home"; });
    REQUIRE(note != waiting.end());
    CHECK(note->place == "2 Mill Lane");
}

TEST_CASE("what two say is no longer so is what the next note takes the place of", "[shift][notes]") {
    ShiftInHand day;
    day.open();
    const Uuid home = home_of(day, "3 Mill Lane");
    a_colleague_notes(day, home, HomeNoteKind::hazard, "", false);
    day.to_door("3 Mill Lane");
    CHECK(note(day, HomeNoteKind::hazard).lines.empty());
    day.act(written(day, HomeNoteKind::hazard, true, "Loose dog"));
    CHECK(note(day, HomeNoteKind::hazard).lines.size() == 1);
}

TEST_CASE("tapped twice, a note is kept once", "[shift][notes]") {
    ShiftInHand day;
    day.open();
    day.to_door("2 Mill Lane");
    const intent::NoteHome tapped = written(day, HomeNoteKind::hazard, true, "Loose dog");
    day.act(tapped);
    day.act(tapped);
    CHECK(note(day, HomeNoteKind::hazard).lines.size() == 1);
    CHECK(day.screen<DoorView>().notes_saved == 1);
}

TEST_CASE("a note without words, or with too many, is not kept and says why", "[shift][notes]") {
    ShiftInHand day;
    day.open();
    day.to_door("2 Mill Lane");
    for (const auto& text : {std::string(), std::string(501, 'x')}) {
        day.act(written(day, HomeNoteKind::access, true, text));
        REQUIRE(day.view().notice);
        CHECK(day.view().notice->kind == Notice::Kind::trouble);
        CHECK(day.screen<DoorView>().notes_saved == 0);
        CHECK(note(day, HomeNoteKind::access).lines.empty());
    }
}

TEST_CASE("what is old asks to be looked at", "[shift][notes]") {
    const ShiftInHand day;
    StandingNote one;
    one.noted.kind = HomeNoteKind::access;
    one.noted.text = "Round the back";
    one.noted.officer = "off-pol-01";
    one.noted.day = Day::of(2026, 1, 10);
    one.noted.review = Day::of(2026, 7, 12);
    const auto at = [&](Day on) {
        return note_views({one}, on, day.wordings.of("en"))
            .at(static_cast<std::size_t>(HomeNoteKind::access))
            .lines.at(0);
    };
    CHECK(at(Day::of(2026, 7, 11)) == "Round the back (off-pol-01, Sat 10 Jan)");
    CHECK(at(Day::of(2026, 7, 12)) ==
          "Round the back (off-pol-01, Sat 10 Jan). Look whether it is still so.");
}
