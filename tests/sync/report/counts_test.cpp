#include "sync/report/counts.h"

#include "tests/sync/report/desk.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

const Day spring = Day::of(2026, 3, 14);

std::vector<std::optional<std::int64_t>> columns(const Counts& counts) {
    std::vector<std::optional<std::int64_t>> out;
    for (const auto& column : counts.columns)
        out.push_back(column.referrals);
    return out;
}

using Columns = std::vector<std::optional<std::int64_t>>;

}  // namespace

TEST_CASE("a visit counts once it has a contact, whatever the number of teams", "[report]") {
    Desk desk;
    const auto visit = desk.id();
    desk.keep(VisitPlanned{visit, "SS", "safer_streets", "BE", spring, {"A", "B", "C"}}, spring);
    CHECK(desk.counts().visits == 0);
    const auto door = desk.id();
    desk.contact(door, visit, spring, ContactOutcome::no_answer);
    desk.contact(door, visit, spring, ContactOutcome::no_answer);
    desk.contact(desk.id(), visit, spring, ContactOutcome::declined);
    CHECK(desk.counts().visits == 1);
    CHECK(desk.counts().contacts == 2);
    CHECK(desk.counts().questionnaires == 0);
}

TEST_CASE("questionnaires are contacts with a completed one of the household form", "[report]") {
    Desk desk;
    const auto door = desk.id();
    desk.questionnaire(door, spring, false);
    CHECK(desk.counts().partial == 1);
    desk.questionnaire(door, spring);
    desk.questionnaire(door, spring);
    desk.questionnaire(desk.id(), spring, true, "watch_signup");
    desk.questionnaire(desk.id(), spring, false);
    CHECK(desk.counts().questionnaires == 1);
    CHECK(desk.counts().partial == 1);
}

TEST_CASE("a corrected questionnaire counts as its correction says, once", "[report]") {
    Desk desk;
    const auto door = desk.id();
    const auto first = desk.questionnaire(door, spring);
    desk.questionnaire(door, spring.plus(1), true, household_form, first.id);
    CHECK(desk.counts().questionnaires == 1);
    CHECK(desk.counts({spring, spring}).questionnaires == 0);
    CHECK(desk.counts({spring.plus(1), spring.plus(1)}).questionnaires == 1);
}

TEST_CASE("referrals are distinct pairs of contact and agency", "[report]") {
    Desk desk;
    const auto door = desk.id();
    const auto home = desk.id();
    desk.referral(door, home, "fire", spring);
    desk.referral(door, home, "fire", spring);
    desk.referral(door, home, "police", spring);
    desk.referral(desk.id(), desk.id(), "fire", spring);
    desk.referral(desk.id(), desk.id(), "red_cross", spring);
    const auto counts = desk.counts();
    CHECK(columns(counts) == Columns{1, 2, 0});
    CHECK(counts.other_agencies == 1);
    CHECK(counts.already_open == 0);
    // A column without an agency was not recorded, which is not 0.
    CHECK(columns(desk.counts(all_time(), "2016")) == Columns{1, std::nullopt});
    CHECK(desk.counts(all_time(), "2016").other_agencies == 3);
}

TEST_CASE("a withdrawn referral is out of the counts, in any state and for good", "[report]") {
    Desk desk;
    const auto referral = desk.referral(desk.id(), desk.id(), "fire", spring);
    desk.state(referral, ReferralState::accepted, spring.plus(1));
    CHECK(columns(desk.counts()) == Columns{0, 1, 0});
    desk.state(referral, ReferralState::withdrawn, spring.plus(2));
    CHECK(columns(desk.counts()) == Columns{0, 0, 0});
    desk.state(referral, ReferralState::raised, spring.plus(3), 2);
    CHECK(columns(desk.counts()) == Columns{0, 0, 0});
    for (const auto state : {ReferralState::declined, ReferralState::returned, ReferralState::completed}) {
        const auto other = desk.referral(desk.id(), desk.id(), "police", spring);
        desk.state(other, state, spring.plus(1));
    }
    CHECK(columns(desk.counts()) == Columns{3, 0, 0});
}

TEST_CASE("a need already open with the agency for the home is told, not counted", "[report]") {
    Desk desk;
    const auto home = desk.id();
    const auto first = desk.referral(desk.id(), home, "fire", spring);
    desk.referral(desk.id(), home, "fire", spring.plus(90));
    desk.referral(desk.id(), home, "police", spring.plus(5));
    desk.referral(desk.id(), desk.id(), "fire", spring.plus(5));
    CHECK(columns(desk.counts()) == Columns{1, 2, 0});
    CHECK(desk.counts().already_open == 1);
    // The one before lies outside the period, and is still open.
    CHECK(desk.counts({spring.plus(90), spring.plus(90)}).already_open == 1);
    desk.state(first, ReferralState::withdrawn, spring.plus(100));
    CHECK(columns(desk.counts()) == Columns{1, 2, 0});
    CHECK(desk.counts().already_open == 0);
}

