#include "client/screens/pieces.h"
#include "client/screens/screens.h"

namespace doorstep::screens {

namespace {

constexpr std::string_view find_id = "find-a-door";

bool typing(Ui& ui, const DoorsLocal& local) {
    return local.finding && ui.focus().field == find_id;
}

bool street_done(const DoorsView& doors) {
    return doors.total > 0 && doors.left == 0 && doors.come_back == 0 && doors.not_finished == 0;
}

struct Filter {
    DoorFilter filter;
    std::string words;
    int count;
};
std::vector<Filter> filters_of(const Ui& ui, const DoorsView& doors) {
    std::vector<Filter> all{{DoorFilter::all, ui.say("All"), doors.total},
                            {DoorFilter::to_do, ui.say("To do"), doors.left},
                            {DoorFilter::come_back, ui.say("Come back"), doors.come_back},
                            {DoorFilter::not_finished, ui.say("Not finished"), doors.not_finished},
                            {DoorFilter::done, ui.say("Done"), doors.done}};
    // A tab that leads to nothing is one thing more to read.
    std::erase_if(all, [&](const Filter& one) {
        return one.count == 0 && one.filter != DoorFilter::all && one.filter != doors.filter;
    });
    return all;
}

std::string label_of(const Filter& one) {
    return one.words + " " + grouped(one.count);
}

bool fit(const Ui& ui, const std::vector<Filter>& all, float width) {
    float widest = 0;
    for (const Filter& one : all)
        widest += ui.measure(label_of(one), Type::body_bold).width_px + ui.px(6) + ui.px(mm::gap_min);
    return widest <= width;
}

void filter_tabs(Ui& ui, const DoorsView& doors, Intents& intents) {
    std::vector<Filter> all = filters_of(ui, doors);
    // What is done can be read among all; it gives way before a second line of tabs would.
    if (doors.filter != DoorFilter::done && doors.left > 0 && !fit(ui, all, ui.column().w))
        std::erase_if(all, [](const Filter& one) { return one.filter == DoorFilter::done; });
    std::vector<std::string> labels;
    int chosen = 0;
    for (const Filter& one : all) {
        if (one.filter == doors.filter)
            chosen = static_cast<int>(labels.size());
        labels.push_back(label_of(one));
    }
    const int tapped = tabs(ui, labels, chosen);
    if (tapped >= 0)
        intents.emplace_back(intent::FilterDoors{all[static_cast<std::size_t>(tapped)].filter});
}

// The words of the street at the start, Find at the end of one line.
void head_line(Ui& ui, const DoorsView& doors, DoorsLocal& local) {
    const Link find{ui.say("Find"), "", Icon::search};
    const float wide = link_width(ui, find);
    const float high = std::max(ui.px(mm::target_min), line_px(ui, Type::heading) + ui.px(1));
    const Rect line = ui.take(high);
    const std::string words =
        street_done(doors) ? with(ui.say("All %1 doors done"), {grouped(doors.total)})
                           : with(ui.say("%1 left of %2"), {grouped(doors.left), grouped(doors.total)});
    ui.words_in({line.x, line.y, line.w - wide - ui.px(2), line.h}, words, Type::heading, ui.colours().text,
                Align::start, Role::heading);
    const Rect at = Rect{line.right() - wide + ui.px(1.5f), line.y, wide, line.h}.whole();
    if (link_in(ui, at, find)) {
        local.finding = true;
        ui.focus() = {std::string(find_id), Keyboard::letters};
    }
}

void stop_finding(Ui& ui, DoorsLocal& local, Intents& intents) {
    local.finding = false;
    local.find = {};
    if (ui.focus().field == find_id)
        ui.focus() = {};
    intents.emplace_back(intent::FindDoors{});
}

void find_line(Ui& ui, DoorsLocal& local, Intents& intents) {
    const Link clear{ui.say("Clear the search")};
    const float wide = std::min(link_width(ui, clear), ui.column().w * 0.6f);
    ui.beside({ui.column().w - wide - ui.px(mm::gap_min), wide}, mm::gap_min, [&](int part) {
        if (part == 0) {
            FieldLook look;
            look.hint = ui.say("Number, road or postcode");
            if (text_field(ui, find_id, ui.say("Find a door"), local.find, look, false).changed)
                intents.emplace_back(intent::FindDoors{local.find.text});
        } else if (link_in(ui, ui.take(ui.px(mm::button)), clear)) {
            stop_finding(ui, local, intents);
        }
    });
}

void above_the_list(Ui& ui, const View& view, const DoorsView& doors, DoorsLocal& local, Intents& intents) {
    if (!typing(ui, local))  // beside the keyboard there is room for what is found
        notice(ui, view, intents);
    ui.gap(2);
    if (local.finding)
        find_line(ui, local, intents);
    else
        head_line(ui, doors, local);
    if (!local.finding && street_done(doors)) {
        ui.gap(2);
        figures(ui,
                {{doors.questionnaires, ui.say("questionnaires")}, {doors.referrals, ui.say("referrals")}});
        if (doors.questionnaires + doors.referrals > 0) {
            ui.gap(2);
            second(ui, ui.say("They send when there is a network."));
        }
    }
    if (!typing(ui, local)) {
        ui.gap(2);
        filter_tabs(ui, doors, intents);
    }
}

RowWords::Tint tint_of(const DoorRow& door) {
    const bool asks = door.state == DoorState::come_back || door.state == DoorState::not_finished;
    return asks || !door.warning.empty() ? RowWords::Tint::asks : RowWords::Tint::none;
}

std::string nothing_words(const Ui& ui, const DoorsView& doors) {
    if (!doors.find.empty())
        return with(ui.say("No door here matches “%1”."), {doors.find});
    switch (doors.filter) {
    case DoorFilter::to_do:
        return ui.say("No door is left to try.");
    case DoorFilter::come_back:
        return ui.say("No door asks you to come back.");
    case DoorFilter::not_finished:
        return ui.say("Every questionnaire that was begun is finished.");
    case DoorFilter::done:
        return ui.say("No door is done yet.");
    case DoorFilter::all:
        break;
    }
    return ui.say("No doors are planned for this visit.");
}

void no_doors(Ui& ui, const Rect& area, const DoorsView& doors, DoorsLocal& local, Intents& intents) {
    ui.within(area, [&] {
        nothing_here(ui, nothing_words(ui, doors));
        if (!doors.find.empty() && link(ui, {ui.say("Show every door"), "", Icon::none, false}))
            stop_finding(ui, local, intents);
        else if (doors.find.empty() && doors.filter != DoorFilter::all &&
                 link(ui, {ui.say("Show every door"), "", Icon::none, false}))
            intents.emplace_back(intent::FilterDoors{DoorFilter::all});
    });
}

void door_list(Ui& ui, const View& view, const Rect& area, const DoorsView& doors, DoorsLocal& local,
               Intents& intents) {
    if (!doors.rows || doors.shown.empty()) {
        no_doors(ui, area, doors, local, intents);
        return;
    }
    const float high = std::max(ui.px(mm::row), line_px(ui, Type::body) + ui.px(6));
    ui.rows(view.place, area, doors.shown.size(), high, [&](std::size_t at, const Rect& rect) {
        const DoorRow& door = (*doors.rows)[doors.shown[at]];
        RowWords words;
        words.label = door.place;
        words.words = door.warning.empty() ? door.words
                      : door.words.empty() ? door.warning
                                           : with(ui.say("%1; %2"), {door.warning, door.words});
        words.tint = tint_of(door);
        words.strong = door.household == doors.next_door;
        if (row_in(ui, rect, words))
            intents.emplace_back(intent::OpenDoor{door.household});
    });
}

}  // namespace

void doors(Ui& ui, const View& view, const DoorsView& doors, DoorsLocal& local, Intents& intents) {
    if (!local.find.mine && local.find.text != doors.find) {
        local.find.text = doors.find;
        local.find.caret = doors.find.size();
    }
    local.finding = local.finding || !doors.find.empty();
    std::vector<PageAction> actions;
    if (!doors.next_door.is_nil() && !typing(ui, local))
        actions.push_back({with(ui.say("Next door: %1"), {doors.next_place}), ButtonLook::primary, true});
    const PageParts parts = page_with_list(
        ui, header_of(view), actions, [&] { above_the_list(ui, view, doors, local, intents); },
        [&](const Rect& area) { door_list(ui, view, area, doors, local, intents); });
    act_on_header(view, parts.header, intents);
    if (parts.action == 0)
        intents.emplace_back(intent::OpenDoor{doors.next_door});
}

}  // namespace doorstep::screens
