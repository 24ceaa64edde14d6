// Threads behind the screen: everything posted is done, views come, stopping is clean.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "client/app/app.h"
#include "client/app/crew.h"
#include "tests/client/app/shift_in_hand.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

template<class Ready>
bool wait_for(const Ready& ready) {
    for (int i = 0; i < 20'000; ++i) {
        if (ready())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

CrewOptions behind(const ShiftInHand& day) {
    CrewOptions options;
    options.shift = day.options();
    options.line = [](const TabletIdentity&) -> Result<std::unique_ptr<HttpClient>> {
        return std::unique_ptr<HttpClient>(new Answering([](const HttpRequest&) -> Result<HttpReply> {
            return Error{Fault::unreachable, "There is no network.", "Try again later."};
        }));
    };
    return options;
}

}  // namespace

namespace {

// Stands in the way of whoever reads the records, until it is opened.
class Gate {
public:
    void pass() {
        std::unique_lock lock(guard_);
        moved_.wait(lock, [this] { return open_; });
    }
    void open() {
        {
            const std::lock_guard lock(guard_);
            open_ = true;
        }
        moved_.notify_all();
    }

private:
    std::mutex guard_;
    std::condition_variable moved_;
    bool open_ = false;
};

// Three thousand homes, and the first of them read when the gate stops it.
struct Opening {
    Opening() {
        day.tried_before(3'000);
        options = behind(day);
        options.shift.find_page_after_ms = 0;
        options.shift.news = [this] { gate.pass(); };
    }
    static const HomesView* found(const Crew& crew, std::shared_ptr<const View>& view) {
        view = crew.view();
        return std::get_if<HomesView>(&view->screen);
    }

    ShiftInHand day;
    Gate gate;
    CrewOptions options;
};

}  // namespace

TEST_CASE("homes are found before the records are whole, and what was tapped opens then", "[crew][homes]") {
    Opening at;
    Crew crew(at.options, at.day.clock, at.day.random, at.day.wordings);
    REQUIRE(crew.start().ok());
    std::shared_ptr<const View> view;
    REQUIRE(wait_for([&] { return Opening::found(crew, view) != nullptr; }));
    CHECK_FALSE(view->header.can_go_back);
    CHECK(Opening::found(crew, view)->rows->size() == 200);
    // The newest is read first.
    crew.post(intent::FindHomes{"2999 rokery way"});
    REQUIRE(wait_for([&] {
        const HomesView* page = Opening::found(crew, view);
        return page && page->find == "2999 rokery way" && page->rows->size() == 1;
    }));
    const HomeRow row = Opening::found(crew, view)->rows->front();
    CHECK(row.place == "2999 Rookery Way");
    CHECK(row.words == "WD6 3ZZ");
    crew.post(intent::OpenHome{row.household});
    REQUIRE(wait_for([&] {
        const HomesView* page = Opening::found(crew, view);
        return page && page->progress == "2999 Rookery Way opens as soon as the records are open.";
    }));
    at.gate.open();
    REQUIRE(wait_for([&] {
        const HomesView* page = Opening::found(crew, view);
        return page && page->chosen == row.household;
    }));
    CHECK(Opening::found(crew, view)->can_add);
    CHECK(Opening::found(crew, view)->rows->at(0).words == "WD6 3ZZ, No answer, Sat 14 Nov");
    crew.post(intent::AddHome{row.household});
    REQUIRE(wait_for([&] { return std::holds_alternative<DoorView>(crew.view()->screen); }));
}

TEST_CASE("who did not search comes back to where they were", "[crew][homes]") {
    Opening at;
    at.gate.open();
    Crew crew(at.options, at.day.clock, at.day.random, at.day.wordings);
    REQUIRE(crew.start().ok());
    REQUIRE(wait_for([&] { return std::holds_alternative<HomeView>(crew.view()->screen); }));
}

TEST_CASE("records that open quickly show no other page before", "[crew][homes]") {
    ShiftInHand day;
    day.tried_before(20);
    CrewOptions options = behind(day);
    std::atomic<int> others{0};
    std::atomic<Crew*> works{nullptr};
    options.published = [&] {
        if (Crew* crew = works; crew && std::holds_alternative<HomesView>(crew->view()->screen))
            ++others;
    };
    Crew crew(options, day.clock, day.random, day.wordings);
    works = &crew;
    REQUIRE(crew.start().ok());
    REQUIRE(wait_for([&] { return std::holds_alternative<HomeView>(crew.view()->screen); }));
    works = nullptr;
    CHECK(others == 0);
}

TEST_CASE("the crew goes home in the middle of opening", "[crew][homes]") {
    Opening at;
    auto crew = std::make_unique<Crew>(at.options, at.day.clock, at.day.random, at.day.wordings);
    REQUIRE(crew->start().ok());
    std::shared_ptr<const View> view;
    REQUIRE(wait_for([&] { return Opening::found(*crew, view) != nullptr; }));
    std::thread closing([&] { crew.reset(); });
    at.gate.open();
    closing.join();
    // Nothing was harmed.
    at.day.open();
    CHECK(std::holds_alternative<HomeView>(at.day.view().screen));
}

TEST_CASE("five hundred intents are all done before the crew goes home", "[crew]") {
    ShiftInHand day;
    day.open();
    const Uuid visit = day.screen<HomeView>().visits.at(0).visit;
    day.to_the_doors();
    const Uuid home = day.row("14 Mill Lane").household;
    day.shift.reset();
    CrewOptions options = behind(day);
    std::atomic<int> published{0};
    options.published = [&] { ++published; };
    {
        Crew crew(options, day.clock, day.random, day.wordings);
        CHECK(std::holds_alternative<StartingView>(crew.view()->screen));
        REQUIRE(crew.start().ok());
        crew.post(intent::OpenVisit{visit});
        for (int i = 0; i < 248; ++i) {
            crew.post(intent::OpenDoor{home});
            crew.post(intent::RecordOutcome{home, ContactOutcome::no_answer});
        }
        crew.post(intent::GoHome{});
        crew.post(intent::OpenSync{});
        crew.post(intent::GoHome{});
        // The screen looks on meanwhile, and never waits.
        std::uint64_t number = 0;
        for (int i = 0; i < 200; ++i) {
            const auto view = crew.view();
            CHECK(view->number >= number);
            number = view->number;
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        crew.finish_writing();
        CHECK(crew.view()->number > 490);
        crew.post(intent::OpenCounts{});  // too late, and harmless
    }
    CHECK(published > 490);
    day.open();
    day.to_door("14 Mill Lane");
    CHECK(day.screen<DoorView>().words == "No answer, 248 times");
}

TEST_CASE("answers to one question may become one, the last", "[crew]") {
    ShiftInHand day;
    day.open();
    day.start("14 Mill Lane");
    day.turn_to("household_size");
    NodeRef size;
    for (const QuestionItem& item : day.screen<PageView>().items)
        if (item.question.name == "household_size")
            size = item.question.node;
    day.shift.reset();
    {
        Crew crew(behind(day), day.clock, day.random, day.wordings);
        REQUIRE(crew.start().ok());
        REQUIRE(wait_for([&] { return std::holds_alternative<PageView>(crew.view()->screen); }));
        for (int i = 1; i <= 12; ++i)
            crew.post(intent::GiveAnswer{size, Answer::given(std::to_string(i))});
    }
    day.open();
    CHECK(day.answer_to("household_size") == Answer::given("12"));
}

TEST_CASE("the first frame needs nothing of the store", "[app]") {
    ShiftInHand day;
    SystemRandom random;
    AppOptions options;
    options.shift = day.options();
    options.window.driver = "dummy";
    options.line = behind(day).line;
    options.first_frame_only = true;
    {
        auto app = App::open(options, day.clock, random);
        if (!app.ok())
            FAIL(app.error().text());
        CHECK((*app)->frame());
        CHECK(std::holds_alternative<StartingView>((*app)->view()->screen));
        (*app)->frame();
        CHECK(std::holds_alternative<StartingView>((*app)->view()->screen));
    }
    CHECK_FALSE(std::filesystem::exists(day.folder.file("route.sealed")));
    options.first_frame_only = false;
    auto app = App::open(options, day.clock, random);
    REQUIRE(app.ok());
    CHECK((*app)->frame());
    (*app)->settle();
    CHECK(std::holds_alternative<HomeView>((*app)->view()->screen));
    (*app)->act(intent::ChooseTheme{Theme::dark});
    (*app)->settle();
    CHECK((*app)->stage().options().theme == Theme::dark);
    (*app)->event(CloseRequested{});
    CHECK((*app)->run() == 0);
}

TEST_CASE("in one thread what is said is done at once", "[app]") {
    ShiftInHand day;
    AppOptions options;
    options.shift = day.options();
    options.window.driver = "dummy";
    options.line = behind(day).line;
    options.inline_threads = true;
    options.raster = false;
    auto app = App::open(options, day.clock, day.random);
    if (!app.ok())
        FAIL(app.error().text());
    (*app)->settle();
    const auto view = (*app)->view();
    REQUIRE(std::holds_alternative<HomeView>(view->screen));
    (*app)->act(intent::OpenVisit{std::get<HomeView>(view->screen).visits.at(0).visit});
    CHECK(std::holds_alternative<DoorsView>((*app)->view()->screen));
    (*app)->settle();
    bool marked = false;
    for (const Mark& mark : (*app)->stage().marks())
        marked = marked || mark.label.find("14 Mill Lane") != std::string::npos;
    CHECK(marked);
    CHECK((*app)->said().size() == 1);
    (*app)->event(Resized{320, 240});
    (*app)->settle();
    (*app)->event(Resized{800, 1280});
    (*app)->settle();
}
