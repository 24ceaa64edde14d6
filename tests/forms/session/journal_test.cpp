// Drafts: what is replayed is the same questionnaire.
#include "tests/forms/session/rig.h"

using namespace doorstep;
using doorstep::test::Bench;
using doorstep::test::FormText;

namespace {

FormText busy() {
    return {
        .instance =
            R"(<start/><who/><a/><b/><r jr:template=""><x/><dice/></r><sum/><stamp/><end/><meta><instanceID/></meta>)",
        .binds =
            R"x(<bind nodeset="/data/start" jr:preload="timestamp" jr:preloadParams="start"/>)x"
            R"x(<bind nodeset="/data/end" jr:preload="timestamp" jr:preloadParams="end"/>)x"
            R"x(<bind nodeset="/data/who" jr:preload="property" jr:preloadParams="username"/>)x"
            R"x(<bind nodeset="/data/b" relevant="/data/a = 1"/><bind nodeset="/data/r/dice" calculate="random()"/>)x"
            R"x(<bind nodeset="/data/stamp" calculate="concat(/data/a, now())"/>)x"
            R"x(<bind nodeset="/data/sum" calculate="sum(/data/r/x)"/>)x",
        .body =
            R"x(<input ref="/data/a"><label ref="jr:itext('a')"/></input><input ref="/data/b"/><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>)x",
        .itext =
            R"(<translation lang="en"><text id="a"><value>A <output value="/data/b"/></value></text></translation><translation lang="pl"><text id="a"><value>Pl</value></text></translation>)"};
}

}  // namespace

