// What a form suggests: referrals and offers, and why.
#include "tests/forms/session/rig.h"

using namespace doorstep;
using doorstep::test::Bench;
using doorstep::test::FormText;

namespace {

FormText safer() {
    return {
        .instance = "<alarms/><smoker/><floors/><risk/><p><age/></p>",
        .binds =
            R"x(<bind nodeset="/data/risk" calculate="if(/data/smoker = 'yes', 2, 0) + if(/data/alarms = 0, 1, 0)"/>)x"
            R"x(<bind nodeset="/data/floors" relevant="/data/alarms != ''"/>)x",
        .body = R"(<input ref="/data/alarms"/><input ref="/data/smoker"/><input ref="/data/floors"/>)"
                R"(<repeat nodeset="/data/p"><input ref="/data/p/age"/></repeat>)",
        .model =
            R"(<d:referral id="fire" agency="fire" when="/data/risk &gt; 2" reason="fire:reason" shares="/data/alarms /data/smoker" consent="yes" urgency="soon" service="visit"/>)"
            R"(<d:referral id="falls" agency="falls" when="/data/p/age &gt; 64" reason="Someone is 65 or over"/>)"
            R"x(<d:offer id="alarm" offer="alarm" when="/data/alarms = 0" reason="fire:reason" quantity="max(1, /data/floors - 1)"/>)x",
        .itext =
            R"x(<translation lang="English" default="true()"><text id="fire:reason"><value>No alarm on <output value="/data/floors"/> floors</value></text></translation>)x"
            R"(<translation lang="Polski"><text id="fire:reason"><value>Bez czujnika: <output value="/data/floors"/></value></text></translation>)"};
}

const Suggestion& the(const std::vector<Suggestion>& all, const std::string& id) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const Suggestion& one) { return one.id == id; });
    REQUIRE(at != all.end());
    return *at;
}

}  // namespace

TEST_CASE("a suggestion appears, is reworded and is withdrawn", "[session][suggestions]") {
    Bench bench(safer());
    CHECK(bench.suggested().empty());
    bench.answer("smoker", "yes");
    CHECK(bench.suggested().empty());
    bench.answer("alarms", "0");
    CHECK(bench.suggested() == std::vector<std::string>{"fire", "alarm"});
    CHECK(bench.told(ChangeKind::suggested, "fire"));
    bench.answer("floors", "3");
    CHECK(bench.told(ChangeKind::reworded, "fire"));
    CHECK(bench.told(ChangeKind::reworded, "alarm"));
    const auto all = bench.session.suggestions();
    CHECK(the(all, "fire").reason == "No alarm on 3 floors");
    CHECK(the(all, "alarm").quantity == 2);
    CHECK(the(all, "fire").shares == std::vector<std::string>{"alarms", "smoker"});
    CHECK(the(all, "fire").urgency == Urgency::soon);
    CHECK(the(all, "fire").service == "visit");
    CHECK(the(all, "alarm").kind == SuggestionKind::offer);
    bench.answer("alarms", "2");
    CHECK(bench.told(ChangeKind::withdrawn, "fire"));
    CHECK(bench.told(ChangeKind::withdrawn, "alarm"));
    CHECK(bench.suggested().empty());
}

TEST_CASE("causes are the answers behind it, through calculations", "[session][suggestions]") {
    Bench bench(safer());
    bench.answer("smoker", "yes");
    bench.answer("alarms", "0");
    const auto all = bench.session.suggestions();
    CHECK(the(all, "fire").causes == std::vector<NodeRef>{bench.node("alarms"), bench.node("smoker")});
    CHECK(the(all, "alarm").causes == std::vector<NodeRef>{bench.node("alarms")});
}

TEST_CASE("a repeated question suggests when any instance fits", "[session][suggestions]") {
    Bench bench(safer());
    bench.add("/data/p");
    bench.answer("/data/p[1]/age", "30");
    CHECK(bench.suggested().empty());
    bench.answer("/data/p[2]/age", "70");
    CHECK(bench.suggested() == std::vector<std::string>{"falls"});
    bench.remove("/data/p[2]");
    CHECK(bench.suggested().empty());
    CHECK(bench.told(ChangeKind::withdrawn, "falls"));
}

TEST_CASE("don't know suggests nothing", "[session][suggestions]") {
    Bench bench(safer());
    bench.answer("smoker", "yes");
    bench.answer("alarms", "0");
    bench.answer("alarms", Answer{AnswerKind::dont_know, {}});
    CHECK(bench.suggested().empty());
}

TEST_CASE("a quantity is rounded down, and below one withdraws", "[session][suggestions]") {
    FormText text = safer();
    text.model =
        R"(<d:offer id="alarm" offer="alarm" when="/data/alarms &gt; 0" reason="r" quantity="/data/alarms div 2"/>)";
    Bench bench(text);
    bench.answer("alarms", "5");
    CHECK(the(bench.session.suggestions(), "alarm").quantity == 2);
    bench.answer("alarms", "1");
    CHECK(bench.suggested().empty());
    CHECK(bench.told(ChangeKind::withdrawn, "alarm"));
    bench.answer("alarms", "1e400");
    CHECK(bench.suggested().empty());
    bench.answer("alarms", "4");
    CHECK(bench.told(ChangeKind::suggested, "alarm"));
}

TEST_CASE("a rule that cannot be computed suggests nothing and blocks the finish", "[session][suggestions]") {
    FormText text = safer();
    text.model =
        R"x(<d:offer id="alarm" offer="alarm" when="/data/alarms = 1 and position(/data/nowhere) = 1" reason="r"/>)x"
        R"x(<d:offer id="other" offer="other" when="/data/alarms = 1" reason="r" quantity="position(/data/nowhere)"/>)x";
    Bench bench(text);
    bench.answer("alarms", "1");
    CHECK(bench.suggested() == std::vector<std::string>{"other"});
    CHECK(the(bench.session.suggestions(), "other").quantity == 1);
    CHECK(bench.blocked() == std::vector<std::string>{"offer:alarm#when", "offer:other#quantity"});
    bench.answer("alarms", "2");
    CHECK(bench.blocked().empty());
}

TEST_CASE("another language rewords, and changes no value", "[session][language]") {
    Bench bench(safer());
    CHECK(bench.form->default_language() == "English");
    bench.answer("alarms", "0");
    bench.answer("floors", "2");
    const std::string before = bench.session.submission();
    bench.speak("Polski");
    CHECK(bench.told(ChangeKind::reworded, "alarm"));
    CHECK(the(bench.session.suggestions(), "alarm").reason == "Bez czujnika: 2");
    CHECK(bench.session.submission() == before);
    CHECK(bench.changed(ChangeKind::label, "alarms"));
    for (const Change& one : bench.changes)
        CHECK(one.kind != ChangeKind::value);
    bench.speak("English");
    CHECK(the(bench.session.suggestions(), "alarm").reason == "No alarm on 2 floors");
}
