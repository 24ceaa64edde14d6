// Fields that show dots and keep nothing.
#include <catch2/catch.hpp>

#include <cstring>
#include <new>

#include "client/ui/secret_field.h"
#include "tests/client/ui/widget_bench.h"

namespace doorstep {

namespace {

constexpr const char* id = "secret";
constexpr const char* label = "Passphrase";

// A page with one field; what it holds can be asked for.
struct Bench {
    bool there = true;
    bool enabled = true;
    int entered = 0;
    std::size_t letters = 0;
    bool take = false;
    std::string taken;
    WidgetBench widgets{in_column([this](Ui& ui) { draw(ui); })};

    void draw(Ui& ui) {
        if (!there)
            return;
        entered += secret_field(ui, id, label, {.hint = "Three words", .enabled = enabled}).entered ? 1 : 0;
        if (std::exchange(take, false))
            taken = ui.hidden(id).take().view();
        letters = ui.hidden(id).letters();
    }
};

bool any_mark_holds(WidgetBench& bench, std::string_view secret) {
    const auto& marks = bench.stage().marks();
    return std::any_of(marks.begin(), marks.end(), [&](const Mark& mark) {
        return mark.label.find(secret) != std::string::npos || mark.value.find(secret) != std::string::npos;
    });
}

bool holds(const void* from, std::size_t size, std::string_view secret) {
    const std::string_view all(static_cast<const char*>(from), size);
    return all.find(secret) != std::string_view::npos;
}

}  // namespace

TEST_CASE("what is hidden leaves nothing where it stood", "[ui][secret]") {
    alignas(HiddenText) unsigned char room[sizeof(HiddenText)] = {};
    auto* text = new (room) HiddenText;
    REQUIRE(text->add("Quartzmeadow"));
    CHECK(text->view() == "Quartzmeadow");
    CHECK(holds(room, sizeof room, "Quartz"));  // the search finds what is there
    SECTION("when it is taken") {
        const SecretText taken = text->take();
        CHECK(taken.view() == "Quartzmeadow");
        CHECK(text->empty());
        CHECK_FALSE(holds(room, sizeof room, "uartz"));
    }
    SECTION("when it is typed back letter by letter") {
        for (int i = 0; i < 12; ++i)
            text->drop_last();
        CHECK(text->empty());
        CHECK_FALSE(holds(room, sizeof room, "uartz"));
    }
    text->~HiddenText();
    CHECK_FALSE(holds(room, sizeof room, "uartz"));
}

TEST_CASE("hidden text counts letters, leaves controls out and has an end", "[ui][secret]") {
    HiddenText text;
    REQUIRE(text.add("z\u0105b\n\t1"));
    CHECK(text.letters() == 4);
    text.drop_last();
    text.drop_last();
    text.drop_last();
    CHECK(text.view() == "z");  // the letter of two bytes went as one
    text.wipe();
    REQUIRE(text.add(std::string(HiddenText::bytes_max, 'x')));
    CHECK_FALSE(text.add("y"));
    CHECK(text.letters() == HiddenText::bytes_max);
}

TEST_CASE("a secret field shows dots, in its mark too", "[ui][secret]") {
    Bench bench;
    bench.widgets.tap(label, Role::field);
    for (const char* key : {"h", "a", "t"})
        bench.widgets.key(key);
    CHECK(bench.letters == 3);
    CHECK(bench.widgets.value(label) == "\u2022\u2022\u2022");
    bench.widgets.key("Backspace");
    CHECK(bench.widgets.value(label) == "\u2022\u2022");
    bench.widgets.hardware("Quartz meadow");
    CHECK(bench.letters == 15);
    CHECK_FALSE(any_mark_holds(bench.widgets, "Quartz"));
    CHECK(bench.widgets.faults_now().empty());
    bench.take = true;
    bench.widgets.settle();
    CHECK(bench.taken == "haQuartz meadow");
    CHECK(bench.letters == 0);
    CHECK(bench.widgets.value(label).empty());
}

TEST_CASE("Enter is told only when something was typed", "[ui][secret]") {
    Bench bench;
    bench.widgets.tap(label, Role::field);
    bench.widgets.key("Enter");
    CHECK(bench.entered == 0);
    bench.widgets.key("a");
    bench.widgets.key("Enter");
    CHECK(bench.entered == 1);
    bench.widgets.hardware(Key::enter);
    CHECK(bench.entered == 2);
    bench.enabled = false;
    bench.widgets.hardware(Key::enter);
    bench.widgets.hardware("b");
    CHECK(bench.entered == 2);
    CHECK(bench.letters == 1);
}

TEST_CASE("what was typed can be looked at, and no mark tells it", "[ui][secret]") {
    Bench bench;
    bench.widgets.tap(label, Role::field);
    bench.widgets.key("q");
    bench.widgets.key("x");
    bench.widgets.tap("Show: Passphrase", Role::button);
    CHECK(bench.widgets.find("Hide: Passphrase", Role::button));
    CHECK(bench.widgets.find("q", Role::key));  // the keyboard stays
    bench.widgets.key("z");
    CHECK(bench.letters == 3);
    CHECK(bench.widgets.value(label) == "\u2022\u2022\u2022");
    CHECK_FALSE(any_mark_holds(bench.widgets, "qx"));
    CHECK(bench.widgets.faults_now().empty());
    // The next one begins as dots.
    bench.take = true;
    bench.widgets.settle();
    REQUIRE(bench.widgets.find("Show: Passphrase", Role::button));
    CHECK_FALSE(bench.widgets.mark("Show: Passphrase", Role::button).enabled);
    bench.widgets.key("q");
    CHECK(bench.widgets.find("Show: Passphrase", Role::button));
}

TEST_CASE("a secret goes with its field, and when texts are forgotten", "[ui][secret]") {
    Bench bench;
    bench.widgets.tap(label, Role::field);
    bench.widgets.hardware("Quartzmeadow");
    REQUIRE(bench.letters == 12);
    SECTION("a frame without the field") {
        bench.there = false;
        bench.widgets.settle();
        bench.there = true;
    }
    SECTION("texts forgotten") {
        bench.widgets.stage().forget_texts();
    }
    bench.widgets.settle();
    CHECK(bench.letters == 0);
}

TEST_CASE("a very long passphrase shows its end and is never cut", "[ui][secret]") {
    Bench bench;
    bench.widgets.tap(label, Role::field);
    bench.widgets.hardware(std::string(120, 'w'));
    bench.widgets.tap("Show: Passphrase", Role::button);
    CHECK(bench.letters == 120);
    CHECK(bench.widgets.faults_now().empty());
    bench.take = true;
    bench.widgets.settle();
    CHECK(bench.taken == std::string(120, 'w'));
}

TEST_CASE("the pad types digits by finger and by keyboard, never more than a PIN has", "[ui][secret]") {
    int entered = 0;
    std::string shown;
    WidgetBench bench(in_column([&](Ui& ui) {
        entered += pin_pad(ui, "pin", "PIN").entered ? 1 : 0;
        shown = std::string(ui.hidden("pin").view());
    }));
    for (const char* key : {"4", "8", "0"})
        bench.tap(key, Role::button);
    bench.hardware("2x 0");
    CHECK(shown == "48020");
    bench.hardware(Key::enter);
    CHECK(entered == 0);
    bench.tap("7", Role::button);
    bench.hardware(Key::enter);
    CHECK(entered == 1);
    bench.hardware(Key::backspace);
    bench.tap("Backspace", Role::button);
    CHECK(shown == "4802");
    for (int i = 0; i < 12; ++i)
        bench.tap("1", Role::button);
    CHECK(shown == "480211111111");
    CHECK(bench.find("PIN", Role::status)->value.size() == 12 * std::strlen("\u2022"));
    CHECK(bench.faults_now().empty());
    CHECK_FALSE(any_mark_holds(bench, "4802"));
}

TEST_CASE("something that is waited for is told after its time, and at once in pictures", "[ui][secret]") {
    StageOptions options = WidgetBench::quick();
    options.still = false;
    bool told = false;
    WidgetBench bench([&](Ui& ui) { told = ui.waited("long", 400); }, options);
    CHECK_FALSE(told);
    bench.settle(200'000);
    CHECK_FALSE(told);
    bench.settle(400'000);
    CHECK(told);
    WidgetBench still([&](Ui& ui) { told = ui.waited("long", 400); });
    CHECK(told);
}

}  // namespace doorstep
