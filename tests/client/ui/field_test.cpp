#include <catch2/catch.hpp>

#include "client/ui/field.h"
#include "tests/client/ui/widget_bench.h"

using namespace doorstep;

namespace {

struct TextBench {
    FieldLocal local;
    FieldLocal other;
    FieldLook look;
    int changed = 0, entered = 0, left = 0;
    WidgetBench bench;

    explicit TextBench(int lines = 1, std::string text = {},
                       const StageOptions& options = WidgetBench::quick())
        : local{.text = std::move(text)}, look{.lines = lines},
          bench(in_column([this](Ui& ui) {
                    const FieldTold told = text_field(ui, "name", "Name", local, look);
                    changed += told.changed;
                    entered += told.entered;
                    left += told.left;
                    ui.gap(4);
                    text_field(ui, "other", "Other", other);
                }),
                options) {}

    void type(std::string_view letters) {
        for (const char letter : letters)
            bench.key(letter == ' ' ? "Space" : std::string(1, letter));
    }
    bool keyboard() const { return bench.find("Backspace", Role::key); }
};

struct NumberBench {
    std::string value;
    FieldLocal local;
    std::vector<std::string> said;
    std::optional<std::int64_t> least, most;
    bool decimal = false;
    bool view_is_slow = false;  // what is said does not come back as a view
    WidgetBench bench;

    explicit NumberBench(std::string first = {}, std::optional<std::int64_t> lowest = 0,
                         std::optional<std::int64_t> highest = 20,
                         const StageOptions& options = WidgetBench::quick())
        : value(std::move(first)), least(lowest), most(highest),
          bench(in_column([this](Ui& ui) {
                    const auto told = number_field(ui, "n", "People", value, local, least, most, decimal);
                    if (!told)
                        return;
                    said.push_back(*told);
                    if (!view_is_slow)
                        value = *told;
                }),
                options) {}
    void more() { bench.tap("More: People", Role::button); }
    void fewer() { bench.tap("Fewer: People", Role::button); }
    std::string shown() const { return bench.value("People"); }
};

struct DateBench {
    std::string value;
    DateLocal local;
    std::vector<std::string> said;
    WidgetBench bench;

    explicit DateBench(std::string first = {}, const StageOptions& options = WidgetBench::quick())
        : value(std::move(first)),
          bench(in_column([this](Ui& ui) {
                    const auto told = date_field(ui, "d", "Date of the visit", value, local, "2026-11-21");
                    if (told)
                        value = said.emplace_back(*told);
                }),
                options) {}
    std::string part(const std::string& name) const { return bench.value(name + ": Date of the visit"); }
    void type(const std::string& digits) {
        for (const char digit : digits)
            bench.key(std::string(1, digit));
    }
};

}  // namespace

// --- text

TEST_CASE("a tap opens the keyboard, keys write, Done closes it", "[field]") {
    TextBench at;
    CHECK_FALSE(at.keyboard());
    at.bench.tap("Name", Role::field);
    REQUIRE(at.keyboard());
    at.type("mill lane");
    CHECK(at.local.text == "mill lane");
    CHECK(at.bench.value("Name") == "mill lane");
    CHECK(at.local.mine);
    CHECK(at.changed == 9);
    at.bench.key("Backspace");
    CHECK(at.local.text == "mill lan");
    CHECK(at.left == 0);
    at.bench.key("Done");
    CHECK_FALSE(at.keyboard());
    CHECK(at.left == 1);
    CHECK(at.local.text == "mill lan");
    CHECK(at.bench.faults_now() == "");
}

TEST_CASE("typing goes to the field that was tapped last, and to no other", "[field]") {
    TextBench at;
    at.bench.tap("Name", Role::field);
    at.type("ab");
    at.bench.tap("Other", Role::field);
    CHECK(at.left == 1);
    at.type("cd");
    CHECK(at.local.text == "ab");
    CHECK(at.other.text == "cd");
}

