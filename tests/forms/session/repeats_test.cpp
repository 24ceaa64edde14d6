// Repeats: added, removed, counted, summed.
#include "tests/forms/session/rig.h"

using namespace doorstep;
using doorstep::test::Bench;
using doorstep::test::FormText;

namespace {

FormText people() {
    return {
        .instance =
            R"(<p jr:template=""><age/><place/><share/><c jr:template=""><toy/></c></p><p><age/><place/><share/></p><sum/><many/><toys/>)",
        .binds =
            R"x(<bind nodeset="/data/p/age" type="int"/><bind nodeset="/data/p/place" calculate="position(..)"/>)x"
            R"x(<bind nodeset="/data/p/share" calculate="/data/p/age div /data/sum"/>)x"
            R"x(<bind nodeset="/data/sum" calculate="sum(/data/p/age)"/><bind nodeset="/data/many" calculate="count(/data/p)"/>)x"
            R"x(<bind nodeset="/data/toys" calculate="count(/data/p/c)"/>)x",
        .body = R"(<repeat nodeset="/data/p"><input ref="/data/p/age"/><input ref="/data/p/share"/>)"
                R"(<repeat nodeset="/data/p/c"><input ref="/data/p/c/toy"/></repeat></repeat>)"};
}

FormText counted(const std::string& count) {
    return {.instance = "<n/><r><a/></r><sum/>",
            .binds = R"x(<bind nodeset="/data/sum" calculate="sum(/data/r/a)"/>)x",
            .body = R"(<input ref="/data/n"/><repeat nodeset="/data/r" jr:count=")" + count +
                    R"("><input ref="/data/r/a"/></repeat>)"};
}

}  // namespace

TEST_CASE("instances are added at the end and removed anywhere", "[session][repeat]") {
    Bench bench(people());
    bench.add("/data/p");
    bench.add("/data/p");
    CHECK(bench.text("/data/many") == "3");
    bench.answer("/data/p[1]/age", "10");
    bench.answer("/data/p[2]/age", "30");
    bench.answer("/data/p[3]/age", "60");
    CHECK(bench.text("/data/sum") == "100");
    CHECK(bench.text("/data/p[2]/share") == "0.3");
    CHECK(bench.text("/data/p[3]/place") == "3");
    const NodeRef second = bench.node("/data/p[2]");
    const NodeRef third_age = bench.node("/data/p[3]/age");
    bench.remove("/data/p[2]");
    CHECK_FALSE(bench.session.alive(second));
    CHECK_FALSE(bench.session.view(second).ok());
    CHECK(bench.session.view(third_age)->path == "/data/p[2]/age");
    CHECK(bench.text("/data/p[2]/age") == "60");
    CHECK(bench.text("/data/p[2]/place") == "2");
    CHECK(bench.text("/data/sum") == "70");
    CHECK(bench.text("/data/many") == "2");
    bench.add("/data/p");
    CHECK_FALSE(bench.session.alive(second));
    CHECK(bench.text("/data/p[3]/age") == "");
}

TEST_CASE("a repeat is shown or hidden before its first instance too", "[session][repeat]") {
    Bench bench(FormText{
        .instance = R"(<any/><home jr:template=""><kids/><kid jr:template=""><name/></kid></home>)",
        .binds = R"x(<bind nodeset="/data/home" relevant="/data/any = 'yes'"/>)x"
                 R"x(<bind nodeset="/data/home/kid" relevant="../kids &gt; 0"/>)x",
        .body =
            R"(<input ref="/data/any"/><group ref="/data/home"><label>Homes</label>)"
            R"(<repeat nodeset="/data/home"><input ref="/data/home/kids"/>)"
            R"x(<repeat nodeset="/data/home/kid" jr:noAddRemove="true()"><input ref="/data/home/kid/name"/></repeat>)x"
            R"(</repeat></group>)"});
    CHECK_FALSE(bench.session.repeat("/data/home")->relevant);
    bench.answer("any", "yes");
    const RepeatView homes = *bench.session.repeat("/data/home");
    CHECK(homes.relevant);
    CHECK(homes.grows);
    CHECK(homes.label == "Homes");
    bench.add("/data/home");
    bench.add("/data/home");
    CHECK(bench.session.repeat("/data/home")->size == 2);
    CHECK_FALSE(bench.session.repeat("/data/home[2]/kid")->relevant);
    bench.answer("/data/home[2]/kids", "1");
    CHECK(bench.session.repeat("/data/home[2]/kid")->relevant);
    CHECK_FALSE(bench.session.repeat("/data/home[2]/kid")->grows);
    CHECK_FALSE(bench.session.repeat("/data/home[1]/kid")->relevant);
    bench.answer("any", "no");
    CHECK_FALSE(bench.session.repeat("/data/home[2]/kid")->relevant);
    for (const char* none : {"/data/any", "/data", "home", "/data/home[3]/kid"})
        CHECK_FALSE(bench.session.repeat(none).ok());
}

