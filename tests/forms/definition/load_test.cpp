// Reading the form of record: what is taken, and what is refused with which words.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "forms/definition/content.h"
#include "forms/definition/graph.h"
#include "tests/forms/definition/form_text.h"

using namespace doorstep;
using doorstep::test::FormText;

namespace {

struct Loaded {
    std::vector<FormFault> faults;
    std::shared_ptr<const FormDefinition> form;

    explicit Loaded(const std::string& xml, const FormAttachments& attachments = {})
        : form(FormDefinition::load(xml, attachments, faults)) {}

    const FormFault& first() const {
        REQUIRE_FALSE(faults.empty());
        return faults.front();
    }
    std::string what() const { return first().diagnostic.what; }
};

FormText two_questions() {
    return {.instance = "<age/><name/>",
            .binds = R"x(<bind nodeset="/data/age" type="int"/><bind nodeset="/data/name" type="string"/>)x",
            .body = R"x(<input ref="/data/age"><label>Age</label></input><input ref="/data/name"/>)x"};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a form tells its id, version, title and hash", "[definition]") {
    const Loaded loaded(two_questions().xml());
    REQUIRE(loaded.form);
    CHECK(loaded.form->id() == "form");
    CHECK(loaded.form->version() == "7");
    CHECK(loaded.form->title() == "A form");
    CHECK(loaded.form->hash() == Sha256::of(two_questions().xml()));
    CHECK(loaded.form->languages().empty());
    CHECK(loaded.faults.empty());
}

TEST_CASE("languages and the privacy version are read", "[definition]") {
    FormText text = two_questions();
    text.instance += "<meta><d:privacy_version>2026-01</d:privacy_version></meta>";
    text.itext =
        R"x(<translation lang="English (en)"><text id="a"><value>A</value></text></translation>)x"
        R"x(<translation lang="Polski (pl)" default="true()"><text id="a"><value>B</value></text></translation>)x";
    const Loaded loaded(text.xml());
    REQUIRE(loaded.form);
    CHECK(loaded.form->languages() == std::vector<std::string>{"English (en)", "Polski (pl)"});
    CHECK(loaded.form->default_language() == "Polski (pl)");
    CHECK(loaded.form->privacy_version() == "2026-01");
}

TEST_CASE("hostile XML is refused with a message", "[definition][hostile]") {
    const std::string good = two_questions().xml();
    SECTION("an entity bomb") {
        const Loaded loaded(replaced(
            good, "<h:html", "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><h:html"));
        CHECK_FALSE(loaded.form);
        CHECK(loaded.what().find("entities") != std::string::npos);
    }
    SECTION("an external entity") {
        const Loaded loaded(
            replaced(good, "<h:html", "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><h:html"));
        CHECK_FALSE(loaded.form);
        CHECK(loaded.what().find("entities") != std::string::npos);
    }
    SECTION("an external DTD is not fetched and does no harm") {
        const Loaded loaded(
            replaced(good, "<h:html", "<!DOCTYPE h:html SYSTEM \"http://x.invalid/x.dtd\"><h:html"));
        CHECK(loaded.form);
    }
    SECTION("NUL") {
        std::string text = good;
        text[text.find("Age")] = '\0';
        CHECK(Loaded(text).what().find("NUL") != std::string::npos);
    }
    SECTION("invalid UTF-8") {
        std::string text = good;
        text[text.find("Age")] = '\xff';
        CHECK(Loaded(text).what().find("UTF-8") != std::string::npos);
    }
    SECTION("too deep") {
        std::string deep;
        for (int i = 0; i < 5000; ++i)
            deep += "<a>";
        const Loaded loaded(replaced(good, "<age/>", deep));
        CHECK(loaded.what().find("deep") != std::string::npos);
    }
    SECTION("too large") {
        const Loaded loaded(replaced(good, "Age", std::string(9 * 1024 * 1024, 'x')));
        CHECK(loaded.what().find("bytes of XML") != std::string::npos);
    }
    SECTION("cut off") {
        const Loaded loaded(good.substr(0, good.size() / 2));
        CHECK_FALSE(loaded.form);
        CHECK(loaded.what().find("well-formed") != std::string::npos);
    }
    SECTION("every prefix is refused or loads, and none crashes") {
        for (std::size_t size = 0; size < good.size(); size += 7)
            CHECK_FALSE(Loaded(good.substr(0, size)).form);
    }
    SECTION("empty, and no XForm") {
        CHECK_FALSE(Loaded("").form);
        CHECK(Loaded("<a/>").what().find("no form (XForm)") != std::string::npos);
    }
}

TEST_CASE("an expression that does not parse names its node, property and character", "[definition]") {
    FormText text = two_questions();
    text.binds = R"x(<bind nodeset="/data/name" relevant="/data/age &gt; 5 adn true()"/>)x";
    const Loaded loaded(text.xml());
    CHECK_FALSE(loaded.form);
    CHECK(loaded.first().node == "/data/name");
    CHECK(loaded.first().property == "relevant");
    CHECK(loaded.first().diagnostic.code == "syntax");
    CHECK(loaded.what().find("character 15") != std::string::npos);
}

TEST_CASE("an unknown function is refused at load", "[definition]") {
    FormText text = two_questions();
    text.binds = R"x(<bind nodeset="/data/name" calculate="explode(1)"/>)x";
    const Loaded loaded(text.xml());
    CHECK_FALSE(loaded.form);
    CHECK(loaded.first().diagnostic.code == "unknown-function");
    CHECK(loaded.what().find("explode()") != std::string::npos);
}

TEST_CASE("all mistakes are told at once", "[definition]") {
    FormText text = two_questions();
    text.binds = R"x(<bind nodeset="/data/name" calculate="explode(1)" relevant="1 +"/>)x";
    text.body += R"x(<input ref="/data/nobody"/>)x";
    const Loaded loaded(text.xml());
    CHECK_FALSE(loaded.form);
    CHECK(loaded.faults.size() == 3);
}

TEST_CASE("a cycle is refused with the chain of its nodes", "[definition][cycle]") {
    FormText text = two_questions();
    text.binds = R"x(<bind nodeset="/data/age" calculate="/data/name + 1"/>)x"
                 R"x(<bind nodeset="/data/name" relevant="/data/age &gt; 3" />)x";
    SECTION("through a relevance") {
        const Loaded loaded(text.xml());
        CHECK_FALSE(loaded.form);
        CHECK(loaded.first().diagnostic.code == "cycle");
        CHECK(loaded.what().find("age (calculation) needs name (relevant)") != std::string::npos);
        CHECK(loaded.what().find("name (relevant) needs age (calculation)") != std::string::npos);
        REQUIRE(loaded.first().related.size() == 3);
        CHECK(loaded.first().related.front() == loaded.first().related.back());
    }
    SECTION("through the relevance of a group around it") {
        text = {.instance = "<g><a/></g>",
                .binds = R"x(<bind nodeset="/data/g" relevant="/data/g/a = 1"/>)x",
                .body = R"x(<group ref="/data/g"><input ref="/data/g/a"/></group>)x"};
        CHECK(Loaded(text.xml()).first().diagnostic.code == "cycle");
    }
    SECTION("with itself") {
        text.binds = R"x(<bind nodeset="/data/age" calculate="/data/age + 1"/>)x";
        const Loaded loaded(text.xml());
        CHECK(loaded.first().diagnostic.code == "cycle");
        CHECK(loaded.what() == "age (calculation) needs age (calculation).");
    }
}

TEST_CASE("looking at oneself where that is no cycle is allowed", "[definition][cycle]") {
    FormText text = two_questions();
    text.binds = R"x(<bind nodeset="/data/age" constraint=". &gt; 0 and /data/age &lt; 120"/>)x"
                 R"x(<bind nodeset="/data/name" calculate="once(concat('n', /data/age))"/>)x";
    CHECK(Loaded(text.xml()).form);
}

TEST_CASE("ten thousand chained calculations load, and rank in their order", "[definition]") {
    FormText text;
    for (int i = 0; i < 10'000; ++i) {
        const std::string name = "q" + std::to_string(i);
        text.instance += "<" + name + "/>";
        if (i > 0)
            text.binds += "<bind nodeset=\"/data/" + name + "\" calculate=\"/data/q" + std::to_string(i - 1) +
                          " + 1\"/>";
    }
    text.body = R"x(<input ref="/data/q0"/>)x";
    const Loaded loaded(text.xml());
    REQUIRE(loaded.form);
    const FormGraph& graph = loaded.form->graph();
    const auto rank_of = [&](const std::string& path) {
        return graph.vertices[graph.vertex(*loaded.form->content().by_path(path), Property::calculate)].rank;
    };
    CHECK(rank_of("/data/q1") < rank_of("/data/q2"));
    CHECK(rank_of("/data/q2") < rank_of("/data/q9999"));
}

TEST_CASE("only rules may read a restricted answer", "[definition][restricted]") {
    FormText text = two_questions();
    text.instance += "<concern/>";
    text.binds = R"x(<bind nodeset="/data/concern" d:sensitive="restricted" constraint=". != 'x'"/>)x";
    text.body += R"x(<input ref="/data/concern"/>)x";
    text.model = R"x(<d:referral id="care" agency="care" when="/data/concern = 'yes'" reason="Because"/>)x";
    CHECK(Loaded(text.xml()).form);
    for (const std::string reader :
         {R"x(<bind nodeset="/data/name" relevant="/data/concern = 'a'"/>)x",
          R"x(<bind nodeset="/data/name" calculate="string(/data)"/>)x",
          R"x(<setvalue event="odk-instance-first-load" ref="/data/name" value="/data/concern"/>)x"}) {
        FormText leaking = text;
        leaking.binds += reader;
        const Loaded loaded(leaking.xml());
        CHECK_FALSE(loaded.form);
        CHECK(loaded.first().diagnostic.code == "restricted-read");
    }
}

TEST_CASE("that a restricted question was answered sets nothing else off", "[definition][restricted]") {
    FormText text = two_questions();
    text.instance += "<concern/><at/>";
    text.binds = R"x(<bind nodeset="/data/concern" d:sensitive="restricted"/><bind nodeset="/data/at"/>)x";
    text.body += R"x(<input ref="/data/concern"><setvalue event="xforms-value-changed" ref="/data/at" )x"
                 R"x(value="now()"/></input>)x";
    const Loaded loaded(text.xml());
    CHECK_FALSE(loaded.form);
    CHECK(loaded.first().diagnostic.code == "restricted-read");
    CHECK(loaded.first().diagnostic.text().find("is set when one answers concern") != std::string::npos);
    CHECK_FALSE(loaded.first().diagnostic.mend.empty());
}

TEST_CASE("a form whose questions all read all others is refused before it costs memory", "[definition]") {
    std::string instance;
    std::string binds;
    std::string body;
    for (int i = 0; i < 1'600; ++i) {
        instance += fmt::format("<q{}/>", i);
        binds += fmt::format(R"x(<bind nodeset="/data/q{}" constraint="count(/data/*[. = 3]) &gt; 1"/>)x", i);
        body += fmt::format(R"x(<input ref="/data/q{}"/>)x", i);
    }
    const Loaded loaded(FormText{.instance = instance, .binds = binds, .body = body}.xml());
    CHECK_FALSE(loaded.form);
    CHECK(loaded.first().diagnostic.code == "too-many-reads");
}

TEST_CASE("rules are read with all that they say", "[definition][rules]") {
    FormText text = two_questions();
    text.model =
        R"x(<d:referral id="fire-2" agency="fire" when="/data/age &gt; 64" reason="Old" shares="/data/age /data/name")x"
        R"x( consent="safeguarding" urgency="today" service="visit"/>)x"
        R"x(<d:offer id="alarm" offer="alarm" when="true()" reason="Free" quantity="/data/age div 10"/>)x";
    const Loaded loaded(text.xml());
    REQUIRE(loaded.form);
    REQUIRE(loaded.form->content().rules.size() == 2);
    const Rule& rule = loaded.form->content().rules[0];
    CHECK(rule.id == "fire-2");
    CHECK(rule.code == "fire");
    CHECK(rule.shares == std::vector<std::string>{"age", "name"});
    CHECK(rule.consent == Consent::safeguarding);
    CHECK(rule.urgency == Urgency::today);
    CHECK(rule.service == "visit");
    CHECK_FALSE(loaded.form->content().rules[1].referral);
    CHECK(loaded.form->content().rules[1].quantity);
}

TEST_CASE("a rule in the wrong words is refused", "[definition][rules]") {
    for (const auto& [attributes, code] : std::vector<std::pair<std::string, std::string>>{
             {R"x(id="a" agency="a" when="" reason="r")x", "no-rule"},
             {R"x(id="a" agency="a" when="1 +" reason="r")x", "syntax"},
             {R"x(id="a" agency="a" when="1" reason="r" urgency="asap")x", "unknown-word"},
             {R"x(id="a" agency="a" when="1" reason="r" consent="no")x", "unknown-word"},
             {R"x(id="a" agency="a" when="1" reason="r" shares="/data/nobody")x", "unknown-node"},
             {R"x(id="" agency="" when="1" reason="r")x", "no-name"}}) {
        FormText text = two_questions();
        text.model = "<d:referral " + attributes + "/>";
        const Loaded loaded(text.xml());
        CHECK_FALSE(loaded.form);
        CHECK(loaded.first().diagnostic.code == code);
    }
}

TEST_CASE("questions that show each other load with a warning; any other ring is refused", "[definition]") {
    FormText text = two_questions();
    text.binds = R"x(<bind nodeset="/data/age" relevant="/data/name != ''"/>)x"
                 R"x(<bind nodeset="/data/name" relevant="/data/age &gt; 3"/>)x";
    const Loaded ring(text.xml());
    REQUIRE(ring.form);
    CHECK(ring.first().diagnostic.code == "relevance-ring");
    CHECK(ring.first().diagnostic.severity == Severity::warning);
    text.binds = R"x(<bind nodeset="/data/age" relevant="/data/name != ''"/>)x"
                 R"x(<bind nodeset="/data/name" calculate="/data/age + 1"/>)x";
    CHECK_FALSE(Loaded(text.xml()).form);
}

TEST_CASE("the group around a repeat speaks for it", "[definition]") {
    const auto label = [](const std::string& body) {
        const Loaded loaded(FormText{.instance = "<stop><street/></stop>", .body = body}.xml());
        REQUIRE(loaded.form);
        const FormContent& content = loaded.form->content();
        const FormWording& wording =
            content.controls[content.at(*content.by_path("/data/stop")).control].label;
        return wording.by_language.empty() ? std::string() : wording.by_language.front().front().text;
    };
    CHECK(label(R"(<group ref="/data/stop"><label>Stops</label><repeat nodeset="/data/stop"/></group>)") ==
          "Stops");
    CHECK(label(R"(<repeat nodeset="/data/stop"><label>Own</label></repeat>)") == "Own");
    CHECK(
        label(
            R"(<group ref="/data/stop"><label>Stops</label><repeat nodeset="/data/stop"><label>Own</label></repeat></group>)") ==
        "Stops");
}
