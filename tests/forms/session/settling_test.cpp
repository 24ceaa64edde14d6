// Relevance, calculations, validity: one answer and what follows.
#include "tests/forms/session/rig.h"

using namespace doorstep;
using doorstep::test::Bench;
using doorstep::test::FormText;

namespace {

FormText household() {
    return {
        .instance = "<size/><smoker/><g><count/><brand>any</brand></g><total/><twice/>",
        .binds =
            R"x(<bind nodeset="/data/size" type="int" constraint=". &gt; 0 and . &lt;= 20" jr:constraintMsg="1 to 20" required="true()"/>)x"
            R"(<bind nodeset="/data/g" relevant="/data/smoker = 'yes'"/>)"
            R"(<bind nodeset="/data/g/count" type="int" required="/data/size &gt; 1" constraint=". &lt;= /data/size"/>)"
            R"x(<bind nodeset="/data/total" calculate="/data/size + coalesce(/data/g/count, 0)"/>)x"
            R"(<bind nodeset="/data/twice" calculate="/data/total * 2"/>)",
        .body =
            R"(<input ref="/data/size"><label>How many?</label></input><select1 ref="/data/smoker"><item><label>Yes</label><value>yes</value></item>)"
            R"(<item><label>No</label><value>no</value></item></select1><group ref="/data/g"><input ref="/data/g/count"/><input ref="/data/g/brand"/></group>)"
            R"(<input ref="/data/twice"><label>Twice</label></input>)"};
}

}  // namespace

TEST_CASE("an answer settles a chain of calculations", "[session]") {
    Bench bench(household());
    CHECK(bench.text("twice") == "");
    bench.answer("size", "4");
    CHECK(bench.text("/data/total") == "4");
    CHECK(bench.text("twice") == "8");
    CHECK(bench.changed(ChangeKind::value, "twice"));
    CHECK(bench.changed(ChangeKind::value, "size"));
    bench.answer("smoker", "yes");
    bench.answer("count", "2");
    CHECK(bench.text("twice") == "12");
}

TEST_CASE("what is hidden is kept, reads as blank, and is restored when shown", "[session]") {
    Bench bench(household());
    bench.answer("size", "4");
    bench.answer("smoker", "yes");
    bench.answer("count", "3");
    CHECK(bench.text("total") == "7");
    bench.answer("smoker", "no");
    CHECK_FALSE(bench.relevant("count"));
    CHECK_FALSE(bench.relevant("/data/g"));
    CHECK(bench.changed(ChangeKind::relevance, "count"));
    CHECK(bench.text("total") == "4");
    CHECK(bench.text("count") == "3");
    CHECK(bench.session.submission().find("<count>") == std::string::npos);
    for (const AnsweredQuestion& one : bench.session.answered())
        CHECK(one.name != "count");
    for (const NodeRef node : bench.session.nodes())
        CHECK(bench.session.view(node)->name != "count");
    bench.answer("smoker", "yes");
    CHECK(bench.text("count") == "3");
    CHECK(bench.text("total") == "7");
    CHECK(bench.session.submission().find("<count>3</count>") != std::string::npos);
}

TEST_CASE("a constraint always commits, marks and blocks", "[session]") {
    Bench bench(household());
    bench.answer("size", "40");
    CHECK(bench.text("size") == "40");
    CHECK(bench.violation("size") == Violation::constraint);
    CHECK(bench.view("size").violation_text == "1 to 20");
    CHECK(bench.changed(ChangeKind::validity, "size"));
    CHECK(bench.text("total") == "40");
    CHECK(bench.blocked() == std::vector<std::string>{"/data/size"});
    bench.answer("size", "2");
    CHECK(bench.violation("size") == Violation::none);
    CHECK(bench.blocked().empty());
}

TEST_CASE("a constraint that reads another answer follows it", "[session]") {
    Bench bench(household());
    bench.answer("size", "4");
    bench.answer("smoker", "yes");
    bench.answer("count", "4");
    CHECK(bench.violation("count") == Violation::none);
    bench.answer("size", "3");
    CHECK(bench.violation("count") == Violation::constraint);
    CHECK(bench.changed(ChangeKind::validity, "count"));
}

TEST_CASE("a wrong type is kept and marked", "[session]") {
    Bench bench(household());
    for (const std::string wrong : {"four", "4,5", "1e3", "--4", "+4", " 4", "99999999999999999999"}) {
        bench.answer("size", wrong);
        CHECK(bench.text("size") == wrong);
        CHECK(bench.violation("size") == Violation::type);
        CHECK(bench.blocked().size() == 1);
    }
    bench.answer("size", "4");
    CHECK(bench.violation("size") == Violation::none);
}