TEST_CASE("adding and removing again is nothing", "[session][repeat]") {
    Bench bench(people());
    bench.answer("/data/p[1]/age", "10");
    const std::string before = bench.session.dump();
    bench.add("/data/p");
    CHECK(bench.session.dump() != before);
    bench.remove("/data/p[2]");
    CHECK(bench.session.dump() == before);
}

TEST_CASE("repeats stand in repeats", "[session][repeat]") {
    Bench bench(people());
    bench.add("/data/p");
    bench.add("/data/p[2]/c");
    bench.add("/data/p[2]/c");
    bench.add("/data/p[1]/c");
    CHECK(bench.text("/data/toys") == "3");
    bench.answer("/data/p[2]/c[2]/toy", "ball");
    bench.remove("/data/p[1]");
    CHECK(bench.text("/data/toys") == "2");
    CHECK(bench.text("/data/p[1]/c[2]/toy") == "ball");
    CHECK(bench.session.submission().find("<c><toy>ball</toy></c>") != std::string::npos);
}

TEST_CASE("what is no repeat cannot be added or removed", "[session][repeat]") {
    Bench bench(people());
    for (const std::string path :
         {"/data/sum", "/data/nobody", "", "/", "p", "/data", "/data/p[9]/c", "/data/p[x]/c"})
        CHECK_FALSE(bench.session.add_repeat(path).ok());
    CHECK_FALSE(bench.session.remove_repeat(bench.node("/data/sum")).ok());
    CHECK_FALSE(bench.session.remove_repeat(bench.node("/data")).ok());
}

TEST_CASE("a counted repeat follows its number, and officers cannot change it", "[session][repeat]") {
    Bench bench(counted("/data/n"));
    CHECK_FALSE(bench.session.find("/data/r[1]"));
    bench.answer("n", "3");
    bench.answer("/data/r[1]/a", "1");
    bench.answer("/data/r[3]/a", "5");
    CHECK(bench.text("/data/sum") == "6");
    bench.answer("n", "2");
    CHECK_FALSE(bench.session.find("/data/r[3]"));
    CHECK(bench.text("/data/sum") == "1");
    CHECK_FALSE(bench.session.add_repeat("/data/r").ok());
    CHECK_FALSE(bench.session.remove_repeat(bench.node("/data/r[1]")).ok());
    bench.answer("n", "0");
    CHECK_FALSE(bench.session.find("/data/r[1]"));
    bench.answer("n", "-4");
    CHECK_FALSE(bench.session.find("/data/r[1]"));
    bench.answer("n", "2.9");
    CHECK(bench.session.find("/data/r[2]"));
    CHECK_FALSE(bench.session.find("/data/r[3]"));
}

TEST_CASE("a hostile count is bounded, said, and can be mended", "[session][repeat][hostile]") {
    auto form = test::load(counted("/data/n").xml());
    ManualClock clock(0, 0);
    SeededRandom random(1);
    auto session = Bench::begin(form, {}, clock, random);
    for (const std::string hostile : {"1000000000", "1e300", "Infinity", "99999999999999999999999"}) {
        REQUIRE(session.answer(*session.find("n"), Answer::given(hostile)).ok());
        CHECK_FALSE(session.find("/data/r[5001]"));
        if (hostile == "1000000000") {
            REQUIRE(session.find("/data/r[5000]"));
            REQUIRE(session.blocked().size() == 1);
            CHECK(session.blocked()[0].violation == Violation::cannot_compute);
            CHECK(session.blocked()[0].path == "/data/r");
            CHECK(session.blocked()[0].text.find("1000000000 are asked for, and 5000 are the most") !=
                  std::string::npos);
        }
    }
    REQUIRE(session.answer(*session.find("n"), Answer::given("1")).ok());
    CHECK(session.blocked().empty());
    CHECK_FALSE(session.find("/data/r[2]"));
}