TEST_CASE("a tap puts the caret between the letters that it meets", "[field]") {
    TextBench at(1, "iiiiiiiiii");
    const Rect box = at.bench.mark("Name", Role::field).rect;
    at.bench.tap_at(box.right() - 10, box.y + box.h / 2);
    CHECK(at.local.caret == 10);
    at.bench.tap_at(box.x + 4, box.y + box.h / 2);
    CHECK(at.local.caret == 0);
    at.type("x");
    CHECK(at.local.text == "xiiiiiiiiii");
}

TEST_CASE("Enter finishes one line and begins another where there are more", "[field]") {
    TextBench one;
    one.bench.tap("Name", Role::field);
    one.type("a");
    one.bench.key("Enter");
    CHECK(one.entered == 1);
    CHECK(one.local.text == "a");
    TextBench more(3);
    more.bench.tap("Name", Role::field);
    more.type("a");
    more.bench.key("Enter");
    more.type("b");
    CHECK(more.entered == 0);
    CHECK(more.local.text == "a\nb");
}

TEST_CASE("a hardware keyboard writes too, and hides ours", "[field]") {
    TextBench at(3, "one\ntwo");
    at.bench.tap("Name", Role::field);
    at.bench.hardware("ł");
    CHECK_FALSE(at.keyboard());
    CHECK(at.local.text.find("ł") != std::string::npos);
    at.local.caret = 0;
    at.bench.hardware(Key::down);
    CHECK(at.local.caret >= 4);
    at.bench.hardware(Key::end);
    CHECK(at.local.caret == at.local.text.size());
    at.bench.hardware(Key::escape);
    CHECK(at.left == 1);
}

TEST_CASE("any text that was ever stored is shown and kept byte for byte", "[field]") {
    const std::string odd[] = {
        std::string("nul\0 bell\a esc\x1b tab\t", 20),
        "broken \xFF\xC5 \xE2\x82",
        "\u202Eright to left override\u202C",
        "عبد الرحمن 14 (أ)",
        "ਪੰਜਾਬੀ ਕੌਰ",
        "\U0001F469\u200D\U0001F469\u200D\U0001F467 \U0001F44D\U0001F3FE",
        "two\r\nlines\u2028three",
        std::string(400, '\n'),
    };
    for (const int lines : {1, 3})
        for (const std::string& text : odd) {
            TextBench at(lines, text);
            at.bench.tap("Name", Role::field);
            CHECK(at.local.text == text);
            CHECK(at.changed == 0);
            at.local.caret = at.local.text.size();
            at.type("z");
            at.bench.key("Backspace");
            CHECK(at.local.text == text);
        }
}

