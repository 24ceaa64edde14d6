// The on-screen keyboard: a touch zone that Dear ImGui never sees.  Its fingers never
// reach the widgets below; keys act on release, each finger by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/ui/ui.h"

namespace doorstep {

enum class KeyLayer : std::uint8_t {
    letters,
    capitals,
    signs,
    accents,
    accent_capitals,
    more_accents,
    more_accent_capitals,
    numbers
};

struct KeyCap {
    std::string label;    // as marked and read out: "a", "Backspace", "Done"
    std::string text;     // what it types; or
    Key key = Key::none;  // what it does
    enum class Does : std::uint8_t { types, key, shift, layer, done } does = Does::types;
    KeyLayer to = KeyLayer::letters;
    float width = 1;         // in keys
    std::string shown = {};  // as drawn, where the label is too long; empty: the label
    Icon icon = Icon::none;  // drawn instead of words
};

// Rows of a layer, pure.
std::vector<std::vector<KeyCap>> key_rows(KeyLayer layer, Keyboard kind);
// The layer that "Shift" leads to; the same where there are no capitals.
KeyLayer with_capitals(KeyLayer layer, bool capitals);

// Where the keyboard will stand for that screen; empty height when hidden.
Rect keyboard_rect(const Rect& whole, float px_per_mm, Keyboard kind);
// Where each key stands in it: whole pixels, no gaps, in the middle of the screen.
std::vector<std::vector<Rect>> key_rects(const std::vector<std::vector<KeyCap>>& rows, const Rect& at,
                                         float px_per_mm);

class OnScreenKeyboard {
public:
    // A finger in the zone.  What goes down beside the keys types nothing, wherever it is lifted.
    void finger(const FingerSample& sample);
    // What was typed since the last call.
    std::vector<Keystroke> take_typed();
    bool take_done();
    // Draws it over everything at `at` and leaves its marks.
    void draw(Ui& ui, const Rect& at, Keyboard kind);

private:
    enum class Shift : std::uint8_t { off, once, locked };
    struct Down {
        std::int64_t finger;
        float x, y;
        std::int64_t held_since_us;  // on "Backspace"; 0: not yet drawn
        std::int64_t repeats;
    };
    struct Place {
        std::size_t row, key;
        bool operator==(const Place&) const = default;
    };

    void show(KeyLayer layer);
    std::optional<Place> under(float x, float y) const;
    void act(const KeyCap& key);
    void repeat_backspace(Ui& ui);
    void draw_key(Ui& ui, const KeyCap& key, const Rect& at, bool pressed);

    std::vector<Down> down_;
    std::vector<Keystroke> typed_;
    std::vector<std::vector<KeyCap>> rows_;
    std::vector<std::vector<Rect>> rects_;
    KeyLayer layer_ = KeyLayer::letters;
    Shift shift_ = Shift::off;
    Keyboard kind_ = Keyboard::none;
    Rect at_;
    float px_per_mm_ = 0;
    bool done_ = false;
};

}  // namespace doorstep