TEST_CASE("a count may ask for one more while the last says so", "[session][repeat]") {
    const FormText text{
        .instance = "<r><more/></r><n/>",
        .binds =
            R"x(<bind nodeset="/data/n" calculate="if(count(/data/r) = 0 or /data/r[position() = count(/data/r)]/more = 'yes', count(/data/r) + 1, count(/data/r))"/>)x",
        .body = R"(<repeat nodeset="/data/r" jr:count="/data/n"><input ref="/data/r/more"/></repeat>)"};
    Bench bench(text);
    CHECK(bench.session.find("/data/r[1]"));
    CHECK_FALSE(bench.session.find("/data/r[2]"));
    bench.answer("/data/r[1]/more", "yes");
    CHECK(bench.session.find("/data/r[2]"));
    CHECK_FALSE(bench.session.find("/data/r[3]"));
}

TEST_CASE("a running total settles in order, each instance once", "[session][repeat]") {
    const FormText text{
        .instance = R"(<r jr:template=""><x/><total/></r>)",
        .binds =
            R"x(<bind nodeset="/data/r/total" calculate="../x + coalesce(/data/r[position() = position(current()/..) - 1]/total, 0)"/>)x",
        .body = R"(<repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>)"};
    Bench bench(text);
    for (int i = 1; i <= 5; ++i) {
        bench.add("/data/r");
        bench.answer("/data/r[" + std::to_string(i) + "]/x", std::to_string(i));
    }
    CHECK(bench.text("/data/r[5]/total") == "15");
    bench.answer("/data/r[2]/x", "10");
    CHECK(bench.text("/data/r[5]/total") == "23");
    bench.remove("/data/r[1]");
    CHECK(bench.text("/data/r[4]/total") == "22");
}

TEST_CASE("a new instance takes what the form sets for it", "[session][repeat]") {
    const FormText text{
        .instance = R"(<r jr:template=""><no/><from>template</from></r><start/>)",
        .binds = "",
        .body = R"(<input ref="/data/start"/><repeat nodeset="/data/r"><input ref="/data/r/no"/>)"
                R"x(<setvalue event="odk-new-repeat" ref="/data/r/no" value="position(..) * 10"/></repeat>)x",
        .model = R"(<setvalue event="odk-instance-first-load" ref="/data/start">at once</setvalue>)"};
    Bench bench(text);
    CHECK(bench.text("start") == "at once");
    bench.add("/data/r");
    bench.add("/data/r");
    CHECK(bench.text("/data/r[1]/no") == "10");
    CHECK(bench.text("/data/r[2]/no") == "20");
    CHECK(bench.text("/data/r[2]/from") == "template");
}

TEST_CASE("indexed-repeat finds the inner repeat inside the outer one, whichever is named first",
          "[session][repeats]") {
    Bench bench(FormText{
        .instance = "<street jr:template=\"\"><house jr:template=\"\"><no/></house></street><a/><b/>",
        .binds =
            R"x(<bind nodeset="/data/a" calculate="indexed-repeat(/data/street/house/no, /data/street, 2, /data/street/house, 1)"/>)x"
            R"x(<bind nodeset="/data/b" calculate="indexed-repeat(/data/street/house/no, /data/street/house, 1, /data/street, 2)"/>)x",
        .body = R"(<repeat nodeset="/data/street"><repeat nodeset="/data/street/house">)"
                R"(<input ref="/data/street/house/no"/></repeat></repeat>)"});
    bench.add("/data/street");
    bench.add("/data/street");
    bench.add("/data/street[1]/house");
    bench.add("/data/street[2]/house");
    bench.answer("/data/street[1]/house[1]/no", "11");
    bench.answer("/data/street[2]/house[1]/no", "21");
    CHECK(bench.text("a") == "21");
    CHECK(bench.text("b") == "21");
}
