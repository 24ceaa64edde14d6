// What Dear ImGui records comes out pixel by pixel.
#include <catch2/catch.hpp>

#include <array>

#include "client/draw/quads.h"
#include "tests/client/draw/canvas.h"

using namespace doorstep;

namespace {

constexpr Colour green{0, 90, 48, 255};
constexpr Colour blue{0, 58, 128, 255};

bool all_are(const Picture& picture, int x, int y, int w, int h, Colour colour) {
    for (int row = y; row < y + h; ++row)
        for (int column = x; column < x + w; ++column)
            if (pixel(picture, column, row) != colour)
                return false;
    return true;
}

}  // namespace

TEST_CASE("the ground is cleared and a rectangle covers its pixels and no more", "[draw]") {
    Canvas canvas(80, 60);
    const Picture picture = canvas.picture([](ImDrawList& list) {
        list.AddRectFilled({10, 20}, {30, 25}, packed(green));
    });
    CHECK(picture.width == 80);
    CHECK(picture.height == 60);
    CHECK(all_are(picture, 10, 20, 20, 5, green));
    CHECK(inked(picture, 0, 0, 80, 60) == 100);
}

TEST_CASE("a rectangle between pixels covers those whose centre it covers", "[draw]") {
    Canvas canvas(40, 40);
    const Picture picture = canvas.picture([](ImDrawList& list) {
        list.AddRectFilled({10.4f, 10.6f}, {20.4f, 20.6f}, packed(green));
        list.AddRectFilled({30, 10}, {30.3f, 20}, packed(green));
    });
    CHECK(all_are(picture, 10, 11, 10, 10, green));
    CHECK(inked(picture, 0, 0, 40, 40) == 100);
}

TEST_CASE("what is drawn later lies on top, and half transparent ink mixes", "[draw]") {
    Canvas canvas(40, 40);
    const Picture picture = canvas.picture([](ImDrawList& list) {
        list.AddRectFilled({0, 0}, {20, 20}, packed(green));
        list.AddTriangleFilled({0, 0}, {40, 0}, {0, 40}, packed(blue));
        list.AddRectFilled({5, 5}, {8, 8}, packed(green));
        list.AddRectFilled({30, 30}, {40, 40}, packed({0, 0, 0, 128}));
    });
    CHECK(pixel(picture, 2, 2) == blue);
    CHECK(pixel(picture, 6, 6) == green);
    const Colour grey = pixel(picture, 35, 35);
    CHECK(std::abs(grey.r - 127) <= 1);
    CHECK((grey.r == grey.g && grey.g == grey.b));
}

TEST_CASE("nothing is drawn outside a clip rectangle or off the screen", "[draw]") {
    Canvas canvas(60, 60);
    const Picture picture = canvas.picture([&](ImDrawList& list) {
        list.PushClipRect({10, 10}, {20, 20});
        list.AddRectFilled({0, 0}, {60, 60}, packed(green));
        canvas.words(list, -20, 18, Type::body, "wwwwwwww", blue);
        list.PopClipRect();
        list.AddRectFilled({-50, -50}, {2, 2}, packed(blue));
        list.AddRectFilled({58, 58}, {5000, 5000}, packed(blue));
        list.PushClipRect({30, 30}, {30, 40});
        list.AddRectFilled({0, 0}, {60, 60}, packed(green));
        list.PopClipRect();
    });
    CHECK(inked(picture, 10, 10, 10, 10) == 100);
    CHECK(inked(picture, 0, 0, 60, 60) == 100 + 4 + 4);
}

TEST_CASE("letters are drawn as the atlas holds them, on whole pixels", "[draw]") {
    Canvas canvas(400, 80);
    const auto line = [&](float x) {
        return canvas.picture(
            [&, x](ImDrawList& list) { canvas.words(list, x, 50, Type::body, "Mill Lane 18"); });
    };
    const Picture at_whole = line(20);
    CHECK(at_whole == line(20.7f));
    CHECK(at_whole != line(21));
    const int baseline = 50;
    CHECK(inked(at_whole, 0, 0, 400, 80) > 500);
    CHECK(inked(at_whole, 0, baseline, 400, 30) == 0);  // nothing hangs under these letters
    CHECK(inked(at_whole, 0, baseline - 1, 400, 1) > 20);
    const int cap = static_cast<int>(canvas.atlas().cap_height_px(Type::body));
    CHECK(inked(at_whole, 20, baseline - cap, 20, 1) > 0);  // the top of the M
    // The strongest ink is the ink itself.
    bool found = false;
    for (int x = 0; x < 400; ++x)
        found = found || pixel(at_whole, x, baseline - 5) == black;
    CHECK(found);
}

