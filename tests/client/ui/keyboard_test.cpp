#include <catch2/catch.hpp>

#include <set>

#include "client/platform/window.h"
#include "client/ui/field.h"
#include "client/ui/keyboard.h"
#include "tests/client/ui/widget_bench.h"

using namespace doorstep;

namespace {

constexpr KeyLayer every_layer[] = {KeyLayer::letters,
                                    KeyLayer::capitals,
                                    KeyLayer::signs,
                                    KeyLayer::accents,
                                    KeyLayer::accent_capitals,
                                    KeyLayer::more_accents,
                                    KeyLayer::more_accent_capitals};

struct Glass {
    const char* name;
    float width, height, px_per_mm;
};
constexpr Glass every_glass[] = {
    {"8 inch", 1280, 800, 7.43f},        {"8 inch upright", 800, 1280, 7.43f},
    {"10 inch", 1280, 800, 5.88f},       {"10 inch upright", 800, 1280, 5.88f},
    {"10 inch fine", 1920, 1200, 8.83f}, {"10 inch fine upright", 1200, 1920, 8.83f},
    {"11 inch", 2000, 1200, 8.35f}};

bool has(const std::vector<std::vector<KeyCap>>& rows, std::string_view label) {
    for (const auto& row : rows)
        for (const KeyCap& key : row)
            if (key.label == label)
                return true;
    return false;
}

bool whole(const Rect& rect) {
    return rect == rect.whole();
}

}  // namespace

TEST_CASE("each key of a layer has its own name", "[keyboard]") {
    for (const Keyboard kind : {Keyboard::letters, Keyboard::numbers})
        for (const KeyLayer layer : every_layer) {
            std::set<std::string> names;
            for (const auto& row : key_rows(layer, kind))
                for (const KeyCap& key : row) {
                    INFO(key.label);
                    CHECK_FALSE(key.label.empty());
                    CHECK(names.insert(key.label).second);
                    CHECK((key.does != KeyCap::Does::types || !key.text.empty()));
                    CHECK((key.does != KeyCap::Does::key || key.key != Key::none));
                }
        }
}

TEST_CASE("every letter, digit and Polish letter can be typed, small and capital", "[keyboard]") {
    for (char letter = 'a'; letter <= 'z'; ++letter) {
        CHECK(has(key_rows(KeyLayer::letters, Keyboard::letters), std::string(1, letter)));
        const char capital = static_cast<char>(letter - 'a' + 'A');
        CHECK(has(key_rows(KeyLayer::capitals, Keyboard::letters), std::string(1, capital)));
    }
    for (char digit = '0'; digit <= '9'; ++digit) {
        CHECK(has(key_rows(KeyLayer::signs, Keyboard::letters), std::string(1, digit)));
        CHECK(has(key_rows(KeyLayer::letters, Keyboard::numbers), std::string(1, digit)));
    }
    for (const char* letter :
         {"ą", "ć", "ę", "ł", "ń", "ó", "ś", "ź", "ż", "é", "è", "ü", "ö", "ä", "ß", "ø", "å", "ñ"})
        CHECK(has(key_rows(KeyLayer::accents, Keyboard::letters), letter));
    for (const char* letter : {"Ą", "Ć", "Ę", "Ł", "Ń", "Ó", "Ś", "Ź", "Ż"})
        CHECK(has(key_rows(KeyLayer::accent_capitals, Keyboard::letters), letter));
    for (const char* sign : {"@", "&", "-", "'", "?", "/", "£", "+"})
        CHECK(has(key_rows(KeyLayer::signs, Keyboard::letters), sign));
    for (const char* key : {".", ",", "-", "+", "Backspace", "Done"})
        CHECK(has(key_rows(KeyLayer::numbers, Keyboard::numbers), key));
}

