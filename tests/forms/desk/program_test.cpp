// doorstep-forms as a person runs it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "forms/desk/files.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

struct Ran {
    int status = -1;
    std::string output;  // both streams
};

Ran run(const std::string& arguments) {
    Ran ran;
    FILE* pipe = popen((DOORSTEP_FORMS " " + arguments + " 2>&1").c_str(), "r");
    REQUIRE(pipe);
    std::array<char, 4096> buffer{};
    while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
        ran.output.append(buffer.data(), got);
    ran.status = WEXITSTATUS(pclose(pipe));
    return ran;
}

const std::string good = "| survey |\n| | type | name | label |\n| | text | a | Word |\n";
const std::string bad = "| survey |\n"
                        "| | type | name | label | relevant |\n"
                        "| | select_one yesno | a | A | |\n"
                        "| | txet | b | B | |\n"
                        "| | integer | c | C | ${aa} = 1 |\n"
                        "| choices |\n"
                        "| | list_name | name | label |\n"
                        "| | yes_no | y | Yes |\n";

}  // namespace

TEST_CASE("check says that a good form is ready, with status 0", "[desk]") {
    const TemporaryFolder folder;
    const Ran ran = run("check " + folder.write("good.md", good));
    INFO(ran.output);
    CHECK(ran.status == 0);
    CHECK(ran.output.find("ready to use") != std::string::npos);
}

TEST_CASE("check names every mistake at once, with status 1", "[desk]") {
    const TemporaryFolder folder;
    const Ran ran = run("check " + folder.write("bad.md", bad));
    INFO(ran.output);
    CHECK(ran.status == 1);
    CHECK(ran.output.find("bad.md, sheet survey, row 2, column A (type)") != std::string::npos);
    CHECK(ran.output.find("yes_no") != std::string::npos);
    CHECK(ran.output.find("row 3, column A (type)") != std::string::npos);
    CHECK(ran.output.find("row 4, column D (relevant)") != std::string::npos);
}

TEST_CASE("check --json is JSON with the same places", "[desk]") {
    const TemporaryFolder folder;
    const Ran ran = run("check --json " + folder.write("bad.md", bad));
    CHECK(ran.status == 1);
    const auto list = nlohmann::json::parse(ran.output, nullptr, false);
    REQUIRE(list.is_array());
    REQUIRE(list.size() >= 3);
    for (const auto& one : list) {
        CHECK(one["file"] == "bad.md");
        CHECK(one["what"].get<std::string>().size() > 5);
        CHECK(one["row"].get<int>() >= 2);
    }
}

TEST_CASE("convert writes the XForm, or nothing when the form has mistakes", "[desk]") {
    const TemporaryFolder folder;
    const std::string out = folder.file("out.xml");
    CHECK(run("convert " + folder.write("good.md", good) + " -o " + out).status == 0);
    CHECK(read_file(out)->find("http://www.w3.org/2002/xforms") != std::string::npos);
    std::filesystem::remove(out);
    CHECK(run("convert " + folder.write("bad.md", bad) + " -o " + out).status == 1);
    CHECK_FALSE(std::filesystem::exists(out));
    CHECK(run("convert " + folder.file("good.md") + " -o " + folder.file("no/folder/out.xml")).status == 1);
}

TEST_CASE("wrong usage has status 2 and says what is expected", "[desk]") {
    CHECK(run("").status == 2);
    CHECK(run("check").status == 2);
    CHECK(run("mend form.md").status == 2);
    CHECK(run("--help").status == 0);
}

TEST_CASE("the shipped questionnaires pass the check", "[desk]") {
    for (const char* version : {"2013", "current"}) {
        const Ran ran = run("check " DOORSTEP_SOURCE "/forms/questionnaires/safer_streets_doorstep/" +
                            std::string(version));
        INFO(ran.output);
        CHECK(ran.status == 0);
    }
}

TEST_CASE("try fills a form from a pipe and ends without a crash when the pipe does", "[desk]") {
    const TemporaryFolder folder;
    const std::string form = folder.write("good.md", good);
    const Ran ran = run("try " + form + " < " + folder.write("typed", "Zażółć\n:finish\n"));
    INFO(ran.output);
    CHECK(ran.status == 0);
    CHECK(ran.output.find("<a>Zażółć</a>") != std::string::npos);
    CHECK(run("try " + form + " < /dev/null").status == 1);
    CHECK(run("try " + folder.write("bad.md", bad) + " < /dev/null").status == 1);
}

TEST_CASE("submission writes the record, or the row that does not fit", "[desk]") {
    const TemporaryFolder folder;
    const std::string form = folder.write("good.md", good);
    const std::string out = folder.file("out.xml");
    CHECK(run("submission " + form + " " + folder.write("a.csv", "path,value\na,Hello\n") + " -o " + out)
              .status == 0);
    CHECK(read_file(out)->find("<a>Hello</a>") != std::string::npos);
    const Ran wrong = run("submission " + form + " " + folder.write("b.csv", "path,value\nb,Hello\n"));
    INFO(wrong.output);
    CHECK(wrong.status == 1);
    CHECK(wrong.output.find("b.csv, row 2: \"b\" is no question of this form.") != std::string::npos);
    CHECK(wrong.output.find("<a>") == std::string::npos);
    CHECK(run("submission " + form).status == 2);
}

TEST_CASE("sharing names every agency of the shipped form with its fields and reasons", "[desk]") {
    const std::string form = DOORSTEP_SOURCE "/forms/questionnaires/safer_streets_doorstep/current";
    const Ran table = run("sharing " + form);
    CHECK(table.status == 0);
    CHECK(table.output.find("Hertfordshire Fire and Rescue Service") != std::string::npos);
    const Ran csv = run("sharing --csv " + form);
    CHECK(csv.status == 0);
    CHECK(csv.output.find("agency,agency_name,service,") == 0);
    CHECK(csv.output.find("\r\nred_cross,British Red Cross,") != std::string::npos);
}

TEST_CASE("a directory with mistakes is named before the form is judged by it", "[desk]") {
    const TemporaryFolder folder;
    folder.write("directory/agencies.csv", "code,label\nfire,Fire\nfire,Fire again\n");
    const Ran ran = run("--questionnaires " + folder.path() + " check " + folder.write("good.md", good));
    INFO(ran.output);
    CHECK(ran.status == 1);
    CHECK(ran.output.find("agencies.csv") != std::string::npos);
}
