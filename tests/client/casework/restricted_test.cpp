#include <catch2/catch.hpp>

#include <map>

#include "sync/store/concern_notice.h"
#include "sync/wire/officers_words.h"
#include "tests/client/casework/desk_for_tests.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr const char* canary = "CANARY-bruises-on-both-arms";

// The pages of a questionnaire, opened by the safeguarding lead.
std::vector<std::string> opened(const Tablet& tablet, const std::string& restricted) {
    const wire::OfficersWords words(vocabulary_of(*tablet.library.packages.front().form));
    std::vector<std::string> texts;
    for (const auto& part : restricted_parts(restricted, nullptr, words.agencies())) {
        const auto pages = pages_of(part.sealed, tablet.safeguarding);
        REQUIRE(pages.ok());
        for (const auto& page : *pages) {
            const auto text = words.read_text(page.text.view(), 65'536);
            REQUIRE(text);
            texts.emplace_back(text->view());
        }
    }
    return texts;
}

std::string all(const std::vector<std::string>& texts) {
    std::string joined;
    for (const std::string& each : texts)
        joined += each;
    return joined;
}

std::string restricted_of(const Result<Finished>& finished) {
    REQUIRE(finished.ok());
    return of_type<QuestionnaireFinished>(finished->operations).at(0).restricted;
}

std::size_t slots_in(const std::string& restricted) {
    REQUIRE_FALSE(restricted.empty());
    return restricted_slots(std::string_view(restricted).substr(1));
}

}  // namespace

TEST_CASE("restricted answers are never in clear on disk", "[casework][restricted]") {
    Tablet tablet;
    std::string restricted;
    {
        OpenQuestionnaire at = tablet.begun();
        REQUIRE(say(at, "officer_concern", "adult_at_risk"));
        REQUIRE(say(at, "officer_words", canary));
        REQUIRE(say(at, "crime_advice", "no"));
        CHECK(tablet.every_byte_on_disk().find("CANARY") == std::string::npos);
        CHECK(tablet.every_byte_on_disk().find("adult_at_risk\"") == std::string::npos);
        REQUIRE(at.leave_officers_page().ok());
        CHECK(tablet.every_byte_on_disk().find("CANARY") == std::string::npos);
        CHECK(answer_to(at, "officer_words").kind == AnswerKind::sealed);
        CHECK(answer_to(at, "officer_words").text.empty());
        restricted = restricted_of(at.finish());
    }
    tablet.reopen();
    CHECK(tablet.every_byte_on_disk().find("CANARY") == std::string::npos);
    const auto texts = opened(tablet, restricted);
    CHECK(all(texts).find(canary) != std::string::npos);
    CHECK(all(texts).find("\"officer_concern\":\"adult_at_risk\"") != std::string::npos);
}

TEST_CASE("a restricted suggestion goes sealed, never as an ordinary referral", "[casework][restricted]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "crime_advice", "yes"));
    REQUIRE(say(at, "officer_concern", "adult_at_risk domestic_abuse"));
    const auto concerns = at.concerns();
    REQUIRE(concerns.size() == 2);
    CHECK(concerns[0].because.code == "adult_care");
    CHECK_FALSE(proposed(at.referrals(), "adult_care"));
    REQUIRE(proposed(at.referrals(), "police"));
    CHECK(proposed(at.referrals(), "police")->because.size() == 1);

    Agreement reason;
    reason.basis = ShareBasis::safeguarding;
    CHECK_FALSE(at.decide_concern(concerns[0].because.id, Concern::Send::yes, reason).ok());
    reason.lawful_reason = "Asking would raise the risk.";
    REQUIRE(at.decide_concern(concerns[0].because.id, Concern::Send::yes, reason).ok());
    REQUIRE(at.decide_concern(concerns[1].because.id, Concern::Send::no).ok());
    CHECK(at.decide_concern("no-such-rule", Concern::Send::no).error().fault == Fault::not_found);
    REQUIRE(at.agree("police", by_resident()).ok());

    const auto finished = at.finish();
    const std::string restricted = restricted_of(finished);
    const auto raised = of_type<ReferralRaised>(finished->operations);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].agency == "police");
    CHECK(raised[0].reasons == std::vector<std::string>{"Wants crime advice."});
    const std::string text = all(opened(tablet, restricted));
    CHECK(text.find("\"agency\":\"adult_care\"") != std::string::npos);
    CHECK(text.find("\"shares\":\"officer_words\"") != std::string::npos);
    CHECK(text.find("\"send\":\"yes\",\"basis\":\"safeguarding\"") != std::string::npos);
    CHECK(text.find("Asking would raise the risk.") != std::string::npos);
    CHECK(text.find("\"send\":\"no\"") != std::string::npos);
    CHECK(text.find("\"officer\":\"off-pol-01\"") != std::string::npos);
    const auto said = of_type<QuestionnaireFinished>(finished->operations);
    for (const RecordedAnswer& each : said.at(0).answers)
        CHECK(each.name.find("officer_") == std::string::npos);
}

