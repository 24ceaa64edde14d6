// What the form sets by itself: when it is begun, opened again, or a repeat grows.
#include "tests/forms/session/rig.h"

using namespace doorstep;
using doorstep::test::Bench;
using doorstep::test::FormText;

namespace {

FormText greeting() {
    return {
        .instance = "<first/><each/><stop jr:template=\"\"><no/></stop>",
        .binds = R"(<bind nodeset="/data/stop/no" type="int"/>)",
        .body =
            R"(<input ref="/data/first"/><input ref="/data/each"/><repeat nodeset="/data/stop">)"
            R"(<input ref="/data/stop/no"/>)"
            R"x(<setvalue event="odk-new-repeat" ref="/data/stop/no" value="position(..) + 0.5"/></repeat>)x",
        .model = R"(<setvalue event="odk-instance-first-load" ref="/data/first">begun</setvalue>)"
                 R"x(<setvalue event="odk-instance-load" ref="/data/each" value="'opened'"/>)x"};
}

}  // namespace

TEST_CASE("the first opening sets what every opening sets too", "[session][actions]") {
    const Bench bench(greeting());
    CHECK(bench.text("first") == "begun");
    CHECK(bench.text("each") == "opened");
}

TEST_CASE("a record opened again runs what belongs to every opening, and nothing of the first",
          "[session][actions]") {
    const Bench bench(greeting());
    SeededRandom random(3);
    auto again =
        FormSession::reopen(bench.form, {}, bench.clock, random,
                            R"(<data id="form" version="7"><first>kept</first><each>closed</each></data>)");
    REQUIRE(again.ok());
    CHECK(again->view(*again->find("first"))->answer.text == "kept");
    CHECK(again->view(*again->find("each"))->answer.text == "opened");
}

TEST_CASE("a value that is set is kept as its type keeps it", "[session][actions]") {
    Bench bench(greeting());
    bench.add("/data/stop");
    bench.add("/data/stop");
    CHECK(bench.text("/data/stop[1]/no") == "1");
    CHECK(bench.text("/data/stop[2]/no") == "2");
}

TEST_CASE("a record that replaces another still says which", "[session][submission]") {
    const Bench bench(greeting());
    SeededRandom random(3);
    auto again = FormSession::reopen(
        bench.form, {}, bench.clock, random,
        R"(<data id="form" version="7"><meta><instanceID>uuid:b</instanceID><deprecatedID>uuid:a</deprecatedID></meta></data>)");
    REQUIRE(again.ok());
    CHECK(again->submission().find("<deprecatedID>uuid:a</deprecatedID>") != std::string::npos);
    CHECK(bench.session.submission().find("deprecatedID") == std::string::npos);
}
