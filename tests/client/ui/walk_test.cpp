// A keyboard, or a switch that acts as one, reaches everything.
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "client/ui/button.h"
#include "client/ui/field.h"
#include "client/ui/page.h"
#include "tests/client/ui/sample_pages.h"
#include "tests/client/ui/widget_bench.h"

using namespace doorstep;

namespace {

const Mark* focused(WidgetBench& bench) {
    for (const Mark& mark : bench.stage().marks())
        if (mark.focused)
            return &mark;
    return nullptr;
}

std::string focused_label(WidgetBench& bench) {
    const Mark* mark = focused(bench);
    return mark ? mark->label : "";
}

}  // namespace

TEST_CASE("Tab reaches every target of every page, in sight each time", "[keys]") {
    for (const SamplePage& sample : sample_pages()) {
        INFO(sample.name);
        WidgetBench bench(sample.draw);
        std::set<std::string> wanted, reached;
        for (int i = 0; i < 120; ++i) {
            for (const Mark& mark : bench.stage().marks())
                if (can_be_tapped(mark.role) && mark.enabled)
                    wanted.insert(mark.label);
            bench.hardware(Key::tab);
            const Mark* mark = focused(bench);
            REQUIRE(mark);
            CHECK(mark->rect.cut(mark->clip) == mark->rect);
            reached.insert(mark->label);
        }
        CHECK(wanted == reached);
    }
}

TEST_CASE("arrows walk down a list beyond what is in sight, and up again", "[keys]") {
    int tapped = -1;
    WidgetBench bench([&](Ui& ui) {
        page_with_list(ui, {"Mill Lane"}, {{"Next door", ButtonLook::primary}}, {}, [&](const Rect& area) {
            ui.rows("doors", area, 100, ui.px(mm::row), [&](std::size_t at, const Rect& rect) {
                if (row_in(ui, rect, {.label = fmt::format("{} Mill Lane", at + 1)}))
                    tapped = static_cast<int>(at);
            });
        });
    });
    bench.hardware(Key::tab);
    CHECK(focused_label(bench) == "Back");
    bench.hardware(Key::down);
    CHECK(focused_label(bench) == "1 Mill Lane");
    for (int i = 0; i < 60; ++i)
        bench.hardware(Key::down);
    CHECK(focused_label(bench) == "61 Mill Lane");
    const Mark* mark = focused(bench);
    CHECK(mark->rect.cut(mark->clip) == mark->rect);
    bench.hardware(Key::enter);
    CHECK(tapped == 60);
    for (int i = 0; i < 59; ++i)
        bench.hardware(Key::up);
    CHECK(focused_label(bench) == "2 Mill Lane");
    bench.hardware(Key::space);
    CHECK(tapped == 1);
    bench.hardware(Key::up);
    bench.hardware(Key::up);
    CHECK(focused_label(bench) != "1 Mill Lane");
    bench.hardware(Key::end);
    bench.hardware(Key::down);
    CHECK(focused_label(bench).find("Mill Lane") != std::string::npos);
    for (int i = 0; i < 30; ++i)
        bench.hardware(Key::down);
    CHECK(focused_label(bench) == "Next door");
}

TEST_CASE("the ring is for keys: a finger makes it go", "[keys]") {
    int taps = 0;
    WidgetBench bench([&](Ui& ui) {
        ui.within({100, 100, 400, 400}, [&] { taps += button(ui, "Continue"); });
    });
    CHECK(focused_label(bench) == "");
    bench.tap("Continue", Role::button);
    CHECK(taps == 1);
    CHECK(focused_label(bench) == "");
    bench.hardware(Key::enter);  // nothing is reached yet
    CHECK(taps == 1);
    bench.hardware(Key::tab);
    CHECK(focused_label(bench) == "Continue");
    bench.hardware(Key::enter);
    bench.hardware(Key::space);
    CHECK(taps == 3);
    bench.tap_at(800, 700);
    CHECK(focused_label(bench) == "");
}

TEST_CASE("Tab into a field types into it, Tab again leaves it", "[keys]") {
    FieldLocal name, road;
    WidgetBench bench([&](Ui& ui) {
        ui.within({100, 100, 600, 600}, [&] {
            text_field(ui, "name", "Name", name);
            ui.gap(4);
            text_field(ui, "road", "Road", road);
        });
    });
    bench.hardware(Key::tab);
    bench.hardware("Zażółć");
    bench.hardware(Key::tab);
    bench.hardware("Mill Lane");
    bench.hardware(Key::back_tab);
    bench.hardware("!");
    CHECK(name.text == "Zażółć!");
    CHECK(road.text == "Mill Lane");
    CHECK_FALSE(bench.find("q", Role::key));
}

TEST_CASE("keys do not reach what a dialog covers", "[keys]") {
    int covered = 0, told = -1;
    WidgetBench bench([&](Ui& ui) {
        covered += button(ui, "Behind");
        told = std::max(told,
                        dialog(ui, "Delete the note?", "It has not been sent.", "Delete note", "Keep note"));
    });
    for (int i = 0; i < 5; ++i) {
        bench.hardware(Key::tab);
        CHECK(focused_label(bench).find("note") != std::string::npos);
    }
    bench.hardware(Key::enter);
    CHECK(covered == 0);
    CHECK(told >= 0);
}
