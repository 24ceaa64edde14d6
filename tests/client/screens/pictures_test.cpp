// Pictures of every sample, to be looked at.  Not part of a test run:
// test-client-screens "[.pictures]"
#include <catch2/catch.hpp>
#include <filesystem>

#include "client/draw/atlas.h"
#include "client/platform/window.h"
#include "tests/client/screens/glass.h"
#include "tests/client/screens/sample_views.h"

namespace doorstep {

namespace {

struct Look {
    const char* name;
    Shape shape;
    Theme theme;
    int text_percent;
};

void draw_all(const Look& look) {
    const std::filesystem::path folder = std::filesystem::path(DOORSTEP_PICTURES) / look.name;
    std::filesystem::create_directories(folder);
    WindowOptions options;
    options.driver = "dummy";
    options.width = look.shape.width;
    options.height = look.shape.height;
    auto window = Window::open(options);
    REQUIRE(window.ok());
    Glass glass(look.shape, window->renderer());
    glass.look(look.theme, look.text_percent);
    for (const samples::Sample& sample : samples::all()) {
        View view = sample.view;
        view.place = sample.name;
        glass.show(view);
        REQUIRE(write_png(glass.stage().picture(), (folder / (sample.name + ".png")).string()).ok());
    }
}

}  // namespace

TEST_CASE("pictures", "[.pictures]") {
    REQUIRE(use_our_fonts().ok());
    draw_all({"landscape", landscape, Theme::light, 100});
    draw_all({"portrait", portrait, Theme::light, 100});
    draw_all({"small", eight_inch_portrait, Theme::dark, 100});
    draw_all({"sunlight", landscape, Theme::sunlight, 135});
}

}  // namespace doorstep