TEST_CASE("whether anything was recorded cannot be seen from outside", "[casework][restricted]") {
    Tablet tablet;
    OpenQuestionnaire nothing = tablet.begun();
    const std::string without = restricted_of(nothing.finish());
    OpenQuestionnaire once = tablet.begun();
    REQUIRE(say(once, "officer_concern", "adult_at_risk"));
    const std::string with = restricted_of(once.finish());
    OpenQuestionnaire twice = tablet.begun();
    REQUIRE(say(twice, "officer_concern", "adult_at_risk"));
    REQUIRE(twice.leave_officers_page().ok());
    REQUIRE(twice.leave_officers_page().ok());
    REQUIRE(say(twice, "officer_words", canary));
    const std::string more = restricted_of(twice.finish());
    CHECK(slots_in(without) == 2);  // with this tablet's seed
    CHECK(without.size() == with.size());
    CHECK(without.size() == more.size());
    CHECK(opened(tablet, without).empty());
    CHECK(all(opened(tablet, more)).find(canary) != std::string::npos);
    CHECK(all(opened(tablet, more)).find("adult_care") != std::string::npos);
}

TEST_CASE("what was sealed is kept with the draft, what was not is not claimed", "[casework][restricted]") {
    Tablet tablet;
    Uuid id;
    {
        OpenQuestionnaire at = tablet.begun();
        REQUIRE(say(at, "officer_concern", "adult_at_risk"));
        REQUIRE(at.leave_officers_page().ok());
        REQUIRE(say(at, "officer_words", canary));
        id = at.id();
    }
    tablet.reopen();
    auto at = tablet.casework->resume(id);
    REQUIRE(at.ok());
    CHECK(answer_to(*at, "officer_concern").kind == AnswerKind::sealed);
    CHECK(answer_to(*at, "officer_words").kind == AnswerKind::blank);
    const std::string text = all(opened(tablet, restricted_of(at->finish())));
    CHECK(text.find("adult_at_risk") != std::string::npos);
    CHECK(text.find("CANARY") == std::string::npos);
}

TEST_CASE("without the safeguarding key a concern is refused at once, with what to do",
          "[casework][restricted]") {
    Tablet tablet;
    OpenQuestionnaire keyed = tablet.begun();
    const std::string usual = restricted_of(keyed.finish());
    tablet.enrol_without_key();
    OpenQuestionnaire at = tablet.begun();
    const auto refused = at.answer(node(at, "officer_concern"), Answer::given("adult_at_risk"));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::refused);
    CHECK_FALSE(refused.error().mend.empty());
    CHECK(answer_to(at, "officer_concern").kind == AnswerKind::blank);
    CHECK(restricted_of(at.finish()).size() == usual.size());
}

TEST_CASE("sealed text that could not be written yet is written before the next line",
          "[casework][restricted]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "officer_words", canary));
    REQUIRE(tablet.sql
                ->script("create trigger full before insert on draft_line begin "
                         "select raise(abort, 'no space'); end")
                .ok());
    CHECK_FALSE(at.leave_officers_page().ok());
    REQUIRE(tablet.sql->script("drop trigger full").ok());
    REQUIRE(say(at, "phone", "1"));
    auto resumed = tablet.casework->resume(at.id());
    REQUIRE(resumed.ok());
    CHECK(answer_to(*resumed, "officer_words").kind == AnswerKind::sealed);
    CHECK(all(opened(tablet, restricted_of(resumed->finish()))).find(canary) != std::string::npos);
}