TEST_CASE("a need is open no longer after 90 days or once it has ended", "[report]") {
    Desk desk;
    const auto old_home = desk.id();
    desk.referral(desk.id(), old_home, "fire", spring);
    desk.referral(desk.id(), old_home, "fire", spring.plus(91));
    CHECK(desk.counts().already_open == 0);

    const auto home = desk.id();
    const auto ended = desk.referral(desk.id(), home, "police", spring);
    desk.state(ended, ReferralState::completed, spring.plus(10));
    desk.referral(desk.id(), home, "police", spring.plus(20));
    CHECK(desk.counts().already_open == 0);
    CHECK(columns(desk.counts()) == Columns{2, 2, 0});

    // Reopened in a second cycle before the next was raised.
    desk.state(ended, ReferralState::raised, spring.plus(15), 2);
    CHECK(desk.counts().already_open == 1);

    const auto late_home = desk.id();
    const auto ended_later = desk.referral(desk.id(), late_home, "cah", spring);
    desk.referral(desk.id(), late_home, "cah", spring.plus(5));
    desk.state(ended_later, ReferralState::declined, spring.plus(6));
    CHECK(columns(desk.counts())[2] == 1);
}

TEST_CASE("homes that are not known are not one home", "[report]") {
    Desk desk;
    desk.referral(desk.id(), Uuid{}, "fire", spring);
    desk.referral(desk.id(), Uuid{}, "fire", spring);
    CHECK(columns(desk.counts()) == Columns{0, 2, 0});
}

TEST_CASE("doors at midnight count by the local day at the door", "[report]") {
    // 23:50 on 31 March and 00:20 on 1 April in London, when UTC is an hour behind.
    Desk desk;
    const std::int64_t evening = Day::of(2026, 3, 31).start_ms() + (22 * 60 + 50) * 60'000;
    const std::int64_t night = evening + 30 * 60'000;
    for (const auto at : {evening, night}) {
        QuestionnaireFinished finished;
        finished.contact = desk.id();
        finished.form = {household_form, "2026", {}};
        finished.complete = true;
        finished.day = Day::at(at, 60);
        desk.keep(finished, finished.day, at);
    }
    const auto march = desk.counts({Day::of(2026, 3, 1), Day::of(2026, 3, 31)});
    const auto april = desk.counts({Day::of(2026, 4, 1), Day::of(2026, 4, 30)});
    CHECK(march.questionnaires == 1);
    CHECK(april.questionnaires == 1);
}

TEST_CASE("the night the clocks change has no door in two days and none lost", "[report]") {
    // Sunday 29 March 2026: 01:00 GMT becomes 02:00 BST.
    Desk desk;
    const std::int64_t change = Day::of(2026, 3, 29).start_ms() + 60 * 60'000;
    for (const std::int64_t at :
         {change - 3'600'000 - 1, change - 1, change, change + 22 * 3'600'000 - 1, change + 22 * 3'600'000}) {
        QuestionnaireFinished finished;
        finished.contact = desk.id();
        finished.form = {household_form, "2026", {}};
        finished.complete = true;
        finished.day = Day::at(at, at < change ? 0 : 60);
        desk.keep(finished, finished.day, at);
    }
    const auto on = [&](unsigned day) {
        return desk.counts({Day::of(2026, 3, day), Day::of(2026, 3, day)}).questionnaires;
    };
    CHECK(on(28) == 1);
    CHECK(on(29) == 3);
    CHECK(on(30) == 1);
    CHECK(desk.counts().questionnaires == 5);
}

TEST_CASE("both ends of the period are in it", "[report]") {
    Desk desk;
    for (int day = -1; day <= 3; ++day) {
        desk.questionnaire(desk.id(), spring.plus(day));
        desk.contact(desk.id(), desk.id(), spring.plus(day));
        desk.referral(desk.id(), desk.id(), "fire", spring.plus(day));
    }
    const auto counts = desk.counts({spring, spring.plus(2)});
    CHECK(counts.questionnaires == 3);
    CHECK(counts.visits == 3);
    CHECK(columns(counts) == Columns{0, 3, 0});
}

TEST_CASE("an unknown column set and a period that runs backwards are told", "[report]") {
    Desk desk;
    const auto unknown = count(*desk.sql, desk.directory, all_time(), "2014");
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().fault == Fault::not_found);
    CHECK(unknown.error().mend == "Known are: 2013-14, 2016.");
    CHECK(count(*desk.sql, desk.directory, {spring, spring.plus(-1)}, "2016").error().fault ==
          Fault::bad_input);
}
