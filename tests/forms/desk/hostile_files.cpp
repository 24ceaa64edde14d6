#include "tests/forms/desk/hostile_files.h"

#include <fmt/format.h>

#include <string_view>

#include "tests/support/xlsx_file.h"

using namespace std::string_literals;

namespace doorstep {
namespace {

using Made = std::function<std::string()>;
using Files = std::vector<HostileFile>;

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        out += text;
    return out;
}

// `line` once for each number below `times`.
std::string numbered(std::size_t times, const std::function<std::string(std::size_t)>& line) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i)
        out += line(i);
    return out;
}

std::string survey(const std::string& rows) {
    return "| survey |\n| | type | name | label | relevant | calculation | constraint | repeat_count |\n" +
           rows;
}

std::string xform(const std::string& model, const std::string& doctype = {}) {
    return "<?xml version=\"1.0\"?>" + doctype +
           "<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\">"
           "<h:head><h:title>t</h:title><model>" +
           model + "</model></h:head><h:body/></h:html>";
}

std::string xlsx(const std::string& data, const std::string& shared = {}) {
    XlsxFile file;
    file.shared = shared;
    file.sheet("survey", data);
    return file.bytes();
}

std::string attributes(std::size_t many) {
    return numbered(many, [](std::size_t i) { return fmt::format(" a{}=''", i); });
}

