// Shaped text: every language, every mishap, within its memory.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "forms/workbook/workbook.h"
#include "tests/client/draw/canvas.h"

using namespace doorstep;

namespace {

struct Label {
    std::string place;
    std::string text;
};

// Every cell under a header of the shipped questionnaire that names a language.
std::vector<Label> shipped_labels(const std::string& language) {
    Diagnostics found;
    const std::string folder = DOORSTEP_QUESTIONNAIRE_FILES "/safer_streets_doorstep/current";
    const Workbook workbook = read_workbook(folder, found);
    std::vector<Label> labels;
    for (const Sheet& sheet : workbook.sheets)
        for (const Cell& head : sheet.header.cells)
            if (head.text.find("(" + language + ")") != std::string::npos)
                for (const Row& row : sheet.rows)
                    if (const Cell* cell = row.at(head.column); cell && !cell->text.empty())
                        labels.push_back({sheet.name + " row " + std::to_string(row.number), cell->text});
    return labels;
}

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

const std::string arabic = "هل يوجد جهاز إنذار دخان يعمل في كل طابق؟ ";
const std::string chinese = "每层楼是否都有能正常工作的烟雾报警器？";
const std::string punjabi = "ਕੀ ਹਰ ਮੰਜ਼ਿਲ 'ਤੇ ਧੂੰਏਂ ਦਾ ਅਲਾਰਮ ਕੰਮ ਕਰਦਾ ਹੈ? ";

}  // namespace

TEST_CASE("every label of the shipped questionnaire has all its glyphs", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    const std::string language = GENERATE(as<std::string>(), "en", "ar", "zh-Hans", "pl", "pa");
    const auto labels = shipped_labels(language);
    REQUIRE(labels.size() > 150);
    for (const Label& label : labels) {
        const TextExtent extent = paragraphs.measure(label.text, {.em_px = 26, .width_px = 600});
        INFO(language << ", " << label.place);
        CHECK(extent.unknown_glyphs == 0);
        CHECK(extent.width_px <= 600);
        CHECK(extent.ink_width > 0);
        const bool names_itself =
            label.text == "العربية" || label.text == "简体中文" || label.text == "ਪੰਜਾਬੀ";
        if ((language == "en" || language == "pl") && !names_itself)
            CHECK(Atlas::holds(label.text));
        paragraphs.end_of_frame();
    }
}

TEST_CASE("extents are whole pixels and follow the words", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    for (const std::string& text : {std::string("Mill Lane"), arabic, chinese, punjabi}) {
        const TextExtent one = paragraphs.measure(text, {.em_px = 26});
        CHECK(one.lines == 1);
        CHECK(one.width_px == std::round(one.width_px));
        CHECK(one.height_px == std::round(one.height_px));
        CHECK(one.baseline_px == std::round(one.baseline_px));
        CHECK(one.baseline_px > 13);
        CHECK(one.baseline_px < one.height_px);
        const TextExtent folded =
            paragraphs.measure(text, {.em_px = 26, .width_px = std::ceil(one.width_px / 2)});
        CHECK(folded.lines >= 2);
        CHECK(folded.width_px <= std::ceil(one.width_px / 2));
        CHECK(folded.baseline_px == one.baseline_px);
        CHECK(paragraphs.measure(text, {.em_px = 52}).width_px > one.width_px * 1.9f);
        CHECK(paragraphs.measure(text, {.em_px = 26, .bold = true}).width_px > one.width_px * 0.99f);
    }
    CHECK(paragraphs.measure("", {.em_px = 26}).lines == 1);
    CHECK(paragraphs.measure("", {.em_px = 26}).height_px > 26);
    CHECK(paragraphs.measure("a\nb\n\nc", {.em_px = 26}).lines == 4);
}

TEST_CASE("the first paragraph decides the direction", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    CHECK(paragraphs.measure(arabic, {}).right_to_left);
    CHECK(paragraphs.measure("020 " + arabic, {}).right_to_left);
    CHECK_FALSE(paragraphs.measure("Mill Lane " + arabic, {}).right_to_left);
    CHECK_FALSE(paragraphs.measure(punjabi, {}).right_to_left);
}

