#include "tests/client/ui/sample_pages.h"

#include <fmt/format.h>

#include "client/ui/page.h"

namespace doorstep {

namespace {

void home(Ui& ui) {
    page(
        ui, "home", {"Tuesday – Oakmere", false, "3 to send", false}, {}, [] {},
        [&] {
            ui.words("Good morning, Sam", Type::title, ui.colours().text, Align::start, Role::heading);
            ui.words("2 roads today. 31 doors left.", Type::body, ui.colours().second);
            ui.gap(6);
            main_tile(ui, "Start at the doors", "Mill Lane, 18 doors left");
            ui.gap(6);
            row(ui, {.label = "Referrals", .words = "4 wait for agreement", .tint = RowWords::Tint::asks});
            row(ui, {.label = "Team review"});
            row(ui, {.label = "Sync", .words = "3 wait, sent 08:41"});
            row(ui, {.label = "Settings"});
        });
}

void doors(Ui& ui) {
    static const std::vector<RowWords> rows{
        {.label = "1 Mill Lane", .words = {}, .strong = true},
        {.label = "2 Mill Lane", .words = "No answer, twice"},
        {.label = "3 Mill Lane", .words = "Come back 16:00", .tint = RowWords::Tint::asks},
        {.label = "4 Mill Lane", .words = "Done", .tint = RowWords::Tint::none},
        {.label = "5 Mill Lane", .words = "The house number is missing", .tint = RowWords::Tint::trouble},
        {.label = "Flat 2, 6 Mill Lane", .words = "Declined"},
        {.label = "٧ شارع الطاحونة", .words = "Done", .tint = RowWords::Tint::good},
    };
    page_with_list(
        ui, {"Mill Lane", true, "3 to send", false},
        {{"Other street", ButtonLook::secondary}, {"Next door: 1 Mill Lane", ButtonLook::primary}},
        [&] {
            ui.gap(4);
            ui.words("18 left of 40", Type::heading, ui.colours().text, Align::start, Role::heading);
            ui.gap(2);
            tabs(ui, {"All 40", "To do 18", "Come back 3"}, 1);
        },
        [&](const Rect& area) {
            ui.rows("doors", area, 40, ui.px(mm::row) * static_cast<float>(ui.text_percent() > 135 ? 2 : 1),
                    [&](std::size_t at, const Rect& rect) {
                        RowWords words = rows[at % rows.size()];
                        if (at >= rows.size())
                            words.label = fmt::format("{} Mill Lane", at + 1);
                        row_in(ui, rect, words);
                    });
        });
}

void buttons(Ui& ui) {
    const PageParts parts = page(
        ui, "buttons", {"14 Mill Lane", true, "2 did not send", true},
        {{"Back to the doors", ButtonLook::quiet}, {"Save for later"}, {"Continue", ButtonLook::primary}},
        [&] {
            ui.gap(2);
            banner(ui, "You are offline. Everything is saved on this tablet and will send later.",
                   BannerLook::plain);
        },
        [&] {
            ui.words("Fire safety – 4 of 12", Type::small, ui.colours().second);
            ui.words("Is there a working smoke alarm on every floor?", Type::title, ui.colours().text,
                     Align::start, Role::heading);
            ui.words("Press the button to test it.", Type::body, ui.colours().second);
            ui.gap(4);
            tabs(ui, {"English", "العربية", "简体中文", "Polski", "ਪੰਜਾਬੀ"}, 1);
            ui.gap(4);
            banner(ui, "1 referral needs you: the house number is missing.", BannerLook::warning,
                   {"Open it", "Later"});
            ui.gap(4);
            banner(ui, "Select the worries, or “None of these”", BannerLook::error);
            ui.gap(4);
            banner(ui, "21 questionnaires sent.", BannerLook::good);
            ui.gap(6);
            button(ui, "Add an offer", ButtonLook::secondary, Icon::plus);
            ui.gap(4);
            button(ui, "Delete note", ButtonLook::warning);
            ui.gap(4);
            button(ui, "Undo the last answer", ButtonLook::quiet, Icon::undo);
            ui.gap(4);
            button(ui, "Not to be tapped", ButtonLook::secondary, Icon::none, false);
            ui.gap(4);
            button(ui, "A label that is far too long for one line of any column and must wrap rather than be "
                       "cut, whatever the size of the letters");
            ui.gap(4);
            ui.beside({1, 1}, 4, [&](int i) { button(ui, i == 0 ? "Yes, agree" : "No"); });
        });
    (void)parts;
}

void asking(Ui& ui) {
    buttons(ui);
    dialog(ui, "Delete the note?", "It was written at 10:42 and has not been sent.", "Delete note",
           "Keep note");
}

void mirrored(Ui& ui) {
    ui.mirror(true);
    ui.scroll("resident", ui.screen(), [&] {
        float used = 0;
        ui.within(ui.column().inset(ui.margin()), [&] {
            ui.words("هل يوجد جهاز إنذار دخان يعمل في كل طابق؟", Type::title, ui.colours().text, Align::start,
                     Role::heading);
            ui.gap(4);
            tabs(ui, {"English", "العربية"}, 1);
            ui.gap(4);
            row(ui, {.label = "نعم", .words = "14:30"});
            ui.gap(4);
            button(ui, "متابعة", ButtonLook::primary);
            ui.gap(4);
            banner(ui, "تم الحفظ على هذا الجهاز.", BannerLook::good);
            used = ui.column().y;
        });
        ui.take(used - ui.column().y + ui.margin());
    });
    ui.mirror(false);
}

}  // namespace

std::vector<SamplePage> sample_pages() {
    return {
        {"home", home}, {"doors", doors}, {"buttons", buttons}, {"asking", asking}, {"mirrored", mirrored}};
}

}  // namespace doorstep