TEST_CASE("from every layer there is a way to letters, to rub out and to be done", "[keyboard]") {
    for (const KeyLayer layer : every_layer) {
        const auto rows = key_rows(layer, Keyboard::letters);
        const bool letters = layer == KeyLayer::letters || layer == KeyLayer::capitals;
        CHECK((letters || has(rows, "Letters")));
        for (const char* key : {"Backspace", "Done", "Space"})
            CHECK(has(rows, key));
    }
    CHECK(key_rows(KeyLayer::letters, Keyboard::none).empty());
}

TEST_CASE("keys are large enough for a thumb on every tablet", "[keyboard]") {
    for (const Glass& glass : every_glass) {
        const Rect screen{0, 0, glass.width, glass.height};
        for (const Keyboard kind : {Keyboard::letters, Keyboard::numbers}) {
            const Rect at = keyboard_rect(screen, glass.px_per_mm, kind);
            INFO(glass.name);
            CHECK(whole(at));
            CHECK(at.w == screen.w);
            CHECK(at.bottom() == screen.bottom());
            CHECK(at.h <= screen.h / 2);
            const float enough = std::min(11.0f, glass.width / glass.px_per_mm / 10) * glass.px_per_mm;
            for (const KeyLayer layer : every_layer)
                for (const auto& row : key_rects(key_rows(layer, kind), at, glass.px_per_mm))
                    for (const Rect& key : row) {
                        CHECK(whole(key));
                        CHECK(key.w >= std::floor(enough));
                        CHECK(key.w >= 9 * glass.px_per_mm);
                        CHECK(key.h >= 10.5f * glass.px_per_mm);
                    }
        }
    }
}

TEST_CASE("keys lie side by side without gaps or overlaps, in the middle of the screen", "[keyboard]") {
    for (const Glass& glass : every_glass)
        for (const Keyboard kind : {Keyboard::letters, Keyboard::numbers})
            for (const KeyLayer layer : every_layer) {
                const Rect at = keyboard_rect({0, 0, glass.width, glass.height}, glass.px_per_mm, kind);
                const auto rects = key_rects(key_rows(layer, kind), at, glass.px_per_mm);
                for (std::size_t row = 0; row < rects.size(); ++row) {
                    const float left = rects[row].front().x, right = rects[row].back().right();
                    INFO(glass.name << " row " << row);
                    CHECK(left >= at.x);
                    CHECK(right <= at.right());
                    CHECK(std::abs((left - at.x) - (at.right() - right)) <= 1);
                    for (std::size_t key = 1; key < rects[row].size(); ++key)
                        CHECK(rects[row][key].x == rects[row][key - 1].right());
                    if (row > 0)
                        CHECK(rects[row][0].y == rects[row - 1][0].bottom());
                    CHECK(rects[row][0].bottom() <= at.bottom());
                }
            }
}

TEST_CASE("in a low window the keyboard takes half of it and keeps all its keys", "[keyboard]") {
    const Rect screen{0, 0, 320, 240};
    const Rect at = keyboard_rect(screen, 5.88f, Keyboard::letters);
    CHECK(at.h == 120);
    CHECK(at.y == 120);
    for (const auto& row : key_rects(key_rows(KeyLayer::letters, Keyboard::letters), at, 5.88f))
        for (const Rect& key : row) {
            CHECK(key.w >= 32);
            CHECK(key.h >= 29);
            CHECK(key.bottom() <= screen.bottom());
        }
    CHECK(keyboard_rect(screen, 5.88f, Keyboard::none).h == 0);
}

TEST_CASE("capitals belong to letters and accents alone", "[keyboard]") {
    CHECK(with_capitals(KeyLayer::letters, true) == KeyLayer::capitals);
    CHECK(with_capitals(KeyLayer::capitals, false) == KeyLayer::letters);
    CHECK(with_capitals(KeyLayer::accents, true) == KeyLayer::accent_capitals);
    CHECK(with_capitals(KeyLayer::signs, true) == KeyLayer::signs);
}

// --- fingers on it

namespace {

using Phase = FingerSample::Phase;

struct Typist {
    FieldLocal local;
    WidgetBench bench;

