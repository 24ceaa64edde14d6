#include <catch2/catch.hpp>

#include "client/ui/choice.h"
#include "tests/client/ui/widget_bench.h"

using namespace doorstep;

namespace {

constexpr const char* answers[] = {"Yes, all tested", "Some floors", "None"};

struct Radios {
    int chosen = -1;
    WidgetBench bench;

    explicit Radios(const StageOptions& options = WidgetBench::quick(), bool mirrored = false)
        : bench(in_column([this, mirrored](Ui& ui) {
                    ui.mirror(mirrored);
                    for (int i = 0; i < 3; ++i)
                        if (radio(ui, answers[i], chosen == i))
                            chosen = i;
                }),
                options) {}
};

}  // namespace

TEST_CASE("a tap anywhere on a row chooses it", "[choice]") {
    Radios radios;
    radios.bench.tap("Some floors", Role::radio);
    CHECK(radios.chosen == 1);
    CHECK(radios.bench.mark("Some floors", Role::radio).checked);
    CHECK_FALSE(radios.bench.mark("None", Role::radio).checked);
    const Rect row = radios.bench.mark("None", Role::radio).rect;
    radios.bench.tap_at(row.right() - 3, row.bottom() - 3);
    CHECK(radios.chosen == 2);
}

TEST_CASE("a tap between two choices chooses neither", "[choice]") {
    Radios radios;
    const Rect first = radios.bench.mark("Yes, all tested", Role::radio).rect;
    radios.bench.tap_at(first.x + 30, first.bottom() + 5);
    CHECK(radios.chosen == -1);
}

TEST_CASE("choices are 12 mm high with 2 mm between, in every theme, size and shape", "[choice]") {
    for (const Theme theme : {Theme::light, Theme::dark, Theme::sunlight})
        for (const int percent : {100, 135, 200, 300})
            for (const bool upright : {false, true}) {
                StageOptions options = WidgetBench::quick();
                options.theme = theme;
                options.text_percent = percent;
                if (upright)
                    std::swap(options.width, options.height);
                Radios radios(options);
                radios.bench.tap("Some floors", Role::radio);
                INFO(static_cast<int>(theme) << " " << percent << " " << upright);
                CHECK(radios.bench.faults_now() == "");
                const Rect first = radios.bench.mark(answers[0], Role::radio).rect;
                const Rect second = radios.bench.mark(answers[1], Role::radio).rect;
                CHECK(first.h >= 12 * options.px_per_mm - 1);
                CHECK(second.y - first.bottom() >= 2 * options.px_per_mm - 1);
                CHECK(first.w <= 131 * options.px_per_mm);
            }
}

TEST_CASE("choosing moves nothing, although bold words are wider", "[choice]") {
    const std::string label = "It is fitted, but nobody has pressed the button to test it since the last "
                              "visit of the fire service to this street, they think";
    bool chosen = false;
    WidgetBench bench(in_column([&](Ui& ui) {
        if (checkbox(ui, label, chosen))
            chosen = !chosen;
        radio(ui, "below", false);
    }));
    const Rect before = bench.mark("below", Role::radio).rect;
    CHECK(bench.mark(label, Role::checkbox).rect.h > 12 * 5.88f);  // wrapped
    bench.tap(label, Role::checkbox);
    CHECK(chosen);
    CHECK(bench.mark("below", Role::radio).rect == before);
    bench.tap(label, Role::checkbox);
    CHECK_FALSE(chosen);
    CHECK_FALSE(bench.mark(label, Role::checkbox).checked);
}

TEST_CASE("right to left, the words stand at the right of the row and the tick beyond them", "[choice]") {
    Radios plain;
    Radios mirrored(WidgetBench::quick(), true);
    const Mark& left = plain.bench.mark("None", Role::radio);
    const Mark& right = mirrored.bench.mark("None", Role::radio);
    CHECK(left.rect == right.rect);
    const float from_left = left.ink.x - left.rect.x;
    const float from_right = right.rect.right() - right.ink.right();
    CHECK(from_left >= 12 * 5.88f - 1);
    CHECK(std::abs(from_left - from_right) <= 2);
}

TEST_CASE("a disabled choice says so and cannot be chosen", "[choice]") {
    bool tapped = false;
    WidgetBench bench(in_column([&](Ui& ui) { tapped = checkbox(ui, "Recorded", true, false) || tapped; }));
    CHECK_FALSE(bench.mark("Recorded", Role::checkbox).enabled);
    const Rect row = bench.mark("Recorded", Role::checkbox).rect;
    bench.tap_at(row.x + 40, row.y + 20);
    CHECK_FALSE(tapped);
    CHECK(bench.faults_now() == "");
}

TEST_CASE("choices in every language of the questionnaires are drawn with known letters", "[choice]") {
    WidgetBench bench(in_column([&](Ui& ui) {
        radio(ui, "نعم، تم اختبارها جميعًا", false);
        radio(ui, "ਹਾਂ, ਸਾਰਿਆਂ ਦੀ ਜਾਂਚ ਹੋ ਗਈ", true);
        radio(ui, "是的，全部测试过", false);
        radio(ui, "Tak, wszystkie sprawdzone", true);
    }));
    CHECK(bench.faults_now() == "");
}
