// Pictures to look at: every type, every icon, the five languages.  Written beside the
// build, never into the house.
#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>

#include "tests/client/draw/canvas.h"

using namespace doorstep;

namespace {

constexpr std::array all_types{Type::small,   Type::body,  Type::body_bold,
                               Type::heading, Type::title, Type::figure};
constexpr std::array all_icons{Icon::back,     Icon::on,    Icon::search, Icon::check,     Icon::close,
                               Icon::minus,    Icon::plus,  Icon::sync,   Icon::warning,   Icon::info,
                               Icon::clock,    Icon::home,  Icon::person, Icon::undo,      Icon::sun,
                               Icon::settings, Icon::chart, Icon::list,   Icon::backspace, Icon::shift,
                               Icon::keyboard, Icon::lock};

constexpr std::array sentences{"Is there a working smoke alarm on every floor? It takes 2 minutes.",
                               "هل يوجد جهاز إنذار دخان يعمل في كل طابق؟ اتصلوا على 020 7946 0018 (مجانًا).",
                               "每层楼是否都有能正常工作的烟雾报警器？只需要 2 分钟。",
                               "Czy na każdym piętrze działa czujnik dymu? To zajmie 2 minuty.",
                               "ਕੀ ਹਰ ਮੰਜ਼ਿਲ 'ਤੇ ਧੂੰਏਂ ਦਾ ਅਲਾਰਮ ਕੰਮ ਕਰਦਾ ਹੈ? ਇਸ ਵਿੱਚ 2 ਮਿੰਟ ਲੱਗਦੇ ਹਨ।"};

void save(const Picture& picture, const std::string& name) {
    std::filesystem::create_directories(DOORSTEP_SPECIMENS);
    REQUIRE(write_png(picture, DOORSTEP_SPECIMENS "/" + name).ok());
}

// A line of several scripts on one baseline, each from where it belongs.
float mixed(Canvas& canvas, ImDrawList& list, float x, float baseline, Type type, const char* text) {
    if (Atlas::holds(text)) {
        canvas.words(list, x, baseline, type, text);
        return canvas.atlas().font(type)->CalcTextSizeA(canvas.atlas().size_px(type), 1e6f, 0, text).x;
    }
    const TextStyle style{.em_px = canvas.atlas().em_px(type), .bold = is_bold(type)};
    const TextExtent extent = canvas.paragraphs().measure(text, style);
    canvas.paragraphs().draw(list, x, baseline - extent.baseline_px, text, style, black);
    return extent.width_px;
}

void specimen(Canvas& canvas, ImDrawList& list, float width) {
    float y = 60;
    for (const Type type : all_types) {
        canvas.words(list, 20, y, type, "Good morning, Sam. 18 left of 40 — “Łódź” £5 Ügyfél €");
        y += canvas.atlas().size_px(type) * 1.2f;
    }
    const float square = std::round(canvas.atlas().icon_px() * 1.5f);
    float x = 20;
    for (const Icon icon : all_icons) {
        list.AddRect({x, y}, {x + square, y + square}, packed({200, 200, 200, 255}));
        canvas.atlas().draw_icon(list, icon, x, y, square, black);
        x += square + 6;
    }
    y += square + 50;
    x = 20;
    for (const char* name : {"English", "العربية", "简体中文", "Polski", "ਪੰਜਾਬੀ", "Łukasz Ng"})
        x += mixed(canvas, list, x, y, Type::body, name) + 30;
    y += 20;
    for (const char* sentence : sentences) {
        const TextStyle style{.em_px = canvas.atlas().em_px(Type::title), .width_px = width - 40};
        canvas.paragraphs().draw(list, 20, y, sentence, style, black);
        y += canvas.paragraphs().measure(sentence, style).height_px + 14;
    }
    for (const char* sentence : sentences) {
        const TextStyle style{.em_px = canvas.atlas().em_px(Type::body), .width_px = width / 2};
        canvas.paragraphs().draw(list, 20, y, sentence, style, {0, 81, 43, 255});
        const TextStyle centred{.em_px = canvas.atlas().em_px(Type::body),
                                .bold = true,
                                .width_px = width / 2 - 80,
                                .centred = true};
        canvas.paragraphs().draw(list, width / 2 + 40, y, sentence, centred, {0, 58, 128, 255});
        y += canvas.paragraphs().measure(sentence, style).height_px + 14;
    }
}

}  // namespace

