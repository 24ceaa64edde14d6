#include <algorithm>
#include <catch2/catch.hpp>

#include "client/casework/journal.h"
#include "tests/client/casework/desk_for_tests.h"

using namespace doorstep;
using namespace doorstep::test;
using Decision = ProposedReferral::Decision;
using What = DoneAct::What;

namespace {

std::string about(const std::optional<DoneAct>& act) {
    return act ? act->about : "nothing";
}

std::vector<DraftLine> lines_of(Tablet& tablet, const OpenQuestionnaire& at) {
    const auto lines = Drafts(*tablet.store).lines(at.id());
    REQUIRE(lines.ok());
    return *lines;
}

// The same from its journal, as after a kill and a new start.
void comes_back_the_same(Tablet& tablet, const OpenQuestionnaire& at) {
    const auto again = tablet.casework->resume(at.id());
    REQUIRE(again.ok());
    CHECK(again->session().dump() == at.session().dump());
    CHECK(about(again->can_undo()) == about(at.can_undo()));
    CHECK(about(again->can_redo()) == about(at.can_redo()));
    CHECK(again->position() == at.position());
    CHECK(again->referrals().size() == at.referrals().size());
}

bool has_purse_bell(const OpenQuestionnaire& at) {
    const auto offers = at.offers();
    return std::any_of(offers.begin(), offers.end(),
                       [](const auto& each) { return each.code == "purse_bell" && each.quantity == 2; });
}

void breaks_the_disk(Tablet& tablet) {
    REQUIRE(tablet.sql
                ->script("create trigger full before insert on draft_line begin "
                         "select raise(abort, 'no space'); end")
                .ok());
}

Library with_people() {
    return small_library("| | text | phone |", "| | begin_repeat | people | People | Osoby | | | | |\n"
                                               "| | text | first | First name | Imię | | | | |\n"
                                               "| | text | worry | Worry | Obawa | | | | restricted |\n"
                                               "| | end_repeat | | | | | | | |\n"
                                               "| | text | phone |");
}

}  // namespace

TEST_CASE("an answer is undone and done again, and one stands on its question", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "smoke_alarms", "none"));
    const std::string before = at.session().dump();
    REQUIRE(say(at, "smoke_alarm_accept", "yes"));
    const std::string after = at.session().dump();
    REQUIRE(at.stand_on(node(at, "phone")).ok());
    CHECK(about(at.can_undo()) == "/data/smoke_alarm_accept");
    CHECK_FALSE(at.can_redo());
    const auto undone = at.undo();
    REQUIRE(undone.ok());
    CHECK(undone->what == What::answer);
    CHECK(at.session().dump() == before);
    CHECK(at.position() == node(at, "smoke_alarm_accept"));
    CHECK(about(at.can_redo()) == "/data/smoke_alarm_accept");
    comes_back_the_same(tablet, at);
    REQUIRE(at.redo().ok());
    CHECK(at.session().dump() == after);
    CHECK_FALSE(at.can_redo());
    comes_back_the_same(tablet, at);
}

TEST_CASE("undo and redo go on after a restart", "[casework][undo]") {
    Tablet tablet;
    Uuid id;
    std::string first, second;
    {
        OpenQuestionnaire at = tablet.begun();
        REQUIRE(say(at, "crime_advice", "yes"));
        first = at.session().dump();
        REQUIRE(say(at, "smoke_alarms", "none"));
        second = at.session().dump();
        REQUIRE(say(at, "concerns", "asb"));
        REQUIRE(at.undo().ok());
        id = at.id();
    }
    tablet.reopen();
    auto at = tablet.casework->resume(id);
    REQUIRE(at.ok());
    CHECK(at->session().dump() == second);
    REQUIRE(at->undo().ok());
    CHECK(at->session().dump() == first);
    REQUIRE(at->redo().ok());
    REQUIRE(at->redo().ok());
    CHECK(answer_to(*at, "concerns") == Answer::given("asb"));
    CHECK_FALSE(at->can_redo());
}

TEST_CASE("a new act forgets what was undone", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(at.undo().ok());
    REQUIRE(say(at, "phone", "1"));
    CHECK_FALSE(at.can_redo());
    const auto refused = at.redo();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::refused);
    comes_back_the_same(tablet, at);
}

TEST_CASE("to look elsewhere forgets nothing that was undone", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(at.undo().ok());
    REQUIRE(at.stand_on(node(at, "phone")).ok());
    REQUIRE(at.set_language("Polski (pl)").ok());
    REQUIRE(at.redo().ok());
    CHECK(answer_to(at, "crime_advice") == Answer::given("yes"));
    comes_back_the_same(tablet, at);
}

