#include <catch2/catch.hpp>

#include "tests/forms/xlsform/xform.h"

using namespace doorstep;
using doorstep::tests::XForm;

TEST_CASE("a plain form has its instance, its binds and its controls, and nothing of ours", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type           | name | label     | hint      | required | relevant   | constraint | constraint_message |
        | | integer        | age  | How old?  | In years. | yes      |            | . < 130    | Too old.           |
        | | select_one yn  | well | All well? |           | TRUE     | ${age} > 1 |            |                    |
        | | note           | bye  | Thanks    |           |          |            |            |                    |
        | | acknowledge    | ok   | Understood |          |          |            |            |                    |
        | choices |
        | | list_name | name | label |
        | | yn        | yes  | Yes   |
        | | yn        | no   | No    |
        | settings |
        | | form_title | form_id | version |
        | | Door       | door    | 2013    |
    )");
    CHECK(form.messages().empty());
    CHECK(form.text("/h:html/h:head/h:title") == "Door");
    CHECK(form.text("//x:instance[1]/x:data/@id") == "door");
    CHECK(form.text("//x:instance[1]/x:data/@version") == "2013");
    CHECK(form.bind("/data/age", "type") == "int");
    CHECK(form.bind("/data/age", "required") == "true()");
    CHECK(form.bind("/data/age", "constraint") == ". < 130");
    CHECK(form.bind("/data/age", "jr:constraintMsg") == "Too old.");
    CHECK(form.bind("/data/well", "relevant") == " /data/age  > 1");
    CHECK(form.bind("/data/bye", "readonly") == "true()");
    CHECK(form.text("/h:html/h:body/x:input[1]/x:hint") == "In years.");
    CHECK(form.text("/h:html/h:body/x:select1/x:itemset/@nodeset") == "instance('yn')/root/item");
    CHECK(form.count("//x:instance[@id='yn']/x:root/x:item") == 2);
    CHECK(form.count("/h:html/h:body/x:trigger") == 1);
    CHECK(form.bind("/data/meta/instanceID", "jr:preload") == "uid");
    CHECK(form.count("//x:itext") == 0);
    CHECK(form.xml().find("urn:doorstep") == std::string::npos);
}

TEST_CASE("headers are known by their other names and in any capitals", "[convert]") {
    const XForm form(R"(
        | survey |
        | | Type | NAME | Caption | Read Only | bind::relevant | relevance |
        | | text | a    | A       | yes       |                |           |
    )");
    // bind::relevant and relevance are one column.
    CHECK(form.message("duplicate-column") == "form.md, sheet survey, row 1, column F (relevance): "
                                              "\"bind::relevant\" and \"relevance\" are the same "
                                              "column. Mend: rename or remove one of the two.");
    const XForm good(R"(
        | survey |
        | | Type | NAME | Caption | Read Only | bind::relevant |
        | | text | a    | A       | yes       | true()         |
    )");
    CHECK(good.bind("/data/a", "readonly") == "true()");
    CHECK(good.bind("/data/a", "relevant") == "true()");
}

TEST_CASE("languages go to itext, with the default language marked", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type          | name | label::English (en) | label::Polski (pl) | hint::English (en) | required_message::Polski (pl) |
        | | select_one yn | q    | Well, ${who}?       | Dobrze, ${who}?    | Ask.               | Proszę                        |
        | | text          | who  | Who?                | Kto?               |                    |                               |
        | choices |
        | | list_name | name | label::English (en) | label::Polski (pl) |
        | | yn        | yes  | Yes                 | Tak                |
        | settings |
        | | default_language |
        | | Polski (pl)      |
    )");
    CHECK(form.text("//x:translation[@default='true()']/@lang") == "Polski (pl)");
    CHECK(form.text("//x:translation[@lang='Polski (pl)']/x:text[@id='/data/q:label']/x:value") ==
          " Dobrze, ? ");
    CHECK(form.text("//x:translation[1]/x:text[@id='/data/q:label']/x:value/x:output/@value") ==
          " /data/who ");
    CHECK(form.text("//x:select1/x:label/@ref") == "jr:itext('/data/q:label')");
    CHECK(form.text("//x:instance[@id='yn']//x:itextId") == "yn-0");
    CHECK(form.text("//x:itemset/x:label/@ref") == "jr:itext(itextId)");
    CHECK(form.bind("/data/q", "jr:requiredMsg") == "jr:itext('/data/q:jr:requiredMsg')");
    // What was left out stands as "-", as other tools write it, and is told.
    CHECK(form.text("//x:translation[@lang='Polski (pl)']/x:text[@id='/data/q:hint']/x:value") == "-");
    CHECK(form.message("missing-wording") == "form.md, sheet survey, row 2: warning: there is no hint in "
                                             "Polski (pl). The form speaks English (en), "
                                             "Polski (pl). Mend: fill column hint::Polski (pl).");
}

