#include <fmt/format.h>

#include "tests/client/screens/sample_views.h"

namespace doorstep::samples {

namespace {

std::vector<DoorRow> street() {
    std::vector<DoorRow> rows;
    for (std::uint8_t number = 1; number <= 40; ++number)
        rows.push_back({id(number), fmt::format("{} Mill Lane", number), "", DoorState::untouched});
    rows[1].words = "No answer, twice";
    rows[1].state = DoorState::over;
    rows[1].warning = "Hazard";
    rows[2].words = "Come back 16:00";
    rows[2].state = DoorState::come_back;
    rows[3].words = "Done";
    rows[3].state = DoorState::done;
    rows[4].words = "Declined";
    rows[4].state = DoorState::over;
    rows[5].words = "Do not return";
    rows[5].state = DoorState::do_not_return;
    rows[6].words = "Not finished";
    rows[6].state = DoorState::not_finished;
    rows[7].place = "Flat 2, The Old Maltings, Upper Quay Street North";
    rows[7].words = "With interpreter";
    rows[7].state = DoorState::over;
    rows[8].place = "Łąkowa, 9 Mill Lane";
    return rows;
}

DoorsView doors() {
    DoorsView view;
    view.visit = id(100);
    view.area = "Oakmere";
    view.total = 40;
    view.left = 18;
    view.come_back = 3;
    view.not_finished = 1;
    view.done = 12;
    view.rows = std::make_shared<const std::vector<DoorRow>>(street());
    for (std::uint32_t i = 0; i < 40; ++i)
        view.shown.push_back(i);
    view.next_door = id(1);
    view.next_place = "1 Mill Lane";
    return view;
}

DoorsView street_done() {
    DoorsView view = doors();
    view.left = view.come_back = view.not_finished = 0;
    view.done = 40;
    view.questionnaires = 21;
    view.referrals = 9;
    view.next_door = {};
    view.next_place.clear();
    std::vector<DoorRow> rows = street();
    for (DoorRow& row : rows)
        row.words = "Done", row.state = DoorState::done;
    view.rows = std::make_shared<const std::vector<DoorRow>>(std::move(rows));
    return view;
}

DoorsView found(std::vector<std::uint32_t> shown, std::string text) {
    DoorsView view = doors();
    view.find = std::move(text);
    view.shown = std::move(shown);
    return view;
}

std::vector<OutcomeButton> outcomes() {
    using O = ContactOutcome;
    return {{O::no_answer, "No answer"},
            {O::declined, "Declined"},
            {O::call_back, "Come back"},
            {O::no_access, "No way in"},
            {O::empty, "Empty"},
            {O::language, "With interpreter"},
            {O::not_residential, "Not a home"},
            {O::do_not_return, "Do not return"},
            {O::unsafe, "Not safe"}};
}

std::vector<HomeNoteView> registers() {
    using K = HomeNoteKind;
    return {{K::do_not_return, "Do not return", {}, false, "", {}},
            {K::hazard, "Hazard", {}, false, "", {}},
            {K::safety, "Safety of officers", {}, false, "", {}},
            {K::access, "Way in", {}, false, "", {}},
            {K::language, "Language", {}, false, "", {}}};
}

DoorView door() {
    DoorView view;
    view.household = id(14);
    view.place = "14 Mill Lane";
    view.postcode = "OM1 4AB";
    view.form_title = "Safer Streets questionnaire";
    view.outcomes = outcomes();
    view.notes = registers();
    return view;
}

DoorView door_known() {
    DoorView view = door();
    view.notes[1] = {HomeNoteKind::hazard,
                     "Hazard",
                     {"Loose dog behind the gate (off-pol-01, Sat 21 Nov)",
                      "It is so no longer (off-fire-02, Sat 21 Nov)"},
                     true,
                     "Loose dog behind the gate",
                     {id(201), id(202)}};
    view.notes[3] = {
        HomeNoteKind::access,
        "Way in",
        {"Round the back, past the bins: the front door is blocked (off-fire-02, Tue 3 Feb). Look "
         "whether it is still so."},
        false,
        "Round the back, past the bins: the front door is blocked",
        {id(203)}};
    view.notes[4] = {HomeNoteKind::language,
                     "Language",
                     {"ਪੰਜਾਬੀ; her son reads English (off-nhw-01, Tue 3 Feb)"},
                     false,
                     "ਪੰਜਾਬੀ",
                     {id(204)}};
    return view;
}

DoorView door_tried() {
    DoorView view = door();
    view.state = DoorState::come_back;
    view.words = "Come back 16:00";
    view.history = {"Come back 16:00, today 10:42", "No answer, today 09:15"};
    return view;
}

DoorView door_begun() {
    DoorView view = door();
    view.state = DoorState::not_finished;
    view.words = "Not finished";
    view.drafts = {{id(60), "Safer Streets, not finished, 10:42", ""},
                   {id(61), "Safer Streets, not finished, yesterday",
                    "Its form is not on this tablet. Sync brings it."}};
    return view;
}

DoorView door_closed() {
    DoorView view = door();
    view.state = DoorState::do_not_return;
    view.words = "Do not call here again. The resident asked for it on 3 October.";
    view.form_title.clear();
    view.form_trouble = "The questionnaire cannot be opened: its form has a mistake in row 14. "
                        "The outcomes below still work.";
    return view;
}

HomesView homes() {
    HomesView view;
    auto rows = std::make_shared<std::vector<HomeRow>>();
    for (std::uint8_t number = 1; number <= 30; ++number)
        rows->push_back(
            {id(number), fmt::format("{} Rookery Way", number), "OM3 3ZZ, No answer, Sat 14 Nov", false});
    (*rows)[1] = {id(2), "Flat 2, The Old Maltings, Upper Quay Street North", "OM1 4AB", true};
    (*rows)[2] = {id(3), "Łąkowa, 9 Mill Lane", "OM1 4AB, Come back, Sat 21 Nov", true};
    view.rows = std::move(rows);
    return view;
}

HomesView homes_found() {
    HomesView view = homes();
    view.find = "rookery";
    view.more = "50 of 1,204: type more";
    return view;
}

HomesView homes_opening() {
    HomesView view = homes();
    view.progress = "Opening the records. 12,200 homes can be found so far.";
    return view;
}

HomesView home_chosen() {
    HomesView view = homes_found();
    view.chosen = id(4);
    view.chosen_place = "4 Rookery Way";
    view.can_add = true;
    return view;
}

HomesView no_home() {
    HomesView view;
    view.find = "zebra";
    view.rows = std::make_shared<const std::vector<HomeRow>>();
    return view;
}

}  // namespace

std::vector<Sample> of_doors() {
    const View lane = framed("Mill Lane", "doors");
    View undone = lane;
    undone.notice =
        std::make_shared<const Notice>(Notice{Notice::Kind::done, "No answer at 14 Mill Lane.", 5});
    const View at_door = framed("14 Mill Lane", "door/14");
    const View finding = framed("Find a home", "homes");
    DoorsView none_left = doors();
    none_left.filter = DoorFilter::come_back;
    none_left.come_back = 0;
    none_left.shown.clear();
    return {sample("doors", lane, doors()),
            sample("doors-undo", undone, doors()),
            sample("doors-done", lane, street_done()),
            sample("doors-found", lane, found({7, 8}, "quay")),
            sample("doors-not-found", lane, found({}, "zebra")),
            sample("doors-empty-filter", lane, none_left),
            sample("door", at_door, door()),
            sample("door-known", at_door, door_known()),
            sample("door-tried", at_door, door_tried()),
            sample("door-begun", at_door, door_begun()),
            sample("door-closed", at_door, door_closed()),
            sample("homes", finding, homes()),
            sample("homes-found", finding, homes_found()),
            sample("homes-opening", framed("Find a home", "homes", false), homes_opening()),
            sample("homes-chosen", finding, home_chosen()),
            sample("homes-none", finding, no_home())};
}

}  // namespace doorstep::samples
