// Fast fingers on a slow disk: what is typed together is kept together, nothing of it is
// lost, and whatever leads away from it comes after it.
#include <chrono>
#include <thread>

#include "client/app/crew.h"
#include "tests/client/app/shift_in_hand.h"
#include "tests/faults/slow_disk.h"

using namespace doorstep;
using namespace doorstep::test;
using std::chrono::milliseconds;

namespace {

template<class Ready>
bool wait_for(const Ready& ready) {
    for (int i = 0; i < 60'000; ++i) {
        if (ready())
            return true;
        std::this_thread::sleep_for(milliseconds(1));
    }
    return false;
}

// Stands on a question that is typed into, and works on it behind a crew.
struct Typing {
    Typing() {
        day.open();
        day.start("14 Mill Lane");
        day.turn_to("household_size");
        for (const QuestionItem& item : day.screen<PageView>().items)
            if (item.question.name == "household_size")
                node = item.question.node;
        day.shift.reset();
        options.shift = day.options();
        options.line = [](const TabletIdentity&) -> Result<std::unique_ptr<HttpClient>> {
            return std::unique_ptr<HttpClient>(new Answering([](const HttpRequest&) -> Result<HttpReply> {
                return Error{Fault::unreachable, "There is no network.", "Try again later."};
            }));
        };
    }
    Answer kept() {
        day.open();
        return day.answer_to("household_size");
    }
    // In a number field each further digit is a new text, as in any other.
    intent::GiveAnswer letter(int number) const {
        return {node, Answer::given(std::to_string(number)), true};
    }

    ShiftInHand day;
    CrewOptions options;
    NodeRef node;
};

bool on_page(const Crew& crew) {
    return std::holds_alternative<PageView>(crew.view()->screen);
}

bool saved(const Crew& crew, const std::string& text) {
    const auto view = crew.view();
    const auto* page = std::get_if<PageView>(&view->screen);
    if (!page || !page->saved.starts_with("Saved"))
        return false;
    for (const QuestionItem& item : page->items)
        if (item.question.name == "household_size")
            return item.question.answer.text == text;
    return false;
}

}  // namespace

TEST_CASE("letters typed while the disk is busy are written together", "[crew][typing]") {
    Typing typing;
    std::uint64_t before = 0, after = 0;
    {
        SlowDisk disk(milliseconds(50));
        {
            Crew crew(typing.options, typing.day.clock, typing.day.random, typing.day.wordings);
            REQUIRE(crew.start().ok());
            REQUIRE(wait_for([&] { return on_page(crew) && !crew.busy(); }));
            before = disk.syncs();
            for (int i = 1; i <= 100; ++i) {
                crew.post(typing.letter(i));
                std::this_thread::sleep_for(milliseconds(5));
            }
            REQUIRE(wait_for([&] { return saved(crew, "100"); }));
            after = disk.syncs();
        }
    }
    CHECK(after > before);
    // The first at once, then at most one commit for all that came in 150 ms; a slow machine
    // stretches the typing, and makes it more, but never one for each.
    CHECK(after - before < 50);
    CHECK(typing.kept() == Answer::given("100"));
}

TEST_CASE("an answer that is tapped waits for nobody", "[crew][typing]") {
    Typing typing;
    Crew crew(typing.options, typing.day.clock, typing.day.random, typing.day.wordings);
    REQUIRE(crew.start().ok());
    REQUIRE(wait_for([&] { return on_page(crew) && !crew.busy(); }));
    crew.post(typing.letter(1));
    crew.post(intent::GiveAnswer{typing.node, Answer::given("2")});
    REQUIRE(wait_for([&] { return saved(crew, "2"); }));
}

TEST_CASE("what is typed is kept before what leads away from it, and at the end", "[crew][typing]") {
    Typing typing;
    const auto last = GENERATE(0, 1, 2, 3);
    {
        SlowDisk disk(milliseconds(5));
        Crew crew(typing.options, typing.day.clock, typing.day.random, typing.day.wordings);
        REQUIRE(crew.start().ok());
        REQUIRE(wait_for([&] { return on_page(crew) && !crew.busy(); }));
        for (int i = 1; i <= 9; ++i)
            crew.post(typing.letter(i));
        if (last == 1)
            crew.post(intent::NextPage{});
        else if (last == 2)
            crew.post(intent::GoHome{});
        else if (last == 3)
            crew.post(intent::OpenOfficersPage{});
        crew.finish_writing();  // the window closes, or SIGTERM came
    }
    typing.day.open();
    if (last == 2)
        typing.day.start("14 Mill Lane");
    typing.day.act(intent::OpenPageOf{typing.node});
    CHECK(typing.day.answer_to("household_size") == Answer::given("9"));
}

TEST_CASE("what stands on the officer's page is sealed when the window closes", "[crew][restricted]") {
    Typing typing;
    {
        Crew crew(typing.options, typing.day.clock, typing.day.random, typing.day.wordings);
        REQUIRE(crew.start().ok());
        REQUIRE(wait_for([&] { return on_page(crew) && !crew.busy(); }));
        crew.post(intent::OpenOfficersPage{});
        REQUIRE(wait_for([&] { return crew.view()->place.ends_with("/officer"); }));
        const auto view = crew.view();
        for (const QuestionItem& item : std::get<PageView>(view->screen).items)
            if (item.question.name == "officer_concern")
                crew.post(
                    intent::GiveAnswer{item.question.node, Answer::given(item.choices.front().value), true});
        crew.finish_writing();  // so does SIGTERM
    }
    typing.day.open();
    typing.day.act(intent::OpenOfficersPage{});
    CHECK(typing.day.answer_to("officer_concern").kind == AnswerKind::sealed);
}