TEST_CASE("ten thousand letters are typed into at the end, which is in sight", "[field]") {
    for (const int lines : {1, 4}) {
        std::string text;
        while (text.size() < 10'000)
            text += "no answer ";
        TextBench at(lines, text);
        at.bench.tap("Name", Role::field);
        at.local.caret = text.size();
        at.type("xy");
        CHECK(at.local.text == text + "xy");
        if (lines == 1) {
            CHECK(at.local.scrolled_px > 1000);
        } else {
            const Stage::Place* place = at.bench.stage().place("field name");
            REQUIRE(place);
            CHECK(place->at >= place->end - 1);
        }
        CHECK(at.bench.faults_now() == "");
    }
}

TEST_CASE("a finger scrolls inside a long text without typing or choosing", "[field]") {
    TextBench at(3, "1\n2\n3\n4\n5\n6\n7\n8\n9");
    const Stage::Place* place = at.bench.stage().place("field name");
    REQUIRE(place);
    REQUIRE(place->end > 0);
    const float x = place->area.x + 30, y = place->area.bottom() - 5;
    at.bench.finger(FingerSample::Phase::down, x, y);
    for (float by = 10; by <= 60; by += 10)
        at.bench.finger(FingerSample::Phase::move, x, y - by);
    at.bench.finger(FingerSample::Phase::up, x, y - 60);
    at.bench.settle();
    CHECK(at.bench.stage().place("field name")->at > 0);
    CHECK_FALSE(at.keyboard());
    CHECK(at.changed == 0);
}

TEST_CASE("a field low on the page rises above the keyboard", "[field]") {
    FieldLocal local;
    WidgetBench bench(in_column([&](Ui& ui) {
        ui.take(ui.px(95));
        text_field(ui, "low", "Low", local);
        ui.take(ui.px(40));
    }));
    bench.tap("Low", Role::field);
    const Rect box = bench.mark("Low", Role::field).rect;
    const Rect key = bench.mark("q", Role::key).rect;
    CHECK(box.bottom() <= key.y);
}

TEST_CASE("fields hold the checks in every theme, size and shape, with the keyboard up", "[field]") {
    for (const Theme theme : {Theme::light, Theme::dark, Theme::sunlight})
        for (const int percent : {100, 135, 200, 300})
            for (const bool upright : {false, true}) {
                StageOptions options = WidgetBench::quick();
                options.theme = theme;
                options.text_percent = percent;
                if (upright)
                    std::swap(options.width, options.height);
                TextBench at(1, "Łukasz", options);
                at.look.hint = "First name and family name";
                at.bench.settle();
                INFO(static_cast<int>(theme) << " " << percent << " " << upright);
                CHECK(at.bench.faults_now() == "");
                at.bench.tap("Name", Role::field);
                CHECK(at.bench.faults_now() == "");
            }
}

TEST_CASE("an older view does not undo what is being typed, a newer one is taken over", "[field]") {
    FieldLocal local;
    follow(local, "Ann", false);
    CHECK(local.text == "Ann");
    local.text = "Anna";
    tell(local);
    follow(local, "Ann", true);
    CHECK(local.text == "Anna");
    follow(local, "Ann", false);  // left, and still on its way
    CHECK(local.text == "Anna");
    follow(local, "Anna", false);
    CHECK_FALSE(local.mine);
    follow(local, "Anne", false);  // changed elsewhere
    CHECK(local.text == "Anne");
    CHECK(local.caret == 4);
}

// --- numbers

TEST_CASE("more and fewer count, and stop at the bounds", "[field][number]") {
    NumberBench at;
    at.more();
    CHECK(at.value == "1");
    at.more();
    at.more();
    CHECK(at.value == "3");
    at.fewer();
    CHECK(at.value == "2");
    CHECK(at.shown() == "2");
    at.value = "20";
    at.bench.settle();
    CHECK(at.shown() == "20");
    CHECK_FALSE(at.bench.mark("More: People", Role::button).enabled);
    at.value = "0";
    at.bench.settle();
    CHECK_FALSE(at.bench.mark("Fewer: People", Role::button).enabled);
    CHECK(at.bench.mark("More: People", Role::button).enabled);
}

TEST_CASE("three quick presses count three, however late the view is", "[field][number]") {
    NumberBench at;
    at.view_is_slow = true;
    at.more();
    at.more();
    at.value = "1";  // the view of the first press arrives
    at.bench.settle();
    CHECK(at.shown() == "2");
    at.more();
    CHECK(at.said == std::vector<std::string>{"1", "2", "3"});
    at.value = "3";
    at.bench.settle();
    CHECK(at.shown() == "3");
    at.value = "7";  // changed elsewhere
    at.bench.settle();
    CHECK(at.shown() == "7");
}

TEST_CASE("a tap on the number opens the pad, and typing beyond the bounds is not refused",
          "[field][number]") {
    NumberBench at;
    at.bench.tap("People", Role::field);
    CHECK(at.bench.find("7", Role::key));
    CHECK_FALSE(at.bench.find("q", Role::key));
    for (const char* key : {"9", "9", "9"})
        at.bench.key(key);
    CHECK(at.value == "999");
    for (int i = 0; i < 3; ++i)
        at.bench.key("Backspace");
    CHECK(at.said.back().empty());
    at.bench.key("Backspace");
    CHECK(at.said.size() == 6);
    at.bench.key("-");
    CHECK(at.value == "-");
}

TEST_CASE("a decimal comma is told as a point", "[field][number]") {
    NumberBench at;
    at.decimal = true;
    at.bench.tap("People", Role::field);
    for (const char* key : {"1", ",", "5"})
        at.bench.key(key);
    CHECK(at.value == "1.5");
    CHECK(at.shown() == "1,5");
    at.bench.key("Done");
    CHECK(at.shown() == "1.5");
}

TEST_CASE("number and date hold the checks in every theme, size and shape", "[field][number][date]") {
    for (const Theme theme : {Theme::light, Theme::dark, Theme::sunlight})
        for (const int percent : {100, 135, 200, 300})
            for (const bool upright : {false, true}) {
                StageOptions options = WidgetBench::quick();
                options.theme = theme;
                options.text_percent = percent;
                if (upright)
                    std::swap(options.width, options.height);
                INFO(static_cast<int>(theme) << " " << percent << " " << upright);
                NumberBench number("14", 0, 20, options);
                CHECK(number.bench.faults_now() == "");
                DateBench date("2026-11-21", options);
                CHECK(date.bench.faults_now() == "");
                date.bench.tap("Month: Date of the visit", Role::field);
                CHECK(date.bench.faults_now() == "");
            }
}

// --- dates

TEST_CASE("a date is said when it is one, and what is half typed stays", "[field][date]") {
    DateBench at;
    at.bench.tap("Day: Date of the visit", Role::field);
    at.type("1");
    CHECK(at.said.back().empty());
    CHECK(at.part("Day") == "1");
    at.bench.tap("Month: Date of the visit", Role::field);
    at.type("2");
    at.bench.tap("Year: Date of the visit", Role::field);
    at.type("202");
    CHECK(at.said.back().empty());
    at.type("6");
    CHECK(at.value == "2026-02-01");
    at.bench.key("Done");
    CHECK(at.part("Day") == "01");
    CHECK(at.part("Year") == "2026");
}

TEST_CASE("half a date survives leaving the field", "[field][date]") {
    DateBench at;
    at.bench.tap("Day: Date of the visit", Role::field);
    at.type("31");
    at.bench.key("Done");
    at.bench.settle();
    CHECK(at.part("Day") == "31");
    CHECK(at.part("Month").empty());
}

TEST_CASE("no such day is no date, and mending it makes one", "[field][date]") {
    DateBench at("2026-01-31");
    at.bench.tap("Month: Date of the visit", Role::field);
    at.bench.key("Backspace");
    at.bench.key("Backspace");
    at.type("2");
    CHECK(at.value.empty());
    CHECK(at.part("Day") == "31");
    at.bench.key("Backspace");
    at.type("3");
    CHECK(at.value == "2026-03-31");
}

TEST_CASE("a hardware Enter leads from day to month to year", "[field][date]") {
    DateBench at;
    at.bench.tap("Day: Date of the visit", Role::field);
    for (const char* text : {"5", "6", "2025"}) {
        at.bench.hardware(text);
        at.bench.hardware(Key::enter);
    }
    CHECK(at.value == "2025-06-05");
}

TEST_CASE("Today is one tap, over whatever was typed", "[field][date]") {
    DateBench at;
    at.bench.tap("Day: Date of the visit", Role::field);
    at.type("99");
    at.bench.tap("Today: Date of the visit", Role::button);
    CHECK(at.value == "2026-11-21");
    CHECK(at.part("Day") == "21");
    CHECK(at.part("Month") == "11");
}

TEST_CASE("a date from elsewhere replaces the one that was here", "[field][date]") {
    DateBench at("2026-01-31");
    at.value = "2025-12-24";
    at.bench.settle();
    CHECK(at.part("Day") == "24");
    at.value.clear();
    at.bench.settle();
    CHECK(at.part("Year").empty());
    at.value = "not a date";
    at.bench.settle();
    CHECK(at.part("Day").empty());
}