TEST_CASE("the sizes of the officer's part are drawn by chance, whatever was recorded",
          "[casework][restricted]") {
    Tablet tablet;
    SeededRandom dice(20);
    std::map<std::size_t, int> without, with;
    for (int i = 0; i < 120; ++i) {
        const bool concern = dice.chance(0.5);
        OpenQuestionnaire at = tablet.begun();
        if (concern) {
            REQUIRE(say(at, "officer_concern",
                        dice.chance(0.5) ? "adult_at_risk" : "adult_at_risk domestic_abuse"));
            if (dice.chance(0.5))
                REQUIRE(say(at, "officer_words", "Bruises, she said it was the door."));
            if (dice.chance(0.3)) {
                REQUIRE(at.leave_officers_page().ok());
                REQUIRE(say(at, "officer_words", "Her son is often there."));
            }
        }
        const auto restricted = restricted_of(at.finish());
        ++(concern ? with : without)[slots_in(restricted)];
        CHECK(opened(tablet, restricted).empty() != concern);
    }
    for (const auto* sizes : {&with, &without}) {
        CHECK(sizes->at(2) > 40);
        for (const auto& [slots, times] : *sizes)
            CHECK((slots == 2 || times < 8));
    }
}

TEST_CASE("larger parts are common enough among empty ones to hide a long note", "[casework][restricted]") {
    std::map<std::size_t, int> sizes;
    for (std::uint64_t draw = 0; draw < slots_draws; ++draw)
        ++sizes[slots_to_travel(0, draw)];
    CHECK(sizes == std::map<std::size_t, int>{{2, 1984}, {4, 56}, {8, 7}, {16, 1}});
    for (std::uint64_t draw = 0; draw < slots_draws; ++draw) {
        CHECK(slots_to_travel(2, draw) == slots_to_travel(0, draw));
        const auto of_three = slots_to_travel(3, draw);
        CHECK(of_three == std::max<std::size_t>(4, slots_to_travel(0, draw)));
    }
    CHECK(slots_to_travel(17, 2000) == 32);
}

TEST_CASE("a sealed page names the home it was recorded at", "[casework][restricted]") {
    Tablet tablet;
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "officer_concern", "adult_at_risk"));
    const auto finished = at.finish();
    const auto restricted = restricted_of(finished);
    const wire::OfficersWords words(vocabulary_of(*tablet.library.packages.front().form));
    const auto parts = restricted_parts(restricted, nullptr, words.agencies());
    REQUIRE(parts.size() == 1);
    const auto pages = pages_of(parts.front().sealed, tablet.safeguarding);
    REQUIRE(pages.ok());
    REQUIRE(pages->size() == 1);
    CHECK(pages->front().is_of(finished->operations.at(0).subject));
    CHECK_FALSE(pages->front().is_of(Uuid{}));
}

TEST_CASE("a form without an officer's page carries nothing of one", "[casework][restricted]") {
    Vocabulary form;
    form.questions = {{"smoker", "smoker", false, {}}};
    CHECK(wire::OfficersWords(form).empty());
    form.questions.front().restricted = true;
    CHECK_FALSE(wire::OfficersWords(form).empty());
}

TEST_CASE("a long note goes whole, in more slots", "[casework][restricted]") {
    Tablet tablet;
    std::string note;
    SeededRandom dice(3);
    while (note.size() < 900)
        note += static_cast<char>('a' + dice.below(26));
    OpenQuestionnaire at = tablet.begun();
    REQUIRE(say(at, "officer_words", note));
    const auto restricted = restricted_of(at.finish());
    CHECK(slots_in(restricted) == 32);
    CHECK(all(opened(tablet, restricted)).find(note) != std::string::npos);
}
