// The atlas: sizes, bounds, what it holds.
#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/client/draw/canvas.h"

using namespace doorstep;

namespace {

constexpr std::array all_types{Type::small,   Type::body,  Type::body_bold,
                               Type::heading, Type::title, Type::figure};

// An environment variable for the length of a test.
class Setting {
public:
    Setting(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name))
            before_ = before;
        setenv(name, value.c_str(), 1);
    }
    ~Setting() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;

private:
    const char* name_;
    std::string before_;
};

}  // namespace

TEST_CASE("the atlas stays within 2048 x 2048 at every density and size", "[draw]") {
    const float density = GENERATE(5.88f, 7.43f, 8.83f);
    const int percent = GENERATE(100, 135, 200, 300);
    ImFontAtlas fonts;
    Atlas atlas;
    REQUIRE(atlas.build(fonts, density, percent).ok());
    INFO(density << " px/mm, " << percent << " %");
    CHECK(fonts.TexWidth <= 2048);
    CHECK(fonts.TexHeight <= 2048);
    for (const Type type : all_types) {
        REQUIRE(atlas.font(type));
        const float em = em_mm(type) * density * static_cast<float>(percent) / 100;
        CHECK(atlas.size_px(type) == std::round(em * 1.362f));
        CHECK(std::abs(atlas.em_px(type) - em) <= 0.5f);
        CHECK(atlas.baseline_px(type) == std::round(atlas.baseline_px(type)));
        CHECK(atlas.baseline_px(type) < atlas.size_px(type));
        // Noto Sans, a little rounder for the pixels.
        CHECK(atlas.cap_height_px(type) == Approx(0.714f * em).epsilon(0.05).margin(1.5));
        CHECK(atlas.x_height_px(type) == Approx(0.536f * em).epsilon(0.06).margin(1.5));
        if (atlas.sharp(type))
            CHECK(atlas.font(type)->FontSize == atlas.size_px(type));
        else
            CHECK(atlas.font(type)->FontSize < atlas.size_px(type));
    }
}

TEST_CASE("at ordinary size every type is sharp, whatever the tablet", "[draw]") {
    for (const float density : {5.88f, 7.43f, 8.35f, 8.83f}) {
        ImFontAtlas fonts;
        Atlas atlas;
        REQUIRE(atlas.build(fonts, density, 100).ok());
        for (const Type type : all_types)
            CHECK((atlas.sharp(type) || (type == Type::figure && density > 8.7f)));
    }
}

TEST_CASE("every glyph that the atlas promises is in every font of it", "[draw]") {
    ImFontAtlas fonts;
    Atlas atlas;
    REQUIRE(atlas.build(fonts, 5.88f, 100).ok());
    for (const Type type : all_types)
        for (ImWchar code = 0x20; code < 0x3000; ++code) {
            char utf8[5] = {};
            if (code < 0x80) {
                utf8[0] = static_cast<char>(code);
            } else if (code < 0x800) {
                utf8[0] = static_cast<char>(0xC0 | code >> 6);
                utf8[1] = static_cast<char>(0x80 | (code & 0x3F));
            } else {
                utf8[0] = static_cast<char>(0xE0 | code >> 12);
                utf8[1] = static_cast<char>(0x80 | (code >> 6 & 0x3F));
                utf8[2] = static_cast<char>(0x80 | (code & 0x3F));
            }
            INFO(std::hex << code);
            if (Atlas::holds(utf8))
                CHECK(atlas.font(type)->FindGlyphNoFallback(code));
        }
    for (const int icon :
         {0xf060, 0xf054, 0xf002, 0xf00c, 0xf00d, 0xf068, 0xf067, 0xf021, 0xf071, 0xf05a, 0xf017,
          0xf015, 0xf007, 0xf0e2, 0xf185, 0xf013, 0xf080, 0xf03a, 0xf0d9, 0xf062, 0xf11c, 0xf023})
        CHECK(atlas.icons()->FindGlyphNoFallback(static_cast<ImWchar>(icon)));
}

TEST_CASE("what the atlas holds and what needs shaping", "[draw]") {
    for (const char* latin : {"", "14 Mill Lane", "Łukasz Żółw, Ångström", "Café – “quoted” ‘so’ • … €5 £7",
                              "one\ntwo", "\u00A0", "\uFFFD", "½ × ÷ ß ø"})
        CHECK(Atlas::holds(latin));
    for (const char* shaped : {"العربية", "中文", "ਪੰਜਾਬੀ", "Привет", "e\u0301", "😀", "a\tb", "a\rb", "\x7F",
                               "\u0085", "soft\u00ADhyphen", "\u200B", "Nguyễn", "✓"})
        CHECK_FALSE(Atlas::holds(shaped));
    for (const std::string broken :
         {"\xFF", "abc\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"})
        CHECK_FALSE(Atlas::holds(broken));
    CHECK_FALSE(Atlas::holds(std::string_view("a\0b", 3)));
}

TEST_CASE("figures are as wide as one another", "[draw]") {
    ImFontAtlas fonts;
    Atlas atlas;
    REQUIRE(atlas.build(fonts, 5.88f, 100).ok());
    for (const Type type : all_types)
        for (ImWchar digit = '1'; digit <= '9'; ++digit)
            CHECK(atlas.font(type)->GetCharAdvance(digit) == atlas.font(type)->GetCharAdvance('0'));
}

TEST_CASE("an icon's ink stands in the middle of its square", "[draw]") {
    Canvas canvas(100, 100);
    for (const Icon icon :
         {Icon::back, Icon::on, Icon::warning, Icon::settings, Icon::keyboard, Icon::backspace}) {
        const Picture picture = canvas.picture(
            [&](ImDrawList& list) { canvas.atlas().draw_icon(list, icon, 20, 20, 60, black); });
        int left = 100, right = 0, top = 100, bottom = 0;
        for (int y = 0; y < 100; ++y)
            for (int x = 0; x < 100; ++x)
                if (pixel(picture, x, y) != paper) {
                    left = std::min(left, x);
                    right = std::max(right, x);
                    top = std::min(top, y);
                    bottom = std::max(bottom, y);
                }
        INFO(static_cast<int>(icon));
        REQUIRE(left <= right);
        CHECK(std::abs((left - 20) - (79 - right)) <= 1);
        CHECK(std::abs((top - 20) - (79 - bottom)) <= 1);
    }
}

TEST_CASE("no icon is drawn for none", "[draw]") {
    Canvas canvas(60, 60);
    const Picture picture = canvas.picture(
        [&](ImDrawList& list) { canvas.atlas().draw_icon(list, Icon::none, 0, 0, 60, black); });
    CHECK(inked(picture, 0, 0, 60, 60) == 0);
}

TEST_CASE("assets that are not there are named", "[draw]") {
    const Setting setting("DOORSTEP_ASSETS", "/nonexistent/assets");
    const auto result = use_our_fonts();
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().fault == Fault::not_found);
    CHECK(result.error().what.find("/nonexistent/assets/fonts.conf") != std::string::npos);
    CHECK(result.error().mend.find("DOORSTEP_ASSETS") != std::string::npos);
}
