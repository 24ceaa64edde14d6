// What each screen says when its targets are tapped by label.
#include <catch2/catch.hpp>

#include "tests/client/screens/glass.h"
#include "tests/client/screens/sample_views.h"

namespace doorstep {

using namespace intent;

TEST_CASE("home leads to the next door, to drafts and everywhere else", "[screens]") {
    const auto all = samples::of_home();
    Glass glass(landscape);
    glass.show(samples::named(all, "home-midday"));
    const Mark* tile = nullptr;
    for (const Mark& mark : glass.marks())
        if (mark.role == Role::tile)
            tile = &mark;
    REQUIRE(tile);
    const std::string label = tile->label;
    CHECK(label.starts_with("Go on at the doors"));
    CHECK(glass.sees("Mill Lane, Quay Street. 18 of 40 doors left, 3 to come back to"));
    CHECK(glass.said<OpenVisit>(label)->visit == samples::id(1));
    CHECK(glass.said<OpenVisit>("Station Road, Tuesday 24 November")->visit == samples::id(2));
    CHECK(glass.said<ResumeDraft>("14 Mill Lane")->questionnaire == samples::id(11));
    CHECK(glass.said<OpenHomes>("Find a home"));
    CHECK(glass.said<OpenWaiting>("Referrals waiting"));
    CHECK(glass.said<OpenCounts>("Team review"));
    CHECK(glass.said<OpenSync>("Sync"));
    CHECK(glass.said<OpenSettings>("Settings"));

    glass.show(samples::named(all, "home-notice"));
    CHECK(glass.said<Undo>("Undo")->token == 7);
    CHECK(glass.said<DismissNotice>("Close"));
}

TEST_CASE("trouble offers to try again and, where the rest works, to go on", "[screens]") {
    const auto all = samples::of_home();
    Glass glass(landscape);
    View view = samples::named(all, "trouble");
    glass.show(view);
    CHECK(glass.said<TryAgain>("Try again"));
    CHECK(glass.said<GoHome>("Go on without it"));
    std::get<TroubleView>(view.screen).can_go_on = false;
    glass.show(view);
    CHECK_FALSE(glass.sees("Go on without it"));
}

TEST_CASE("the street opens doors, filters and finds as one types", "[screens]") {
    const auto all = samples::of_doors();
    Glass glass(landscape);
    glass.show(samples::named(all, "doors"));
    CHECK(glass.said<OpenDoor>("3 Mill Lane")->household == samples::id(3));
    CHECK(glass.said<OpenDoor>("Next door: 1 Mill Lane")->household == samples::id(1));
    CHECK(glass.said<FilterDoors>("Come back 3")->filter == DoorFilter::come_back);
    CHECK(glass.said<FilterDoors>("To do 18")->filter == DoorFilter::to_do);

    REQUIRE(glass.tap("Find"));
    glass.take_said();
    REQUIRE(glass.type("qu"));
    CHECK(glass.last<FindDoors>()->text == "qu");
    CHECK(glass.said<FindDoors>("Clear the search")->text.empty());
    CHECK_FALSE(glass.sees("Clear the search"));

    glass.show(samples::named(all, "doors-not-found"));
    CHECK(glass.said<FindDoors>("Show every door")->text.empty());
    glass.show(samples::named(all, "doors-empty-filter"));
    CHECK(glass.said<FilterDoors>("Show every door")->filter == DoorFilter::all);
}

TEST_CASE("any home is found as one types, and opened or added to the visit", "[screens]") {
    const auto all = samples::of_doors();
    Glass glass(landscape);
    glass.show(samples::named(all, "homes"));
    CHECK(glass.said<OpenHome>("4 Rookery Way")->household == samples::id(4));
    REQUIRE(glass.tap("Find a home"));
    glass.take_said();
    REQUIRE(glass.type("qu"));
    CHECK(glass.last<FindHomes>()->text == "qu");
    CHECK(glass.said<FindHomes>("Clear the search")->text.empty());
    glass.show(samples::named(all, "homes-chosen"));
    CHECK(glass.said<AddHome>("Add to today's visit")->household == samples::id(4));
    CHECK(glass.sees("50 of 1,204: type more"));
}

TEST_CASE("a door records an outcome with one tap", "[screens]") {
    const auto all = samples::of_doors();
    for (const Shape& shape : {landscape, portrait}) {
        Glass glass(shape);
        glass.show(samples::named(all, "door"));
        const auto outcome = glass.said<RecordOutcome>("No answer");
        REQUIRE(outcome);
        CHECK(outcome->household == samples::id(14));
        CHECK(outcome->outcome == ContactOutcome::no_answer);
        CHECK(glass.said<RecordOutcome>("Not safe")->outcome == ContactOutcome::unsafe);
        CHECK(glass.said<StartQuestionnaire>("Start the questionnaire")->household == samples::id(14));
        glass.show(samples::named(all, "door-begun"));
        CHECK(glass.said<ResumeDraft>("Go on with the questionnaire")->questionnaire == samples::id(60));
        glass.show(samples::named(all, "door-closed"));
        CHECK_FALSE(glass.target("Start the questionnaire"));
    }
}

TEST_CASE("counts lead to the list behind a number and to any period", "[screens]") {
    const auto all = samples::of_review();
    Glass glass(landscape);
    glass.show(samples::named(all, "counts"));
    CHECK(glass.said<OpenReferralList>("Fire: 19")->agency == "fire");
    CHECK(glass.said<OpenReferralList>("All referrals")->agency.empty());
    CHECK_FALSE(glass.target("Volunteering: 0"));
    const auto earlier = glass.said<ShowPeriod>("Earlier");
    REQUIRE(earlier);
    CHECK(earlier->steps == -1);
    CHECK(earlier->kind == PeriodKind::month);
    CHECK(glass.said<ShowPeriod>("Year")->kind == PeriodKind::year);
    REQUIRE(glass.tap("Show as a table"));
    CHECK(glass.said<OpenReferralList>("Fire: 19")->agency == "fire");
    REQUIRE(glass.tap("Columns: Safer Streets from 2017"));
    CHECK(glass.said<ShowColumnSet>("Safer Streets 2016")->name == "Safer Streets 2016");
    const auto days = glass.said<ShowDays>("Choose dates");
    REQUIRE(days);
    CHECK(days->from == Day::of(2026, 11, 1));
    // Nothing was counted after the period that holds today.
    CHECK_FALSE(glass.target("Later"));
    View before = samples::named(all, "counts");
    std::get<CountsView>(before.screen).today = "2026-12-02";
    glass.show(before);
    CHECK(glass.said<ShowPeriod>("Later")->steps == 1);
    CHECK(glass.said<ShowDays>("Choose dates"));

    glass.show(samples::named(all, "counts-days"));
    REQUIRE(glass.tap("Today: First day"));
    const auto shown = glass.said<ShowDays>("Show these days");
    REQUIRE(shown);
    CHECK(shown->from == Day::of(2026, 11, 21));
    CHECK(shown->to == Day::of(2026, 11, 20));
}

TEST_CASE("a referral is withdrawn for a reason, or kept", "[screens]") {
    const auto all = samples::of_review();
    Glass glass(landscape);
    glass.show(samples::named(all, "list"));
    const std::string withdraw = "Withdraw: 3 Mill Lane, Hertfordshire Fire and Rescue Service, Sat 21 Nov";
    REQUIRE(glass.tap(withdraw));
    REQUIRE(glass.tap("Keep it"));
    REQUIRE(glass.tap(withdraw));
    REQUIRE(glass.tap("Why it is withdrawn"));
    REQUIRE(glass.type("moved"));
    REQUIRE(glass.tap("Done"));  // the verbs stand where the keyboard was
    const auto said = glass.said<WithdrawReferral>("Withdraw the referral");
    REQUIRE(said);
    CHECK(said->referral == samples::id(2));
    CHECK(said->reason == "moved");

    glass.show(samples::named(all, "list-waiting"));
    CHECK(glass.said<ResumeDraft>("14 Mill Lane, HertsHelp")->questionnaire == samples::id(90));
}

TEST_CASE("a note for whoever knocks next is written, changed and taken back", "[screens]") {
    const auto all = samples::of_doors();
    Glass glass(landscape);
    glass.show(samples::named(all, "door-known"));
    CHECK(glass.sees(
        "Hazard, said in two ways: Loose dog behind the gate (off-pol-01, Sat 21 Nov) / It is so no "
        "longer (off-fire-02, Sat 21 Nov)"));
    REQUIRE(glass.tap("Write or change a note"));
    // What counts is there to be changed.
    const auto changed = glass.said<NoteHome>("Keep the note");
    REQUIRE(changed);
    CHECK(changed->kind == HomeNoteKind::hazard);
    CHECK(changed->holds);
    CHECK(changed->text == "Loose dog behind the gate");
    CHECK(changed->seen == std::vector<Uuid>{samples::id(201), samples::id(202)});
    // Taking it back for everybody is asked about.
    CHECK_FALSE(glass.said<NoteHome>("It is so no longer"));
    REQUIRE(glass.tap("Leave it"));
    REQUIRE(glass.tap("It is so no longer"));
    const auto gone = glass.said<NoteHome>("Take the note back");
    REQUIRE(gone);
    CHECK_FALSE(gone->holds);
    CHECK(gone->seen == changed->seen);
    REQUIRE(glass.tap("Leave it"));
    // Of another kind nothing is known: nothing is kept until something is said.
    REQUIRE(glass.tap("Safety of officers"));
    CHECK_FALSE(glass.sees("It is so no longer"));
    CHECK_FALSE(glass.said<NoteHome>("Keep the note"));
    REQUIRE(glass.tap("What they have to know"));
    REQUIRE(glass.type("in pairs"));
    REQUIRE(glass.tap("Done"));
    const auto said = glass.said<NoteHome>("Keep the note");
    REQUIRE(said);
    CHECK(said->kind == HomeNoteKind::safety);
    CHECK(said->seen.empty());
    CHECK(said->text == "in pairs");
    CHECK(said->household == samples::id(14));
    // What was typed stays until it is on the disk.
    CHECK(glass.sees("Keep the note"));
    View kept = samples::named(all, "door-known");
    std::get<DoorView>(kept.screen).notes_saved = 1;
    glass.becomes(kept);
    CHECK_FALSE(glass.sees("Keep the note"));
    // What is known comes into sight, however far down the way to the page stands.
    CHECK(glass.sees("14 Mill Lane"));
    CHECK(glass.sees(std::get<DoorView>(kept.screen).postcode));
    CHECK(glass.sees(
        "Hazard, said in two ways: Loose dog behind the gate (off-pol-01, Sat 21 Nov) / It is so no "
        "longer (off-fire-02, Sat 21 Nov)"));
}

TEST_CASE("a note takes the place of what stood there when its kind was chosen, and typed words go along",
          "[screens]") {
    const auto all = samples::of_doors();
    View view = samples::named(all, "door-known");
    Glass glass(landscape);
    glass.show(view);
    REQUIRE(glass.tap("Write or change a note"));
    auto& hazard = std::get<DoorView>(view.screen).notes[1];
    hazard.lines.insert(hazard.lines.begin(), "Gas bottles in the hall (off-nhw-01, Sat 21 Nov)");
    hazard.shown.push_back(samples::id(205));
    glass.becomes(view);
    CHECK(
        glass.sees("A colleague's note came while this page was open. What you keep stands beside it, until "
                   "somebody who has seen both writes a third."));
    const auto kept = glass.said<NoteHome>("Keep the note");
    REQUIRE(kept);
    CHECK(kept->seen == std::vector<Uuid>{samples::id(201), samples::id(202)});
    // Tapped once more, what is chosen takes nothing away; another kind takes along what was typed.
    REQUIRE(glass.tap("What they have to know"));
    REQUIRE(glass.type("s"));
    REQUIRE(glass.tap("Done"));
    REQUIRE(glass.tap("Hazard"));
    REQUIRE(glass.tap("Way in"));
    const auto moved = glass.said<NoteHome>("Keep the note");
    REQUIRE(moved);
    CHECK(moved->kind == HomeNoteKind::access);
    CHECK(moved->text == "Loose dog behind the gates");
    CHECK(moved->seen == std::vector<Uuid>{samples::id(203)});
}

TEST_CASE("a period in which nothing was done says so, and leads to others", "[screens]") {
    View view = samples::named(samples::of_review(), "counts");
    CountsView& counts = std::get<CountsView>(view.screen);
    counts.visits = counts.contacts = counts.questionnaires = counts.partial = 0;
    counts.already_open = counts.other_agencies = 0;
    for (CountBar& bar : counts.bars)
        bar.referrals = bar.referrals ? std::optional<std::int64_t>(0) : std::nullopt;
    Glass glass(landscape);
    glass.show(view);
    CHECK(glass.sees("No visits in this period."));
    CHECK_FALSE(glass.sees("All referrals"));
    CHECK(glass.said<ShowPeriod>("Earlier")->steps == -1);
}

TEST_CASE("five periods stand on one line of a small tablet", "[screens]") {
    Glass glass(eight_inch_portrait);
    glass.show(samples::named(samples::of_review(), "counts"));
    REQUIRE(glass.target("Day"));
    for (const char* period : {"Week", "Month", "Quarter", "Year"})
        CHECK(glass.target(period)->rect.y == glass.target("Day")->rect.y);
}

TEST_CASE("sync and settings say what was chosen", "[screens]") {
    const auto all = samples::of_home();
    Glass glass(landscape);
    glass.show(samples::named(all, "sync-offline"));
    CHECK(glass.said<SyncNow>("Sync now"));
    glass.show(samples::named(all, "settings"));
    CHECK(glass.said<ChooseTheme>("Dark")->theme == Theme::dark);
    CHECK(glass.said<ChooseTextSize>("Very large")->percent == 200);
    CHECK(glass.said<Back>("Back"));
    const auto ruler = std::find_if(glass.marks().begin(), glass.marks().end(),
                                    [](const Mark& mark) { return mark.role == Role::chart; });
    REQUIRE(ruler != glass.marks().end());
    CHECK(ruler->rect.w == std::round(50 * landscape.px_per_mm));
}

TEST_CASE("a proxy is unfolded, typed and said with one tap", "[screens]") {
    const auto all = samples::of_home();
    Glass glass(landscape);
    glass.show(samples::named(all, "sync-sent"));
    CHECK_FALSE(glass.sees("Host and port"));
    REQUIRE(glass.tap("How this tablet reaches the endpoint"));
    REQUIRE(glass.tap("This one:"));
    REQUIRE(glass.tap("Host and port"));
    REQUIRE(glass.type("ab"));
    const auto said = glass.said<SetProxy>("Use this and sync");
    REQUIRE(said);
    CHECK(said->way == ProxyWay::by_hand);
    CHECK(said->address == "ab");
    CHECK_FALSE(said->password);
    // Kept: folded again.
    View kept = samples::named(all, "sync-sent");
    std::get<SyncView>(kept.screen).proxy = {ProxyWay::by_hand, "10:1", "", false, "", 1};
    glass.becomes(kept);
    CHECK_FALSE(glass.sees("Host and port"));
    CHECK(glass.target("How this tablet reaches the endpoint"));
}

TEST_CASE("how sync stands is on every screen of every shape, whole", "[screens]") {
    View view = samples::named(samples::of_home(), "sync-portal");
    for (const Shape& shape : {landscape, portrait, eight_inch_portrait})
        for (const int percent : {100, 135, 200}) {
            Glass glass(shape);
            glass.show(view);
            glass.look(Theme::light, percent);
            glass.settle();
            INFO(shape.width << " px, " << percent << " %: " << glass.in_sight());
            CHECK(glass.target("3 to send, oldest 10:42, 1 not accepted, sign in to the Wi-Fi"));
        }
}

}  // namespace doorstep