TEST_CASE("a specimen of everything is the same twice, also from a fresh start", "[draw]") {
    Picture first;
    {
        Canvas canvas(1280, 1240);
        const auto draw = [&](ImDrawList& list) { specimen(canvas, list, 1280); };
        first = canvas.picture(draw);
        CHECK(first == canvas.picture(draw));
        canvas.paragraphs().forget();
        CHECK(first == canvas.picture(draw));
        save(first, "types_149ppi.png");
    }
    Canvas again(1280, 1240);
    CHECK(first == again.picture([&](ImDrawList& list) { specimen(again, list, 1280); }));
}

TEST_CASE("a specimen of mishaps and names", "[draw]") {
    Canvas canvas(1000, 760);
    const auto draw = [&](ImDrawList& list) {
        float y = 10;
        const auto line = [&](std::string_view text, TextStyle style) {
            style.em_px = 26;
            canvas.paragraphs().draw(list, 20, y, text, style, black);
            y += canvas.paragraphs().measure(text, style).height_px + 8;
        };
        line("broken \xFF\xFE bytes, cut \xE4\xB8", {});
        line(std::string_view("NUL\0 tab\t bell\a return\r delete\x7F", 32), {});
        line("no font has this: \U000F0000, perhaps this: 😀 👨\u200D👩\u200D👧", {});
        line("Ольга Іваненко · Γιώργος · Nguyễn Thị Hạnh · प्रिया शर्मा · রহিম · தமிழ்", {});
        line("佐藤ゆき · 김민준 · ქართული · Հայերեն · עברית · فاطمہ · አማርኛ · ไทย", {});
        line("see the side gate (البوابة الجانبية), then 2 steps [left]", {});
        line("الطابق 3 (شقة 12B)، اتصلوا على 020 7946 0018.", {.width_px = 960});
        for (const char* sentence : sentences)
            line(sentence, {.wrap = false, .width_px = 300, .single_line_ellipsis = true});
        line("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
             {.width_px = 300});
    };
    const Picture picture = canvas.picture(draw);
    CHECK(picture == canvas.picture(draw));
    save(picture, "mishaps.png");
}

TEST_CASE("a specimen in large print", "[draw]") {
    Canvas canvas(1920, 2600, 8.83f, 200);
    save(canvas.picture([&](ImDrawList& list) { specimen(canvas, list, 1920); }), "types_224ppi_200.png");
}

// Run by hand, in a release build: test-client-draw "[measure]"
TEST_CASE("what a frame costs", "[.][measure]") {
    Canvas canvas(1280, 800);
    const auto home = [&](ImDrawList& list) {
        list.AddRectFilled({40, 150}, {1240, 300}, packed({0, 90, 48, 255}));
        for (int row = 0; row < 9; ++row) {
            const float y = 60 + 82 * static_cast<float>(row);
            list.AddRectFilled({40, y + 26}, {1240, y + 27}, packed({107, 114, 118, 255}));
            canvas.words(list, 60, y, Type::body, "Start at the doors of Mill Lane, 18 left of 40 today");
            canvas.words(list, 760, y, Type::small, "3 wait for agreement, sent 08:41");
            canvas.atlas().draw_icon(list, Icon::on, 1180, y - 30, 40, black);
        }
        canvas.paragraphs().draw(list, 60, 700, sentences[1], {.em_px = 26, .width_px = 1100}, black);
    };
    using Clock = std::chrono::steady_clock;
    const auto ms = [](Clock::duration time) {
        return std::chrono::duration<double, std::milli>(time).count();
    };
    canvas.picture(home);
    double recording = 0, drawing = 0, hashing = 0;
    constexpr int frames = 100;
    for (int i = 0; i < frames; ++i) {
        const auto start = Clock::now();
        canvas.record(home);
        const auto recorded = Clock::now();
        const auto hash = Renderer::hash(*ImGui::GetDrawData(), paper);
        const auto hashed = Clock::now();
        canvas.render();
        SDL_RenderFlush(canvas.sdl());
        canvas.renderer().present();
        const auto drawn = Clock::now();
        CHECK(hash != 0);
        canvas.paragraphs().end_of_frame();
        recording += ms(recorded - start) / frames;
        hashing += ms(hashed - recorded) / frames;
        drawing += ms(drawn - hashed) / frames;
    }
    WARN("a frame: recorded " << recording << " ms, hashed " << hashing << " ms, drawn " << drawing << " ms");
    const auto before = Clock::now();
    REQUIRE(canvas.atlas().build(*ImGui::GetIO().Fonts, 5.88f, 100).ok());
    const auto built = Clock::now();
    REQUIRE(canvas.renderer().upload(*ImGui::GetIO().Fonts).ok());
    WARN("atlas " << ms(built - before) << " ms, upload " << ms(Clock::now() - built) << " ms");
}
