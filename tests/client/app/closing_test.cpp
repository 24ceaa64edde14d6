// The closing page, the officer's page, the page turned to the resident, the finish.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/client/app/desk_in_hand.h"

namespace doorstep::test {
namespace {

// A home that wants alarms and the police's advice; everything required is answered.
void a_whole_home(DeskInHand& desk) {
    desk.to_the_questions();
    desk.say("household_size", "2");
    desk.say("age_bands", "65_74");
    desk.say("crime_advice", "yes");
    desk.say("smoke_alarms", "none");
    desk.say("smoke_alarm_accept", "supply_and_fit");
}

std::string all_of(const SummaryView& view) {
    std::string text;
    for (const ReadBackLine& each : view.read_back)
        text += each.section + each.label + each.value + "\n";
    for (const ReferralCard& each : view.referrals) {
        text += each.agency + each.name;
        for (const std::string& reason : each.reasons)
            text += reason;
        for (const SharedLine& share : each.shares)
            text += share.words + share.value;
    }
    for (const InTheWay& each : view.in_the_way)
        text += each.label + each.words;
    for (const QuestionItem& each : view.officer_items)
        text += each.question.label + each.question.answer.text;
    return text;
}

const OfferLine* offer(const SummaryView& view, const std::string& code) {
    for (const OfferLine& each : view.offers)
        if (each.code == code)
            return &each;
    return nullptr;
}

bool can_add(const std::vector<AgencyName>& names, const std::string& code) {
    return std::any_of(names.begin(), names.end(), [&](const AgencyName& each) { return each.code == code; });
}

}  // namespace

TEST_CASE("the closing page names who gets what and why", "[sitting][closing]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.say("reach_name", "Mirela Quenbury");
    desk.act(intent::OpenSummary{});
    const SummaryView view = desk.summary();
    CHECK(view.complete);
    CHECK(view.undecided == 2);
    CHECK(view.in_the_way.empty());
    const auto card = desk.card("fire");
    REQUIRE(card);
    CHECK(card->name == "Hertfordshire Fire and Rescue Service");
    CHECK(card->wording_version == "2026-1");
    CHECK(card->urgency == "soon");
    CHECK_FALSE(card->lawful_reason_allowed);
    const auto shares = [&](const std::string& words, const std::string& value) {
        return std::any_of(card->shares.begin(), card->shares.end(), [&](const SharedLine& each) {
            return each.words == words && each.value == value;
        });
    };
    CHECK(shares("Your name", "Mirela Quenbury"));
    CHECK(shares("Which language would you like to use?", "English"));
    CHECK(std::none_of(card->shares.begin(), card->shares.end(),
                       [](const SharedLine& each) { return each.words.find("crime") != std::string::npos; }));
    CHECK_FALSE(can_add(view.addable, "fire"));
    CHECK(can_add(view.addable, "red_cross"));
    CHECK_FALSE(can_add(view.addable, "cah"));  // ended in 2016
    CHECK(can_add(view.addable_offers, "purse_bell"));
}

TEST_CASE("the read-back has the answers in words, by section", "[sitting][closing]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::GiveAnswer{desk.node("tenure"), {AnswerKind::prefer_not, {}}});
    desk.act(intent::OpenSummary{});
    const auto lines = desk.summary().read_back;
    REQUIRE(lines.size() > 6);
    CHECK(lines.front().section == "Language and format");
    CHECK(lines.front().value == "English");
    std::set<std::string> sections;
    for (const ReadBackLine& each : lines) {
        if (!each.section.empty())
            CHECK(sections.insert(each.section).second);
        if (each.node == desk.node("tenure"))
            CHECK(each.value == "Prefer not to say");
        if (each.node == desk.node("vehicles"))
            CHECK(each.value == "Not answered");
        if (each.node == desk.node("age_bands"))
            CHECK(each.value == "65 to 74");
        if (each.node == desk.node("privacy_given"))
            CHECK(each.value == "Confirmed");
    }
    CHECK(sections.contains("Smoke alarms"));
}

TEST_CASE("alarms fitted stand on the closing page and change what is suggested", "[sitting][closing]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::OpenSummary{});
    REQUIRE(desk.card("fire"));
    const auto has_item = [&](const std::string& name) {
        const auto items = desk.summary().officer_items;
        return std::any_of(items.begin(), items.end(),
                           [&](const QuestionItem& each) { return each.question.name == name; });
    };
    CHECK(has_item("alarms_fitted_now"));
    CHECK(has_item("reach_phone"));
    CHECK_FALSE(has_item("alarms_type"));
    desk.say("alarms_fitted_now", "2");
    CHECK(has_item("alarms_type"));
    CHECK_FALSE(desk.card("fire"));
    const SummaryView view = desk.summary();
    REQUIRE(offer(view, "smoke_detector"));
    CHECK(offer(view, "smoke_detector")->quantity == 2);
    CHECK(offer(view, "smoke_detector")->counts_pieces);
    CHECK(offer(view, "smoke_detector")->reasons ==
          std::vector<std::string>{"We gave you free smoke alarms today."});
}

TEST_CASE("refusing and dropping offer to take it back, to what was decided before",
          "[sitting][closing][undo]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::OpenSummary{});
    desk.act(intent::AgreeReferral{"fire", "interpreter"});
    CHECK(desk.card("fire")->decided_words == "The resident agreed through an interpreter, 10:42");
    desk.tablet.clock.advance_ms(180'000);
    const auto told = desk.act(intent::DropReferral{"fire"});
    REQUIRE(told.notice);
    CHECK(told.notice->words == "Referral to Hertfordshire Fire and Rescue Service dropped.");
    CHECK(desk.card("fire")->decision == ReferralCard::Decision::dropped);
    desk.act(intent::Undo{told.notice->undo});
    CHECK(desk.card("fire")->decided_words == "The resident agreed through an interpreter, 10:42");
    const auto refused = desk.act(intent::RefuseReferral{"police"});
    CHECK(desk.card("police")->decided_words == "The resident said no");
    desk.act(intent::Undo{refused.notice->undo});
    CHECK(desk.card("police")->decision == ReferralCard::Decision::open);
    desk.act(intent::ReopenReferral{"fire"});
    CHECK(desk.summary().undecided == 2);
    desk.resume();
    desk.act(intent::OpenSummary{});
    CHECK(desk.summary().undecided == 2);
}

TEST_CASE("an officer adds a referral and an offer", "[sitting][closing]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::OpenSummary{});
    CHECK(desk.refused(intent::AddReferral{"falls", ""}).find("reason") != std::string::npos);
    desk.act(intent::AddReferral{"falls", "Loose stair carpet."});
    REQUIRE(desk.card("falls"));
    CHECK(desk.card("falls")->added_by_officer);
    const auto told = desk.act(intent::SetOffer{"purse_bell", OfferStatus::delivered, 3});
    REQUIRE(offer(desk.summary(), "purse_bell"));
    CHECK(offer(desk.summary(), "purse_bell")->quantity == 3);
    REQUIRE(told.notice);
    CHECK(told.notice->words == "Added: Purse bell.");
    desk.act(intent::Undo{told.notice->undo});
    CHECK_FALSE(offer(desk.summary(), "purse_bell"));
    CHECK_FALSE(desk.refused(intent::SetOffer{"purse_bell", OfferStatus::delivered, 0}).empty());
}

TEST_CASE("a whole questionnaire is finished; nothing undecided goes unsaid", "[sitting][finish]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::OpenSummary{});
    desk.act(intent::AgreeReferral{"fire"});
    CHECK(desk.refused(intent::Finish{}).find("Hertfordshire Constabulary") != std::string::npos);
    CHECK(desk.sitting->place().ends_with("/summary"));
    desk.act(intent::PreviousPage{});
    CHECK_FALSE(desk.refused(intent::Finish{}).empty());  // said again after something else was done
    const auto told = desk.act(intent::Finish{});
    REQUIRE(told.finished);
    CHECK(told.finished->complete);
    CHECK(of_type<ReferralRaised>(told.finished->operations).size() == 1);
    CHECK(of_type<ReferralRaised>(told.finished->operations).front().agency == "fire");
    CHECK(desk.tablet.casework->drafts()->empty());
    CHECK_FALSE(desk.refused(intent::GiveAnswer{desk.node("tenure"), Answer::given("owner")}).empty());
}

TEST_CASE("what stands in the way is named in the question's words", "[sitting][finish]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.say("household_size", "21");
    desk.act(intent::GiveAnswer{desk.node("age_bands"), {}});
    const std::string words = desk.refused(intent::Finish{});
    CHECK(words.find("How many people live here?: Number of people must be between 1 and 20") !=
          std::string::npos);
    const SummaryView view = desk.summary();
    CHECK_FALSE(view.complete);
    REQUIRE(view.in_the_way.size() == 2);
    CHECK(view.in_the_way.back().words == "Select at least one age group");
    desk.act(intent::OpenPageOf{view.in_the_way.front().node});
    CHECK(desk.page().in_hand == desk.node("household_size"));
    CHECK(desk.item("household_size")->heard_as_error);
}

TEST_CASE("a resident who stops leaves a partial questionnaire", "[sitting][finish]") {
    DeskInHand desk;
    desk.say("language", "en");
    desk.act(intent::OpenSummary{});
    CHECK_FALSE(desk.summary().complete);
    CHECK(desk.summary().in_the_way.size() == 1);  // the privacy step
    const auto told = desk.act(intent::Finish{ContactOutcome::declined});
    REQUIRE(told.finished);
    CHECK_FALSE(told.finished->complete);
    CHECK(of_type<ContactRecorded>(told.finished->operations).front().outcome == ContactOutcome::declined);
}

TEST_CASE("an agreement that no answer suggests any more is decided before the finish", "[sitting][finish]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::AgreeReferral{"fire"});
    desk.act(intent::DropReferral{"police"});
    desk.say("smoke_alarm_accept", "no");
    desk.act(intent::OpenSummary{});
    CHECK(desk.card("fire")->no_longer_suggested);
    CHECK(desk.refused(intent::Finish{}).find("Hertfordshire Fire and Rescue Service") != std::string::npos);
    const auto dropped = desk.act(intent::DropReferral{"fire"});
    desk.act(intent::Undo{dropped.notice->undo});
    CHECK(desk.card("fire")->decision == ReferralCard::Decision::open);
    desk.act(intent::DropReferral{"fire"});
    CHECK(desk.act(intent::Finish{}).finished);
}

TEST_CASE("the officer's page is one step away and leaves nothing behind", "[sitting][officer]") {
    DeskInHand desk;
    a_whole_home(desk);
    CHECK(desk.page().has_officers_page);
    CHECK(desk.refused(intent::GiveAnswer{desk.node("officer_concern"), Answer::given("slavery")})
              .starts_with("This question has a page of its own."));
    desk.act(intent::OpenOfficersPage{});
    CHECK(desk.sitting->on_officers_page());
    CHECK(desk.sitting->place().ends_with("/officer"));
    PageView page = desk.page();
    CHECK(page.officers_page);
    // It is seen in a doorway: one quiet line says whom it is for, and no question shouts it.
    CHECK(page.section == "For the officer");
    for (const QuestionItem& each : page.items)
        CHECK(each.question.label.find("OFFICER") == std::string::npos);
    CHECK(desk.item("officer_concern")->question.label == "Is anyone at risk of harm?");
    CHECK_FALSE(page.can_show_to_resident);
    CHECK(page.items.front().question.name == "emergency_line");
    desk.say("officer_concern", "domestic_abuse");
    desk.say("safe_contact_note", "Ask for Zoë at the library");
    page = desk.page();
    CHECK(desk.item("safe_contact_note")->question.answer.text == "Ask for Zoë at the library");
    REQUIRE(page.concerns.size() == 1);
    CHECK(page.concerns.front().words.starts_with("Domestic abuse services: "));
    CHECK(desk.refused(intent::DecideConcern{page.concerns.front().rule, SendConcern::yes, "", false})
              .find("lawful reason") != std::string::npos);
    desk.act(intent::DecideConcern{page.concerns.front().rule, SendConcern::yes, "Asking adds risk.", false});
    CHECK(desk.page().concerns.front().send == SendConcern::yes);
    CHECK(desk.page().concerns.front().lawful_reason == "Asking adds risk.");
    desk.act(intent::OpenSummary{});
    CHECK_FALSE(desk.sitting->on_officers_page());
    CHECK(desk.answer("officer_concern").kind == AnswerKind::sealed);
    const std::string closing = all_of(desk.summary());
    CHECK(closing.find("Zo") == std::string::npos);
    CHECK(closing.find("omestic") == std::string::npos);
    CHECK(closing.find("OFFICER ONLY") == std::string::npos);
    CHECK_FALSE(desk.card("domestic_abuse"));
    desk.act(intent::OpenOfficersPage{});
    CHECK(desk.item("safe_contact_note")->question.answer.kind == AnswerKind::sealed);
    CHECK(desk.page().concerns.empty());
    desk.act(intent::Back{});
    CHECK(desk.sitting->place().ends_with("/summary"));
    const std::string bytes = desk.tablet.every_byte_on_disk();
    CHECK(bytes.find("library") == std::string::npos);
    CHECK(bytes.find("stood\",\"path\":\"/data/officer") == std::string::npos);
}

TEST_CASE("a note that is too long is sealed as it is and stands in nobody's way", "[sitting][officer]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::OpenOfficersPage{});
    desk.say("safe_contact_note", std::string(301, 'n'));
    desk.act(intent::StandOn{desk.node("officer_concern")});
    CHECK(desk.item("safe_contact_note")->heard_as_error);
    desk.act(intent::OpenSummary{});
    CHECK(desk.answer("safe_contact_note").kind == AnswerKind::sealed);
    CHECK(desk.summary().complete);
}

TEST_CASE("without the safeguarding key the officer is told what to do", "[sitting][officer]") {
    DeskInHand desk;
    desk.tablet.enrol_without_key();
    desk.act(intent::OpenOfficersPage{});
    CHECK(desk.refused(intent::GiveAnswer{desk.node("officer_concern"), Answer::given("slavery")})
              .find("Sync once") != std::string::npos);
    CHECK(desk.item("officer_concern")->question.answer.kind == AnswerKind::blank);
    desk.act(intent::LeaveOfficersPage{});
    CHECK_FALSE(desk.sitting->on_officers_page());
}

TEST_CASE("a sitting that ends on the officer's page has sealed it", "[sitting][officer]") {
    DeskInHand desk;
    desk.act(intent::OpenOfficersPage{});
    desk.say("officer_concern", "slavery");
    desk.resume();
    CHECK(desk.answer("officer_concern").kind == AnswerKind::sealed);
    CHECK_FALSE(desk.sitting->on_officers_page());
    CHECK(desk.page().first_page);
}

TEST_CASE("the privacy step is turned to the resident, in the resident's language", "[sitting][resident]") {
    DeskInHand desk;
    desk.next();
    CHECK(desk.page().can_show_to_resident);
    desk.act(intent::SpeakLanguage{"Arabic (ar)"});
    desk.act(intent::ShowToResident{});
    const ResidentView view = desk.resident();
    CHECK(desk.sitting->place().ends_with("/resident"));
    CHECK(view.right_to_left);
    CHECK(view.heading == "قبل أن نبدأ");
    CHECK(view.paragraphs.size() == 4);
    // A statement asks nothing: one way on, in the resident's language, and no "No".
    CHECK(view.yes_words == "متابعة");
    CHECK(view.no_words.empty());
    CHECK(view.next_words == "التالي");
    CHECK(view.count_words == "%1 من %2");
    CHECK(view.node == desk.node("privacy_given"));
    CHECK(view.yes == Answer::given("OK"));
    CHECK_FALSE(view.free_choice.empty());
    desk.act(intent::SpeakLanguage{"Polish (pl)"});
    CHECK(desk.resident().yes_words == "Dalej");
    desk.act(intent::GiveAnswer{view.node, view.yes});
    CHECK(desk.page().section == "Zanim zaczniemy");
    CHECK(desk.page().progress == "2 of 11");
}

TEST_CASE("a yes or no is turned to the resident; back returns to the officer", "[sitting][resident]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.next();
    desk.act(intent::ShowToResident{});
    CHECK(desk.resident().heading == "Would you like free crime prevention advice at home?");
    CHECK(desk.resident().yes == Answer::given("yes"));
    desk.act(intent::Back{});
    CHECK(desk.page().section == "Around here");
    desk.act(intent::StandOn{desk.node("concerns")});
    desk.act(intent::ShowToResident{});
    CHECK(desk.resident().heading == "What worries you around here?");
    CHECK(desk.resident().yes_words.empty());
    CHECK(desk.resident().paragraphs.size() > 5);
    desk.act(intent::LeaveResidentPage{});
    desk.act(intent::OpenSummary{});
    CHECK(desk.refused(intent::ShowToResident{}).starts_with("There is nothing here"));
}

TEST_CASE("nobody agrees before the privacy step is confirmed", "[sitting][closing][privacy]") {
    DeskInHand desk;
    desk.say("language", "en");
    desk.act(intent::OpenSummary{});
    desk.act(intent::AddReferral{"falls", "Loose stair carpet."});
    const std::string words = desk.refused(intent::AgreeReferral{"falls"});
    CHECK(words.find("Explain who we are and confirm it first, then ask.") != std::string::npos);
    CHECK(desk.card("falls")->decision == ReferralCard::Decision::open);
    CHECK(desk.summary().missing == desk.node("privacy_given"));
    desk.act(intent::OpenPageOf{desk.node("privacy_given")});
    desk.say("privacy_given", "OK");
    desk.act(intent::AgreeReferral{"falls"});
    // What was agreed to stands; what comes after a step that was taken back does not.
    desk.act(intent::RefuseReferral{"falls"});
    desk.act(intent::GiveAnswer{desk.node("privacy_given"), {}});
    CHECK_FALSE(desk.refused(intent::AgreeReferral{"falls"}).empty());
}

TEST_CASE("a reason is written letter by letter, and the last words stand", "[sitting][closing][resume]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::OpenSummary{});
    for (const std::string reason : {"L", "Lo", "Loose carpet"})
        desk.act(intent::AddReferral{"falls", reason});
    CHECK(desk.card("falls")->reasons == std::vector<std::string>{"Loose carpet"});
    desk.resume();
    CHECK(desk.card("falls")->reasons == std::vector<std::string>{"Loose carpet"});
    desk.act(intent::DropReferral{"falls"});
    CHECK(desk.card("falls")->decision == ReferralCard::Decision::dropped);
}

TEST_CASE("questions of the closing page stand under their own group's label", "[sitting][closing]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::OpenSummary{});
    std::map<std::string, std::string> heads;
    std::string head;
    for (const QuestionItem& each : desk.summary().officer_items) {
        head = each.section.empty() ? head : each.section;
        heads[each.question.name] = head;
    }
    CHECK(heads["reach_name"] == "How partners can reach you");
    CHECK(heads["reach_phone"] == "How partners can reach you");
    CHECK_FALSE(heads["alarms_fitted_now"].empty());
    CHECK(heads["alarms_fitted_now"] != heads["reach_name"]);
}

TEST_CASE("who was told what is undecided finishes without being told again", "[sitting][finish]") {
    DeskInHand desk;
    a_whole_home(desk);
    desk.act(intent::OpenSummary{});
    REQUIRE(desk.summary().undecided == 2);
    CHECK_FALSE(desk.summary().missing);
    CHECK(desk.act(intent::Finish{ContactOutcome::partial, true}).finished);
}

}  // namespace doorstep::test
