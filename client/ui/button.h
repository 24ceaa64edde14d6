// Buttons, tiles, rows, tabs, tags and banners: what is tapped once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/ui/ui.h"

namespace doorstep {

enum class ButtonLook : std::uint8_t { primary, secondary, warning, quiet };

// 12 mm high (more when the label wraps), the width of the column.
bool button(Ui& ui, std::string_view label, ButtonLook look = ButtonLook::secondary, Icon icon = Icon::none,
            bool enabled = true);
bool button_in(Ui& ui, const Rect& rect, std::string_view label, ButtonLook look = ButtonLook::secondary,
               Icon icon = Icon::none, bool enabled = true);

// The one loud thing of a screen: 26 mm, a heading and a line of detail.
bool main_tile(Ui& ui, std::string_view heading, std::string_view detail);

struct RowWords {
    std::string label;
    std::string words;  // second text, near the label
    enum class Tint : std::uint8_t { none, asks, trouble, good } tint = Tint::none;
    bool chevron = true;
    bool strong = false;
    Icon icon = Icon::none;
    bool below = false;  // the words always stand below the label: long labels, one edge
};
bool row(Ui& ui, const RowWords& words);
bool row_in(Ui& ui, const Rect& rect, const RowWords& words);  // 14 mm or more high

// Tabs on one baseline; returns the one tapped, or -1.  Labels may be of any script.
int tabs(Ui& ui, const std::vector<std::string>& labels, int chosen);

void tag(Ui& ui, const Rect& at, std::string_view words, RowWords::Tint tint);

enum class BannerLook : std::uint8_t { plain, good, warning, error };
// Words on a tinted ground, with at most two buttons beside; returns the one tapped or -1.
int banner(Ui& ui, std::string_view words, BannerLook look, const std::vector<std::string>& buttons = {});

// A dialog of two verbs, only where undo cannot serve: 0, 1 or -1.
int dialog(Ui& ui, std::string_view heading, std::string_view words, std::string_view do_it,
           std::string_view keep);

}  // namespace doorstep
