// Answering at the door: suggestions, errors, undo, resuming, what the disk refuses.
#include <catch2/catch.hpp>

#include "tests/client/app/desk_in_hand.h"

namespace doorstep::test {
namespace {

std::vector<std::string> suggested(const DeskInHand& desk, const std::string& question) {
    std::vector<std::string> words;
    const auto item = desk.item(question);
    REQUIRE(item);
    for (const SuggestionLine& each : item->suggestions)
        words.push_back(each.words);
    return words;
}

constexpr const char* fire = "Suggested: Hertfordshire Fire and Rescue Service";

}  // namespace

TEST_CASE("suggestions unfold under the answer that caused them, and go with it", "[sitting]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.act(intent::OpenPageOf{desk.node("smoke_alarms")});
    desk.say("smoke_alarms", "some_floors");
    CHECK(suggested(desk, "smoke_alarms").empty());
    desk.say("smoke_alarm_accept", "supply_and_fit");
    CHECK(suggested(desk, "smoke_alarm_accept") ==
          std::vector<std::string>{fire, "Suggested: Smoke detector", "Suggested: Smoke detector fitting"});
    const SuggestionLine line = desk.item("smoke_alarm_accept")->suggestions.front();
    CHECK(line.agency == "fire");
    CHECK(line.decided.empty());
    CHECK(line.reason == "You would like the fire service to supply and fit free smoke alarms.");
    desk.act(intent::SpeakLanguage{"Polish (pl)"});
    CHECK(desk.item("smoke_alarm_accept")->suggestions.front().reason.starts_with("Chcą Państwo"));
    desk.say("smoke_alarm_accept", "no");
    CHECK(suggested(desk, "smoke_alarm_accept").empty());
}

TEST_CASE("several reasons for one agency are one line", "[sitting]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.next();
    desk.say("concerns", "burglary hate");
    REQUIRE(suggested(desk, "concerns").size() == 1);
    CHECK(desk.item("concerns")->suggestions.front().reason ==
          "You are worried about burglary. You are worried about hate because of who someone is.");
}

TEST_CASE("a suggested referral is agreed with one tap on its page, two from anywhere", "[sitting][taps]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.act(intent::OpenPageOf{desk.node("smoke_alarms")});
    desk.say("smoke_alarms", "none");
    desk.say("smoke_alarm_accept", "supply_only");
    const auto told = desk.act(intent::AgreeReferral{"fire"});
    REQUIRE(told.notice);
    CHECK(told.notice->words == "Agreed: Hertfordshire Fire and Rescue Service.");
    const SuggestionLine line = desk.item("smoke_alarm_accept")->suggestions.front();
    CHECK(line.decided == "The resident agreed, 10:42");
    CHECK(line.agency.empty());
    CHECK(desk.sitting->referrals_waiting() == 0);
    desk.act(intent::Undo{told.notice->undo});
    CHECK(desk.sitting->referrals_waiting() == 1);

    desk.act(intent::OpenPageOf{desk.node("household_size")});
    desk.act(intent::OpenSummary{});
    desk.act(intent::AgreeReferral{"fire"});
    CHECK(desk.card("fire")->decision == ReferralCard::Decision::agreed);
}

TEST_CASE("the rule that a line knows agrees to its agency too", "[sitting]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.next();
    desk.say("concerns", "hate");
    desk.act(intent::AgreeReferral{desk.item("concerns")->suggestions.front().id});
    CHECK(desk.sitting->referrals_waiting() == 0);
    CHECK(desk.refused(intent::AgreeReferral{"nobody"}).find("nobody") != std::string::npos);
}

TEST_CASE("the choice that stands alone is told by the form's own check", "[sitting]") {
    DeskInHand desk;
    CHECK(desk.item("format")->exclusive == std::vector<std::string>{"standard"});
    CHECK(desk.item("language")->exclusive.empty());
    desk.to_the_questions();
    CHECK(desk.item("age_bands")->exclusive.empty());
    desk.next();
    CHECK(desk.item("concerns")->exclusive == std::vector<std::string>{"none"});
    desk.next();
    desk.say("vehicles", "1");
    CHECK(desk.item("plate_screws")->exclusive == std::vector<std::string>{"no_thanks"});
}

TEST_CASE("an answer that does not fit holds the page once and says why", "[sitting]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.say("household_size", "21");
    CHECK_FALSE(desk.item("household_size")->heard_as_error);
    desk.next();
    CHECK(desk.page().section == "Your home");
    REQUIRE(desk.item("household_size")->heard_as_error);
    CHECK(desk.item("household_size")->question.violation_text ==
          "Number of people must be between 1 and 20");
    desk.next();
    CHECK(desk.page().section == "Around here");
    desk.act(intent::PreviousPage{});
    CHECK(desk.answer("household_size").text == "21");
    CHECK(desk.item("household_size")->heard_as_error);
    desk.say("household_size", "20");
    CHECK_FALSE(desk.item("household_size")->heard_as_error);
    // Leaving a question for another one of the page is hearing it too.
    desk.say("household_size", "0");
    desk.act(intent::StandOn{desk.node("tenure")});
    CHECK(desk.item("household_size")->heard_as_error);
}

TEST_CASE("a blank never keeps anybody from going on", "[sitting]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.next();
    CHECK(desk.page().section == "Around here");
    desk.act(intent::PreviousPage{});
    CHECK(desk.item("age_bands")->heard_as_error);
    desk.act(intent::GiveAnswer{desk.node("age_bands"), {AnswerKind::dont_know, {}}});
    CHECK_FALSE(desk.item("age_bands")->heard_as_error);
    CHECK(desk.item("age_bands")->question.answer.kind == AnswerKind::dont_know);
}

TEST_CASE("answers that disappear are told, and taken back with the answer before", "[sitting][undo]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.say("household_size", "2");
    desk.say("age_bands", "65_74");
    desk.say("tenure", "owner");
    desk.act(intent::PreviousPage{});
    const auto told = desk.say("adult_respondent", "no");
    REQUIRE(told.notice);
    CHECK(told.notice->words == "3 answers are hidden now.");
    REQUIRE(Sitting::takes(intent::Undo{told.notice->undo}));
    const auto undone = desk.act(intent::Undo{told.notice->undo});
    CHECK_FALSE(undone.notice);
    CHECK(desk.answer("adult_respondent").text == "yes");
    CHECK(desk.answer("tenure").text == "owner");
    CHECK(desk.page().progress == "3 of 11");
    CHECK(desk.refused(intent::Undo{told.notice->undo}).starts_with("This can no longer be taken back."));
    CHECK_FALSE(desk.say("household_size", "3").notice);
}

TEST_CASE("what the app itself offers to take back is not for a sitting", "[sitting][undo]") {
    CHECK_FALSE(Sitting::takes(intent::Undo{7}));
    CHECK_FALSE(Sitting::takes(intent::GoHome{}));
    CHECK(Sitting::takes(intent::Back{}));
}

TEST_CASE("a notice of an earlier sitting takes nothing back", "[sitting][undo]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.next();
    desk.say("concerns", "burglary");
    const auto token = desk.act(intent::DropReferral{"police"}).notice->undo;
    desk.tablet.clock.advance_ms(1);
    desk.resume();
    const auto later = desk.act(intent::ReopenReferral{"police"}).notice->undo;
    CHECK(later != token);
    desk.refused(intent::Undo{token});
    CHECK(desk.sitting->referrals_waiting() == 1);
}

TEST_CASE("taken up again it stands on the same page, in the same language", "[sitting][resume]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.next();
    desk.act(intent::SpeakLanguage{"Punjabi (pa)"});
    desk.say("crime_advice", "yes");
    const PageView before = desk.page();
    desk.resume();
    const PageView after = desk.page();
    CHECK(after.section == before.section);
    CHECK(after.language == "Punjabi (pa)");
    CHECK(after.in_hand == desk.node("crime_advice"));
    CHECK(after.progress == before.progress);
    // Seen and not answered: the page all the same.
    desk.next();
    desk.next();
    const std::string place = desk.sitting->place();
    desk.resume();
    CHECK(desk.sitting->place() == place);
}

TEST_CASE("taken up again on a question of the closing page it stands there", "[sitting][resume]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.say("smoke_alarms", "none");
    desk.say("smoke_alarm_accept", "supply_and_fit");
    desk.act(intent::OpenSummary{});
    desk.say("alarms_fitted_now", "2");
    desk.resume();
    CHECK(desk.sitting->place().ends_with("/summary"));
}

TEST_CASE("whatever is typed is kept as it is", "[sitting][input]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.act(intent::OpenPageOf{desk.node("other_notes")});
    std::string controls = "a";
    for (char c = 1; c < 0x20; ++c)
        controls += c;
    for (const std::string& text :
         {std::string(10'000, 'x'), std::string("👩🏽‍🚒 alarm"), std::string("ليلى القمراوي"),
          std::string("张晓岚 \u202eabc"), controls}) {
        desk.say("other_notes", text);
        CHECK(desk.item("other_notes")->question.answer.text == text);
        desk.resume();
        CHECK(desk.item("other_notes")->question.answer.text == text);
    }
    CHECK(
        desk.refused(intent::GiveAnswer{desk.node("other_notes"), Answer::given("\xff\xfe")}).find("UTF-8") !=
        std::string::npos);
    CHECK(desk.item("other_notes")->question.answer.text == controls);
    CHECK_FALSE(desk.page().saved_trouble);
}

TEST_CASE("saving is told in words, before and after the disk", "[sitting][saved]") {
    DeskInHand desk;
    std::string while_saving;
    desk.sitting->on_settled([&] { while_saving = desk.page().saved; });
    CHECK(desk.page().saved.empty());
    desk.say("language", "en");
    CHECK(while_saving == "Saving");
    CHECK(desk.page().saved == "Saved 10:42");
}

TEST_CASE("a full disk loses nothing that is on the screen", "[sitting][saved]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.say("household_size", "2");
    desk.fill_disk(true);
    CHECK(desk.refused(intent::GiveAnswer{desk.node("household_size"), Answer::given("4")})
              .starts_with("The tablet is full."));
    CHECK(desk.item("household_size")->question.answer.text == "4");
    CHECK(desk.page().saved_trouble);
    CHECK(desk.page().saved.starts_with("1 answer is not saved yet. The tablet is full. Free some space."));
    CHECK(desk.item("household_size")->not_saved);
    CHECK_FALSE(desk.item("tenure")->not_saved);
    desk.refused(intent::GiveAnswer{desk.node("tenure"), Answer::given("owner")});
    desk.refused(intent::GiveAnswer{desk.node("household_size"), Answer::given("5")});
    // One may look around, and comes back to the same.
    desk.next();
    desk.act(intent::PreviousPage{});
    CHECK(desk.item("household_size")->question.answer.text == "5");
    CHECK(desk.item("tenure")->question.answer.text == "owner");
    CHECK(desk.answer("household_size").text == "2");  // nothing says saved that is not
    desk.refused(intent::Finish{});

    desk.fill_disk(false);
    desk.next();
    CHECK_FALSE(desk.page().saved_trouble);
    CHECK(desk.page().saved == "Saved 10:42");
    desk.resume();
    CHECK(desk.answer("household_size").text == "5");
    CHECK(desk.answer("tenure").text == "owner");
}

TEST_CASE("leaving with unsaved answers is asked for twice", "[sitting][saved]") {
    DeskInHand desk;
    desk.fill_disk(true);
    desk.refused(intent::GiveAnswer{desk.node("language"), Answer::given("en")});
    CHECK(desk.refused(intent::Back{}).starts_with("1 answer is not saved yet."));
    CHECK(desk.act(intent::Back{}).left);
    desk.act(intent::NextPage{});
    CHECK_FALSE(desk.sitting->leave().ok());
    CHECK(desk.sitting->leave().ok());
    desk.act(intent::PreviousPage{});
    desk.fill_disk(false);
    CHECK(desk.sitting->leave().ok());
    desk.resume();
    CHECK(desk.answer("language").text == "en");
}

TEST_CASE("decisions that the disk refuses are not shown as made", "[sitting][saved]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.next();
    desk.say("concerns", "burglary");
    desk.act(intent::OpenSummary{});
    desk.fill_disk(true);
    desk.refused(intent::AgreeReferral{"police"});
    desk.refused(intent::SetOffer{"purse_bell", OfferStatus::delivered, 1});
    CHECK(desk.summary().saved_trouble);
    CHECK(desk.card("police")->decision == ReferralCard::Decision::open);
    desk.fill_disk(false);
    desk.act(intent::AgreeReferral{"police"});
    CHECK_FALSE(desk.summary().saved_trouble);
}

TEST_CASE("the privacy step is not passed by a quick finger", "[sitting][privacy]") {
    DeskInHand desk;
    desk.next();
    const std::string place = desk.sitting->place();
    CHECK_FALSE(desk.page().last_page);
    CHECK(desk.page().progress.empty());
    CHECK_FALSE(desk.item("privacy_given")->heard_as_error);
    desk.next();
    CHECK(desk.sitting->place() == place);
    REQUIRE(desk.item("privacy_given")->heard_as_error);
    CHECK(desk.item("privacy_given")->question.violation_text == "Explain who we are and confirm it.");
    desk.next();  // a resident may stop at any time
    CHECK(desk.sitting->place().ends_with("/summary"));
    CHECK_FALSE(desk.summary().complete);
    CHECK(desk.summary().missing == desk.node("privacy_given"));
    desk.act(intent::OpenPageOf{*desk.summary().missing});
    CHECK(desk.sitting->place() == place);
    desk.say("privacy_given", "OK");
    CHECK(desk.page().progress == "2 of 11");
    desk.next();
    CHECK(desk.sitting->place() != place);
}

TEST_CASE("taken up again on the summary it stands there, with the last page before it",
          "[sitting][resume]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.act(intent::OpenSummary{});
    desk.resume();
    CHECK(desk.sitting->place().ends_with("/summary"));
    desk.act(intent::PreviousPage{});
    CHECK(desk.page().last_page);
    const std::string place = desk.sitting->place();
    desk.resume();
    CHECK(desk.sitting->place() == place);
}

}  // namespace doorstep::test
