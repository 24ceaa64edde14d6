// Labels and choice lists, filtered and in the session's language.
#include "tests/forms/session/rig.h"

using namespace doorstep;
using doorstep::test::Bench;
using doorstep::test::FormText;

namespace {

FormText wards() {
    return {
        .instance = "<town/><ward/><name/><shown/>",
        .binds = R"x(<bind nodeset="/data/shown" calculate="jr:choice-name(/data/ward, '/data/ward')"/>)x",
        .body =
            R"(<select1 ref="/data/town"><item><label>Harlow</label><value>h</value></item><item><label>Stevenage</label><value>s</value></item></select1>)"
            R"x(<select1 ref="/data/ward"><label>Ward of <output value="/data/town"/></label><itemset nodeset="instance('wards')/root/item[town = /data/town]"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>)x"
            R"x(<input ref="/data/name"><label ref="jr:itext('name')"/><hint>Hint</hint></input>)x",
        .model =
            R"(<instance id="wards"><root><item><itextId>w1</itextId><name>n</name><town>h</town></item>)"
            R"(<item><itextId>w2</itextId><name>e</name><town>h</town></item><item><itextId>w3</itextId><name>m</name><town>s</town></item></root></instance>)",
        .itext =
            R"(<translation lang="en"><text id="w1"><value>North</value></text><text id="w2"><value>East</value></text><text id="w3"><value>Mid</value></text><text id="name"><value>Name</value></text></translation>)"
            R"(<translation lang="pl"><text id="w1"><value>Północ</value></text><text id="name"><value>Imię</value></text></translation>)"};
}

}  // namespace

TEST_CASE("a list is filtered by another answer, and says when it changed", "[session][choices]") {
    Bench bench(wards());
    CHECK(bench.session.choices(bench.node("ward"))->empty());
    bench.answer("town", "h");
    CHECK(bench.changed(ChangeKind::choices, "ward"));
    CHECK(bench.changed(ChangeKind::label, "ward"));
    CHECK(bench.view("ward").label == "Ward of h");
    CHECK(*bench.session.choices(bench.node("ward")) == std::vector<Choice>{{"n", "North"}, {"e", "East"}});
    CHECK(bench.session.choices(bench.node("town"))->size() == 2);
}

TEST_CASE("a chosen value that left its list stays, marked, and blocks", "[session][choices]") {
    Bench bench(wards());
    bench.answer("town", "h");
    bench.answer("ward", "n");
    CHECK(bench.text("shown") == "North");
    CHECK(bench.violation("ward") == Violation::none);
    bench.answer("town", "s");
    CHECK(bench.text("ward") == "n");
    CHECK(bench.violation("ward") == Violation::not_in_list);
    CHECK(bench.changed(ChangeKind::validity, "ward"));
    CHECK(bench.blocked() == std::vector<std::string>{"/data/ward"});
    bench.answer("town", "h");
    CHECK(bench.blocked().empty());
}

TEST_CASE("labels follow the language, and fall back to the form's own", "[session][choices][language]") {
    Bench bench(wards());
    bench.answer("town", "h");
    bench.answer("ward", "n");
    bench.speak("pl");
    CHECK(bench.view("name").label == "Imię");
    CHECK(bench.view("name").hint == "Hint");
    CHECK(*bench.session.choices(bench.node("ward")) == std::vector<Choice>{{"n", "Północ"}, {"e", "East"}});
    // The name of a choice is the one on the screen, as for every engine of the field.
    CHECK(bench.text("shown") == "Północ");
    const auto answered = bench.session.answered("en");
    const auto ward = std::find_if(answered.begin(), answered.end(),
                                   [](const AnsweredQuestion& one) { return one.name == "ward"; });
    REQUIRE(ward != answered.end());
    CHECK(ward->label == "North");
    CHECK(ward->asked_of_resident);
}

TEST_CASE("words asked for by their id are those of the moment they were computed", "[session][choices]") {
    Bench bench(
        FormText{.instance = "<q/><said/>",
                 .binds = R"x(<bind nodeset="/data/said" calculate="concat(/data/q, jr:itext('hi'))"/>)x",
                 .body = R"(<input ref="/data/q"/>)",
                 .itext =
                     R"(<translation lang="en"><text id="hi"><value>hello</value></text></translation>)"
                     R"(<translation lang="pl"><text id="hi"><value>cześć</value></text></translation>)"},
        {.language = "en"});
    bench.answer("q", "1");
    bench.speak("pl");
    CHECK(bench.text("said") == "1hello");
    bench.answer("q", "2");
    CHECK(bench.text("said") == "2cześć");
    CHECK(bench.replayed().dump() == bench.session.dump());
}

