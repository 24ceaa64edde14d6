#include <catch2/catch.hpp>

#include "client/ui/button.h"
#include "tests/client/ui/widget_bench.h"

using namespace doorstep;

namespace {

const Mark& text_of(WidgetBench& bench, std::string_view label) {
    return bench.mark(label, Role::text);
}

}  // namespace

TEST_CASE("words wrap at the column, in every script", "[text]") {
    const std::string latin =
        "Everything is saved on this tablet and will send later, when there is a network.";
    const std::string arabic = "تم حفظ كل شيء على هذا الجهاز وسيتم إرساله لاحقًا عندما تتوفر شبكة للاتصال.";
    const std::string chinese = "所有内容都保存在这台平板电脑上，有网络时会自动发送给中心。";
    WidgetBench bench([&](Ui& ui) {
        ui.within({100, 100, 400, 600}, [&] {
            for (const std::string& words : {latin, arabic, chinese})
                ui.words(words, Type::body, ui.colours().text);
        });
    });
    float below = 0;
    for (const std::string& words : {latin, arabic, chinese}) {
        const Mark& mark = text_of(bench, words);
        CHECK(mark.rect.w == 400);
        CHECK(mark.rect.h > 60);
        CHECK(mark.rect.y >= below);
        CHECK(mark.ink.x >= 100);
        CHECK(mark.ink.right() <= 500);
        CHECK(mark.unknown_glyphs == 0);
        below = mark.rect.bottom();
    }
    // The edge is the page's, in every script; Arabic lines run from the right of their block.
    CHECK(text_of(bench, arabic).ink.x <= 104);
    CHECK(bench.faults_now() == "");
}

TEST_CASE("one baseline for labels of all scripts, centred in one box", "[text]") {
    const std::vector<std::string> names{"English", "العربية", "简体中文", "Polski", "ਪੰਜਾਬੀ"};
    WidgetBench bench([&](Ui& ui) { ui.within({40, 40, 1000, 400}, [&] { tabs(ui, names, 3); }); });
    for (const std::string& name : names)
        CHECK(bench.mark(name, Role::tab).baseline == bench.mark("English", Role::tab).baseline);
    const Mark& tab = bench.mark("English", Role::tab);
    // Cap height above, x-height between: the baseline lies under the middle.
    CHECK(tab.baseline > tab.rect.y + tab.rect.h / 2);
    CHECK(tab.baseline < tab.rect.bottom() - 10);
}

TEST_CASE("a word without a gap is broken rather than cut, whole letters only", "[text]") {
    const std::string endless(300, 'W');
    const std::string polish = "ŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻŻ";
    WidgetBench bench([&](Ui& ui) {
        ui.within({100, 20, 200, 700}, [&] {
            ui.words(polish, Type::body, ui.colours().text);
            ui.words("i\n\nlast", Type::body, ui.colours().text);
            ui.words(endless, Type::small, ui.colours().text);
        });
        ui.within({600, 20, 4, 700}, [&] { ui.words("ŻÓ", Type::body, ui.colours().text); });
    });
    CHECK(text_of(bench, polish).ink.right() <= 300);
    CHECK(text_of(bench, endless).ink.right() <= 300);
    // Three lines, the one between empty.
    CHECK(text_of(bench, "i\n\nlast").rect.h == Approx(3 * text_of(bench, "ŻÓ").rect.h / 2).margin(1));
}

TEST_CASE("a line that is too long ends in an ellipsis inside its box", "[text]") {
    for (const std::string words :
         {"Flat 17, Saint Bartholomew's Almshouses, Mill Lane",
          "شقة ١٧، بيوت القديس بارثولوميو، شارع الطاحونة القديم", "ŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁ"}) {
        WidgetBench bench([&](Ui& ui) {
            ui.one_line({100, 100, 200, 60}, words, Type::body, ui.colours().text, Align::start, Role::text);
        });
        const Mark& mark = text_of(bench, words);
        CHECK(mark.ink.w > 120);
        CHECK(mark.ink.w <= 200);
        CHECK(mark.ink.x >= 100);
        CHECK(bench.faults_now() == "");
    }
}

TEST_CASE("from the right: pieces, starts and ends change sides", "[text]") {
    std::vector<Rect> pieces;
    WidgetBench bench([&](Ui& ui) {
        pieces.clear();
        ui.within({100, 100, 400, 600}, [&] {
            ui.mirror(true);
            ui.words("start", Type::body, ui.colours().text);
            ui.words("end", Type::body, ui.colours().text, Align::end);
            ui.beside({1, 2}, 2, [&](int) { pieces.push_back(ui.take(50)); });
            ui.mirror(false);
        });
    });
    CHECK(text_of(bench, "start").ink.right() == 500);
    CHECK(text_of(bench, "end").ink.x == 100);
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[0].right() == 500);
    CHECK(pieces[1].x == 100);
    CHECK(pieces[0].x - pieces[1].right() == 12);
    CHECK(pieces[1].w == Approx(2 * pieces[0].w).margin(2));
}

TEST_CASE("hostile texts are drawn and marked, whatever they hold", "[text]") {
    const std::vector<std::string> texts{"",
                                         " ",
                                         "\n",
                                         "tab\there",
                                         std::string("nul\0inside", 10),
                                         "\xff\xfe broken",
                                         "👨‍👩‍👧‍👦 family",
                                         "a\u202Eb",
                                         std::string(10'000, 'x'),
                                         "percent %s %n",
                                         "##label",
                                         "a###b"};
    for (const std::string& words : texts) {
        WidgetBench bench([&](Ui& ui) {
            ui.scroll("page", ui.screen(), [&] {
                ui.words(words, Type::body, ui.colours().text);
                ui.words_in(ui.take(60), words, Type::small, ui.colours().text, Align::centre);
                ui.one_line(ui.take(60), words, Type::title, ui.colours().text, Align::end, Role::text);
                button(ui, words);
                row(ui, {.label = words, .words = words, .tint = RowWords::Tint::asks});
            });
        });
        CHECK(bench.stage().marks().size() == 5);
    }
}
