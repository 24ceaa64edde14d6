// Undo and redo as the officer sees them: where one stands afterwards, and what is said.
#include <catch2/catch.hpp>

#include "tests/client/app/desk_in_hand.h"

namespace doorstep::test {

TEST_CASE("undo turns to the page of what it undid, and says what that was", "[sitting][undo]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.act(intent::OpenPageOf{desk.node("smoke_alarms")});
    desk.say("smoke_alarms", "some_floors");
    desk.say("smoke_alarm_accept", "supply_and_fit");
    const std::string label = desk.item("smoke_alarm_accept")->question.label;
    CHECK(desk.page().changes.undo == "Undo last: " + label);
    CHECK_FALSE(desk.page().changes.can_redo());
    const std::string there = desk.sitting->place();
    desk.act(intent::PreviousPage{});
    REQUIRE(desk.sitting->place() != there);
    const auto told = desk.act(intent::UndoChange{});
    CHECK(desk.sitting->place() == there);
    CHECK(desk.page().in_hand == desk.node("smoke_alarm_accept"));
    CHECK(desk.answer("smoke_alarm_accept").kind == AnswerKind::blank);
    REQUIRE(told.notice);
    CHECK(told.notice->words == "Undone: " + label);
    CHECK(desk.page().changes.redo == "Redo: " + label);
    desk.resume();
    CHECK(desk.sitting->place() == there);
    CHECK(desk.page().changes.redo == "Redo: " + label);
    desk.act(intent::RedoChange{});
    CHECK(desk.answer("smoke_alarm_accept").text == "supply_and_fit");
    CHECK_FALSE(desk.page().changes.can_redo());
}

TEST_CASE("a question that undo takes away leaves one on the nearest page", "[sitting][undo]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.act(intent::OpenPageOf{desk.node("smoke_alarms")});
    desk.say("smoke_alarms", "none");
    REQUIRE(desk.item("smoke_alarm_accept"));
    desk.act(intent::StandOn{desk.node("smoke_alarm_accept")});
    desk.act(intent::UndoChange{});
    CHECK_FALSE(desk.item("smoke_alarm_accept"));
    CHECK(desk.page().in_hand == desk.node("smoke_alarms"));
}

TEST_CASE("a decision is undone where it is seen", "[sitting][undo]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.act(intent::OpenPageOf{desk.node("smoke_alarms")});
    desk.say("smoke_alarms", "none");
    desk.say("smoke_alarm_accept", "supply_only");
    desk.act(intent::AgreeReferral{"fire"});
    SECTION("on the page of its question") {
        const std::string there = desk.sitting->place();
        desk.act(intent::UndoChange{});
        CHECK(desk.sitting->place() == there);
    }
    SECTION("else on the summary") {
        desk.act(intent::OpenPageOf{desk.node("household_size")});
        desk.act(intent::UndoChange{});
        CHECK(desk.sitting->at_summary());
    }
    CHECK(desk.sitting->referrals_waiting() == 1);
    desk.act(intent::OpenSummary{});
    CHECK(desk.summary().changes.redo == "Redo: Hertfordshire Fire and Rescue Service");
    desk.act(intent::RedoChange{});
    CHECK(desk.sitting->referrals_waiting() == 0);
}

TEST_CASE("nothing is undone from the officer's page, and nothing of it elsewhere",
          "[sitting][undo][restricted]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.say("household_size", "2");
    desk.act(intent::OpenOfficersPage{});
    CHECK_FALSE(desk.page().changes.can_undo());
    CHECK_FALSE(desk.refused(intent::UndoChange{}).empty());
    const auto concern = desk.page().items.front().question;
    for (const QuestionItem& item : desk.page().items)
        if (!item.choices.empty())
            desk.act(intent::GiveAnswer{item.question.node, Answer::given(item.choices.front().value)});
    CHECK_FALSE(desk.page().changes.can_undo());
    desk.act(intent::LeaveOfficersPage{});
    desk.act(intent::UndoChange{});
    CHECK(desk.answer("household_size").kind == AnswerKind::blank);
    while (desk.page().changes.can_undo())
        desk.act(intent::UndoChange{});
    desk.act(intent::OpenOfficersPage{});
    bool recorded = false;
    for (const QuestionItem& item : desk.page().items)
        recorded = recorded || item.question.answer.kind == AnswerKind::sealed;
    CHECK(recorded);
}

TEST_CASE("a second undo of a quick finger, with nothing left, does nothing", "[sitting][undo]") {
    DeskInHand desk;
    while (desk.page().changes.can_undo())
        desk.act(intent::UndoChange{});
    const std::string place = desk.sitting->place();
    desk.act(intent::UndoChange{});
    desk.act(intent::RedoChange{});
    desk.act(intent::RedoChange{});
    CHECK(desk.sitting->place() == place);
}

TEST_CASE("an undo that the disk refuses is said, and changes nothing", "[sitting][undo][saved]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.say("household_size", "2");
    desk.fill_disk(true);
    CHECK_FALSE(desk.refused(intent::UndoChange{}).empty());
    CHECK(desk.answer("household_size").text == "2");
    CHECK(desk.page().saved_trouble);
    desk.fill_disk(false);
    desk.act(intent::UndoChange{});
    CHECK(desk.answer("household_size").kind == AnswerKind::blank);
    CHECK_FALSE(desk.page().saved_trouble);
}

}  // namespace doorstep::test