TEST_CASE("alignment moves words within their box, by their own direction", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    const bool wrap = GENERATE(true, false);
    const auto left = [&](const std::string& text, bool end, bool centred) {
        const TextExtent extent = paragraphs.measure(
            text, {.em_px = 26, .wrap = wrap, .width_px = 600, .align_end = end, .centred = centred});
        return std::pair{extent.x_px, 600 - extent.x_px - extent.width_px};
    };
    CHECK(left("中文", false, false).first == 0);
    CHECK(left("中文", true, false).second <= 1);
    CHECK(left("نعم", false, false).second <= 1);
    CHECK(left("نعم", true, false).first == 0);
    const auto [before, after] = left("中文", false, true);
    CHECK(std::abs(before - after) <= 2);
}

TEST_CASE("a label that is too long is cut with an ellipsis", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    for (const std::string& text :
         {arabic, chinese, punjabi, std::string("line one\nline two\nline three")}) {
        const TextExtent cut = paragraphs.measure(
            text, {.em_px = 26, .wrap = false, .width_px = 150, .single_line_ellipsis = true});
        CHECK(cut.lines == 1);
        CHECK(cut.width_px <= 150);
        CHECK(cut.unknown_glyphs == 0);
    }
}

TEST_CASE("ink lies where the extent says", "[draw]") {
    Canvas canvas(700, 300);
    for (const std::string& text : {arabic, chinese, punjabi, std::string("żółć Ąg")}) {
        const TextStyle style{.em_px = 30, .width_px = 600};
        const TextExtent extent = canvas.paragraphs().measure(text, style);
        const Picture picture = canvas.picture(
            [&](ImDrawList& list) { canvas.paragraphs().draw(list, 50, 40, text, style, black); });
        const int x = 50 + static_cast<int>(extent.ink_x), y = 40 + static_cast<int>(extent.ink_y);
        const int w = static_cast<int>(extent.ink_width), h = static_cast<int>(extent.ink_height);
        const int all = inked(picture, 0, 0, 700, 300);
        CHECK(all > 200);
        CHECK(inked(picture, x, y, w, h) == all);
        CHECK(inked(picture, x + 3, y, w - 6, h) < all);  // and no larger than that
    }
}

TEST_CASE("shaped text and the atlas stand on one baseline", "[draw]") {
    Canvas canvas(400, 100);
    for (const Type type : {Type::small, Type::body, Type::title}) {
        const TextStyle style{.em_px = canvas.atlas().em_px(type), .bold = is_bold(type)};
        const float above = canvas.paragraphs().measure("HEH", style).baseline_px;
        const Picture picture = canvas.picture([&](ImDrawList& list) {
            canvas.words(list, 10, 70, type, "HEH");
            canvas.paragraphs().draw(list, 200, 70 - above, "HEH", style, black);
        });
        const int cap = static_cast<int>(canvas.atlas().cap_height_px(type));
        for (const int x : {0, 200}) {
            CHECK(inked(picture, x, 70, 200, 30) == 0);
            CHECK(inked(picture, x, 69, 200, 1) > 10);
            CHECK(inked(picture, x, 70 - cap + 1, 200, 1) > 6);
            CHECK(inked(picture, x, 0, 200, 70 - cap - 1) == 0);
        }
    }
}

TEST_CASE("after another script, letters still stand on the baseline", "[draw]") {
    Canvas canvas(400, 100);
    for (const char* first : {"中", "김", "ਪ", "ש", "م"}) {
        // What follows is drawn alone in the right half, then together with `first`.
        for (const char* then : {"HEH", "א", "1"}) {
            const TextStyle style{.em_px = 40};
            const std::string both = std::string(first) + " " + then;
            const TextExtent alone = canvas.paragraphs().measure(then, style);
            const TextExtent together = canvas.paragraphs().measure(both, style);
            const Picture one = canvas.picture([&](ImDrawList& list) {
                canvas.paragraphs().draw(list, 0, 70 - alone.baseline_px, then, style, black);
            });
            const Picture two = canvas.picture([&](ImDrawList& list) {
                const float x = together.right_to_left ? 0 : alone.width_px - together.width_px;
                canvas.paragraphs().draw(list, x, 70 - together.baseline_px, both, style, black);
            });
            INFO(both);
            const auto lowest = [](const Picture& picture, int width) {
                int y = 99;
                while (y > 0 && inked(picture, 0, y, width, 1) == 0)
                    --y;
                return y;
            };
            const int width = static_cast<int>(alone.width_px);
            CHECK(std::abs(lowest(one, width) - lowest(two, width)) <= 1);
        }
    }
}