TEST_CASE("a text typed in one go is one act, and as long in the journal as it is", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    const std::string said = "Śpi źle, bo pod oknem co noc ktoś hałasuje. ";
    std::string text;
    std::size_t letters = 0;
    REQUIRE(at.stand_on(node(at, "phone")).ok());
    for (int sentence = 0; sentence < 40; ++sentence)
        for (const char c : said) {
            text += c;
            if ((static_cast<unsigned char>(c) & 0xC0u) == 0xC0u)
                continue;  // half a letter
            tablet.clock.advance_ms(100);
            REQUIRE(say(at, "phone", text));
            ++letters;
        }
    CHECK(about(at.can_undo()) == "/data/phone");
    comes_back_the_same(tablet, at);
    std::size_t longest = 0;
    for (const DraftLine& line : lines_of(tablet, at))
        longest = std::max(longest, line.text.size());
    CHECK(longest < 256);
    CHECK(letters > 1000);
    REQUIRE(at.undo().ok());
    CHECK(answer_to(at, "phone").kind == AnswerKind::blank);
    REQUIRE(at.redo().ok());
    CHECK(answer_to(at, "phone") == Answer::given(text));
}

TEST_CASE("a text changed anywhere comes back letter for letter", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    const std::string part = "Źdźbło żółci and plain letters, ";
    const std::string text = part + part + part + part;
    REQUIRE(say(at, "phone", text));
    SeededRandom random(20130608);
    std::string now = text;
    const std::vector<std::string> pieces{"ź", "ż", "x", "", "żółć", "ਜ"};
    for (int change = 0; change < 200; ++change) {
        std::size_t from = random.below(now.size() + 1);
        while (from < now.size() && (static_cast<unsigned char>(now[from]) & 0xC0u) == 0x80u)
            ++from;
        std::size_t to = std::min(now.size(), from + random.below(5));
        while (to < now.size() && (static_cast<unsigned char>(now[to]) & 0xC0u) == 0x80u)
            ++to;
        now = now.substr(0, from) + pieces[random.below(pieces.size())] + now.substr(to);
        if (now.empty())
            now = text;
        REQUIRE(say(at, "phone", now));
    }
    comes_back_the_same(tablet, at);
    CHECK(about(at.can_undo()) == "/data/phone");
    REQUIRE(at.undo().ok());
    CHECK(answer_to(at, "phone").kind == AnswerKind::blank);
}

