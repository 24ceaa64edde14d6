// Walking the pages of the shipped form.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "client/app/pages.h"
#include "tests/client/app/desk_in_hand.h"

namespace doorstep::test {
namespace {

std::string usual(const QuestionItem& item) {
    switch (item.question.type) {
    case QuestionType::acknowledge:
        return "OK";
    case QuestionType::integer:
        return "3";
    case QuestionType::select_one:
    case QuestionType::select_multiple:
        return item.choices.front().value;
    default:
        return "Mostly in the evening.";
    }
}

// Answers every question of the page as it comes into sight.
void answer_page(DeskInHand& desk, std::set<QuestionType>& types, std::set<std::string>& names) {
    for (bool more = true; more;) {
        more = false;
        for (const QuestionItem& item : desk.page().items) {
            CHECK_FALSE(item.question.label.empty());
            CHECK(item.question.sensitivity != Sensitivity::restricted);
            names.insert(item.question.name);
            types.insert(item.question.type);
            if (item.question.type == QuestionType::note || item.question.answer.kind != AnswerKind::blank)
                continue;
            const auto type = item.question.type;
            const bool is_select = type == QuestionType::select_one || type == QuestionType::select_multiple;
            CHECK(is_select == !item.choices.empty());
            desk.act(intent::StandOn{item.question.node});
            if (item.question.name == "reach_phone" || item.question.name == "reach_email")
                desk.act(intent::GiveAnswer{item.question.node, {AnswerKind::prefer_not, {}}});
            else
                desk.act(intent::GiveAnswer{item.question.node, Answer::given(usual(item))});
            CHECK(desk.page().in_hand == item.question.node);
            more = true;
            break;
        }
    }
}

Library library_of(const std::string& markdown) {
    const Folder folder;
    const std::string file = folder.path + "/form.md";
    std::ofstream(file) << markdown;
    Library library;
    library.packages.push_back(open_package(file, nullptr));
    for (const Diagnostic& each : library.packages.back().found)
        UNSCOPED_INFO(each.text());
    REQUIRE(library.packages.back().form);
    return library;
}

}  // namespace

TEST_CASE("all pages of the shipped form are walked, each question type answered", "[sitting][pages]") {
    DeskInHand desk;
    CHECK(desk.page().first_page);
    CHECK(desk.page().section == "Language and format");
    CHECK(desk.page().progress.empty());  // how many follow shows after the privacy step
    CHECK(desk.page().share_done == 0.0);
    CHECK(desk.sitting->place() == "questionnaire/" + desk.questionnaire.text() + "/page/1");
    std::set<QuestionType> types;
    std::set<std::string> names;
    std::vector<std::string> sections;
    for (int i = 0; i < 40 && std::holds_alternative<PageView>(desk.sitting->screen()); ++i) {
        answer_page(desk, types, names);
        sections.push_back(desk.page().section);
        CHECK(desk.page().last_page == (desk.page().section == "Making life easier"));
        desk.next();
    }
    CHECK(sections == std::vector<std::string>{"Language and format", "Before we start", "Questions",
                                               "Your home", "Around here", "Cars, vans and motorbikes",
                                               "Smoke alarms", "Your health", "Home safety visit",
                                               "Your community", "Making life easier"});
    CHECK(types == std::set<QuestionType>{QuestionType::note, QuestionType::text, QuestionType::integer,
                                          QuestionType::select_one, QuestionType::select_multiple,
                                          QuestionType::acknowledge});
    CHECK(names.contains("eligible_smoker"));
    CHECK_FALSE(names.contains("home_safety_eligible"));  // calculated
    CHECK_FALSE(names.contains("alarms_fitted_now"));     // closing page
    CHECK_FALSE(names.contains("emergency_line"));        // officer's page
    CHECK(desk.sitting->place().ends_with("/summary"));
    desk.act(intent::Back{});
    CHECK(desk.page().section == "Making life easier");
}

TEST_CASE("progress counts the pages that are relevant now", "[sitting][pages]") {
    DeskInHand desk;
    desk.to_the_questions();
    CHECK(desk.page().progress == "4 of 11");
    CHECK(desk.page().share_done == Approx(3.0 / 11));
    desk.act(intent::PreviousPage{});
    const auto told = desk.say("adult_respondent", "no");
    CHECK(desk.page().progress == "3 of 4");  // with the note that we call again
    desk.next();
    CHECK(desk.page().items.front().question.name == "call_back");
}

TEST_CASE("the page stays under the officer while pages before it go", "[sitting][pages]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.next();
    desk.next();
    CHECK(desk.page().section == "Cars, vans and motorbikes");
    desk.act(intent::SpeakLanguage{"Polish (pl)"});
    CHECK(desk.page().section == "Auta, furgonetki i motocykle");
    CHECK(desk.page().language == "Polish (pl)");
    CHECK(desk.page().languages.size() == 5);
    CHECK_FALSE(desk.page().right_to_left);
    desk.act(intent::SpeakLanguage{"Arabic (ar)"});
    CHECK(desk.page().right_to_left);
    CHECK(desk.page().progress == "6 of 11");
    CHECK(desk.refused(intent::SpeakLanguage{"Klingon"}).find("Klingon") != std::string::npos);
    // All that follows the privacy step goes, the page one stands on with it.
    desk.say("privacy_given", "");
    CHECK(desk.page().progress.empty());
}

TEST_CASE("back puts the questionnaire away from any page, previous stays in it", "[sitting][pages]") {
    DeskInHand desk;
    desk.next();
    CHECK(desk.page().section == "Before we start");
    CHECK_FALSE(desk.act(intent::PreviousPage{}).left);
    CHECK(desk.page().section == "Language and format");
    desk.act(intent::PreviousPage{});
    CHECK(desk.page().first_page);
    desk.next();
    CHECK(desk.act(intent::Back{}).left);
    CHECK(desk.page().section == "Before we start");
}

TEST_CASE("a question is opened from the read-back, and from nowhere when it is gone", "[sitting][pages]") {
    DeskInHand desk;
    desk.to_the_questions();
    desk.act(intent::OpenSummary{});
    desk.act(intent::OpenPageOf{desk.node("help_topics")});
    CHECK(desk.page().section == "Making life easier");
    CHECK(desk.page().in_hand == desk.node("help_topics"));
    CHECK(desk.refused(intent::OpenPageOf{desk.node("quit_help")}).starts_with("This question is not asked"));
    CHECK(desk.page().section == "Making life easier");
}

TEST_CASE("a form without field lists asks one question a page, a repeat once per instance",
          "[sitting][pages]") {
    DeskInHand desk(library_of("| survey |\n"
                               "| | type | name | label | appearance | repeat_count |\n"
                               "| | begin group | about | About | | |\n"
                               "| | text | a | A | | |\n"
                               "| | integer | b | B | | |\n"
                               "| | end group | | | | |\n"
                               "| | begin repeat | people | Person | | 2 |\n"
                               "| | text | called | Called | | |\n"
                               "| | end repeat | | | | |\n"
                               "| | text | last | Last | | |\n"
                               "| settings |\n"
                               "| | form_title | form_id | version |\n"
                               "| | Small | small | 1 |\n"));
    std::vector<std::string> walked;
    for (; std::holds_alternative<PageView>(desk.sitting->screen()); desk.next())
        walked.push_back(desk.page().section + ": " + desk.page().items.front().question.label);
    CHECK(walked ==
          std::vector<std::string>{"About: A", "About: B", "Person 1: Called", "Person 2: Called", ": Last"});
    CHECK_FALSE(desk.summary().has_officers_page);
    CHECK(desk.refused(intent::OpenOfficersPage{}) == "This form has no such page.");
}

}  // namespace doorstep::test