TEST_CASE("a shuffled list keeps its order while the questionnaire is open", "[session][choices]") {
    FormText text{
        .instance = "<q/><other/>",
        .body =
            R"x(<select1 ref="/data/q"><itemset nodeset="randomize(instance('many')/root/item)"><value ref="n"/><label ref="n"/></itemset></select1><input ref="/data/other"/>)x"};
    text.model = R"(<instance id="many"><root>)";
    for (int i = 0; i < 30; ++i)
        text.model += "<item><n>" + std::to_string(i) + "</n></item>";
    text.model += "</root></instance>";
    Bench bench(text);
    const auto first = *bench.session.choices(bench.node("q"));
    bench.answer("other", "x");
    CHECK(*bench.session.choices(bench.node("q")) == first);
    CHECK(*bench.replayed().choices(bench.node("q")) == first);
    CHECK_FALSE(std::is_sorted(first.begin(), first.end(), [](const Choice& a, const Choice& b) {
        return std::stoi(a.value) < std::stoi(b.value);
    }));
}

TEST_CASE("a type is known for every kind of control", "[session][choices]") {
    FormText text;
    const std::vector<std::tuple<std::string, std::string, std::string, QuestionType>> kinds{
        {"a", "input", "string", QuestionType::text},
        {"b", "input", "int", QuestionType::integer},
        {"c", "input", "decimal", QuestionType::decimal},
        {"d1", "input", "date", QuestionType::date},
        {"e", "input", "time", QuestionType::time},
        {"f", "input", "dateTime", QuestionType::date_time},
        {"g", "input", "geopoint", QuestionType::geopoint},
        {"h1", "select1", "string", QuestionType::select_one},
        {"i", "select", "string", QuestionType::select_multiple},
        {"j", "odk:rank", "odk:rank", QuestionType::rank},
        {"k", "trigger", "string", QuestionType::acknowledge},
        {"l", "upload", "binary", QuestionType::image},
        {"m", "range", "int", QuestionType::range}};
    for (const auto& [name, control, type, kind] : kinds) {
        text.instance += "<" + name + "/>";
        text.binds += "<bind nodeset=\"/data/" + name + "\" type=\"" + type + "\"/>";
        text.body +=
            "<" + control + " ref=\"/data/" + name + "\" mediatype=\"image/*\" start=\"1\" end=\"9\"/>";
    }
    Bench bench(text);
    for (const auto& [name, control, type, kind] : kinds) {
        INFO(name);
        CHECK(bench.view("/data/" + name).type == kind);
    }
    const std::vector<std::tuple<std::string, std::string, bool>> answers{{"c", "1.5", true},
                                                                          {"c", "1,5", false},
                                                                          {"d1", "2013-06-08", true},
                                                                          {"d1", "2013-02-30", false},
                                                                          {"d1", "08/06/2013", false},
                                                                          {"e", "14:05", true},
                                                                          {"e", "14:05:07.5+01:00", true},
                                                                          {"e", "24:00", false},
                                                                          {"f", "2013-06-08T14:05:00Z", true},
                                                                          {"f", "2013-06-08 14:05", false},
                                                                          {"g", "51.9 -0.2", true},
                                                                          {"g", "151.9 -0.2", false},
                                                                          {"g", "51.9", false},
                                                                          {"m", "9", true},
                                                                          {"m", "10", false}};
    for (const auto& [name, answer, fits] : answers) {
        INFO(name << " " << answer);
        bench.answer("/data/" + name, answer);
        CHECK(bench.text("/data/" + name) == answer);
        CHECK((bench.violation("/data/" + name) == Violation::none) == fits);
    }
}

TEST_CASE("several choices stand in the order of their list, and what left it at the end",
          "[session][choices]") {
    const std::string items = "<item><label>A</label><value>a</value></item><item><label>B</label>"
                              "<value>b</value></item><item><label>C</label><value>c</value></item>";
    Bench bench(
        FormText{.instance = "<likes/>", .body = "<select ref=\"/data/likes\">" + items + "</select>"});
    bench.answer("likes", "c a c");
    CHECK(bench.text("likes") == "a c");
    bench.answer("likes", "gone  b a");
    CHECK(bench.text("likes") == "a b gone");
    CHECK(bench.violation("likes") == Violation::not_in_list);
}

TEST_CASE("a ranking holds every choice once, or is refused", "[session][choices]") {
    const std::string items = "<item><label>A</label><value>a</value></item><item><label>B</label>"
                              "<value>b</value></item><item><label>C</label><value>c</value></item>";
    Bench bench(
        FormText{.instance = "<order/>", .body = "<odk:rank ref=\"/data/order\">" + items + "</odk:rank>"});
    bench.answer("order", "c a b");
    for (const std::string wrong : {"c a", "c a a", "c a b d"}) {
        const auto refused = bench.session.answer(bench.node("order"), Answer::given(wrong));
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().fault == Fault::refused);
        CHECK(bench.text("order") == "c a b");
    }
    bench.answer("order", "");
    CHECK(bench.text("order").empty());
}