TEST_CASE("replaying the journal gives the same session", "[session][journal]") {
    Bench bench(busy(), {.language = "pl", .device = "tablet-4", .officer = "PC 12"});
    bench.clock.advance_ms(1'000);
    bench.answer("a", "1");
    bench.add("/data/r");
    bench.clock.advance_ms(2'000);
    bench.add("/data/r");
    bench.answer("/data/r[2]/x", "5");
    bench.answer("b", Answer{AnswerKind::prefer_not, {}});
    bench.speak("en");
    bench.remove("/data/r[1]");
    bench.answer("a", "2");
    CHECK(bench.text("who") == "PC 12");
    FormSession again = bench.replayed();
    CHECK(again.dump() == bench.session.dump());
    CHECK(again.submission() == bench.session.submission());
    // And it goes on the same way, node references included.
    REQUIRE(again.answer(bench.node("a"), Answer::given("1")).ok());
    bench.answer("a", "1");
    CHECK(again.view(*again.find("b"))->answer == bench.view("b").answer);
}

TEST_CASE("what the form makes of an answer is not written down as the answer", "[session][journal]") {
    Bench bench(
        FormText{.instance = "<a/><n/>",
                 .binds = R"(<bind nodeset="/data/a" calculate="/data/n"/>)",
                 .body = R"x(<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/a" )x"
                         R"x(value="concat(., '!')"/><setvalue event="xforms-value-changed" ref="/data/n" )x"
                         R"x(value="/data/n + 1"/></input><input ref="/data/n"/>)x"});
    bench.answer("n", "1");
    const Answer before = bench.view("a").answer;
    bench.answer("a", "seven");
    CHECK(bench.journal[1].before == before);
    CHECK(bench.journal[1].now == Answer::given("seven"));
    CHECK_FALSE(bench.view("a").answer == Answer::given("seven"));
    CHECK(bench.replayed().dump() == bench.session.dump());
}

TEST_CASE("a journal entry says what was and what is", "[session][journal]") {
    Bench bench(busy());
    bench.answer("a", "1");
    bench.answer("a", "2");
    CHECK(bench.journal[1].path == "/data/a");
    CHECK(bench.journal[1].before == Answer::given("1"));
    CHECK(bench.journal[1].now == Answer::given("2"));
    CHECK(bench.journal[1].at_ms == bench.clock.now_ms());
    bench.add("/data/r");
    CHECK(bench.journal[2].what == JournalEntry::What::add_repeat);
    CHECK(bench.journal[2].path == "/data/r");
}

TEST_CASE("a refused event leaves no entry and changes nothing", "[session][journal]") {
    Bench bench(busy());
    bench.answer("a", "1");
    const std::string before = bench.session.dump();
    JournalEntry entry;
    entry.path = "untouched";
    bench.clock.advance_ms(5'000);
    CHECK_FALSE(bench.session.add_repeat("/data/a", &entry).ok());
    CHECK_FALSE(bench.session.answer({}, Answer::given("1"), &entry).ok());
    CHECK(entry.path == "untouched");
    CHECK(bench.session.dump() == before);
}

TEST_CASE("a damaged journal is refused with its line", "[session][journal]") {
    Bench bench(busy());
    bench.answer("a", "1");
    bench.journal.push_back(bench.journal[0]);
    bench.journal[1].path = "/data/gone";
    const auto again =
        FormSession::replay(bench.form, {}, bench.clock, bench.random, bench.session.begun(), bench.journal);
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().fault == Fault::damaged);
    CHECK(again.error().what.find("Line 2") != std::string::npos);
}

TEST_CASE("preloads and the instance id are filled once", "[session][journal]") {
    Bench bench(busy());
    CHECK(bench.text("start").substr(0, 19) == "2013-06-08T14:05:00");
    const std::string id = bench.text("/data/meta/instanceID");
    CHECK(id.substr(0, 5) == "uuid:");
    CHECK(id.size() == 41);
    bench.clock.advance_ms(60'000);
    bench.answer("a", "1");
    CHECK(bench.text("/data/meta/instanceID") == id);
    CHECK(bench.session.submission().find("<end>2013-06-08T14:06:00") != std::string::npos);
    CHECK(bench.session.submission().find("<data id=\"form\" version=\"7\">") == 0);
}

TEST_CASE("a session without a form or in an unknown language does not begin", "[session][journal]") {
    ManualClock clock(0, 0);
    SeededRandom random(1);
    CHECK_FALSE(FormSession::begin(nullptr, {}, clock, random).ok());
    CHECK_FALSE(FormSession::begin(test::load(busy().xml()), {.language = "fr"}, clock, random).ok());
}

TEST_CASE("a submission opened again says the same", "[session][journal]") {
    Bench bench(busy());
    bench.answer("a", "1");
    bench.answer("b", "<&>");
    bench.add("/data/r");
    bench.add("/data/r");
    bench.answer("/data/r[2]/x", "5");
    const std::string submission = bench.session.submission();
    auto again = FormSession::reopen(bench.form, {}, bench.clock, bench.random, submission);
    REQUIRE(again.ok());
    CHECK(again->view(*again->find("b"))->answer == Answer::given("<&>"));
    CHECK(again->view(*again->find("/data/r[2]/x"))->answer == Answer::given("5"));
    CHECK(again->view(*again->find("sum"))->answer == Answer::given("5"));
    CHECK(again->view(*again->find("instanceID"))->answer == bench.view("instanceID").answer);
    const auto once_more = FormSession::replay(bench.form, {}, bench.clock, bench.random, again->begun(), {});
    REQUIRE(once_more.ok());
    CHECK(once_more->dump() == again->dump());
}

TEST_CASE("a record of another form, or none, is refused", "[session][journal][hostile]") {
    Bench bench(busy());
    for (const std::string record :
         {"", "<", "<other/>", "<data><nobody/></data>", "<data><r><nobody/></r></data>"})
        CHECK_FALSE(FormSession::reopen(bench.form, {}, bench.clock, bench.random, record).ok());
    CHECK(FormSession::reopen(bench.form, {}, bench.clock, bench.random, "<data/>").ok());
}

TEST_CASE("an edited record goes on naming the one that it replaces; ours replace none",
          "[session][journal]") {
    Bench bench(busy());
    bench.answer("a", "1");
    std::string record = bench.session.submission();
    const auto again = FormSession::reopen(bench.form, {}, bench.clock, bench.random, record);
    REQUIRE(again.ok());
    CHECK(again->submission().find("deprecatedID") == std::string::npos);
    record.insert(record.find("</meta>"), "<deprecatedID>uuid:1</deprecatedID>");
    const auto edited = FormSession::reopen(bench.form, {}, bench.clock, bench.random, record);
    REQUIRE(edited.ok());
    const std::string sent = edited->submission();
    CHECK(sent.find("</instanceID><deprecatedID>uuid:1</deprecatedID>") != std::string::npos);
}

TEST_CASE("what other tools add to meta is theirs; anywhere else it would be lost", "[session][journal]") {
    Bench bench(busy());
    bench.answer("a", "1");
    bench.answer("b", "kept");
    std::string record = bench.session.submission();
    const auto meta = record.find("<meta>");
    REQUIRE(meta != std::string::npos);
    record.insert(meta + 6, "<audit><x/></audit>");
    const auto again = FormSession::reopen(bench.form, {}, bench.clock, bench.random, record);
    REQUIRE(again.ok());
    CHECK(again->view(*again->find("b"))->answer == Answer::given("kept"));
    CHECK(again->view(*again->find("instanceID"))->answer == bench.view("instanceID").answer);
    CHECK(again->submission().find("audit") == std::string::npos);
    CHECK_FALSE(
        FormSession::reopen(bench.form, {}, bench.clock, bench.random, "<data><audit><x/></audit></data>")
            .ok());
}
