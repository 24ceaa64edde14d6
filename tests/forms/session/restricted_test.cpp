// The officer's page: restricted answers while it is open, and after it is left.
#include "tests/forms/session/rig.h"

using namespace doorstep;
using doorstep::test::Bench;
using doorstep::test::FormText;

namespace {

FormText with_concern() {
    return {
        .instance = "<name/><concern/>",
        .binds =
            R"x(<bind nodeset="/data/concern" d:sensitive="restricted" required="true()"/><bind nodeset="/data/name" d:sensitive="yes"/>)x",
        .body =
            R"(<input ref="/data/name"/><select ref="/data/concern"><item><label>Abuse</label><value>abuse</value></item>)"
            R"(<item><label>None</label><value>none</value></item></select>)",
        .model =
            R"x(<d:referral id="care" agency="care" when="selected(/data/concern, 'abuse')" reason="At risk"/>)x"
            R"(<d:referral id="ordinary" agency="fire" when="/data/name = 'x'" reason="Ordinary"/>)"};
}

}  // namespace

TEST_CASE("restricted suggestions show only when asked for", "[session][restricted]") {
    Bench bench(with_concern());
    bench.answer("concern", "abuse");
    bench.answer("name", "x");
    CHECK(bench.suggested() == std::vector<std::string>{"ordinary"});
    CHECK(bench.suggested(true) == std::vector<std::string>{"care", "ordinary"});
    CHECK(bench.session.suggestions(true)[0].restricted);
    CHECK_FALSE(bench.session.suggestions(true)[1].restricted);
    CHECK(bench.view("concern").sensitivity == Sensitivity::restricted);
    CHECK(bench.view("name").sensitivity == Sensitivity::sensitive);
}

TEST_CASE("a restricted text is in no journal, list or submission", "[session][restricted]") {
    Bench bench(with_concern());
    bench.answer("concern", "abuse");
    REQUIRE(bench.journal.size() == 1);
    CHECK(bench.journal[0].now == Answer{AnswerKind::sealed, {}});
    CHECK(bench.journal[0].before == Answer{});
    bench.answer("concern", "none");
    CHECK(bench.journal[1].now == Answer{AnswerKind::sealed, {}});
    CHECK(bench.journal[1].before == Answer{AnswerKind::sealed, {}});
    CHECK(bench.session.submission().find("none") == std::string::npos);
    CHECK(bench.session.submission().find("<concern d:missing=\"sealed\"/>") != std::string::npos);
    for (const AnsweredQuestion& one : bench.session.answered())
        CHECK(one.name != "concern");
}

TEST_CASE("leaving the page hands the text over and keeps only that there is one", "[session][restricted]") {
    Bench bench(with_concern());
    bench.answer("name", "x");
    CHECK(bench.violation("concern") == Violation::required);
    bench.answer("concern", "abuse");
    const auto taken = bench.session.take_restricted();
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].first == "concern");
    CHECK(taken[0].second.view() == "abuse");
    CHECK(bench.view("concern").answer == Answer{AnswerKind::sealed, {}});
    CHECK(bench.violation("concern") == Violation::none);
    CHECK(bench.session.dump().find("abuse=") != std::string::npos);  // the choice, not the answer
    CHECK(bench.session.dump().find("text=[abuse]") == std::string::npos);
    CHECK(bench.suggested(true) == std::vector<std::string>{"ordinary"});
    CHECK(bench.session.take_restricted().empty());
    bench.answer("name", "y");
    CHECK_FALSE(bench.told(ChangeKind::withdrawn, "care"));
    CHECK(bench.told(ChangeKind::withdrawn, "ordinary"));
}

TEST_CASE("a sealed answer can be added to, and not taken back", "[session][restricted]") {
    Bench bench(with_concern());
    bench.answer("concern", "abuse");
    (void)bench.session.take_restricted();
    for (const AnswerKind kind : {AnswerKind::blank, AnswerKind::dont_know}) {
        const auto refused = bench.session.answer(bench.node("concern"), Answer{kind, {}});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().fault == Fault::refused);
    }
    bench.answer("concern", "none");
    CHECK(bench.session.take_restricted().size() == 1);
}

TEST_CASE("a replayed draft knows that something was recorded, and no more", "[session][restricted]") {
    Bench bench(with_concern());
    bench.answer("name", "x");
    bench.answer("concern", "abuse");
    FormSession again = bench.replayed();
    const auto view = again.view(*again.find("concern"));
    CHECK(view->answer == Answer{AnswerKind::sealed, {}});
    CHECK(view->violation == Violation::none);
    CHECK(again.blocked().empty());
    CHECK(again.suggestions(true).size() == 1);
    (void)bench.session.take_restricted();
    CHECK(again.dump() == bench.session.dump());
}

TEST_CASE("what was taken back before the page was left is taken back on replay", "[session][restricted]") {
    Bench bench(with_concern());
    bench.answer("concern", "abuse");
    bench.answer("concern", "");
    FormSession again = bench.replayed();
    CHECK(again.view(*again.find("concern"))->answer == Answer{});
    CHECK(again.dump() == bench.session.dump());
}

TEST_CASE("spaces take nothing back", "[session][restricted]") {
    FormText text = with_concern();
    text.body = R"(<input ref="/data/name"/><input ref="/data/concern"/>)";
    Bench bench(text);
    bench.answer("concern", "abuse");
    (void)bench.session.take_restricted();
    CHECK_FALSE(bench.session.answer(bench.node("concern"), Answer::given("")).ok());
    (void)bench.session.answer(bench.node("concern"), Answer::given("  ")).ok();
    CHECK_FALSE(bench.view("concern").answer == Answer{});
}