TEST_CASE("required is satisfied by don't know, prefer not to say and not asked", "[session]") {
    Bench bench(household());
    CHECK(bench.violation("size") == Violation::required);
    CHECK(bench.blocked() == std::vector<std::string>{"/data/size"});
    for (const AnswerKind kind : {AnswerKind::dont_know, AnswerKind::prefer_not, AnswerKind::not_asked}) {
        bench.answer("size", Answer{kind, "ignored"});
        CHECK(bench.view("size").answer == Answer{kind, ""});
        CHECK(bench.violation("size") == Violation::none);
        CHECK(bench.blocked().empty());
        CHECK(bench.text("total") == "");
        bench.answer("size", "");
        CHECK(bench.violation("size") == Violation::required);
    }
    bench.answer("size", Answer{AnswerKind::prefer_not, {}});
    CHECK(bench.session.submission().find("d:missing=\"prefer_not\"") != std::string::npos);
    CHECK(bench.session.submission().find("xmlns:d=\"urn:doorstep:forms:1\"") != std::string::npos);
}

TEST_CASE("required follows its expression, and only while shown", "[session]") {
    Bench bench(household());
    bench.answer("size", "1");
    bench.answer("smoker", "yes");
    CHECK_FALSE(bench.view("count").required);
    CHECK(bench.blocked().empty());
    bench.answer("size", "2");
    CHECK(bench.changed(ChangeKind::required, "count"));
    CHECK(bench.blocked() == std::vector<std::string>{"/data/g/count"});
    bench.answer("smoker", "no");
    CHECK(bench.blocked().empty());
}

TEST_CASE("a choice that is not in the list is kept and marked, never dropped", "[session]") {
    Bench bench(household());
    bench.answer("size", "1");
    bench.answer("smoker", "perhaps");
    CHECK(bench.text("smoker") == "perhaps");
    CHECK(bench.violation("smoker") == Violation::not_in_list);
    // To the form it is blank, as it is to an engine that cannot hold it.
    CHECK(bench.session.submission().find("perhaps") == std::string::npos);
    CHECK(bench.blocked() == std::vector<std::string>{"/data/smoker"});
}

TEST_CASE("several choices can exclude each other", "[session]") {
    const FormText text{
        .instance = "<worries/>",
        .binds =
            R"x(<bind nodeset="/data/worries" required="true()" constraint="not(selected(., 'none') and count-selected(.) &gt; 1)"/>)x",
        .body =
            R"(<select ref="/data/worries"><item><label>Asb</label><value>asb</value></item><item><label>Drugs</label><value>drugs</value></item>)"
            R"(<item><label>None</label><value>none</value></item></select>)"};
    Bench bench(text);
    bench.answer("worries", "  asb   drugs ");
    CHECK(bench.text("worries") == "asb drugs");
    CHECK(bench.violation("worries") == Violation::none);
    bench.answer("worries", "asb none");
    CHECK(bench.violation("worries") == Violation::constraint);
    bench.answer("worries", "none");
    CHECK(bench.violation("worries") == Violation::none);
    bench.answer("worries", "none gone");
    CHECK(bench.violation("worries") == Violation::not_in_list);
    bench.answer("worries", "   ");
    CHECK(bench.violation("worries") == Violation::required);
    bench.answer("worries", "asb drugs");
    REQUIRE(bench.session.answered().size() >= 1);
    CHECK(bench.session.answered()[0].label == "Asb, Drugs");
}

TEST_CASE("readonly is inherited, and refuses an answer", "[session]") {
    const FormText text{
        .instance = "<lock/><g><a>kept</a></g>",
        .binds = R"(<bind nodeset="/data/g" readonly="/data/lock = 1"/>)",
        .body = R"(<input ref="/data/lock"/><group ref="/data/g"><input ref="/data/g/a"/></group>)"};
    Bench bench(text);
    bench.answer("a", "mine");
    bench.answer("lock", "1");
    CHECK(bench.view("a").readonly);
    CHECK(bench.changed(ChangeKind::readonly, "a"));
    const std::string before = bench.session.dump();
    const auto refused = bench.session.answer(bench.node("a"), Answer::given("other"));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::refused);
    CHECK(bench.session.dump() == before);
    bench.answer("lock", "0");
    bench.answer("a", "other");
    CHECK(bench.text("a") == "other");
}

