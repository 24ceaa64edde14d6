// Fields that show dots: a passphrase, and a PIN on a pad of its own.
//
// What is typed stands in the stage, by the field's id, and nowhere else: Ui::hidden().
// It is in no mark and in no cache of shaped text, it cannot be copied or undone, and it
// is wiped when it is taken, when a frame passes without its field, and on
// Stage::forget_texts().
#pragma once

#include <string>
#include <string_view>

#include "client/ui/hidden_text.h"
#include "client/ui/ui.h"

namespace doorstep {

struct SecretLook {
    std::string hint = {};  // its rules, below the label
    bool error = false;
    bool enabled = true;
    float below_px = 0;  // so much below the field stays above the keys with it
};
struct SecretTold {
    bool changed = false;
    bool entered = false;  // Enter, with something typed
};

// With "Show" beside it, which turns into "Hide"; shown letters outside the Latin atlas
// are drawn as its sign for unknown ones.  Marks: `label`, "Show: label".
SecretTold secret_field(Ui& ui, std::string_view id, std::string_view label, const SecretLook& look = {});

inline constexpr std::size_t pin_digits_min = 6;
inline constexpr std::size_t pin_digits_max = 12;

// Digits of 14 mm or more, dots above them.  Takes hardware digits too while nothing else
// is typed into; more than 12 are not taken.  Marks: `label`, "1" to "9", "0", "Backspace".
SecretTold pin_pad(Ui& ui, std::string_view id, std::string_view label, bool enabled = true);
// From the first key of a line to the last, where it is as wide as the column lets it be.
float pin_pad_width(const Ui& ui);
// Whether that many were typed as a PIN has.
bool is_pin_long_enough(const HiddenText& pin);

}  // namespace doorstep
