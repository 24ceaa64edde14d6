// What the pages of a questionnaire say.
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <set>

#include "client/screens/answers.h"
#include "tests/client/screens/glass.h"
#include "tests/client/screens/sample_views.h"

namespace doorstep {

using namespace intent;

namespace {

std::string given(const std::optional<GiveAnswer>& said) {
    return said ? said->answer.text : "(nothing)";
}

PageView& page_of(View& view) {
    return std::get<PageView>(view.screen);
}

}  // namespace

TEST_CASE("a tap on a choice answers its own question, also where two read alike", "[screens]") {
    const auto all = samples::of_questions();
    Glass glass(landscape);
    glass.show(samples::named(all, "question-home"));
    const auto yes = glass.said<GiveAnswer>("Yes (Does anyone here smoke?)");
    REQUIRE(yes);
    CHECK(yes->node == samples::node(3));
    CHECK(given(yes) == "yes");
    const auto other = glass.said<GiveAnswer>("Yes (Would they like free help to stop?)");
    REQUIRE(other);
    CHECK(other->node == samples::node(4));
    CHECK(given(glass.said<GiveAnswer>("Not now")) == "not_now");
    CHECK(given(glass.said<GiveAnswer>("5 to 17")) == "0_4 5_17 18_59");
    CHECK(given(glass.said<GiveAnswer>("0 to 4")) == "18_59");
    CHECK(given(glass.said<GiveAnswer>("More: How many people live here?")) == "4");
    CHECK(given(glass.said<GiveAnswer>("Fewer: How many people live here?")) == "3");
}

TEST_CASE("\"None of these\" clears the rest, and the rest clears it", "[screens]") {
    QuestionItem item = samples::asked(1, QuestionType::select_multiple, "concerns", "What worries you?",
                                       {{"a", "A"}, {"b", "B"}, {"none", "None of these"}}, "b");
    CHECK(screens::toggled(item, "a") == "a b");
    CHECK(screens::toggled(item, "none") == "none");
    item.question.answer = Answer::given("none");
    CHECK(screens::toggled(item, "a") == "a");
    CHECK(screens::toggled(item, "none").empty());
    item.choices.push_back({"cooker", "A cooker only"});
    item.exclusive.push_back("cooker");
    CHECK(screens::toggled(item, "cooker") == "cooker");
    item.question.answer = Answer::given("cooker");
    CHECK(screens::toggled(item, "none") == "none");
    CHECK(screens::toggled(item, "b") == "b");
    item.question.answer = Answer::given("gone a");
    CHECK(screens::toggled(item, "b") == "a b gone");
}

TEST_CASE("what is typed is said letter by letter", "[screens]") {
    const auto all = samples::of_questions();
    View view = samples::named(all, "question-worries");
    page_of(view).items[1].question.answer = {};
    const std::string field = "What has been happening, and when? (no names of other people)";
    Glass glass(landscape);
    glass.show(view);
    REQUIRE(glass.tap(field));
    glass.take_said();
    REQUIRE(glass.type("noise"));
    std::vector<std::string> said;
    for (const Intent& each : glass.take_said())
        if (const auto* answer = std::get_if<GiveAnswer>(&each))
            said.push_back(answer->answer.text);
    CHECK(said == std::vector<std::string>{"n", "no", "noi", "nois", "noise"});
}

TEST_CASE("whoever types into a question stands on it, and that is said once", "[screens]") {
    const auto all = samples::of_questions();
    Glass glass(landscape);
    glass.show(samples::named(all, "question-worries"));
    const std::string field = "What has been happening, and when? (no names of other people)";
    const auto stood = glass.said<StandOn>(field);
    REQUIRE(stood);
    CHECK(stood->node == samples::node(2));
    glass.take_said();
    glass.pass_ms(200);
    CHECK_FALSE(glass.last<StandOn>());
}

TEST_CASE("an answer that comes back late does not take back what was typed since", "[screens]") {
    const auto all = samples::of_questions();
    View view = samples::named(all, "question-worries");
    page_of(view).items[1].question.answer = {};
    const std::string field = "What has been happening, and when? (no names of other people)";
    Glass glass(landscape);
    glass.show(view);
    REQUIRE(glass.tap(field));
    REQUIRE(glass.type("ab"));
    glass.pass_ms(900);
    REQUIRE(glass.type("c"));
    page_of(view).items[1].question.answer = Answer::given("ab");
    glass.becomes(view);
    CHECK(glass.target(field)->value == "abc");
}

TEST_CASE("answers that are none are folded until wanted", "[screens]") {
    const auto all = samples::of_questions();
    Glass glass(landscape);
    glass.show(samples::named(all, "question-first"));
    const std::string question = " (Is there a working smoke alarm on every floor?)";
    CHECK_FALSE(glass.target("Don't know" + question));
    REQUIRE(glass.tap("Not sure, or rather not say" + question));
    CHECK(glass.said<GiveAnswer>("Don't know" + question)->answer.kind == AnswerKind::dont_know);
    CHECK(glass.said<GiveAnswer>("Prefer not to say" + question)->answer.kind == AnswerKind::prefer_not);
    CHECK(glass.said<GiveAnswer>("Not asked" + question)->answer.kind == AnswerKind::not_asked);
}

TEST_CASE("a suggested referral is agreed with one tap where it unfolds", "[screens]") {
    const auto all = samples::of_questions();
    Glass glass(landscape);
    glass.show(samples::named(all, "question-en"));
    const auto agreed = glass.said<AgreeReferral>("The resident agrees (Suggested: Fire and rescue service)");
    REQUIRE(agreed);
    CHECK(agreed->agency == "fire");
    CHECK(agreed->given_by == "resident");
    CHECK(agreed->lawful_reason.empty());
}

TEST_CASE("from every page there are ways on, back, to the resident and to the end", "[screens]") {
    const auto all = samples::of_questions();
    for (const Shape& shape : {landscape, portrait, eight_inch_portrait}) {
        Glass glass(shape);
        glass.show(samples::named(all, "question-home"));
        CHECK(glass.said<NextPage>("Continue"));
        CHECK(glass.said<PreviousPage>("Previous"));
        CHECK(glass.said<OpenSummary>("Summary"));
        CHECK(glass.said<OpenOfficersPage>("Notes"));
        CHECK(glass.said<ShowToResident>("Show to the resident"));
        REQUIRE(glass.tap("English"));
        CHECK(glass.said<SpeakLanguage>("Polski")->language == "Polish (pl)");
        glass.show(samples::named(all, "question-types"));
        CHECK(glass.said<NextPage>("To the summary"));
    }
}

TEST_CASE("the officer's page decides concerns and is left by Done and by Back", "[screens]") {
    const auto all = samples::of_questions();
    Glass glass(landscape);
    glass.show(samples::named(all, "officers-page"));
    const std::string child = " (Children's services: a child may be at risk.)";
    const auto agreed = glass.said<DecideConcern>("Send it: the resident agrees" + child);
    REQUIRE(agreed);
    CHECK(agreed->rule == "child");
    CHECK(agreed->send == SendConcern::yes);
    CHECK(agreed->resident_agrees);
    CHECK(glass.said<DecideConcern>("Do not send it" + child)->send == SendConcern::no);

    REQUIRE(glass.tap("Send it without agreement, for a reason in law" + child));
    REQUIRE(glass.tap("The reason in law" + child));
    REQUIRE(glass.type("risk"));
    glass.take_said();
    REQUIRE(glass.tap("Done"));  // of the keyboard or of the page
    const auto by_law = glass.last<DecideConcern>();
    REQUIRE(by_law);
    CHECK(by_law->lawful_reason == "risk");
    CHECK_FALSE(by_law->resident_agrees);

    glass.show(samples::named(all, "officers-page"));
    CHECK(glass.said<LeaveOfficersPage>("Done"));
    CHECK(glass.said<LeaveOfficersPage>("Back"));
}

TEST_CASE("the resident's two answers weigh the same", "[screens]") {
    const auto all = samples::of_questions();
    for (const std::string code : {"en", "ar", "zh", "pl", "pa"}) {
        Glass glass(landscape);
        glass.show(samples::named(all, "resident-" + code));
        const View& view = samples::named(all, "resident-" + code);
        const ResidentView& resident = std::get<ResidentView>(view.screen);
        INFO(code);
        const Mark* yes = glass.target(resident.yes_words);
        const Mark* no = glass.target(resident.no_words);
        REQUIRE(yes);
        REQUIRE(no);
        CHECK(yes->rect.w == no->rect.w);
        CHECK(yes->rect.h == no->rect.h);
        CHECK((yes->rect.x < no->rect.x) == resident.right_to_left);  // Arabic mirrors the whole page
        CHECK(glass.said<GiveAnswer>(resident.yes_words)->answer == resident.yes);
        CHECK(glass.said<GiveAnswer>(resident.no_words)->answer == resident.no);
        CHECK(glass.said<LeaveResidentPage>("Back to the officer"));
        CHECK(glass.sees(resident.free_choice));
        CHECK_FALSE(glass.sees("3 to send"));
    }
}

TEST_CASE("what is told to the resident comes one thought at a time, with one wide way on", "[screens]") {
    View view = samples::named(samples::of_questions(), "resident-before-ar");
    ResidentView& resident = std::get<ResidentView>(view.screen);
    const std::vector<std::string> thoughts{resident.paragraphs[0] + resident.paragraphs[0],
                                            resident.paragraphs[1] + resident.paragraphs[0],
                                            resident.paragraphs[0] + resident.paragraphs[1]};
    resident.paragraphs = thoughts;
    Glass glass(landscape);
    glass.show(view);
    const auto stands_alone = [&](std::size_t at) {
        for (std::size_t i = 0; i < thoughts.size(); ++i)
            CHECK(glass.sees(thoughts[i]) == (i == at));
        CHECK(glass.sees(fmt::format("{} من 3", at + 1)));
        CHECK((glass.target("Previous") != nullptr) == (at > 0));
        CHECK((glass.target("التالي") != nullptr) == (at < 2));
        // What was not read to its end cannot be confirmed, and a statement has no "No".
        CHECK((glass.target(resident.yes_words) != nullptr) == (at == 2));
        CHECK_FALSE(glass.target("لا"));
    };
    stands_alone(0);
    const Rect first = glass.target("التالي")->rect;
    CHECK(first.w > 900);
    glass.tap("التالي");
    stands_alone(1);
    // On lies where the lines run to.
    CHECK(glass.target("التالي")->rect.x < glass.target("Previous")->rect.x);
    CHECK(glass.target("التالي")->rect.y == first.y);
    glass.tap("التالي");
    stands_alone(2);
    CHECK(glass.said<GiveAnswer>(resident.yes_words)->answer == resident.yes);
    glass.tap("Previous");
    stands_alone(1);
}

TEST_CASE("the resident's buttons stay where they are when the language changes", "[screens]") {
    const auto all = samples::of_questions();
    for (const auto& shape : {landscape, portrait}) {
        std::set<float> tops;
        for (const std::string code : {"en", "ar", "zh", "pl", "pa"}) {
            Glass glass(shape);
            const View& view = samples::named(all, "resident-" + code);
            glass.show(view);
            const Mark* yes = glass.target(std::get<ResidentView>(view.screen).yes_words);
            REQUIRE(yes);
            tops.insert(yes->rect.y);
        }
        CHECK(tops.size() == 1);
    }
}

TEST_CASE("a page that is come back to shows the question in hand", "[screens][resume]") {
    const auto all = samples::of_questions();
    View view = samples::named(all, "question-home");
    PageView& page = page_of(view);
    REQUIRE(page.items.size() > 3);
    const QuestionItem last = page.items.back();
    page.in_hand = last.question.node;
    Glass glass(landscape);
    glass.show(view);
    INFO(glass.in_sight());
    CHECK(glass.sees(last.choices.empty() ? last.question.label : "Yes (" + last.question.label + ")"));
    // On its first question it stands at its top.
    page.in_hand = page.items.front().question.node;
    Glass anew(landscape);
    anew.show(view);
    INFO(anew.in_sight());
    CHECK(anew.sees("More: How many people live here?"));
}

}  // namespace doorstep
