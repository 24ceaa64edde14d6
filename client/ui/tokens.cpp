#include "client/ui/tokens.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace doorstep {

namespace {

constexpr Colour colour(std::uint32_t rgb) {
    return {static_cast<std::uint8_t>(rgb >> 16 & 0xff), static_cast<std::uint8_t>(rgb >> 8 & 0xff),
            static_cast<std::uint8_t>(rgb & 0xff), 255};
}

constexpr Palette light{
    .background = colour(0xFFFFFF),
    .surface = colour(0xF3F2F1),
    .text = colour(0x0B0C0C),
    .second = colour(0x3D4449),
    .primary = colour(0x005A30),
    .on_primary = colour(0xFFFFFF),
    .link = colour(0x003A80),
    .selected = colour(0x003A80),
    .on_selected = colour(0xFFFFFF),
    .error = colour(0x8F1A0E),
    .error_ground = colour(0xFBEBE9),
    .warning = colour(0x5C4200),
    .warning_ground = colour(0xFFF4D1),
    .good = colour(0x00512B),
    .good_ground = colour(0xE3F3EA),
    .border = colour(0x6B7276),
    .chosen_ground = colour(0xE6EEF8),
    .pressed = colour(0xDDDBD9),
    .on_pressed = colour(0x0B0C0C),
    .paper = colour(0xFBFAF7),
    .paper_text = colour(0x0B0C0C),
    .paper_second = colour(0x3D4449),
    .ring = colour(0xFFDD00),
    .ring_inner = colour(0x000000),
};

constexpr Palette dark{
    .background = colour(0x0E1113),
    .surface = colour(0x1C2124),
    .text = colour(0xFFFFFF),
    .second = colour(0xCBD2D6),
    .primary = colour(0x6BDD9C),
    .on_primary = colour(0x06110A),
    .link = colour(0x9CC9FF),
    .selected = colour(0x9CC9FF),
    .on_selected = colour(0x06121F),
    .error = colour(0xFFB3A8),
    .error_ground = colour(0x3A1410),
    .warning = colour(0xFFD980),
    .warning_ground = colour(0x33280A),
    .good = colour(0x8BE8B4),
    .good_ground = colour(0x0D2A1A),
    .border = colour(0x8C969C),
    .chosen_ground = colour(0x12283F),
    .pressed = colour(0x30373B),
    .on_pressed = colour(0xFFFFFF),
    .paper = colour(0x0E1113),
    .paper_text = colour(0xFFFFFF),
    .paper_second = colour(0xCBD2D6),
    .ring = colour(0xFFDD00),
    .ring_inner = colour(0x000000),
};

// No greys and no tints: sun washes them out.  State is told by icon, word and line.
constexpr Palette sunlight{
    .background = colour(0xFFFFFF),
    .surface = colour(0xFFFFFF),
    .text = colour(0x000000),
    .second = colour(0x000000),
    .primary = colour(0x000000),
    .on_primary = colour(0xFFFFFF),
    .link = colour(0x00256B),
    .selected = colour(0x00256B),
    .on_selected = colour(0xFFFFFF),
    .error = colour(0x7A0000),
    .error_ground = colour(0xFFFFFF),
    .warning = colour(0x3D2B00),
    .warning_ground = colour(0xFFFFFF),
    .good = colour(0x003D1F),
    .good_ground = colour(0xFFFFFF),
    .border = colour(0x000000),
    .chosen_ground = colour(0xFFFFFF),
    .pressed = colour(0x000000),
    .on_pressed = colour(0xFFFFFF),
    .paper = colour(0xFFFFFF),
    .paper_text = colour(0x000000),
    .paper_second = colour(0x000000),
    .ring = colour(0xFFDD00),
    .ring_inner = colour(0x000000),
};

constexpr std::array<TextPair, 26> pairs_of(const Palette& p) {
    return {{{"text on background", p.text, p.background},
             {"text on surface", p.text, p.surface},
             {"second text on background", p.second, p.background},
             {"second text on surface", p.second, p.surface},
             {"text on primary", p.on_primary, p.primary},
             {"primary on background", p.primary, p.background},
             {"link on background", p.link, p.background},
             {"link on surface", p.link, p.surface},
             {"text on selected", p.on_selected, p.selected},
             {"selected on background", p.selected, p.background},
             {"error on background", p.error, p.background},
             {"error on its ground", p.error, p.error_ground},
             {"text on the ground of an error", p.text, p.error_ground},
             {"warning on background", p.warning, p.background},
             {"warning on its ground", p.warning, p.warning_ground},
             {"text on the ground of a warning", p.text, p.warning_ground},
             {"good on background", p.good, p.background},
             {"good on its ground", p.good, p.good_ground},
             {"text on good ground", p.text, p.good_ground},
             {"text on chosen", p.text, p.chosen_ground},
             {"second text on chosen", p.second, p.chosen_ground},
             {"selected on chosen", p.selected, p.chosen_ground},
             {"link on chosen", p.link, p.chosen_ground},
             {"text on pressed", p.on_pressed, p.pressed},
             {"text on paper", p.paper_text, p.paper},
             {"second text on paper", p.paper_second, p.paper}}};
}

double linear(std::uint8_t channel) {
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(Colour c) {
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

}  // namespace

const Palette& palette(Theme theme) {
    switch (theme) {
    case Theme::dark:
        return dark;
    case Theme::sunlight:
        return sunlight;
    case Theme::light:
        break;
    }
    return light;
}

std::span<const TextPair> text_pairs(Theme theme) {
    static constexpr auto of_light = pairs_of(light);
    static constexpr auto of_dark = pairs_of(dark);
    static constexpr auto of_sunlight = pairs_of(sunlight);
    switch (theme) {
    case Theme::dark:
        return of_dark;
    case Theme::sunlight:
        return of_sunlight;
    case Theme::light:
        break;
    }
    return of_light;
}

double contrast(Colour ink, Colour ground) {
    const double a = luminance(ink), b = luminance(ground);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

}  // namespace doorstep