TEST_CASE("a language whose label is empty is told at the empty cell", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type | name | label::English | label::Polish |
        | | text | a    | A              |               |
    )");
    CHECK(form.messages() ==
          std::vector<std::string>{"form.md, sheet survey, row 2, column D (label::Polish): warning: there "
                                   "is no label in Polish. The form "
                                   "speaks English, Polish. Mend: fill column label::Polish."});
    CHECK_FALSE(form.refused());
}

TEST_CASE("a repeat stands in the instance as template and once, with its count", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type         | name  | label  | repeat_count | default |
        | | integer      | n     | N      |              |         |
        | | begin repeat | a     | A      | ${n}         |         |
        | | integer      | x     | X      |              | 7       |
        | | begin repeat | b     | B      | ${n} + 1     |         |
        | | text         | y     | Y      |              | concat('a', ${x}) |
        | | end repeat   |       |        |              |         |
        | | end repeat   |       |        |              |         |
    )");
    CHECK(form.count("//x:instance/x:data/x:a") == 2);
    CHECK(form.text("//x:instance/x:data/x:a[@jr:template='']/x:x") == "7");
    CHECK(form.count("//x:instance/x:data/x:a[@jr:template='']/x:b") == 1);
    CHECK(form.count("//x:instance/x:data/x:a[not(@jr:template)]/x:b[not(@jr:template)]") == 1);
    CHECK(form.text("//x:repeat[@nodeset='/data/a']/@jr:count") == " /data/n ");
    CHECK(form.bind("/data/a/b_count", "calculate") == " /data/n  + 1");
    CHECK(form.text("//x:repeat[@nodeset='/data/a/b']/@jr:count") == " ../b_count ");
    CHECK(form.count("//x:model/x:setvalue[@ref='/data/a/b/y'][@event='odk-instance-first-load']") == 1);
    CHECK(form.text("//x:repeat[@nodeset='/data/a/b']/x:setvalue[@event='odk-new-repeat']/@value") ==
          "concat('a',  ../../x )");
}

TEST_CASE("a default that only looks like an expression stays text", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type | name | label | default |
        | | text | a    | A     | f-4 |
        | | date | b    | B     | 2022-03-14 |
        | | text | c    | C     | not asked - see notes * |
        | | text | d    | D     | today() |
        | | text | e    | E     | 7 - 4 |
    )");
    CHECK(form.text("//x:data/x:a") == "f-4");
    CHECK(form.text("//x:data/x:b") == "2022-03-14");
    CHECK(form.text("//x:data/x:c") == "not asked - see notes *");
    CHECK(form.count("//x:setvalue") == 2);
}

TEST_CASE("other, files, ranges, shuffled lists and triggers", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type                              | name | label | parameters                 | trigger | calculation |
        | | select_one yn or_other            | a    | A     | randomize=true seed=3      |         |             |
        | | select_one_from_file wards.csv    | b    | B     | value=code label=title     |         |             |
        | | select_multiple_from_file m.geojson | c  | C     |                            |         |             |
        | | range                             | d    | D     | start=0; end=1; step=0.5   |         |             |
        | | calculate                         | e    |       |                            | ${a}    | now()       |
        | | image                             | f    | F     | max-pixels=640             |         |             |
        | choices |
        | | list_name | name | label |
        | | yn        | yes  | Yes   |
    )");
    CHECK(form.text("//x:select1[@ref='/data/a']/x:itemset/@nodeset") ==
          "randomize(instance('yn')/root/item, 3)");
    CHECK(form.bind("/data/a_other", "relevant") == "selected(../a, 'other')");
    CHECK(form.text("//x:instance[@id='yn']//x:item[x:name='other']/x:label") == "Other");
    CHECK(form.text("//x:instance[@id='wards']/@src") == "jr://file-csv/wards.csv");
    CHECK(form.text("//x:instance[@id='m']/@src") == "jr://file/m.geojson");
    CHECK(form.text("//x:select1[@ref='/data/b']/x:itemset/x:value/@ref") == "code");
    CHECK(form.text("//x:select[@ref='/data/c']/x:itemset/x:label/@ref") == "title");
    CHECK(form.bind("/data/d", "type") == "decimal");
    CHECK(form.text("//x:select1[@ref='/data/a']/x:setvalue[@ref='/data/e']/@value") == "now()");
    CHECK(form.bind("/data/e", "calculate") == "(none)");
    CHECK(form.bind("/data/f", "orx:max-pixels") == "640");
}

