#include "client/ui/tokens.h"

#include <catch2/catch.hpp>

using namespace doorstep;

namespace {

constexpr Theme themes[] = {Theme::light, Theme::dark, Theme::sunlight};

}  // namespace

TEST_CASE("contrast is the ratio of WCAG 2", "[tokens]") {
    const Colour black{0, 0, 0}, white{255, 255, 255};
    CHECK(contrast(black, white) == Approx(21).margin(0.001));
    CHECK(contrast(white, black) == Approx(21).margin(0.001));
    CHECK(contrast(white, white) == Approx(1));
    CHECK(contrast({0x00, 0x70, 0x3C}, white) == Approx(6.21).margin(0.02));
    CHECK(contrast({0x6B, 0x72, 0x76}, white) == Approx(4.89).margin(0.02));
}

TEST_CASE("every pair of text and ground is at least 7:1 in every theme", "[tokens]") {
    for (const Theme theme : themes) {
        CHECK(text_pairs(theme).size() >= 20);
        for (const TextPair& pair : text_pairs(theme)) {
            INFO(pair.name << " in theme " << static_cast<int>(theme));
            CHECK(contrast(pair.ink, pair.ground) >= 7);
        }
    }
}

TEST_CASE("borders are seen on every ground that they stand on", "[tokens]") {
    for (const Theme theme : themes) {
        const Palette& p = palette(theme);
        CHECK(contrast(p.border, p.background) >= 3);
        CHECK(contrast(p.border, p.surface) >= 3);
        CHECK(contrast(p.error, p.background) >= 3);
    }
}

TEST_CASE("the sunlight theme has no greys and no tints", "[tokens]") {
    const Palette& p = palette(Theme::sunlight);
    const Colour white{255, 255, 255}, black{0, 0, 0};
    for (const Colour ground :
         {p.background, p.surface, p.error_ground, p.warning_ground, p.good_ground, p.chosen_ground, p.paper})
        CHECK(ground == white);
    for (const Colour ink : {p.text, p.second, p.border, p.paper_second})
        CHECK(ink == black);
}