TEST_CASE("another question, a pause or another kind of answer begins a new act", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(at.stand_on(node(at, "phone")).ok());
    REQUIRE(say(at, "phone", "077"));
    Answer expected;
    SECTION("another question") {
        REQUIRE(at.stand_on(node(at, "concerns")).ok());
        REQUIRE(at.stand_on(node(at, "phone")).ok());
        expected = Answer::given("077");
    }
    SECTION("a pause") {
        tablet.clock.advance_ms(60'000);
        expected = Answer::given("077");
    }
    SECTION("not known") {
        REQUIRE(say(at, "phone", AnswerKind::dont_know));
        expected = {AnswerKind::dont_know, {}};
    }
    REQUIRE(say(at, "phone", "07700"));
    REQUIRE(at.undo().ok());
    CHECK(answer_to(at, "phone") == expected);
}

TEST_CASE("each choice tapped is an act of its own", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(say(at, "crime_advice", "no"));
    REQUIRE(at.undo().ok());
    CHECK(answer_to(at, "crime_advice") == Answer::given("yes"));
}

TEST_CASE("decisions and offers are undone and done again", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(at.agree("police", by_resident()).ok());
    CHECK(at.can_undo()->what == What::referral);
    REQUIRE(at.add_referral("red_cross", "A").ok());
    REQUIRE(at.add_referral("red_cross", "A course").ok());
    REQUIRE(at.set_offer("purse_bell", OfferStatus::delivered, 2).ok());
    CHECK(at.can_undo()->what == What::offer);
    REQUIRE(at.undo().ok());
    CHECK_FALSE(has_purse_bell(at));
    REQUIRE(at.undo().ok());
    CHECK_FALSE(proposed(at.referrals(), "red_cross"));
    REQUIRE(at.undo().ok());
    CHECK(proposed(at.referrals(), "police")->decision == Decision::open);
    comes_back_the_same(tablet, at);
    for (int i = 0; i < 3; ++i)
        REQUIRE(at.redo().ok());
    CHECK(proposed(at.referrals(), "police")->agreement.given_by == "resident");
    CHECK(proposed(at.referrals(), "red_cross")->because.at(0).reason == "A course");
    CHECK(has_purse_bell(at));
}

TEST_CASE("a repeat that was removed comes back with what was in it", "[casework][undo]") {
    Tablet tablet(with_people());
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(at.add_repeat("/data/people").ok());
    REQUIRE(at.add_repeat("/data/people").ok());
    const auto second = at.session().find("/data/people[2]/first");
    REQUIRE(second);
    REQUIRE(at.answer(*second, Answer::given("Ada")).ok());
    const std::string before = at.session().dump();
    REQUIRE(at.remove_repeat(*at.session().find("/data/people[1]")).ok());
    CHECK(at.can_undo()->what == What::remove_repeat);
    REQUIRE(at.undo().ok());
    CHECK(at.session().dump() == before);
    comes_back_the_same(tablet, at);
    REQUIRE(at.undo().ok());
    REQUIRE(at.undo().ok());
    CHECK(at.can_redo()->what == What::add_repeat);
    comes_back_the_same(tablet, at);
}

TEST_CASE("undo passes by what the officer's page sealed", "[casework][undo][restricted]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(say(at, "officer_concern", "adult_at_risk"));
    SECTION("not while the page is open") {
        CHECK_FALSE(at.can_undo());
        CHECK(at.undo().error().fault == Fault::refused);
        CHECK(answer_to(at, "officer_concern") == Answer::given("adult_at_risk"));
    }
    SECTION("its answers stay, the others go") {
        REQUIRE(at.leave_officers_page().ok());
        CHECK(about(at.can_undo()) == "/data/crime_advice");
        while (at.can_undo())
            REQUIRE(at.undo().ok());
        CHECK(answer_to(at, "officer_concern").kind == AnswerKind::sealed);
        CHECK(answer_to(at, "crime_advice").kind == AnswerKind::blank);
        comes_back_the_same(tablet, at);
    }
    SECTION("an answer there that was taken back is no act either") {
        REQUIRE(say(at, "officer_concern", AnswerKind::blank));
        REQUIRE(at.leave_officers_page().ok());
        CHECK(about(at.can_undo()) == "/data/crime_advice");
        comes_back_the_same(tablet, at);
    }
}

TEST_CASE("a person with a sealed answer cannot be undone away", "[casework][undo][restricted]") {
    Tablet tablet(with_people());
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(at.add_repeat("/data/people").ok());
    REQUIRE(at.answer(*at.session().find("/data/people[1]/worry"), Answer::given("alone")).ok());
    REQUIRE(at.leave_officers_page().ok());
    CHECK_FALSE(at.can_undo());
    CHECK_FALSE(at.can_redo());
    comes_back_the_same(tablet, at);
    REQUIRE(say(at, "phone", "1"));
    CHECK(about(at.can_undo()) == "/data/phone");
}

TEST_CASE("an undo that could not be saved did not happen", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    const std::string before = at.session().dump();
    breaks_the_disk(tablet);
    CHECK_FALSE(at.undo().ok());
    CHECK(at.session().dump() == before);
    CHECK(about(at.can_undo()) == "/data/crime_advice");
    CHECK_FALSE(at.can_redo());
    REQUIRE(tablet.sql->script("drop trigger full").ok());
    REQUIRE(at.undo().ok());
    comes_back_the_same(tablet, at);
}

TEST_CASE("what was undone is in no fact, and goes with the draft", "[casework][undo]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "phone", "UNDONE-07700"));
    REQUIRE(at.undo().ok());
    const auto finished = at.finish();
    REQUIRE(finished.ok());
    for (const auto& said : of_type<QuestionnaireFinished>(finished->operations))
        for (const RecordedAnswer& each : said.answers)
            CHECK(each.value.find("UNDONE") == std::string::npos);
    CHECK_FALSE(at.can_undo());
    CHECK_FALSE(at.undo().ok());
    const auto lines = Drafts(*tablet.store).lines(at.id());
    REQUIRE(lines.ok());
    CHECK(lines->empty());
}

TEST_CASE("a journal whose undo has nothing to undo is damaged, named and kept", "[casework][undo]") {
    Tablet tablet;
    const Uuid id = tablet.open().id();
    const auto line = GENERATE(R"({"did":"undone"})", R"({"did":"redone"})",
                               R"({"did":"offer_undecided","code":"a","part":"more"})");
    REQUIRE(Drafts(*tablet.store).keep(id, {line}).ok());
    const auto resumed = tablet.casework->resume(id);
    REQUIRE_FALSE(resumed.ok());
    CHECK(resumed.error().fault == Fault::damaged);
    CHECK(resumed.error().what.find("Line 1") != std::string::npos);
}