TEST_CASE("quads are copied and everything else is drawn as triangles, with the same result", "[draw]") {
    ImDrawVert v[4] = {
        {{10, 10}, {0, 0}, 7}, {{20, 10}, {1, 0}, 7}, {{20, 30}, {1, 1}, 7}, {{10, 30}, {0, 1}, 7}};
    const std::array<ImDrawIdx, 6> six{0, 1, 2, 0, 2, 3};
    const auto quad = upright_quad(v, six.data());
    REQUIRE(quad);
    CHECK(quad->x == 10);
    CHECK(quad->w == 10);
    CHECK(quad->h == 20);
    CHECK_FALSE(quad->one_texel());
    SECTION("two colours") {
        v[2].col = 8;
    }
    SECTION("leaning") {
        v[1].pos.y = 11;
    }
    SECTION("turned over") {
        std::swap(v[0], v[2]);
    }
    SECTION("texture askew") {
        v[1].uv.y = 0.5f;
    }
    CHECK_FALSE(upright_quad(v, std::array<ImDrawIdx, 6>{0, 1, 2, 1, 2, 3}.data()));
    if (v[0].pos.x != 10 || v[1].pos.y != 10 || v[2].col != 7 || v[1].uv.y != 0)
        CHECK_FALSE(upright_quad(v, six.data()));
}

TEST_CASE("a list of more than 65,536 vertices is drawn to its end", "[draw]") {
    Canvas canvas(200, 200);
    const Picture picture = canvas.picture([](ImDrawList& list) {
        for (int i = 0; i < 40'000; ++i) {
            const auto x = static_cast<float>(i % 200), y = static_cast<float>(i / 200);
            list.AddRectFilled({x, y}, {x + 1, y + 1}, packed(i % 2 ? green : blue));
        }
        list.AddTriangleFilled({100, 100}, {120, 100}, {100, 120}, packed(black));
    });
    CHECK(pixel(picture, 199, 199) == green);
    CHECK(pixel(picture, 198, 199) == blue);
    CHECK(pixel(picture, 103, 103) == black);
    CHECK(inked(picture, 0, 0, 200, 200) == 40'000);
}

TEST_CASE("the hash changes with anything that would be seen", "[draw]") {
    Canvas canvas(200, 100);
    const auto frame = [&](float x, Colour colour, const char* words, const char* shaped) {
        return canvas.hash([&, x](ImDrawList& list) {
            list.AddRectFilled({x, 0}, {40, 40}, packed(colour));
            canvas.words(list, 10, 50, Type::body, words);
            canvas.paragraphs().draw(list, 10, 60, shaped, {.em_px = 20}, black);
        });
    };
    const auto first = frame(10, green, "one", "中");
    CHECK(first == frame(10, green, "one", "中"));
    CHECK(first != frame(11, green, "one", "中"));
    CHECK(first != frame(10, blue, "one", "中"));
    CHECK(first != frame(10, green, "two", "中"));
    CHECK(first != frame(10, green, "one", "文"));
    CHECK(Renderer::hash(*ImGui::GetDrawData(), paper) != Renderer::hash(*ImGui::GetDrawData(), black));
}

TEST_CASE("a texture in the place of an old one does not pass for it", "[draw]") {
    Canvas canvas(200, 100);
    const auto frame = [&](const char* text) {
        const auto hash = canvas.hash([&](ImDrawList& list) {
            canvas.paragraphs().draw(list, 10, 10, text, {.em_px = 20, .wrap = false}, black);
        });
        canvas.paragraphs().forget();  // its memory is free for the next one
        return hash;
    };
    // The same box, other words.
    CHECK(frame("日日日") != frame("目目目"));
    CHECK(frame("日日日") == frame("日日日"));
}

TEST_CASE("after the renderer was reset, fonts and paragraphs can be made again", "[draw]") {
    Canvas canvas(300, 100);
    const auto draw = [&](ImDrawList& list) {
        canvas.words(list, 10, 30, Type::body, "Mill Lane");
        canvas.paragraphs().draw(list, 10, 40, "ਪੰਜਾਬੀ", {.em_px = 30}, black);
    };
    const Picture before = canvas.picture(draw);
    canvas.paragraphs().forget();
    REQUIRE(canvas.renderer().upload(*ImGui::GetIO().Fonts).ok());
    CHECK(canvas.picture(draw) == before);
}

TEST_CASE("the atlas is built anew at another size, and back", "[draw]") {
    Canvas canvas(600, 100);
    const auto draw = [&](ImDrawList& list) { canvas.words(list, 10, 70, Type::body, "Mill Lane"); };
    const Picture small = canvas.picture(draw);
    for (const int percent : {200, 100}) {
        REQUIRE(canvas.atlas().build(*ImGui::GetIO().Fonts, 5.88f, percent).ok());
        REQUIRE(canvas.renderer().upload(*ImGui::GetIO().Fonts).ok());
        CHECK((canvas.picture(draw) == small) == (percent == 100));
    }
}