TEST_CASE("a text is the same picture wherever the clip cuts it into slices", "[draw]") {
    Canvas canvas(640, 1400);
    const std::string text = repeated(arabic + chinese + punjabi, 12);
    const TextStyle style{.em_px = 22, .width_px = 620};
    REQUIRE(canvas.paragraphs().measure(text, style).height_px > 1100);
    const Picture whole =
        canvas.picture([&](ImDrawList& list) { canvas.paragraphs().draw(list, 10, 10, text, style, black); });
    canvas.paragraphs().forget();
    const Picture pieces = canvas.picture([&](ImDrawList& list) {
        for (float y = 0; y < 1400; y += 100) {
            list.PushClipRect({0, y}, {640, y + 100});
            canvas.paragraphs().draw(list, 10, 10, text, style, black);
            list.PopClipRect();
        }
    });
    CHECK(whole == pieces);
    CHECK(inked(whole, 0, 1000, 640, 100) > 500);
}

TEST_CASE("of ten thousand characters only what is in sight takes memory", "[draw]") {
    Canvas canvas(800, 600);
    const std::string text = repeated(chinese, 550);
    const TextStyle style{.em_px = 26, .width_px = 760};
    const TextExtent extent = canvas.paragraphs().measure(text, style);
    CHECK(extent.height_px > 9000);
    const std::size_t laid_out = canvas.paragraphs().bytes();
    const Picture top =
        canvas.picture([&](ImDrawList& list) { canvas.paragraphs().draw(list, 20, 20, text, style, black); });
    CHECK(canvas.paragraphs().bytes() - laid_out <= 2u * 512 * 800 * 4);
    CHECK(inked(top, 0, 0, 800, 600) > 10'000);
    const Picture end = canvas.picture([&](ImDrawList& list) {
        canvas.paragraphs().draw(list, 20, 590 - extent.height_px, text, style, black);
    });
    CHECK(inked(end, 0, 500, 800, 90) > 1000);
    CHECK(canvas.paragraphs().bytes() - laid_out <= 4u * 512 * 800 * 4);
}

TEST_CASE("one endless line is drawn where it is in sight", "[draw]") {
    Canvas canvas(300, 60);
    const std::string text = repeated(chinese, 600);
    const TextStyle style{.em_px = 26, .wrap = false};
    const TextExtent extent = canvas.paragraphs().measure(text, style);
    CHECK(extent.lines == 1);
    CHECK(extent.width_px > 250'000);
    for (const float x : {0.0f, -2000.0f, 290 - extent.width_px}) {
        const Picture picture = canvas.picture(
            [&, x](ImDrawList& list) { canvas.paragraphs().draw(list, x, 10, text, style, black); });
        CHECK(inked(picture, 0, 0, 300, 60) > 800);
    }
}

TEST_CASE("the cache keeps within its budget and never frees what was just drawn", "[draw]") {
    Canvas canvas(1200, 800);
    const std::string kept = "保留";
    for (int i = 0; i < 60; ++i) {
        const std::string text = repeated(chinese, 40) + std::to_string(i);
        canvas.picture([&](ImDrawList& list) {
            canvas.paragraphs().draw(list, 0, 0, text, {.em_px = 26, .width_px = 1200}, black);
            canvas.paragraphs().draw(list, 0, 700, kept, {.em_px = 26}, black);
        });
        REQUIRE(canvas.paragraphs().bytes() <= Paragraphs::budget);
    }
    CHECK(canvas.paragraphs().bytes() > Paragraphs::budget / 2);
    canvas.paragraphs().forget();
    CHECK(canvas.paragraphs().bytes() == 0);
}

TEST_CASE("a frame that needs more than the budget is drawn all the same", "[draw]") {
    Canvas canvas(1200, 800);
    const auto crowd = [&](ImDrawList& list) {
        for (int i = 0; i < 30; ++i)
            canvas.paragraphs().draw(list, 0, static_cast<float>(i * 20),
                                     repeated(chinese, 40) + std::to_string(i),
                                     {.em_px = 26, .width_px = 1200}, black);
    };
    const Picture first = canvas.picture(crowd);
    CHECK(canvas.paragraphs().bytes() > Paragraphs::budget);
    CHECK(canvas.picture(crowd) == first);
    canvas.picture([](ImDrawList&) {});
    CHECK(canvas.paragraphs().bytes() <= Paragraphs::budget);
}

TEST_CASE("broken bytes, control characters and what no font has are shown somehow", "[draw]") {
    Canvas canvas(600, 120);
    for (const std::string& text :
         {std::string("\xFF\xFE broken"), std::string("nul \0 byte", 10), std::string("tab\tbell\a"),
          std::string("\xED\xA0\x80"), std::string("👨\u200D👩\u200D👧 \U000F0000"),
          std::string("\u202E back \u202C"), std::string(300, '\x01'), repeated("a\u0301\u0323", 300)}) {
        const TextStyle style{.em_px = 26, .width_px = 580};
        CHECK(canvas.paragraphs().measure(text, style).lines >= 1);
        const Picture picture = canvas.picture(
            [&](ImDrawList& list) { canvas.paragraphs().draw(list, 10, 10, text, style, black); });
        CHECK(inked(picture, 0, 0, 600, 120) > 20);
    }
    // Pictures of control characters and the replacement character are in our fonts.
    CHECK(canvas.paragraphs().measure(std::string_view("\0\x01\t\x1B\x7F\xFF\r", 7), {}).unknown_glyphs == 0);
    CHECK(canvas.paragraphs().measure("\U000F0000", {}).unknown_glyphs == 1);
    canvas.picture([&](ImDrawList& list) { canvas.paragraphs().draw(list, 0, 0, "", {}, black); });
    canvas.picture([&](ImDrawList& list) { canvas.paragraphs().draw(list, 0, 0, " \n ", {}, black); });
}

TEST_CASE("sizes that make no sense do no harm", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    for (const float em : {-5.0f, 0.0f, 0.5f, 1e9f})
        for (const float width : {-100.0f, 0.0f, 0.5f, 3.0f, 1e9f})
            for (const bool wrap : {true, false})
                CHECK(paragraphs.measure("中文 abc", {.em_px = em, .wrap = wrap, .width_px = width}).lines >=
                      1);
}

TEST_CASE("without a renderer there are extents and nothing is drawn", "[draw]") {
    Canvas canvas(100, 100);
    Paragraphs unseen(nullptr);
    canvas.record([&](ImDrawList& list) { unseen.draw(list, 0, 0, chinese, {}, black); });
    CHECK(ImGui::GetDrawData()->TotalVtxCount == 0);
    CHECK(unseen.measure(chinese, {}).width_px == canvas.paragraphs().measure(chinese, {}).width_px);
}

TEST_CASE("residents' names are written in more scripts than the screens are", "[draw]") {
    REQUIRE(use_our_fonts().ok());
    Paragraphs paragraphs(nullptr);
    for (const char* name : {"Ольга Іваненко",
                             "Γιώργος",
                             "Nguyễn Thị Hạnh",
                             "রহিম উদ্দিন",
                             "प्रिया शर्मा",
                             "પટેલ",
                             "தமிழ்ச்செல்வி",
                             "శ్రీను",
                             "ಕನ್ನಡ",
                             "മലയാളം",
                             "සිංහල",
                             "ไทย",
                             "ລາວ",
                             "ខ្មែរ",
                             "မြန်မာ",
                             "አማርኛ",
                             "ქართული",
                             "Հայերեն",
                             "עברית",
                             "فاطمہ",
                             "یاسمین",
                             "佐藤ゆき",
                             "김민준",
                             "བོད",
                             "ދިވެހި",
                             "ଓଡ଼ିଆ"}) {
        INFO(name);
        CHECK(paragraphs.measure(name, {}).unknown_glyphs == 0);
    }
}
