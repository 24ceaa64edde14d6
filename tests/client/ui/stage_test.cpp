#include "client/ui/stage.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "client/ui/button.h"
#include "client/ui/field.h"
#include "client/ui/page.h"
#include "tests/client/ui/widget_bench.h"

using namespace doorstep;
using Phase = FingerSample::Phase;

namespace {

constexpr float row_px = 82;

// Counts what was tapped, by label.
struct Counted {
    std::map<std::string, int> taps;
    std::map<std::string, int> pressed;

    std::function<void(Ui&)> two_buttons() {
        return [this](Ui& ui) {
            ui.within({100, 100, 400, 600}, [&] {
                for (const char* label : {"A", "B"}) {
                    const Tap tap = ui.tap(label, Role::button, ui.take(ui.px(mm::button)));
                    taps[label] += tap.tapped;
                    pressed[label] = tap.pressed;
                    ui.gap(4);
                }
            });
        };
    }
    std::function<void(Ui&)> list(std::size_t count) {
        return [this, count](Ui& ui) {
            ui.rows("list", {0, 76, 1280, 600}, count, row_px, [&](std::size_t at, const Rect& rect) {
                RowWords words;
                words.label = fmt::format("{}", at);
                if (row_in(ui, rect, words))
                    ++taps[words.label];
            });
        };
    }
    int all() const {
        int sum = 0;
        for (const auto& [label, count] : taps)
            sum += count;
        return sum;
    }
};

void tap(Stage& stage, float x, float y, std::int64_t at_us) {
    stage.event(FingerSample{Phase::down, 1, x, y, at_us, 1});
    stage.event(FingerSample{Phase::up, 1, x, y, at_us + 30'000, 1});
}

void drag(WidgetBench& bench, float x, float y, float dy, bool hold) {
    bench.finger(Phase::down, x, y);
    for (int i = 1; i <= 10; ++i)
        bench.finger(Phase::move, x, y + dy * static_cast<float>(i) / 10);
    if (hold)
        bench.settle(300'000);
    bench.finger(Phase::up, x, y + dy);
}

const Mark* row_mark(WidgetBench& bench, std::size_t at) {
    return bench.find(fmt::format("{}", at), Role::row);
}

}  // namespace

TEST_CASE("at 120 ms a frame every tap counts, on two targets and on one", "[stage]") {
    Counted counted;
    WidgetBench bench(counted.two_buttons());
    Stage& stage = bench.stage();
    std::int64_t now = bench.now_us();
    const auto frames = [&] {
        for (int i = 0; i < 12; ++i)
            stage.frame(now += 120'000, counted.two_buttons());
    };
    tap(stage, 200, 130, now);
    tap(stage, 200, 220, now + 60'000);
    frames();
    CHECK(counted.taps["A"] == 1);
    CHECK(counted.taps["B"] == 1);
    for (int i = 0; i < 3; ++i)
        tap(stage, 200, 130, now + i * 40'000);
    frames();
    CHECK(counted.taps["A"] == 4);
    CHECK(counted.taps["B"] == 1);
    CHECK(stage.settled());
}

TEST_CASE("a press shows in the very next frame and nothing stays pressed", "[stage]") {
    Counted counted;
    WidgetBench bench(counted.two_buttons());
    bench.finger(Phase::down, 200, 130);
    CHECK(counted.pressed["A"] == 1);
    bench.finger(Phase::up, 200, 130);
    CHECK(counted.taps["A"] == 1);
    bench.settle();
    CHECK(counted.pressed["A"] == 0);
}

TEST_CASE("a finger that rests on a button for long still taps it", "[stage]") {
    Counted counted;
    WidgetBench bench(counted.two_buttons());
    bench.finger(Phase::down, 200, 130);
    for (int i = 0; i < 60; ++i) {
        bench.settle();
        CHECK(counted.pressed["A"] == 1);
    }
    bench.finger(Phase::up, 200, 130);
    bench.settle();
    CHECK(counted.taps["A"] == 1);
}

TEST_CASE("a finger that wanders within the slop releases where it pressed", "[stage]") {
    Counted counted;
    WidgetBench bench(counted.two_buttons());
    bench.finger(Phase::down, 200, 168);  // two pixels above the lower edge
    bench.finger(Phase::move, 200, 176);
    bench.finger(Phase::up, 200, 176);
    bench.settle();
    CHECK(counted.taps["A"] == 1);
}

TEST_CASE("a drag, a second finger and lost focus tap nothing", "[stage]") {
    Counted counted;
    WidgetBench bench(counted.two_buttons());
    drag(bench, 200, 130, 90, false);
    bench.settle();
    bench.finger(Phase::down, 200, 130, 1);
    bench.finger(Phase::down, 700, 400, 2);
    bench.finger(Phase::up, 200, 130, 1);
    bench.finger(Phase::up, 700, 400, 2);
    bench.settle();
    bench.finger(Phase::down, 200, 130, 1);
    bench.stage().event(FocusLost{});
    bench.finger(Phase::up, 200, 130, 1);
    bench.settle();
    CHECK(counted.all() == 0);
    CHECK(counted.pressed["A"] == 0);
}

TEST_CASE("a list follows the finger by the pixel and never taps", "[stage][scroll]") {
    Counted counted;
    WidgetBench bench(counted.list(1000));
    drag(bench, 600, 600, -300, true);
    bench.settle();
    const Stage::Place* place = bench.stage().place("list");
    REQUIRE(place);
    // The slop of 2.5 mm is swallowed: no jump.
    CHECK(place->at > 250);
    CHECK(place->at <= 300);
    CHECK(place->at == std::round(place->at));
    CHECK(counted.all() == 0);
    drag(bench, 600, 200, 5000, true);
    bench.settle();
    CHECK(bench.stage().place("list")->at == 0);
}

TEST_CASE("a flung list goes on, and a touch stops it without a tap", "[stage][scroll]") {
    Counted counted;
    WidgetBench bench(counted.list(42'700));
    std::int64_t now = bench.now_us();
    Stage& stage = bench.stage();
    const auto draw = counted.list(42'700);
    const auto at = [&](Phase phase, float y) {
        stage.event(FingerSample{phase, 1, 600, y, now, 1});
        stage.frame(now, draw);
        now += 16'000;
    };
    at(Phase::down, 600);
    for (int i = 1; i <= 8; ++i)
        at(Phase::move, 600 - 50 * static_cast<float>(i));
    at(Phase::up, 200);
    const float lifted = stage.place("list")->at;
    for (int i = 0; i < 5; ++i)
        stage.frame(now += 16'000, draw);
    const float flung = stage.place("list")->at;
    CHECK(flung > lifted);
    CHECK_FALSE(stage.settled());
    at(Phase::down, 400);
    at(Phase::up, 400);
    const float stopped = stage.place("list")->at;
    for (int i = 0; i < 5; ++i)
        stage.frame(now += 16'000, draw);
    CHECK(stage.place("list")->at == stopped);
    CHECK(stage.settled());
    CHECK(counted.all() == 0);
    at(Phase::down, 400);  // now it stands, and a tap is a tap
    at(Phase::up, 400);
    for (int i = 0; i < 3; ++i)
        stage.frame(now += 16'000, draw);
    CHECK(counted.all() == 1);
}

TEST_CASE("of 42,700 rows the last one is reached and whole, and each is exactly as high",
          "[stage][scroll]") {
    for (const std::size_t count : {std::size_t{42'700}, std::size_t{150'000}}) {
        Counted counted;
        WidgetBench bench(counted.list(count));
        CHECK(bench.stage().marks().size() < 20);
        bench.hardware(Key::end);
        const Mark* last = row_mark(bench, count - 1);
        REQUIRE(last);
        const Stage::Place* place = bench.stage().place("list");
        CHECK(last->rect.bottom() <= place->area.bottom());
        CHECK(last->rect.bottom() > place->area.bottom() - row_px / 2);
        CHECK(last->rect.cut(last->clip) == last->rect);
        const Mark* before = row_mark(bench, count - 2);
        REQUIRE(before);
        CHECK(last->rect.y - before->rect.y == row_px);
        bench.tap(last->label, Role::row);
        CHECK(counted.taps[last->label] == 1);
        bench.hardware(Key::home);
        CHECK(row_mark(bench, 0)->rect.y == Approx(76 + 6).margin(1));
    }
}

TEST_CASE("the wheel and the page keys move the list", "[stage][scroll]") {
    Counted counted;
    WidgetBench bench(counted.list(500));
    bench.stage().event(WheelTurned{600, 300, -2});
    bench.settle();
    const float wheeled = bench.stage().place("list")->at;
    CHECK(wheeled == Approx(2 * 15 * 5.88f).margin(1));
    bench.hardware(Key::page_down);
    CHECK(bench.stage().place("list")->at == Approx(wheeled + 540).margin(1));
    bench.hardware(Key::page_up);
    CHECK(bench.stage().place("list")->at == Approx(wheeled).margin(1));
}

TEST_CASE("a change of text size keeps the place in the list", "[stage][scroll]") {
    Counted counted;
    WidgetBench bench([](Ui& ui) {
        ui.scroll("page", ui.screen(), [&] {
            for (int i = 0; i < 200; ++i)
                ui.words(fmt::format("Line {}", i), Type::body, ui.colours().text);
        });
    });
    drag(bench, 600, 700, -600, true);
    bench.settle();
    const Stage::Place before = *bench.stage().place("page");
    bench.stage().look(Theme::dark, 135);
    bench.settle();
    const Stage::Place after = *bench.stage().place("page");
    CHECK(after.end > before.end * 1.2f);
    CHECK(after.at / after.end == Approx(before.at / before.end).margin(0.01));
    bench.stage().resize(800, 1280, 5.88f);
    bench.settle();
    const Stage::Place turned = *bench.stage().place("page");
    CHECK(turned.at / turned.end == Approx(before.at / before.end).margin(0.01));
}

TEST_CASE("a list in a page scrolls first, what it cannot take moves the page", "[stage][scroll]") {
    WidgetBench bench([](Ui& ui) {
        ui.scroll("outer", ui.screen(), [&] {
            const Rect top = ui.take(400);
            ui.scroll("inner", top, [&] { ui.take(500); });
            ui.take(900);
        });
    });
    drag(bench, 600, 350, -300, true);
    bench.settle();
    CHECK(bench.stage().place("inner")->at == 100);
    CHECK(bench.stage().place("outer")->at > 150);
}

TEST_CASE("content that shrinks never leaves the region scrolled past its end", "[stage][scroll]") {
    int lines = 100;
    WidgetBench bench(
        [&](Ui& ui) { ui.scroll("page", ui.screen(), [&] { ui.take(40.0f * static_cast<float>(lines)); }); });
    bench.hardware(Key::end);
    CHECK(bench.stage().place("page")->at == 3200);
    lines = 30;
    bench.settle();
    CHECK(bench.stage().place("page")->at == 400);
    lines = 3;
    bench.settle();
    CHECK(bench.stage().place("page")->at == 0);
}

TEST_CASE("a dialog swallows every touch beside its two buttons", "[stage][dialog]") {
    Counted counted;
    int told = -1;
    bool open = true;
    WidgetBench bench([&](Ui& ui) {
        counted.two_buttons()(ui);
        if (!open)
            return;
        const int now = dialog(ui, "Delete the note?", "It has not been sent.", "Delete note", "Keep note");
        if (now >= 0) {
            told = now;
            open = false;
        }
    });
    CHECK_FALSE(bench.find("A", Role::button));
    bench.tap_at(200, 130);
    CHECK(counted.all() == 0);
    CHECK(bench.faults_now() == "");
    bench.tap("Keep note", Role::button);
    CHECK(told == 1);
    CHECK_FALSE(open);
    bench.tap("A", Role::button);
    CHECK(counted.taps["A"] == 1);
    open = true;
    bench.settle();
    bench.tap("Delete note", Role::button);
    CHECK(told == 0);
}

TEST_CASE("a tap beside the field ends typing, a hardware key hides the keyboard", "[stage][typing]") {
    FieldLocal local;
    bool at_the_end = false;
    WidgetBench bench([&](Ui& ui) {
        page(ui, "page", {"A page"}, {{"Continue", ButtonLook::primary}}, {}, [&] {
            if (at_the_end)
                ui.take(480);
            text_field(ui, "name", "Name", local);
            ui.take(900);
        });
    });
    const auto keys = [&] { return bench.find("q", Role::key) != nullptr; };
    CHECK_FALSE(keys());
    bench.tap("Name", Role::field);
    CHECK(bench.stage().focus().field == "name");
    REQUIRE(keys());
    bench.key("q");
    CHECK(local.text == "q");
    CHECK(bench.stage().focus().field == "name");
    bench.hardware("é");
    CHECK(local.text == "qé");
    CHECK_FALSE(keys());
    bench.tap_at(640, 400);
    CHECK(bench.stage().focus().field == "");
    bench.hardware("x");
    CHECK(local.text == "qé");
    bench.tap("Name", Role::field);
    CHECK(keys());
    bench.key("Done");
    CHECK_FALSE(keys());
    CHECK(bench.stage().focus().field == "");

    // It stands above the keyboard, wherever it was.
    at_the_end = true;
    bench.settle();
    bench.tap("Name", Role::field);
    REQUIRE(keys());
    const Mark& field = bench.mark("Name", Role::field);
    CHECK(field.rect.cut(field.clip) == field.rect);
    CHECK(field.rect.bottom() < bench.mark("q", Role::key).rect.y);
}

TEST_CASE("a field that is no longer drawn is no longer typed into", "[stage][typing]") {
    FieldLocal local;
    bool shown = true;
    WidgetBench bench([&](Ui& ui) {
        if (shown)
            text_field(ui, "name", "Name", local);
    });
    bench.tap("Name", Role::field);
    REQUIRE(bench.find("q", Role::key));
    shown = false;
    bench.settle();
    CHECK(bench.stage().focus().field == "");
    CHECK_FALSE(bench.find("q", Role::key));
}

TEST_CASE("nothing is drawn again without a reason", "[stage][redraw]") {
    Counted counted;
    WidgetBench bench(counted.two_buttons());
    Stage& stage = bench.stage();
    std::int64_t now = bench.now_us() + 10'000'000;
    for (int i = 0; i < 5; ++i)
        stage.frame(now += 16'000, counted.two_buttons());
    CHECK(stage.redraw().wait_ms(now) == -1);
    CHECK_FALSE(stage.frame(now += 16'000, counted.two_buttons()));
    stage.event(FingerSample{Phase::move, 1, 10, 10, now, 1});  // a mouse that passes by
    CHECK(stage.redraw().wait_ms(now) == -1);
    stage.event(FingerSample{Phase::down, 1, 200, 130, now, 1});
    CHECK(stage.redraw().wait_ms(now) == 0);
    stage.event(Hidden{});
    CHECK(stage.redraw().wait_ms(now) == -1);
    stage.event(Exposed{});
    CHECK(stage.redraw().wait_ms(now) == 0);
    CHECK(stage.frame(now += 16'000, counted.two_buttons()));
}

TEST_CASE("what appears slides in, and is there at once when motion is off", "[stage][motion]") {
    float seen = -1;
    bool shown = true;
    const auto draw = [&](Ui& ui) {
        if (shown)
            seen = ui.appeared("suggestion");
    };
    StageOptions options = WidgetBench::quick();
    options.still = options.software = false;
    Wording wording;
    auto stage = Stage::open(nullptr, options, wording);
    REQUIRE(stage.ok());
    std::int64_t now = 1'000'000;
    (*stage)->frame(now, draw);
    CHECK(seen == 0);
    CHECK_FALSE((*stage)->settled());
    (*stage)->frame(now + 70'000, draw);
    CHECK(seen > 0.5f);
    CHECK(seen < 1);
    (*stage)->frame(now + 150'000, draw);
    CHECK(seen == 1);
    CHECK((*stage)->settled());
    shown = false;
    (*stage)->frame(now + 200'000, draw);
    shown = true;
    (*stage)->frame(now + 300'000, draw);
    CHECK(seen == 0);

    WidgetBench quick(draw);
    CHECK(seen == 1);
}

TEST_CASE("a captured finger is drawn with, not scrolled or tapped", "[stage][touch]") {
    std::vector<FingerSample> stroke;
    WidgetBench bench([&](Ui& ui) {
        ui.scroll("page", ui.screen(), [&] {
            const Rect box = ui.take(400);
            for (const FingerSample& sample : ui.captured("signature", box))
                stroke.push_back(sample);
            ui.take(2000);
        });
    });
    drag(bench, 300, 300, -200, false);
    bench.settle();
    CHECK(stroke.size() == 12);
    CHECK(bench.stage().place("page")->at == 0);
    drag(bench, 300, 600, -200, true);
    bench.settle();
    CHECK(stroke.size() == 12);
    CHECK(bench.stage().place("page")->at > 0);
}
