// How many taps the commonest things take.
#include <catch2/catch.hpp>

#include "tests/journeys/person.h"
#include "tests/journeys/street.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;
using namespace doorstep::journey;

namespace {

struct AtTheDoors {
    AtTheDoors() {
        REQUIRE(make_street(folder.path(), clock, random, 10).ok());
        auto opened = open_street(folder.path(), clock, random, false);
        REQUIRE(opened.ok());
        app = std::move(opened).value();
        person = std::make_unique<Person>(*app);
        tap("Start at the doors");
        person->take_taps();
    }
    void tap(const std::string& beginning) {
        const auto tapped = person->tap_beginning(beginning);
        INFO(beginning << ": " << (tapped.ok() ? "" : tapped.error().text()));
        REQUIRE(tapped.ok());
    }

    TemporaryFolder folder;
    ManualClock clock{1'795'255'200'000, 0};  // 21 November 2026, 10:00
    SeededRandom random{11};
    std::unique_ptr<App> app;
    std::unique_ptr<Person> person;
};

}  // namespace

TEST_CASE("from the door to the first question in two taps", "[taps]") {
    AtTheDoors at;
    at.tap("3 Mill Lane");
    at.tap("Start the questionnaire");
    REQUIRE(std::holds_alternative<PageView>(at.app->view()->screen));
    CHECK(at.person->sees("Which language would you like to use?"));
    CHECK(at.person->take_taps() <= 2);
}

TEST_CASE("the next door needs no search: one tap there, one to the first question", "[taps]") {
    AtTheDoors at;
    at.tap("Next door: 1 Mill Lane");
    at.tap("Start the questionnaire");
    CHECK(std::holds_alternative<PageView>(at.app->view()->screen));
    CHECK(at.person->take_taps() <= 2);
}

TEST_CASE("no answer takes two taps, and undoing it one", "[taps]") {
    AtTheDoors at;
    at.tap("3 Mill Lane");
    at.tap("No answer");
    CHECK(at.person->take_taps() <= 2);
    const auto& doors = std::get<DoorsView>(at.app->view()->screen);
    CHECK((*doors.rows)[2].words == "No answer");
    at.tap("Undo");
    CHECK(at.person->take_taps() <= 1);
    const auto after = at.app->view();
    CHECK((*std::get<DoorsView>(after->screen).rows)[2].words.empty());
}

TEST_CASE("a suggested referral is agreed where it is suggested, in two taps at most", "[taps]") {
    AtTheDoors at;
    at.tap("3 Mill Lane");
    at.tap("Start the questionnaire");
    at.tap("Continue");
    at.tap("I have explained");
    at.tap("Continue");
    at.tap("Yes");
    at.tap("Continue");
    at.tap("Continue");
    at.tap("Burglary");
    at.person->take_taps();
    at.tap("The resident agrees");
    CHECK(at.person->take_taps() <= 2);
    const auto view = at.app->view();
    bool agreed = false;
    for (const QuestionItem& item : std::get<PageView>(view->screen).items)
        for (const SuggestionLine& line : item.suggestions)
            agreed = agreed || line.decided.starts_with("The resident agreed");
    CHECK(agreed);
}