    explicit Typist(const StageOptions& options = WidgetBench::quick(), SDL_Renderer* renderer = nullptr,
                    Keyboard kind = Keyboard::letters)
        : bench(in_column([this, kind](Ui& ui) { text_field(ui, "f", "Field", local, {.keyboard = kind}); }),
                options, renderer) {
        bench.tap("Field", Role::field);
    }
    void put(Phase phase, std::string_view key, std::int64_t finger = 1) {
        const Rect at = bench.mark(key, Role::key).rect;
        bench.finger(phase, at.x + at.w / 2, at.y + at.h / 2, finger);
    }
    bool has(std::string_view key) const { return bench.find(key, Role::key); }
};

}  // namespace

TEST_CASE("a key types when it is let go, not before", "[keyboard]") {
    Typist at;
    at.put(Phase::down, "q");
    at.bench.settle();
    CHECK(at.local.text.empty());
    at.put(Phase::up, "q");
    at.bench.settle();
    CHECK(at.local.text == "q");
}

TEST_CASE("two thumbs type two letters, each when it is lifted", "[keyboard]") {
    Typist at;
    at.put(Phase::down, "a", 1);
    at.put(Phase::down, "l", 2);
    at.put(Phase::up, "a", 1);
    at.put(Phase::down, "f", 1);
    at.put(Phase::up, "l", 2);
    at.put(Phase::up, "f", 1);
    at.bench.settle();
    CHECK(at.local.text == "alf");
}

