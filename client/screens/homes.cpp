// Find a home: one field, and what it finds.
#include "client/screens/pieces.h"
#include "client/screens/screens.h"

namespace doorstep::screens {

namespace {

constexpr std::string_view find_id = "find-a-home";

void clear(Ui& ui, HomesLocal& local, Intents& intents) {
    local.find = {};
    if (ui.focus().field == find_id)
        ui.focus() = {};
    intents.emplace_back(intent::FindHomes{});
}

void field(Ui& ui, HomesLocal& local, Intents& intents) {
    FieldLook look;
    look.hint = ui.say("Number, road, postcode or name");
    const auto find = [&] {
        if (text_field(ui, find_id, ui.say("Find a home"), local.find, look, false).changed)
            intents.emplace_back(intent::FindHomes{local.find.text});
    };
    if (local.find.text.empty())
        return find();
    const Link away{ui.say("Clear the search")};
    const float wide = std::min(link_width(ui, away), ui.column().w * 0.6f);
    ui.beside({ui.column().w - wide - ui.px(mm::gap_min), wide}, mm::gap_min, [&](int part) {
        if (part == 0)
            find();
        else if (link_in(ui, ui.take(ui.px(mm::button)), away))
            clear(ui, local, intents);
    });
}

void above_the_list(Ui& ui, const View& view, const HomesView& homes, HomesLocal& local, Intents& intents) {
    if (ui.focus().field != find_id)  // beside the keyboard there is room for what is found
        notice(ui, view, intents);
    ui.gap(2);
    field(ui, local, intents);
    for (const std::string* words : {&homes.progress, &homes.more})
        if (!words->empty()) {
            ui.gap(2);
            second(ui, *words);
        }
    if (!homes.chosen.is_nil()) {
        ui.gap(2);
        ui.words(with(ui.say("%1 is on no visit of this tablet."), {homes.chosen_place}), Type::body_bold,
                 ui.colours().text);
    }
    ui.gap(2);
}

std::string nothing_words(const Ui& ui, const HomesView& homes) {
    return homes.find.empty() ? ui.say("Type a number, a road, a postcode or a name.")
                              : with(ui.say("No home here matches “%1”."), {homes.find});
}

void home_list(Ui& ui, const View& view, const Rect& area, const HomesView& homes, Intents& intents) {
    if (!homes.rows || homes.rows->empty()) {
        ui.within(area, [&] { nothing_here(ui, nothing_words(ui, homes)); });
        return;
    }
    const float high = std::max(ui.px(mm::row), line_px(ui, Type::body) + ui.px(6));
    ui.rows(view.place, area, homes.rows->size(), high, [&](std::size_t at, const Rect& rect) {
        const HomeRow& home = (*homes.rows)[at];
        RowWords words;
        words.label = home.place;
        words.words = home.words;
        words.strong = home.on_visit || home.household == homes.chosen;
        if (row_in(ui, rect, words))
            intents.emplace_back(intent::OpenHome{home.household});
    });
}

}  // namespace

void homes(Ui& ui, const View& view, const HomesView& homes, HomesLocal& local, Intents& intents) {
    if (!local.find.mine && local.find.text != homes.find) {
        local.find.text = homes.find;
        local.find.caret = homes.find.size();
    }
    std::vector<PageAction> actions;
    if (homes.can_add && !homes.chosen.is_nil())
        actions.push_back({ui.say("Add to today's visit"), ButtonLook::primary, true});
    const PageParts parts = page_with_list(
        ui, header_of(view), actions, [&] { above_the_list(ui, view, homes, local, intents); },
        [&](const Rect& area) { home_list(ui, view, area, homes, intents); });
    act_on_header(view, parts.header, intents);
    if (parts.action == 0)
        intents.emplace_back(intent::AddHome{homes.chosen});
}

}  // namespace doorstep::screens
