// The on-screen keyboard: a touch zone that Dear ImGui never sees.  Its fingers never
// reach the widgets below; keys act on release, each finger by itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/ui/ui.h"

namespace doorstep {

enum class KeyLayer : std::uint8_t { letters, capitals, signs, accents, numbers };

struct KeyCap {
    std::string label;    // as drawn and marked: "a", "Backspace", "Done"
    std::string text;     // what it types; or
    Key key = Key::none;  // what it does
    enum class Does : std::uint8_t { types, key, shift, layer, done } does = Does::types;
    KeyLayer to = KeyLayer::letters;
    float width = 1;  // in keys
};

// Rows of a layer, pure.
std::vector<std::vector<KeyCap>> key_rows(KeyLayer layer, Keyboard kind);

// Where the keyboard will stand for that screen; empty height when hidden.
Rect keyboard_rect(const Rect& whole, float px_per_mm, Keyboard kind);

class OnScreenKeyboard {
public:
    // A finger in the zone.
    void finger(const FingerSample& sample);
    // What was typed since the last call.
    std::vector<Typed> take_typed();
    bool take_done();
    // Draws it over everything at `at` and leaves its marks.
    void draw(Ui& ui, const Rect& at, Keyboard kind);

private:
    struct Down {
        std::int64_t finger;
        int row;
        int key;
    };
    std::vector<Down> down_;
    std::vector<Typed> typed_;
    std::vector<std::vector<KeyCap>> rows_;
    std::vector<std::vector<Rect>> rects_;
    KeyLayer layer_ = KeyLayer::letters;
    Keyboard kind_ = Keyboard::none;
    bool done_ = false;
};

}  // namespace doorstep
