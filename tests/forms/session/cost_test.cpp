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

TEST_CASE("removing an instance costs the position readers behind it", "[session][cost]") {
    FormText text = roster();
    text.instance.replace(text.instance.find("<z/>"), 4, "<z/><no/>");
    text.binds += R"x(<bind nodeset="/data/r/no" calculate="position(..)"/>)x";
    Counter counter(text);
    for (int i = 0; i < 500; ++i)
        REQUIRE(counter.session.add_repeat("/data/r").ok());
    const auto removing = [&](int which) {
        const auto node = counter.session.find("/data/r[" + std::to_string(which) + "]");
        REQUIRE(counter.session.remove_repeat(*node).ok());
        CHECK(counter.session.last_cost().most_per_vertex == 1);
        return counter.session.last_cost();
    };
    const std::size_t many = 500;
    CHECK(removing(500).evaluations == 2);  // the sum and the count
    CHECK(removing(490).evaluations == 2 + 9);
    const auto all = removing(1);
    CHECK(all.evaluations == 2 + many - 3);
    // Each finds its number at once: nobody counts all those before.
    CHECK(all.nodes < 10 * many);
    CHECK(counter.session.view(*counter.session.find("/data/r[497]/no"))->answer.text == "497");
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

namespace {

// Places with a key, a group of twenty and a number, "places" beside the form.
FormAttachments places(int rows) {
    return [rows](std::string_view) -> Result<AttachmentRows> {
        AttachmentRows list{{{"name", "label", "area", "size"}}};
        for (int i = 0; i < rows; ++i)
            list.rows.push_back({"p" + std::to_string(i), "Place " + std::to_string(i),
                                 "a" + std::to_string(i / 20), std::to_string(i)});
        return list;
    };
}

struct LookingUp {
    ManualClock clock{0, 0};
    SeededRandom random{1};
    FormSession session;

    explicit LookingUp(int rows) : session(begun(rows, clock, random)) {}

    static FormSession begun(int rows, const Clock& clock, Random& random) {
        FormText text{
            .instance = "<key/><area/><most/><name/><pulled/><near/><street/>",
            .binds =
                R"x(<bind nodeset="/data/name" calculate="instance('places')/root/item[name = /data/key]/label"/>)x"
                R"x(<bind nodeset="/data/pulled" calculate="pulldata('places', 'label', 'name', /data/key)"/>)x"
                R"x(<bind nodeset="/data/near" )x"
                R"x(calculate="count(instance('places')/root/item[size &lt; /data/most and size &gt; 4])"/>)x",
            .body =
                R"x(<input ref="/data/key"/><input ref="/data/area"/><input ref="/data/most"/><select1 ref="/data/street">)x"
                R"x(<itemset nodeset="instance('places')/root/item[area = /data/area]"><value ref="name"/>)x"
                R"x(<label ref="label"/></itemset></select1>)x",
            .model = R"(<instance id="places" src="jr://file-csv/places.csv"/>)"};
        std::vector<FormFault> faults;
        auto form = FormDefinition::load(text.xml(), places(rows), faults);
        REQUIRE(form);
        return test::Bench::begin(form, {}, clock, random);
    }

    FormSession::Cost answer(const std::string& path, const std::string& text) {
        REQUIRE(session.answer(*session.find(path), Answer::given(text)).ok());
        return session.last_cost();
    }
    std::string text(const std::string& path) const { return session.view(*session.find(path))->answer.text; }
};

}  // namespace

TEST_CASE("a look-up is one probe, however long the list", "[session][cost]") {
    for (const int rows : {10'000, 100'000, 1'000'000}) {
        LookingUp form(rows);
        const std::string last = std::to_string(rows - 1);
        // Two expressions read the key: one probe each.
        const auto cost = form.answer("/data/key", "p" + last);
        CHECK(cost.probes == 2);
        CHECK(cost.nodes < 20);
        CHECK(form.text("/data/name") == "Place " + last);
        CHECK(form.text("/data/pulled") == "Place " + last);
        form.answer("/data/key", "nobody");
        CHECK(form.text("/data/name").empty());
        form.answer("/data/area", "a7");
        CHECK(form.session.choices(*form.session.find("/data/street"))->size() == 20);
        CHECK(form.session.last_cost().probes == 1);
        // Five rows are less than ten: the second index says so, and few are walked.
        const auto range = form.answer("/data/most", "10");
        CHECK(form.text("/data/near") == "5");
        CHECK(range.probes <= 2);
        CHECK(range.nodes < 200);
    }
}
