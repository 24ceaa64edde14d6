// Texts that are values of their question's type, and texts that are not.
#include "tests/forms/session/rig.h"

using namespace doorstep;
using doorstep::test::Bench;
using doorstep::test::FormText;

namespace {

// One question of a type, and what the form makes of it.
Bench asking(const std::string& type, const std::string& calculation = "string(/data/q)") {
    return Bench(FormText{.instance = "<q/><seen/>",
                          .binds = R"(<bind nodeset="/data/q" type=")" + type + R"("/>)" +
                                   R"(<bind nodeset="/data/seen" calculate=")" + calculation + R"("/>)",
                          .body = R"(<input ref="/data/q"/>)"});
}

void check_no_value(const std::string& type, const std::vector<std::string>& wrong,
                    const std::string& right) {
    Bench bench = asking(type);
    for (const std::string& text : wrong) {
        INFO(type << " " << text);
        bench.answer("q", right);
        CHECK(bench.text("seen") == right);
        CHECK(bench.violation("q") == Violation::none);
        bench.answer("q", text);
        CHECK(bench.text("q") == text);
        CHECK(bench.violation("q") == Violation::type);
        CHECK(bench.text("seen").empty());
        CHECK(bench.session.submission().find(text) == std::string::npos);
    }
}

}  // namespace

TEST_CASE("a text that is no value of its type stays on the screen and is blank to the form", "[session]") {
    check_no_value("int", {"twelve", "12.5.1", "12,5", ".5", "2147483648.5", "-2147483649"}, "12");
    check_no_value("decimal", {"a lot", "1,5", "1e3"}, "1.5");
    check_no_value("date", {"yesterday", "2013-02-30", "2013-06-08T10:00:00Z", "2013-06-08T10:00:00+noon"},
                   "2013-06-08");
    check_no_value("time",
                   {"noon", "24:00:00", "10:60:00", "10:00:00+25:00", "10:00:00.Z", "2013-06-08T10:00:00"},
                   "10:30:00.000+01:00");
    check_no_value("dateTime", {"2013-06-08 10:00:00", "08-06-2013T10:00:00", "2013-06-08T10:00:00+0100"},
                   "2013-06-08T10:00:00Z");
    check_no_value("geopoint", {"here", "91 0 0 0", "51 181 0 0", "51.5 -0.1 high 0"}, "51.5 -0.1 0 0");
}

TEST_CASE("what follows from an answer is undone when the answer is no value any more", "[session]") {
    Bench bench(FormText{.instance = "<age/><school/>",
                         .binds = R"x(<bind nodeset="/data/age" type="int" constraint=". &lt; 120"/>)x"
                                  R"x(<bind nodeset="/data/school" relevant="/data/age &lt; 18"/>)x",
                         .body = R"(<input ref="/data/age"/><input ref="/data/school"/>)"});
    bench.answer("age", "9");
    CHECK(bench.relevant("school"));
    bench.answer("age", "nine");
    CHECK_FALSE(bench.relevant("school"));
    CHECK(bench.violation("age") == Violation::type);
    bench.answer("age", "150");
    CHECK(bench.violation("age") == Violation::constraint);
}

TEST_CASE("where whole numbers are kept, the whole part of a number is", "[session]") {
    Bench bench = asking("int");
    for (const auto& [typed, kept] : std::vector<std::pair<std::string, std::string>>{
             {"12.5", "12"}, {"12.0", "12"}, {"-3.9", "-3"}, {"-0.4", "0"}, {"007", "007"}}) {
        bench.answer("q", typed);
        CHECK(bench.text("q") == kept);
        CHECK(bench.violation("q") == Violation::none);
    }
}

TEST_CASE("a line has two points, an area three", "[session]") {
    check_no_value("geotrace", {"51.5 -0.1", "51.5 -0.1;", "51.5 -0.1; here", "51.5 -0.1;;51.6 -0.1"},
                   "51.5 -0.1 0 0; 51.6 -0.1 0 0;");
    check_no_value("geoshape", {"51.5 -0.1", "51.5 -0.1; 51.6 -0.1;", "51.5 -0.1; 51.6 -0.1; 91 0"},
                   "51.5 -0.1; 51.6 -0.1; 51.6 -0.2; 51.5 -0.1");
}

TEST_CASE("a submission writes each letter in one way", "[session]") {
    Bench bench = asking("string");
    bench.answer("q", "Jose\u0301");
    CHECK(bench.text("q") == "Jose\u0301");
    CHECK(bench.session.submission().find("<q>Jos\u00e9</q>") != std::string::npos);
}

TEST_CASE("a day is kept without the local time that came with it", "[session]") {
    Bench bench = asking("date");
    bench.answer("q", "2013-06-08T23:30:00");
    CHECK(bench.text("q") == "2013-06-08");
    CHECK(bench.violation("q") == Violation::none);
}

TEST_CASE("a computed value is kept as its type keeps it", "[session]") {
    Bench bench(FormText{.instance = "<n/><whole/><day/><hour/><none/><after/>",
                         .binds =
                             R"x(<bind nodeset="/data/n" type="decimal"/>)x"
                             R"x(<bind nodeset="/data/whole" type="int" calculate="/data/n * 2"/>)x"
                             R"x(<bind nodeset="/data/day" type="date" calculate="now()"/>)x"
                             R"x(<bind nodeset="/data/hour" type="time" calculate="now()"/>)x"
                             R"x(<bind nodeset="/data/after" type="date" calculate="date(/data/n + 1)"/>)x"
                             R"x(<bind nodeset="/data/none" type="int" calculate="number('x')"/>)x",
                         .body = R"(<input ref="/data/n"/>)"});
    CHECK(bench.text("after").empty());
    bench.answer("n", "1.3");
    CHECK(bench.text("whole") == "2");
    CHECK(bench.text("none").empty());
    // 8 June 2013, 14:05 in British summer time.
    CHECK(bench.text("day") == "2013-06-08");
    CHECK(bench.text("hour").substr(0, 5) == "14:05");
    bench.answer("n", "2");
    CHECK(bench.text("after") == "1970-01-04");
    bench.answer("n", "2000000000");
    CHECK(bench.session.submission().find("<whole/>") != std::string::npos);
}

TEST_CASE("what a form begins with is held to its types too", "[session]") {
    const Bench bench(
        FormText{.instance = "<q>many</q><count>5</count><seen/>",
                 .binds = R"x(<bind nodeset="/data/q" type="int"/>)x"
                          R"x(<bind nodeset="/data/count" type="int"/>)x"
                          R"x(<bind nodeset="/data/seen" calculate="concat(/data/q, /data/count)"/>)x",
                 .body = R"(<input ref="/data/q"/>)"});
    CHECK(bench.text("seen") == "5");
    CHECK(bench.violation("q") == Violation::type);
}