TEST_CASE("text of an author cannot break out of the XML", "[convert]") {
    const XForm form("| survey |\n| | type | name | label | default |\n"
                     "| | text | a | <b>&\"'\x01 ]]> ${a} | </a><x/> & \"y\" |\n");
    CHECK(form.text("//x:input/x:label") == " <b>&\"' ]]>  ");
    CHECK(form.text("//x:data/x:a") == "</a><x/> & \"y\"");
}

TEST_CASE("settings reach the form", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type | name | label |
        | | text | a    | A     |
        | settings |
        | | name | instance_name | style | submission_url       | namespaces               | attribute::ex:v |
        | | door | ${a}          | pages | https://example.org/ | ex="http://example.org/" | 4               |
    )");
    CHECK(form.bind("/door/meta/instanceName", "calculate") == " /door/a ");
    CHECK(form.text("/h:html/h:body/@class") == "pages");
    CHECK(form.text("//x:submission/@action") == "https://example.org/");
    CHECK(form.text("//x:instance/x:door/@*[local-name()='v']") == "4");
}

TEST_CASE("a loop makes one group for each choice", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type            | name | label               |
        | | begin loop over rooms | r | Rooms           |
        | | integer         | n    | Alarms in %(label)s |
        | | end loop        |      |                     |
        | choices |
        | | list_name | name    | label   |
        | | rooms     | kitchen | Kitchen |
        | | rooms     | hall    | Hall    |
    )");
    CHECK(form.text("//x:input[@ref='/data/r/hall/n']/x:label") == "Alarms in Hall");
    CHECK(form.count("//x:instance/x:data/x:r/x:kitchen/x:n") == 1);
}

TEST_CASE("every part of the form remembers its cell", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type          | name | label | relevant | calculation | constraint | required | readonly | default | hint | choice_filter | repeat_count |
        | | text          | a    | A     | true()   |             | . != ''    | yes      | no       | today() | H    |               |              |
        | | select_one yn | s    | S     |          |             |            |          |          |         |      | true()        |              |
        | | begin repeat  | r    | R     |          |             |            |          |          |         |      |               | 2            |
        | | calculate     | c    |       |          | 1 + 1       |            |          |          |         |      |               |              |
        | | end repeat    |      |       |          |             |            |          |          |         |      |               |              |
        | choices |
        | | list_name | name | label |
        | | yn        | yes  | Yes   |
    )");
    const auto& origins = form.converted().origins;
    const auto place = [&](const std::string& key) {
        INFO(key);
        REQUIRE(origins.contains(key));
        return origins.at(key);
    };
    CHECK(place("/data/a#type") == Place{"form.md", "survey", 2, 1, "type"});
    CHECK(place("/data/a#label").column == 3);
    CHECK(place("/data/a#relevant") == Place{"form.md", "survey", 2, 4, "relevant"});
    for (const char* property : {"constraint", "required", "readonly", "default", "hint"})
        CHECK(place(std::string("/data/a#") + property).row == 2);
    CHECK(place("/data/s#choice_filter").row == 3);
    CHECK(place("/data/r#repeat_count").row == 4);
    CHECK(place("/data/r_count#calculation").column == 12);
    CHECK(place("/data/r/c#calculation") == Place{"form.md", "survey", 5, 5, "calculation"});
}

TEST_CASE("entities are written where the answers are that make them", "[convert]") {
    const XForm form(R"(
        | survey |
        | | type         | name | label | save_to   |
        | | text         | road | Road  | homes#road |
        | | begin repeat | r    | R     |           |
        | | text         | who  | Who   | people#name_given |
        | | end repeat   |      |       |           |
        | entities |
        | | list_name | label   |
        | | homes     | ${road} |
        | | people    | ${who}  |
    )");
    CHECK(form.messages().empty());
    CHECK(form.text("//x:data/x:meta/x:entity/@dataset") == "homes");
    CHECK(form.text("//x:data/x:r[@jr:template='']/x:meta/x:entity/@dataset") == "people");
    CHECK(form.bind("/data/r/meta/entity/label", "calculate") == " ../../../who ");
    CHECK(form.count("//x:repeat/x:setvalue[@event='odk-new-repeat']") == 1);
    CHECK(form.xml().find("entities:saveto=\"name_given\"") != std::string::npos);
}

TEST_CASE("two entities cannot be made of one group", "[convert]") {
    const XForm form("| survey |\n| | type | name | label |\n| | text | a | A |\n"
                     "| entities |\n| | list_name | label |\n| | homes | ${a} |\n| | people | ${a} |\n");
    CHECK(form.message("entity-place") ==
          "form.md, sheet entities, row 3, column A (list_name): there is no group left for \"people\": row "
          "2 has the "
          "one it would need. Every group, repeat and the form itself make one entity at most. Mend: put the "
          "questions that it saves into a group of their own.");
}