TEST_CASE("an expression that cannot be computed stops no other", "[session]") {
    const FormText text{
        .instance = "<n>1</n><bad>held</bad><good/><maybe/>",
        .binds =
            R"x(<bind nodeset="/data/bad" calculate="if(/data/n &gt; 5, position(/data/nowhere), 'fine')"/>)x"
            R"x(<bind nodeset="/data/good" calculate="/data/n * 2"/>)x"
            R"x(<bind nodeset="/data/maybe" relevant="/data/n &lt; 6 or position(/data/nowhere) = 1"/>)x",
        .body = R"(<input ref="/data/n"/><input ref="/data/bad"/><input ref="/data/maybe"/>)"};
    Bench bench(text);
    CHECK(bench.text("bad") == "fine");
    bench.answer("n", "7");
    CHECK(bench.text("good") == "14");
    CHECK(bench.text("bad") == "fine");
    CHECK(bench.violation("bad") == Violation::cannot_compute);
    CHECK_FALSE(bench.view("bad").violation_text.empty());
    CHECK(bench.relevant("maybe"));
    CHECK(bench.violation("maybe") == Violation::cannot_compute);
    CHECK(bench.blocked() == std::vector<std::string>{"/data/bad", "/data/maybe"});
    bench.answer("n", "3");
    CHECK(bench.blocked().empty());
}

TEST_CASE("what an officer writes over a calculation stands until something it reads changes", "[session]") {
    const FormText text{.instance = "<a>1</a><b>5</b><sum/>",
                        .binds = R"(<bind nodeset="/data/sum" calculate="/data/a + 1"/>)",
                        .body = R"(<input ref="/data/a"/><input ref="/data/b"/><input ref="/data/sum"/>)"};
    Bench bench(text);
    CHECK(bench.text("sum") == "2");
    bench.answer("sum", "99");
    bench.answer("b", "6");
    CHECK(bench.text("sum") == "99");
    bench.answer("a", "2");
    CHECK(bench.text("sum") == "3");
}

TEST_CASE("time and chance are taken when something is read, and stay", "[session]") {
    const FormText text{.instance = "<go/><when/><id/><later/>",
                        .binds = R"x(<bind nodeset="/data/when" relevant="/data/go = 1" calculate="now()"/>)x"
                                 R"x(<bind nodeset="/data/id" calculate="uuid()"/>)x"
                                 R"x(<bind nodeset="/data/later" calculate="once(concat(/data/go, 'x'))"/>)x",
                        .body = R"(<input ref="/data/go"/><input ref="/data/when"/>)"};
    Bench bench(text);
    CHECK(bench.text("when") == "");
    const std::string id = bench.text("id");
    CHECK(id.size() == 36);
    bench.clock.advance_ms(60'000);
    bench.answer("go", "1");
    CHECK(bench.text("when").substr(0, 19) == "2013-06-08T14:06:00");
    CHECK(bench.text("id") == id);
    CHECK(bench.text("later") == "x");
    bench.clock.advance_ms(60'000);
    bench.answer("go", "1");
    CHECK(bench.text("when").substr(0, 19) == "2013-06-08T14:06:00");
}

TEST_CASE("hostile answers are refused or kept, and the submission stays XML", "[session][hostile]") {
    Bench bench(household());
    const NodeRef size = bench.node("size");
    CHECK_FALSE(bench.session.answer(size, Answer::given(std::string("a\0b", 3))).ok());
    CHECK_FALSE(bench.session.answer(size, Answer::given("\xff\xfe")).ok());
    CHECK_FALSE(bench.session.answer(size, Answer::given(std::string(100'000, 'x'))).ok());
    CHECK_FALSE(bench.session.answer({size.index, size.generation + 1}, Answer::given("1")).ok());
    CHECK_FALSE(bench.session.answer({9'999, 1}, Answer::given("1")).ok());
    CHECK_FALSE(bench.session.answer(bench.node("/data/total"), Answer::given("1")).ok());
    CHECK_FALSE(bench.session.answer(bench.node("/data/g"), Answer::given("1")).ok());
    CHECK_FALSE(bench.session.set_language("Klingon").ok());
    bench.answer("smoker", "yes");
    bench.answer("brand", "<a>&amp;\"]]>\x01");
    CHECK(bench.session.submission().find("<brand>&lt;a&gt;&amp;amp;\"]]&gt;</brand>") != std::string::npos);
}
