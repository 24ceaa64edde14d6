// Promises on cost, by counting (never by a clock).
#include "tests/forms/session/rig.h"

using namespace doorstep;
using doorstep::test::FormText;

namespace {

struct Counter {
    ManualClock clock{0, 0};
    SeededRandom random{1};
    FormSession session;

    explicit Counter(const FormText& text)
        : session(test::Bench::begin(test::load(text.xml()), {}, clock, random)) {}

    std::uint64_t answer(const std::string& path, const std::string& text) {
        REQUIRE(session.answer(*session.find(path), Answer::given(text)).ok());
        CHECK(session.last_cost().most_per_vertex <= 1);
        return session.last_cost().evaluations;
    }
};

// `n` questions in pages of fifty, each with its own relevance, constraint and
// calculation.
FormText unrelated(int n) {
    FormText text;
    for (int i = 0; i < n; ++i) {
        const std::string page = "page" + std::to_string(i / 50);
        const std::string q = "q" + std::to_string(i);
        if (i % 50 == 0)
            text.instance += (i == 0 ? "<" : "</page" + std::to_string(i / 50 - 1) + "><") + page + ">";
        text.instance += "<" + q + "/><" + q + "b/><" + q + "c/>";
        text.binds += "<bind nodeset=\"/data/" + page + "/" + q +
                      "\" type=\"int\" constraint=\". &lt; 100\"/>" + "<bind nodeset=\"/data/" + page + "/" +
                      q + "b\" relevant=\"/data/" + page + "/" + q + " &gt; 5\"/>" +
                      "<bind nodeset=\"/data/" + page + "/" + q + "c\" calculate=\"/data/" + page + "/" + q +
                      " * 2\"/>";
        text.body +=
            "<input ref=\"/data/" + page + "/" + q + "\"/><input ref=\"/data/" + page + "/" + q + "b\"/>";
    }
    text.instance += "</page" + std::to_string((n - 1) / 50) + ">";
    return text;
}

FormText roster() {
    FormText text{
        .instance = R"(<rate>1</rate><r jr:template=""><x/><y/><z/></r><sum/><n/>)",
        .binds =
            R"x(<bind nodeset="/data/r/y" calculate="../x * /data/rate"/><bind nodeset="/data/r/z" calculate="../y + 1"/>)x"
            R"x(<bind nodeset="/data/sum" calculate="sum(/data/r/z)"/><bind nodeset="/data/n" calculate="count(/data/r)"/>)x",
        .body = R"(<input ref="/data/rate"/><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>)"};
    return text;
}

}  // namespace

TEST_CASE("an answer costs what it affects, not what the form holds", "[session][cost]") {
    Counter small(unrelated(100));
    Counter large(unrelated(10'000));
    for (const std::string value : {"3", "7", "200", ""})
        CHECK(small.answer("/data/page1/q50", value) == large.answer("/data/page1/q50", value));
    CHECK(small.answer("/data/page1/q50", "7") == 3);
}

TEST_CASE("loading costs each vertex once", "[session][cost]") {
    Counter large(unrelated(1'000));
    CHECK(large.session.last_cost().evaluations == 3'000);
    CHECK(large.session.last_cost().most_per_vertex == 1);
}

TEST_CASE("one line of a roster costs that line and the sum", "[session][cost]") {
    Counter counter(roster());
    for (int i = 0; i < 500; ++i)
        REQUIRE(counter.session.add_repeat("/data/r").ok());
    CHECK(counter.answer("/data/r[250]/x", "4") == 3);
    // What all lines read reaches each once, and the sum once.
    CHECK(counter.answer("/data/rate", "2") <= 500 * 2 + 1);
}

TEST_CASE("adding an instance costs that instance and its readers", "[session][cost]") {
    Counter counter(roster());
    std::uint64_t at_10 = 0;
    for (int i = 1; i <= 1'000; ++i) {
        REQUIRE(counter.session.add_repeat("/data/r").ok());
        if (i == 10)
            at_10 = counter.session.last_cost().evaluations;
    }
    CHECK(at_10 == 4);
    CHECK(counter.session.last_cost().evaluations == at_10);
    REQUIRE(counter.session.remove_repeat(*counter.session.find("/data/r[10]")).ok());
    CHECK(counter.session.last_cost().evaluations == 2);
}

TEST_CASE("an answer that says the same again costs nothing", "[session][cost]") {
    Counter counter(unrelated(10));
    CHECK(counter.answer("/data/page0/q5", "7") > 0);
    CHECK(counter.answer("/data/page0/q5", "7") == 0);
}

TEST_CASE("a label is not computed until it is looked at", "[session][cost]") {
    FormText text{
        .instance = "<a/><b/>",
        .body =
            R"(<input ref="/data/a"/><input ref="/data/b"><label>After <output value="/data/a"/></label></input>)"};
    Counter counter(text);
    CHECK(counter.answer("/data/a", "x") == 0);
    CHECK(counter.session.view(*counter.session.find("/data/b"))->label == "After x");
}
