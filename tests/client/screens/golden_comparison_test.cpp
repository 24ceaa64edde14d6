// A comparison that cannot fail proves nothing: what it must see, and what it may forgive.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>

#include "client/platform/window.h"
#include "tests/client/screens/golden.h"
#include "tests/client/screens/picture_comparison.h"
#include "tests/client/screens/sample_views.h"
#include "tests/support/temporary_folder.h"

namespace doorstep {

namespace {

View question() {
    return samples::named(samples::all(), "question-first");
}

PageView& page_of(View& view) {
    return std::get<PageView>(view.screen);
}

Picture seen(const View& view) {
    return painted(view, landscape, Theme::light, 100);
}

std::uint8_t* at(Picture& picture, int x, int y) {
    return &picture.rgb[(static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                         static_cast<std::size_t>(x)) *
                        3];
}

bool visible(const Picture& before, const Picture& after) {
    const Difference found = difference(before, after);
    CAPTURE(found.pixels, found.together);
    CHECK(found.visible() == difference(after, before).visible());
    return found.visible();
}

// The button's pixels, and a pixel of ground around them, one to the left.
Picture with_button_moved(const View& view, const std::string& label) {
    WindowOptions options;
    options.driver = "dummy";
    options.width = landscape.width;
    options.height = landscape.height;
    auto window = Window::open(options);
    REQUIRE(window.ok());
    Glass glass(landscape, window->renderer());
    glass.show(view);
    const Mark* button = glass.target(label);
    REQUIRE(button);
    Picture moved = glass.stage().picture();
    const int x = static_cast<int>(button->rect.x), w = static_cast<int>(button->rect.w);
    for (int y = static_cast<int>(button->rect.y); y < static_cast<int>(button->rect.y + button->rect.h); ++y)
        std::memmove(at(moved, x - 1, y), at(moved, x, y), static_cast<std::size_t>(w + 1) * 3);
    return moved;
}

}  // namespace

TEST_CASE("one changed letter is seen", "[comparison]") {
    const Picture before = seen(question());
    View after = question();
    SECTION("in the question") {
        page_of(after).items[0].question.label = "Is there a working smoke alerm on every floor?";
    }
    SECTION("by an accent alone") {
        page_of(after).items[0].question.label = "Is thėre a working smoke alarm on every floor?";
    }
    SECTION("by a full stop alone") {
        page_of(after).items[0].question.hint.pop_back();
    }
    SECTION("from full stop to comma") {
        page_of(after).items[0].question.hint.back() = ',';
    }
    SECTION("in the smallest type") {
        page_of(after).saved = "Saved 10.42";
    }
    SECTION("in the header") {
        after.header.sync_words = "8 to send";
    }
    CHECK(visible(before, seen(after)));
}

TEST_CASE("a button that moved by one pixel is seen", "[comparison]") {
    const Picture before = seen(question());
    CHECK(visible(before, with_button_moved(question(), "Continue")));
    const std::string choice = "On some floors only";
    CHECK(visible(before, with_button_moved(question(), choice)));
}

TEST_CASE("a choice that is chosen, a page that can go back: seen", "[comparison]") {
    const Picture before = seen(question());
    View chosen = question();
    page_of(chosen).items[0].question.answer = Answer::given("some_floors");
    CHECK(visible(before, seen(chosen)));
    View second_page = question();
    page_of(second_page).first_page = false;
    CHECK(visible(before, seen(second_page)));
    CHECK(visible(before, painted(question(), portrait, Theme::light, 100)));
}

TEST_CASE("a hairline that is a little paler, or gone, is seen", "[comparison]") {
    const Picture before = seen(question());
    for (const int by : {8, 255}) {
        Picture after = before;
        for (int x = 40; x < 240; ++x) {
            std::uint8_t* colours = at(after, x, 300);
            for (int i = 0; i < 3; ++i)
                colours[i] = static_cast<std::uint8_t>(std::abs(int{colours[i]} - by));
        }
        CHECK(visible(before, after));
    }
}

TEST_CASE("what rounds differently on another machine is forgiven", "[comparison]") {
    const Picture before = seen(question());
    Picture after = before;
    SECTION("everywhere by up to three of 255") {
        for (std::size_t i = 0; i < after.rgb.size(); ++i) {
            const int by = static_cast<int>(i % 4);
            after.rgb[i] =
                static_cast<std::uint8_t>(after.rgb[i] > 127 ? after.rgb[i] - by : after.rgb[i] + by);
        }
    }
    SECTION("a lone pixel here and there") {
        for (int y = 5; y < after.height; y += 40)
            for (int x = 5; x < after.width; x += 40)
                at(after, x, y)[1] ^= 0x40;
    }
    REQUIRE_FALSE(before == after);
    CHECK_FALSE(visible(before, after));
}

TEST_CASE("lone pixels are no longer forgiven when there are very many", "[comparison]") {
    const Picture before = seen(question());
    Picture after = before;
    for (int y = 5; y < after.height; y += 16)
        for (int x = 5; x < after.width; x += 16)
            at(after, x, y)[1] ^= 0x40;
    CHECK(difference(before, after).together <= Difference::most_together);
    CHECK(visible(before, after));
}

TEST_CASE("a picture that was never accepted, or no longer fits, is trouble and says what to do",
          "[comparison]") {
    const TemporaryFolder folder;
    const GoldenFolders folders{folder.file("goldens"), folder.file("failed")};
    std::filesystem::create_directories(folders.goldens);
    const Picture before = seen(question());

    const auto missing = trouble_with("q", before, folders);
    REQUIRE(missing);
    CHECK(missing->find("no accepted picture") != std::string::npos);
    CHECK(missing->find("DOORSTEP_ACCEPT_GOLDENS=1") != std::string::npos);
    CHECK(missing->find(folders.failed + "/q.drawn.png") != std::string::npos);
    CHECK(std::filesystem::is_empty(folders.goldens));  // nothing is accepted silently

    REQUIRE(accept("q", before, folders).ok());
    CHECK_FALSE(trouble_with("q", before, folders));
    const auto again = accept("q", before, folders);
    CHECK((again.ok() && !*again));

    const Picture after = with_button_moved(question(), "Continue");
    const auto changed = trouble_with("q", after, folders);
    REQUIRE(changed);
    CHECK(changed->find("DOORSTEP_ACCEPT_GOLDENS=1") != std::string::npos);
    for (const std::string& path :
         {folders.goldens + "/q.png", folders.failed + "/q.drawn.png", folders.failed + "/q.difference.png"})
        CHECK(changed->find(path) != std::string::npos);
    CHECK(read_png(folders.goldens + "/q.png").value() == before);
    CHECK(read_png(folders.failed + "/q.drawn.png").value() == after);

    folder.write("goldens/q.png", "not a picture");
    CHECK(trouble_with("q", before, folders));
}

TEST_CASE("the difference picture is red where something changed and pale elsewhere", "[comparison]") {
    Picture before;
    before.width = before.height = 2;
    before.rgb = {0, 0, 0, 255, 255, 255, 10, 10, 10, 0, 0, 0};
    Picture after = before;
    after.rgb[3] = 0;
    after.rgb[6] = 12;  // rounding
    const Picture shown = difference_picture(before, after);
    REQUIRE(shown.rgb.size() == before.rgb.size());
    CHECK(std::vector<std::uint8_t>(shown.rgb.begin() + 3, shown.rgb.begin() + 6) ==
          std::vector<std::uint8_t>{220, 0, 0});
    for (const std::size_t pale : {0U, 6U, 9U})
        CHECK(shown.rgb[pale] > 180);
    Picture taller = after;
    taller.height = 3;
    taller.rgb.resize(18);
    const Picture grown = difference_picture(before, taller);
    CHECK(grown.height == 3);
    CHECK(std::vector<std::uint8_t>(grown.rgb.begin() + 12, grown.rgb.begin() + 15) ==
          std::vector<std::uint8_t>{220, 0, 0});
}

}  // namespace doorstep
