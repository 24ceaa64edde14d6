#include <catch2/catch.hpp>

#include <set>

#include "client/ui/keyboard.h"

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
