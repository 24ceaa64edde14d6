#include <catch2/catch.hpp>

#include "forms/xlsform/references.h"
#include "tests/forms/xlsform/xform.h"

using namespace doorstep;
using doorstep::tests::XForm;

TEST_CASE("a reference knows where in its expression it stands", "[references]") {
    const auto found = xlsform::references_in(
        "sum( ${a} ) + instance('towns')/root/item[name = ${b}]/size + /data/x[${c}] + "
        "indexed-repeat(${d}, ${e}, ${f})");
    REQUIRE(found.size() == 6);
    CHECK(found[0].function == "sum");
    CHECK(found[0].whole_argument);
    CHECK(found[1].in_instance_predicate);
    CHECK_FALSE(found[1].whole_argument);
    CHECK_FALSE(found[2].in_instance_predicate);
    CHECK(found[3].keep_absolute);
    CHECK(found[4].keep_absolute);
    CHECK_FALSE(found[5].keep_absolute);
}

TEST_CASE("brackets inside quotes do not count, references there do", "[references]") {
    const auto found = xlsform::references_in("concat('[(', ${ a }, \"it's ${b}\")");
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "a");
    CHECK_FALSE(found[0].in_instance_predicate);
    CHECK(found[1].name == "b");
}

TEST_CASE("unfinished references are found and do not run away", "[references]") {
    for (const char* text : {"${", "${}", "${a", "${a ${b}", "]])${a}", "'${a}"})
        CHECK_FALSE(xlsform::references_in(text).empty());
}

TEST_CASE("outside repeats a path is absolute, inside one it is relative to the lowest common repeat",
          "[references]") {
    const XForm form(R"(
        | survey |
        | | type         | name  | label | calculation          |
        | | integer      | top   | Top   |                      |
        | | begin group  | g     | G     |                      |
        | | calculate    | one   |       | ${top} + 1           |
        | | end group    |       |       |                      |
        | | begin repeat | home  | Home  |                      |
        | | integer      | rooms | Rooms |                      |
        | | begin repeat | who   | Who   |                      |
        | | integer      | age   | Age   |                      |
        | | begin group  | more  | More  |                      |
        | | calculate    | two   |       | ${age} + ${rooms}    |
        | | calculate    | three |       | ${top} + count(${who}) |
        | | end group    |       |       |                      |
        | | end repeat   |       |       |                      |
        | | end repeat   |       |       |                      |
        | | calculate    | four  |       | sum(${age})          |
    )");
    CHECK(form.bind("/data/g/one", "calculate") == " /data/top  + 1");
    CHECK(form.bind("/data/home/who/more/two", "calculate") == " ../../age  +  ../../../rooms ");
    CHECK(form.bind("/data/home/who/more/three", "calculate") == " /data/top  + count( ../../../who )");
    CHECK(form.bind("/data/four", "calculate") == "sum( /data/home/who/age )");
}

TEST_CASE("in a filter and in a predicate on a list ${} looks from the question, not from the list",
          "[references]") {
    const XForm form(R"(
        | survey |
        | | type            | name  | label | choice_filter     | calculation |
        | | begin repeat    | r     | R     |                   | |
        | | text            | town  | Town  |                   | |
        | | select_one road | road  | Road  | town = ${town}    | |
        | | calculate       | long  |       |                   | instance('road')/root/item[name = ${road}]/long |
        | | end repeat      |       |       |                   | |
        | choices |
        | | list_name | name | label | town | long |
        | | road      | a    | A     | x    | 3    |
    )");
    CHECK(form.text("//x:itemset/@nodeset") == "instance('road')/root/item[town =  current()/../town ]");
    CHECK(form.bind("/data/r/long", "calculate") ==
          "instance('road')/root/item[name =  current()/../road ]/long");
}

TEST_CASE("arguments of indexed-repeat that name nodes stay absolute", "[references]") {
    const XForm form(R"(
        | survey |
        | | type         | name | label | calculation |
        | | begin repeat | r    | R     | |
        | | text         | a    | A     | |
        | | calculate    | pos  |       | position(..) |
        | | calculate    | b    |       | indexed-repeat(${a}, ${r}, ${pos} - 1) |
        | | end repeat   |      |       | |
    )");
    CHECK(form.bind("/data/r/b", "calculate") == "indexed-repeat( /data/r/a ,  /data/r ,  ../pos  - 1)");
}

TEST_CASE("a list may be made of the answers of a repeat", "[references]") {
    const XForm form(R"(
        | survey |
        | | type               | name | label | choice_filter |
        | | begin repeat       | r    | R     | |
        | | text               | who  | Who   | |
        | | integer            | age  | Age   | |
        | | end repeat         |      |       | |
        | | select_one ${who}  | one  | One   | |
        | | select_one ${who}  | old  | Old   | ${age} > 64 |
    )");
    CHECK(form.text("//x:select1[@ref='/data/one']/x:itemset/@nodeset") == "/data/r[./who != '']");
    CHECK(form.text("//x:select1[@ref='/data/old']/x:itemset/@nodeset") == "/data/r[ ./age  > 64]");
    CHECK(form.text("//x:select1[@ref='/data/old']/x:itemset/x:value/@ref") == "who");
}

TEST_CASE("the last saved record is an instance of its own", "[references]") {
    const XForm form(R"(
        | survey |
        | | type | name | label | default |
        | | text | town | Town  | ${last-saved#town} |
    )");
    CHECK(form.text("//x:setvalue/@value") == " instance('__last-saved')/data/town ");
    CHECK(form.text("//x:instance[@id='__last-saved']/@src") == "jr://instance/last-saved");
}
