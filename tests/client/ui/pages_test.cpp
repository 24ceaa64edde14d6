// Every sample page in every theme, size and shape: the checks hold, and the same frame
// is the same picture.
#include <random>

#include <catch2/catch.hpp>

#include "client/platform/window.h"
#include "client/ui/page.h"
#include "tests/client/ui/sample_pages.h"
#include "tests/client/ui/widget_bench.h"

using namespace doorstep;

namespace {

struct Shape {
    int width, height;
};
constexpr Shape shapes[] = {{1280, 800}, {800, 1280}, {320, 240}};
constexpr Theme themes[] = {Theme::light, Theme::dark, Theme::sunlight};

Picture picture_of(const SamplePage& sample, Theme theme, Shape shape) {
    WindowOptions wanted;
    wanted.driver = "dummy";
    wanted.width = shape.width;
    wanted.height = shape.height;
    auto window = Window::open(wanted);
    REQUIRE(window.ok());
    StageOptions options;
    options.still = true;
    options.theme = theme;
    options.width = shape.width;
    options.height = shape.height;
    Wording wording;
    auto stage = Stage::open(window->renderer(), options, wording);
    REQUIRE(stage.ok());
    for (int i = 0; i < 3; ++i)
        (*stage)->frame(1'000'000 + i * 16'000, sample.draw);
    Picture first = (*stage)->picture();
    (*stage)->frame(2'000'000, sample.draw);
    CHECK(first == (*stage)->picture());
    return first;
}

}  // namespace

TEST_CASE("the free checks hold on every page, theme, size and shape", "[pages]") {
    for (const SamplePage& sample : sample_pages()) {
        StageOptions options = WidgetBench::quick();
        WidgetBench bench(sample.draw, options);
        for (const Shape& shape : shapes)
            for (const int percent : {100, 135, 200})
                for (const Theme theme : themes) {
                    bench.stage().resize(shape.width, shape.height, 5.88f);
                    bench.stage().look(theme, percent);
                    bench.settle();
                    INFO(sample.name << " " << shape.width << " " << percent << " "
                                     << static_cast<int>(theme));
                    CHECK(bench.faults_now() == "");
                    CHECK(bench.stage().options().text_percent == percent);
                }
    }
}

TEST_CASE("the free checks hold at the densities of other tablets", "[pages]") {
    for (const SamplePage& sample : sample_pages())
        for (const float px_per_mm : {7.43f, 8.35f, 8.83f}) {
            StageOptions options = WidgetBench::quick();
            options.px_per_mm = px_per_mm;
            options.width = px_per_mm > 8 ? 1920 : 1280;
            options.height = px_per_mm > 8 ? 1200 : 800;
            WidgetBench bench(sample.draw, options);
            INFO(sample.name << " " << px_per_mm);
            CHECK(bench.faults_now() == "");
        }
}

TEST_CASE("whatever scrolls shows its last line, in the smallest window too", "[pages]") {
    for (const Shape& shape : shapes) {
        StageOptions options = WidgetBench::quick();
        options.width = shape.width;
        options.height = shape.height;
        options.text_percent = 200;
        int continued = 0;
        WidgetBench bench(
            [&](Ui& ui) {
                const PageParts parts =
                    page(ui, "page", {"14 Mill Lane"}, {{"Continue", ButtonLook::primary}}, {}, [&] {
                        for (int i = 0; i < 30; ++i)
                            ui.words("Words", Type::body, ui.colours().text);
                    });
                continued += parts.action == 0;
            },
            options);
        for (int i = 0; i < 40 && continued == 0; ++i) {
            bench.hardware(Key::tab);
            const Mark& main = bench.mark("Continue", Role::button);
            if (main.focused)
                bench.hardware(Key::enter);
        }
        CHECK(continued == 1);
        bench.hardware(Key::end);
        CHECK(bench.faults_now() == "");
        const auto is_line = [](const Mark& mark) { return mark.label == "Words"; };
        const auto last = std::find_if(bench.stage().marks().rbegin(), bench.stage().marks().rend(), is_line);
        REQUIRE(last != bench.stage().marks().rend());
        INFO(shape.width << " at " << last->rect.y << " to " << last->rect.bottom() << " of " << last->clip.y
                         << " to " << last->clip.bottom());
        CHECK(last->rect.cut(last->clip) == last->rect);
    }
}

TEST_CASE("windows of any size are drawn without a fault of ours", "[pages]") {
    for (const SamplePage& sample : sample_pages()) {
        WidgetBench bench(sample.draw);
        for (const Shape& shape :
             {Shape{1, 1}, Shape{16, 2000}, Shape{2000, 16}, Shape{100, 100}, Shape{-5, 0}}) {
            bench.stage().resize(shape.width, shape.height, 5.88f);
            bench.stage().look(Theme::light, 300);
            bench.settle();
        }
        bench.stage().resize(1280, 800, 5.88f);
        bench.stage().look(Theme::light, 100);
        bench.settle();
        CHECK(bench.faults_now() == "");
    }
}

TEST_CASE("title, back and state of sync stand on one baseline", "[pages]") {
    WidgetBench bench(sample_pages()[1].draw);
    const float baseline = bench.mark("Back", Role::button).baseline;
    CHECK(bench.mark("Mill Lane", Role::heading).baseline == baseline);
    CHECK(bench.mark("3 to send", Role::button).baseline == baseline);
    // The body begins where the title does.
    CHECK(bench.mark("18 left of 40", Role::heading).rect.x == bench.mark("Mill Lane", Role::heading).rect.x);
}

TEST_CASE("the same page is the same picture, in another window too", "[pages][raster]") {
    for (const SamplePage& sample : sample_pages())
        for (const Shape& shape : {Shape{1280, 800}, Shape{800, 1280}}) {
            INFO(sample.name);
            const Picture one = picture_of(sample, Theme::light, shape);
            CHECK(one == picture_of(sample, Theme::light, shape));
            CHECK_FALSE(one == picture_of(sample, Theme::dark, shape));
        }
}

TEST_CASE("a renderer that lost its textures shows the same picture again", "[pages][raster]") {
    WindowOptions wanted;
    wanted.driver = "dummy";
    auto window = Window::open(wanted);
    REQUIRE(window.ok());
    StageOptions options;
    options.still = true;
    Wording wording;
    auto stage = Stage::open(window->renderer(), options, wording);
    REQUIRE(stage.ok());
    const SamplePage sample = sample_pages()[2];
    for (int i = 0; i < 3; ++i)
        (*stage)->frame(1'000'000 + i * 16'000, sample.draw);
    const Picture before = (*stage)->picture();
    (*stage)->event(TexturesLost{});
    (*stage)->forget_texts();
    CHECK(before == (*stage)->picture());
    CHECK((*stage)->frame(2'000'000, sample.draw));
    CHECK(before == (*stage)->picture());
    (*stage)->look(Theme::dark, 135);
    (*stage)->look(Theme::light, 100);
    (*stage)->frame(3'000'000, sample.draw);
    CHECK(before == (*stage)->picture());
}

TEST_CASE("whatever fingers and keys do, the stage settles and its pages keep their shape", "[pages]") {
    std::mt19937 chance(20261121);
    const auto upto = [&](int n) { return static_cast<int>(chance() % static_cast<unsigned>(n)); };
    for (const SamplePage& sample : sample_pages()) {
        WidgetBench bench(sample.draw);
        std::int64_t at_us = bench.now_us();
        for (int i = 0; i < 1500; ++i) {
            const auto x = static_cast<float>(upto(1280)), y = static_cast<float>(upto(800));
            const auto phase = static_cast<FingerSample::Phase>(upto(4));
            at_us += upto(60'000);
            switch (upto(8)) {
            case 0:
                bench.stage().event(KeyPressed{static_cast<Key>(upto(16)), true});
                break;
            case 1:
                bench.stage().event(WheelTurned{x, y, static_cast<float>(upto(9) - 4)});
                break;
            case 2:
                if (upto(10) == 0)
                    bench.stage().event(FocusLost{});
                break;
            default:
                bench.stage().event(FingerSample{phase, upto(3), x, y, at_us, 1});
            }
            if (upto(3) == 0)
                bench.stage().frame(at_us, sample.draw);
        }
        bench.stage().event(FocusLost{});
        at_us += 10'000'000;
        for (int i = 0; i < 600 && (i < 2 || !bench.stage().settled()); ++i)
            bench.stage().frame(at_us += 16'000, sample.draw);
        INFO(sample.name);
        CHECK(bench.stage().settled());
        CHECK(bench.faults_now() == "");
    }
}