void add_workbooks(Files& all) {
    all.push_back({"bomb.xlsx", [] { return xlsx(std::string(100u << 20, ' ')); }, "more than 64 MiB"});
    all.push_back(
        {"cells.xlsx",
         [] { return xlsx(repeated("<row>" + repeated("<c><v>1</v></c>", 60) + "</row>", 17'000)); },
         "more than 1000000 cells"});
    all.push_back({"tags.xlsx",
                   [] { return xlsx(repeated("<row>" + repeated("<c/>", 16'000) + "</row>", 260)); },
                   "too many cells"});
    all.push_back({"wide.xlsx", [] { return xlsx("<row>" + repeated("<c/>", 1'000'000) + "</row>"); },
                   "more than 16384 columns"});
    all.push_back(
        {"attributes.xlsx", [] { return xlsx("<row" + attributes(200'000) + "/>"); }, "too many attributes"});
    all.push_back({"columns.xlsx",
                   [] { return xlsx("<row r=\"1\"><c r=\"ZZZZZ1\" t=\"str\"><v>x</v></c></row>"); },
                   "there is no cell"});
    all.push_back(
        {"texts.xlsx",
         [] { return xlsx("<row><c t=\"s\"><v>0</v></c></row>", repeated("<si><t>x</t></si>", 3'000'000)); },
         "texts.xlsx"});
    // Five cells of text a cell of 1 MiB, pointed at a thousand times.
    all.push_back({"echo.xlsx",
                   [] {
                       const std::string cells = repeated("<row><c t=\"s\"><v>0</v></c></row>", 1'000);
                       return xlsx(cells, "<si><t>" + std::string(1u << 20, 'x') + "</t></si>");
                   },
                   "64 MiB of text"});
}

void add_sheets(Files& all) {
    all.push_back({"million.csv", [] { return "survey\n" + std::string(1'000'000, ',') + "\n"; },
                   "more than 16384 columns"});
    all.push_back({"cells.csv", [] { return "survey\n" + repeated(std::string(1'000, ',') + "\n", 1'100); },
                   "more than 1000000 cells"});
    all.push_back({"quote.csv", [] { return "survey\n,\"" + std::string(30u << 20, 'x'); }, "never closed"});
    all.push_back(
        {"bytes.csv", [] { return "survey,\n,type\n,\xC3\x28\n"s; }, "not saved as UTF-8 (line 3, byte 2)"});
    all.push_back({"nul.csv", [] { return "survey,\n,ty\0pe\n"s; }, "this is no text"});
    all.push_back({"nul.md", [] { return "| survey |\n| | \0 |\n"s; }, "this is no text"});
    all.push_back(
        {"sheet.md", [] { return "| " + std::string(30u << 20, 'x') + " |\n| | type |\n"; }, "sheet.md"});
    all.push_back({"header.md",
                   [] { return "| survey |\n| | type | name | " + std::string(30u << 20, 'x') + " |\n"; },
                   "the header is longer than 255 characters", 0});
}

// Lists that a question attaches.
void add_lists(Files& all) {
    const Made chooser = [] { return survey("| | select_one_from_file list.csv | a | A | | | | |\n"); };
    const auto list = [&](const std::string& name, const std::string& says, Made content) {
        all.push_back({name, chooser, says, 1, {{"list.csv", std::move(content)}}});
    };
    list("rows.md", "1000000 rows", [] { return "name,label\n" + repeated("a,b\n", 10'000'000); });
    list("weight.md", "64 MiB", [] { return "name,label\n" + repeated("a,bcdefghijkl\n", 10'000'000); });
    list("width.md", "list.csv", [] { return "name,label" + std::string(10'000'000, ',') + "\na,b\n"; });
    list("binary.md", "list.csv", [] { return "name,label\na\0,b\n"s; });
    all.push_back({"tree.md",
                   [] { return survey("| | select_one_from_file tree.xml | a | A | | | | |\n"); },
                   "tree.xml",
                   1,
                   {{"tree.xml", [] { return "<root>" + repeated("<item>", 500'000); }}}});
}

void add_surveys(Files& all) {
    all.push_back(
        {"deep.md", [] { return survey(repeated("| | begin group | g | G | | | | |\n", 50'000)); }, "row "});
    all.push_back({"nested.md",
                   [] {
                       return survey(
                           numbered(3'000,
                                    [](std::size_t i) {
                                        return fmt::format("| | begin group | g{} | G | | | | |\n", i);
                                    }) +
                           "| | text | q | Q | | | | |\n" + repeated("| | end group | | | | | | |\n", 3'000));
                   },
                   "deep"});
    all.push_back({"cycle.md",
                   [] {
                       return survey(
                           "| | calculate | a | | | ${b} | | |\n| | calculate | b | | | ${c} | | |\n"
                           "| | calculate | c | | | ${a} | | |\n");
                   },
                   "Rows 2 -> "});
    all.push_back({"ring.md",
                   [] {
                       return survey(numbered(5'000, [](std::size_t i) {
                           return fmt::format("| | calculate | a{} | | | ${{a{}}} | | |\n", i,
                                              (i + 1) % 5'000);
                       }));
                   },
                   "Rows 2 -> "});
    all.push_back({"long.md",
                   [] { return survey("| | text | a | A | " + std::string(1 << 20, '1') + " | | | |\n"); },
                   "65536"});
    all.push_back({"open.md",
                   [] { return survey("| | text | a | A | " + repeated("(", 30'000) + " | | | |\n"); },
                   "at most 200"});
    all.push_back(
        {"pattern.md",
         [] { return survey("| | text | a | A | | | regex(., '((((a{1,99}){1,99}){1,99}){1,99})') | |\n"); },
         "row 2"});
    all.push_back({"milliard.md",
                   [] {
                       return survey(
                           "| | begin repeat | r | R | | | | 1000000000 |\n| | text | q | Q | | | | |\n"
                           "| | end repeat | | | | | | |\n");
                   },
                   "row 2"});
}

// Much of what is harmless once.
void add_long_surveys(Files& all) {
    all.push_back({"questions.md",
                   [] {
                       return survey(numbered(100'000, [](std::size_t i) {
                           return fmt::format("| | text | q{0} | Q {0} | | | | |\n", i);
                       }));
                   },
                   "a form has at most 30000"});
    // The most that is taken on, so that the bound is not above what memory holds.
    all.push_back({"thousands.md",
                   [] {
                       return survey(numbered(30'000, [](std::size_t i) {
                           return fmt::format("| | text | q{0} | Q {0} | | | | |\n", i);
                       }));
                   },
                   "ready to use", 0});
    all.push_back({"labels.md",
                   [] {
                       return survey(numbered(130, [](std::size_t i) {
                           return fmt::format("| | text | q{} | {} | | | | |\n", i, std::string(60'000, 'x'));
                       }));
                   },
                   "ready to use", 0});
    all.push_back({"words.md",
                   [] {
                       return survey(numbered(1'000, [](std::size_t i) {
                           return fmt::format("| | text | q{} | {} | | | | |\n", i, std::string(60'000, 'x'));
                       }));
                   },
                   "more than 8 MiB of text"});
    const auto choices = [](std::size_t many) {
        return survey("| | select_one l | a | A | | | | |\n") +
               "| choices |\n| | list_name | name | label |\n" +
               numbered(many, [](std::size_t i) { return fmt::format("| | l | c{0} | C {0} |\n", i); });
    };
    all.push_back({"choices.md", [=] { return choices(200'000); }, "more than 60000 rows"});
    all.push_back({"many.md", [=] { return choices(60'000); }, "ready to use", 0});
    all.push_back({"strangers.md",
                   [] {
                       return survey(numbered(20'000, [](std::size_t i) {
                           return fmt::format("| | text | question{0} | Q | ${{questoin{0}}} = 1 | | | |\n",
                                              i);
                       }));
                   },
                   "is no question"});
}

// JSON beside the form: places of a map, answers.
void add_json(Files& all) {
    const Made chooser = [] { return survey("| | select_one_from_file list.geojson | a | A | | | | |\n"); };
    const auto map = [&](const std::string& name, Made content) {
        all.push_back({name, chooser, "list.geojson", 1, {{"list.geojson", std::move(content)}}});
    };
    map("map.md", [] { return repeated("[", 5'000'000); });
    map("wide.md", [] { return "{\"features\": [0" + repeated(",0", 20'000'000) + "]}"; });
    const auto answers = [&](const std::string& name, Made content) {
        const Made form = [] { return survey("| | text | a | A | | | | |\n"); };
        all.push_back({name, form, "answers.json", 1, {{"answers.json", std::move(content)}}, "submission"});
    };
    answers("answers.md", [] { return repeated("[", 5'000'000); });
    answers("list.md", [] { return "{\"a\": [0" + repeated(",0", 20'000'000) + "]}"; });
}

void add_xforms(Files& all) {
    all.push_back({"bomb.xml",
                   [] {
                       return xform("<instance><data id='d'>&b;</data></instance>",
                                    "<!DOCTYPE h [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>");
                   },
                   "entities"});
    all.push_back({"outside.xml",
                   [] {
                       return xform("<instance><data id='d'>&b;</data></instance>",
                                    "<!DOCTYPE h [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>");
                   },
                   "entities"});
    all.push_back(
        {"deep.xml", [] { return xform("<instance><data id='d'>" + repeated("<a>", 100'000)); }, "deep"});
    all.push_back({"attributes.xml",
                   [] { return xform("<instance><data id='d'" + attributes(200'000) + "/></instance>"); },
                   "more than 256 attributes"});
    all.push_back(
        {"names.xml", [] { return xform(repeated("<a xmlns:b='urn:b'/>", 2'000)); }, "declares namespaces"});
    all.push_back(
        {"elements.xml",
         [] { return xform("<instance><data id='d'>" + repeated("<a/>", 1'500'000) + "</data></instance>"); },
         "more than 400000 elements"});
    all.push_back({"large.xml", [] { return xform(std::string(9u << 20, ' ')); }, "8388608"});
}

// Forms that are in order and hurt only once they are filled in.
void add_fillings(Files& all) {
    const auto fill = [&](const std::string& name, Made form, Made answers, const std::string& says,
                          int status) {
        all.push_back(
            {name, std::move(form), says, status, {{"answers.csv", std::move(answers)}}, "submission"});
    };
    const Made counted = [] {
        return survey("| | integer | n | N | | | | |\n| | begin repeat | r | R | | | | ${n} |\n"
                      "| | text | q | Q | | | | |\n| | end repeat | | | | | | |\n");
    };
    fill(
        "counted.md", counted, [] { return "path,value\nn,1000000000\n"s; }, "row 3", 1);
    const Made roster = [] {
        return survey(
            "| | begin repeat | r | R | | | | |\n| | text | q | Q | | | | |\n| | end repeat | | | | | | |\n");
    };
    fill(
        "far.md", roster, [] { return "path,value\n/data/r[1000000000]/q,x\n"s; }, "row 2", 1);
    fill(
        "match.md", [] { return survey("| | text | a | A | | | regex(., '(a+)+b') | |\n"); },
        [] { return "path,value\na," + std::string(60'000, 'a') + "\n"; }, "a does not fit", 1);
    fill(
        "double.md",
        [] {
            return survey("| | text | a0 | A | | | | |\n" + numbered(60, [](std::size_t i) {
                              return fmt::format(
                                  "| | calculate | a{} | | | concat(${{a{}}}, ${{a{}}}) | | |\n", i + 1, i,
                                  i);
                          }));
        },
        [] { return "path,value\na0,x\n"s; }, "cannot compute", 1);
    fill(
        "visits.md",
        [] {
            return survey(
                numbered(1'000,
                         [](std::size_t i) { return fmt::format("| | text | q{0} | Q | | | | |\n", i); }) +
                "| | calculate | c | | | count(//*[count(//*[count(//*) > 0]) > 0]) | | |\n");
        },
        [] { return "path,value\nq1,x\n"s; }, "cannot compute", 1);
}

}  // namespace

std::vector<HostileFile> hostile_files() {
    Files all;
    add_workbooks(all);
    add_sheets(all);
    add_lists(all);
    add_json(all);
    add_surveys(all);
    add_long_surveys(all);
    add_xforms(all);
    add_fillings(all);
    return all;
}

}  // namespace doorstep
