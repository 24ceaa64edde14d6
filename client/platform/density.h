// How many pixels an inch of this screen has: what the panel says of itself (EDID), and
// what is to be believed of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace doorstep {

// What a panel says of itself.
struct Panel {
    int width_px = 0;  // native
    int height_px = 0;
    float width_mm = 0;
    float height_mm = 0;
};

// Of a tablet of unknown make: 10.1 inch, 1280x800.
constexpr float assumed_ppi = 149;

// 90 to 400: what tablets and desks have.  Exactly 96 is what X servers say that do not
// know; taken at its word it would make every target a third too small.
bool plausible_ppi(float ppi);

// From the 128 bytes of a base block (more may follow); nothing when it is no EDID, its
// sum is wrong, or it names no size or no native mode.
std::optional<Panel> read_edid(std::span<const std::uint8_t> bytes);

// The panel of this device: of the connected ones below `folder` the built-in one
// (eDP, DSI, LVDS), else the only one.
std::optional<Panel> find_panel(const std::string& folder = "/sys/class/drm");

// For a screen of that many pixels on the panel, either way up; nothing when its shape is
// another one, or the answer is not plausible.
std::optional<float> ppi_on(const Panel& panel, int width_px, int height_px);

}  // namespace doorstep
