// What must hold of every screen in every theme, size and shape.
#include <catch2/catch.hpp>

#include "client/ui/checks.h"
#include "tests/client/screens/glass.h"
#include "tests/client/screens/sample_views.h"

namespace doorstep {

namespace {

constexpr Theme themes[] = {Theme::light, Theme::dark, Theme::sunlight};

void nothing_wrong(Glass& glass, const std::string& where) {
    const float density = glass.stage().options().px_per_mm;
    for (const MarkFault& fault : faults(glass.marks(), glass.whole(), density))
        FAIL_CHECK(where << ": " << fault.what << ": \"" << fault.label << '"');
}

std::string name_of(Theme theme) {
    return theme == Theme::light ? "light" : theme == Theme::dark ? "dark" : "sunlight";
}

void every_sample(const Shape& shape, int text_percent) {
    Glass glass(shape);
    for (const Theme theme : themes) {
        glass.look(theme, text_percent);
        for (const samples::Sample& sample : samples::all()) {
            View view = sample.view;
            view.place = sample.name + name_of(theme);  // each begins at its top
            glass.show(view);
            const std::string where = sample.name + ", " + name_of(theme);
            nothing_wrong(glass, where);
            glass.to_the_end();
            nothing_wrong(glass, where + ", at its end");
        }
    }
}

bool way_back(const Glass& glass, const samples::Sample& sample) {
    if (!sample.view.header.can_go_back)
        return true;
    if (std::holds_alternative<ResidentView>(sample.view.screen))
        return glass.sees("Back to the officer");
    return glass.sees("Back");
}

}  // namespace

TEST_CASE("every screen holds the rules of size, air, words and contrast", "[screens]") {
    SECTION("landscape") {
        every_sample(landscape, 100);
    }
    SECTION("landscape, larger words") {
        every_sample(landscape, 135);
    }
    SECTION("portrait") {
        every_sample(portrait, 100);
    }
    SECTION("portrait, larger words") {
        every_sample(portrait, 135);
    }
    SECTION("a small tablet held upright") {
        every_sample(eight_inch_portrait, 100);
    }
    SECTION("a small tablet held upright, larger words") {
        every_sample(eight_inch_portrait, 135);
    }
}

TEST_CASE("every screen can be left", "[screens]") {
    for (const Shape& shape : {landscape, portrait}) {
        Glass glass(shape);
        for (const samples::Sample& sample : samples::all()) {
            glass.show(sample.view);
            INFO(sample.name);
            CHECK(way_back(glass, sample));
        }
    }
}

TEST_CASE("very large words and very small windows are no reason to crash", "[screens]") {
    for (const Shape& shape : {Shape{320, 240, 5.88f}, Shape{240, 320, 8.83f}, landscape}) {
        Glass glass(shape);
        for (const int percent : {100, 200}) {
            glass.look(Theme::light, percent);
            for (const samples::Sample& sample : samples::all()) {
                glass.show(sample.view);
                glass.to_the_end();
                CHECK_FALSE(glass.marks().empty());
            }
        }
    }
}

}  // namespace doorstep