TEST_CASE("many keys between two frames all arrive, in order", "[keyboard]") {
    Typist at;
    std::int64_t now = at.bench.now_us();
    for (const char* key : {"h", "e", "l", "l", "o"}) {
        const Rect rect = at.bench.mark(key, Role::key).rect;
        for (const Phase phase : {Phase::down, Phase::up})
            at.bench.stage().event(
                FingerSample{phase, 3, rect.x + rect.w / 2, rect.y + rect.h / 2, now += 1'000, 1});
    }
    at.bench.settle();
    CHECK(at.local.text == "hello");
}

TEST_CASE("a finger that slides types what it is lifted from, or nothing beyond the keys", "[keyboard]") {
    Typist at;
    at.put(Phase::down, "q");
    at.put(Phase::move, "w");
    at.put(Phase::up, "w");
    at.bench.settle();
    CHECK(at.local.text == "w");
    at.put(Phase::down, "q");
    at.bench.finger(Phase::move, 20, 20);
    at.bench.finger(Phase::up, 20, 20);
    at.bench.settle();
    CHECK(at.local.text == "w");
    CHECK(at.has("q"));  // a finger of the keyboard never reaches the page
    at.put(Phase::down, "e");
    at.put(Phase::cancel, "e");
    at.bench.settle();
    CHECK(at.local.text == "w");
}

TEST_CASE("a finger that goes down beside the keys and slides onto them types nothing", "[keyboard]") {
    Typist at;
    const Rect key = at.bench.mark("l", Role::key).rect;
    at.bench.finger(Phase::down, key.right() + key.w * 1.4f, key.y + key.h / 2);
    at.put(Phase::move, "l");
    at.put(Phase::up, "l");
    at.bench.settle();
    CHECK(at.local.text.empty());
    at.put(Phase::down, "l");
    at.put(Phase::up, "l");
    at.bench.settle();
    CHECK(at.local.text == "l");
}

TEST_CASE("shift is for one letter, twice for all that follow, thrice for none", "[keyboard]") {
    Typist at;
    at.bench.key("Shift");
    CHECK(at.bench.mark("Shift", Role::key).checked);
    at.bench.key("A");
    CHECK_FALSE(at.bench.mark("Shift", Role::key).checked);
    at.bench.key("b");
    at.bench.key("Shift");
    at.bench.key("Shift");
    at.bench.key("C");
    at.bench.key("D");
    at.bench.key("Shift");
    at.bench.key("e");
    CHECK(at.local.text == "AbCDe");
}

TEST_CASE("a Polish name is typed with its accents and its capital", "[keyboard]") {
    Typist at;
    for (const char* key : {"Accents",
                            "Shift",
                            "Ł",
                            "Letters",
                            "u",
                            "k",
                            "a",
                            "s",
                            "z",
                            "Space",
                            "Accents",
                            "ś",
                            "ć",
                            "More accents",
                            "ț",
                            "Letters",
                            "Numbers and signs",
                            "7",
                            "/",
                            "2"})
        at.bench.key(key);
    CHECK(at.local.text == "Łukasz śćț7/2");
}

TEST_CASE("Backspace held down goes on rubbing out, and stops when it is lifted", "[keyboard]") {
    Typist at;
    at.local = {.text = std::string(50, 'x'), .caret = 50};
    at.put(Phase::down, "Backspace");
    for (int frames = 0; frames < 120; ++frames)
        at.bench.settle();
    const std::size_t left = at.local.text.size();
    CHECK(left < 40);
    at.put(Phase::up, "Backspace");
    at.bench.settle();
    const std::size_t after = at.local.text.size();
    CHECK(after + 1 >= left);
    for (int frames = 0; frames < 60; ++frames)
        at.bench.settle();
    CHECK(at.local.text.size() == after);
}

TEST_CASE("the keyboard begins anew for each kind of field", "[keyboard]") {
    FieldLocal words, number;
    WidgetBench bench(in_column([&](Ui& ui) {
        text_field(ui, "w", "Words", words);
        number_field(ui, "n", "Number", "", number);
    }));
    bench.tap("Words", Role::field);
    bench.key("Numbers and signs");
    bench.tap("Number", Role::field);
    CHECK(bench.find("Done", Role::key));
    CHECK_FALSE(bench.find("@", Role::key));
    bench.tap("Words", Role::field);
    CHECK(bench.find("q", Role::key));
}

TEST_CASE("the keyboard can be seen: its keys differ from their tray, their letters from the keys",
          "[keyboard][picture]") {
    for (const Theme theme : {Theme::light, Theme::dark, Theme::sunlight})
        for (const int percent : {100, 300}) {
            WindowOptions dummy;
            dummy.driver = "dummy";
            auto window = Window::open(dummy);
            REQUIRE(window.ok());
            StageOptions options = WidgetBench::quick();
            options.raster = true;
            options.theme = theme;
            options.text_percent = percent;
            Typist at(options, window->renderer());
            const Picture& picture = at.bench.stage().picture();
            const auto pixel = [&](float x, float y) {
                const std::size_t place =
                    (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                     static_cast<std::size_t>(x)) *
                    3;
                return Colour{picture.rgb[place], picture.rgb[place + 1], picture.rgb[place + 2]};
            };
            // In the dark it is the key that is the lighter one.
            const bool dark = theme == Theme::dark;
            const Colour of_key = dark ? palette(theme).surface : palette(theme).background;
            const Colour of_tray = dark ? palette(theme).background : palette(theme).surface;
            for (const char* key : {"q", "m", "Shift", "Backspace", "Space", "Done", "Numbers and signs"}) {
                const Rect rect = at.bench.mark(key, Role::key).rect;
                const Colour cap = pixel(rect.x + 9, rect.y + 9);
                INFO(key << " " << static_cast<int>(theme) << " " << percent);
                CHECK(cap == of_key);
                // In the sun a key has an edge.
                CHECK((pixel(rect.x + 5, rect.y + rect.h / 2) == palette(theme).border) ==
                      (theme == Theme::sunlight));
                int ink = 0;
                for (float y = rect.y + 8; y < rect.bottom() - 8; ++y)
                    for (float x = rect.x + 8; x < rect.right() - 8; ++x)
                        ink += contrast(pixel(x, y), cap) >= 7 ? 1 : 0;
                CHECK(ink > 20);
            }
            const Rect q = at.bench.mark("q", Role::key).rect;
            CHECK(pixel(q.x - 20, q.y + 20) == of_tray);
        }
}
