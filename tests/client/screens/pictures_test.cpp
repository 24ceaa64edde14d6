// Pictures of every sample, to be looked at.  Not part of a test run:
// test-client-screens "[.pictures]"
#include <array>
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
    // What only a finger brings about.
    const std::vector<samples::Sample> all = samples::all();
    for (const auto& [sample, label, name] : std::vector<std::array<std::string, 3>>{
             {"doors", "Find", "typing-find"},
             {"question-worries", "What has been happening, and when? (no names of other people)",
              "typing-text"},
             {"question-home", "How many people live here?", "typing-number"},
             {"question-home", "English", "choosing-language"},
             {"summary-open", "What they will get: HertsHelp", "summary-what-they-get"},
             {"summary-open", "Other ways: HertsHelp", "summary-other-ways"},
             {"summary-open", "Declined: Smoke detector", "summary-offers"},
             {"summary-open", "Add a referral", "summary-add"},
             {"counts", "Show as a table", "counts-table"},
             {"officers-lead", "off-pol-01", "officers-unfolded"},
             {"officers-lead", "Add an officer", "officers-add"},
             {"set-up", "Passphrase", "set-up-typing"},
             {"door-known", "Write or change a note", "door-note"},
             {"list", "Withdraw: 3 Mill Lane, Hertfordshire Fire and Rescue Service, Sat 21 Nov",
              "withdraw"}}) {
        View view = samples::named(all, sample);
        view.place = name;
        glass.show(view);
        REQUIRE(glass.tap(label));
        REQUIRE(write_png(glass.stage().picture(), (folder / (name + ".png")).string()).ok());
    }
    View came = samples::named(all, "door-known");
    glass.show(came);
    REQUIRE(glass.tap("Write or change a note"));
    std::get<DoorView>(came.screen).notes[1].shown.push_back(samples::id(205));
    glass.becomes(came);
    REQUIRE(write_png(glass.stage().picture(), (folder / "door-note-came.png").string()).ok());
}

}  // namespace

TEST_CASE("pictures", "[.pictures]") {
    REQUIRE(use_our_fonts().ok());
    draw_all({"landscape", landscape, Theme::light, 100});
    draw_all({"portrait", portrait, Theme::light, 100});
    draw_all({"small", eight_inch_portrait, Theme::dark, 100});
    draw_all({"sunlight", landscape, Theme::sunlight, 135});
    draw_all({"very-large", landscape, Theme::light, 200});
    draw_all({"fine", {1920, 1200, 8.83f}, Theme::light, 100});
}

}  // namespace doorstep
