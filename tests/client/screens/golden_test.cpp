// Every screen as somebody has accepted it.  When a screen was changed on purpose:
//
//   DOORSTEP_ACCEPT_GOLDENS=1 build/dev/bin/test-client-screens "[golden]"
//
// then look at every picture that git calls changed.  Nothing is accepted otherwise: a
// picture that is missing, or left over, is a failure.  README.md beside this says more.
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <set>

#include "client/platform/window.h"
#include "tests/client/screens/golden.h"
#include "tests/client/screens/sample_views.h"

namespace doorstep {

namespace {

struct Look {
    Shape shape;
    Theme theme = Theme::light;
    int text_percent = 100;
};

struct Golden {
    std::string sample;
    Look look;
};

std::string name_of(const Look& look) {
    std::string name = look.shape.width > look.shape.height ? "landscape" : "portrait";
    if (look.theme != Theme::light)
        name += look.theme == Theme::dark ? "-dark" : "-sunlight";
    return look.text_percent == 100 ? name : name + "-" + std::to_string(look.text_percent);
}

std::string name_of(const Golden& golden) {
    return golden.sample + "." + name_of(golden.look);
}

// Every kind of screen in both shapes; what is read at the door in each other language;
// and a few of the other looks.
std::vector<Golden> goldens() {
    std::vector<Golden> all;
    for (const char* sample :
         {"starting", "trouble", "home-morning", "doors", "door", "question-en", "officers-page",
          "resident-en", "summary-open", "counts", "list-waiting", "sync-sent", "settings", "sign-in",
          "sign-in-passphrase", "sign-in-pin", "officers-lead", "homes-found", "question-undo"})
        for (const Shape& shape : {landscape, portrait})
            all.push_back({sample, {shape}});
    for (const char* code : {"ar", "zh", "pl", "pa"})
        for (const char* screen : {"question-", "resident-", "summary-"})
            all.push_back({std::string(screen) + code, {landscape}});
    all.push_back({"home-morning", {landscape, Theme::dark}});
    all.push_back({"resident-en", {portrait, Theme::dark}});
    all.push_back({"doors", {landscape, Theme::sunlight}});
    all.push_back({"question-errors", {landscape, Theme::sunlight, 135}});
    all.push_back({"home-morning", {portrait, Theme::light, 135}});
    return all;
}

void judge(const std::string& name, const Picture& drawn) {
    if (accepting()) {
        const Result<bool> written = accept(name, drawn, golden_folders());
        REQUIRE(written.ok());
        if (*written)
            WARN("accepted, look at it: " << name);
        return;
    }
    if (const auto trouble = trouble_with(name, drawn, golden_folders()))
        FAIL_CHECK(*trouble);
}

void no_golden_is_left_over(const std::set<std::string>& wanted) {
    for (const auto& entry : std::filesystem::directory_iterator(golden_folders().goldens))
        if (wanted.count(entry.path().filename().string()) == 0)
            FAIL_CHECK("no screen is drawn for " << entry.path().string() << ": remove it");
}

// What everything on one stage hashes to, drawn one after the other.
std::vector<std::size_t> drawn_in_turn(const std::vector<samples::Sample>& samples, const Look& look,
                                       bool backwards) {
    WindowOptions options;
    options.driver = "dummy";
    options.width = look.shape.width;
    options.height = look.shape.height;
    auto window = Window::open(options);
    REQUIRE(window.ok());
    Glass glass(look.shape, window->renderer());
    glass.look(look.theme, look.text_percent);
    std::vector<std::size_t> hashes(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::size_t at = backwards ? samples.size() - 1 - i : i;
        View view = samples[at].view;
        view.place = samples[at].name;  // each begins at its top
        glass.show(view);
        const Picture& picture = glass.stage().picture();
        hashes[at] = std::hash<std::string_view>{}(
            {reinterpret_cast<const char*>(picture.rgb.data()), picture.rgb.size()});
    }
    return hashes;
}

}  // namespace

TEST_CASE("every screen is drawn as it was accepted", "[golden]") {
    std::filesystem::remove_all(golden_folders().failed);  // of an earlier run
    const std::vector<samples::Sample> samples = samples::all();
    std::set<std::string> files;
    for (const Golden& golden : goldens()) {
        const std::string name = name_of(golden);
        REQUIRE(files.insert(name + ".png").second);
        const View& view = samples::named(samples, golden.sample);
        const auto paint = [&] {
            return painted(view, golden.look.shape, golden.look.theme, golden.look.text_percent);
        };
        const Picture drawn = paint(), again = paint();
        if (drawn == again)
            judge(name, drawn);
        else
            FAIL_CHECK(not_the_same(name, drawn, again, golden_folders()));
    }
    no_golden_is_left_over(files);
}

// The second stage draws everything in the other order, so that what a screen leaves
// behind (textures, scroll places, focus) shows in the next one's picture.
TEST_CASE("every sample in every look is drawn the same twice, whatever was drawn before", "[twice]") {
    const std::vector<samples::Sample> samples = samples::all();
    for (const Shape& shape : {landscape, portrait})
        for (const Theme theme : {Theme::light, Theme::dark, Theme::sunlight})
            for (const int text_percent : {100, 135}) {
                const Look look{shape, theme, text_percent};
                const auto first = drawn_in_turn(samples, look, false);
                const auto second = drawn_in_turn(samples, look, true);
                for (std::size_t i = 0; i < samples.size(); ++i)
                    if (first[i] != second[i])
                        FAIL_CHECK(samples[i].name << ", " << name_of(look) << " is drawn differently twice");
                CHECK(std::set<std::size_t>(first.begin(), first.end()).size() > samples.size() / 2);
            }
}

}  // namespace doorstep
