// doorstep-forms against files that are made to hurt: each is refused with a message,
// within two seconds of computing and 256 MiB.  The kernel holds the program to both
// where it is built without sanitizers; with them the time is stretched, and memory
// is held by the counted bounds of the readers (tests/forms/workbook).
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "tests/support/temporary_folder.h"
#include "tests/support/xlsx_file.h"

using namespace doorstep;
using namespace std::string_literals;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
constexpr rlim_t seconds_max = sanitized ? 60 : 2;
constexpr rlim_t bytes_max = 256u << 20;

struct Checked {
    int status = -1;  // as waitpid tells it
    std::string output;
};

[[noreturn]] void check_in_child(const std::string& path, int output) {
    const rlimit seconds{seconds_max, seconds_max};
    const rlimit bytes{bytes_max, bytes_max};
    setrlimit(RLIMIT_CPU, &seconds);
    if (!sanitized)
        setrlimit(RLIMIT_AS, &bytes);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execl(DOORSTEP_FORMS, DOORSTEP_FORMS, "check", path.c_str(), nullptr);
    _exit(127);
}

Checked check(const std::string& path) {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    const pid_t child = fork();
    if (child == 0)
        check_in_child(path, ends[1]);
    close(ends[1]);
    Checked checked;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = read(ends[0], buffer.data(), buffer.size())) > 0;)
        checked.output.append(buffer.data(), static_cast<std::size_t>(got));
    close(ends[0]);
    REQUIRE(waitpid(child, &checked.status, 0) == child);
    return checked;
}

// The program ended by itself with status 1 and said `part`.
void refused(const std::string& path, std::string_view part) {
    const Checked checked = check(path);
    INFO(path.substr(path.rfind('/') + 1) << ": " << checked.output.substr(0, 2000));
    REQUIRE(WIFEXITED(checked.status));
    CHECK(WEXITSTATUS(checked.status) == 1);
    CHECK(checked.output.find(part) != std::string::npos);
    CHECK(checked.output.size() < 1'000'000);
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        out += text;
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

std::string xlsx(const std::string& data) {
    XlsxFile file;
    file.sheet("survey", data);
    return file.bytes();
}

}  // namespace

TEST_CASE("bombs in a workbook are refused in time", "[desk][hostile]") {
    const TemporaryFolder folder;
    refused(folder.write("bomb.xlsx", xlsx(std::string(100u << 20, ' '))), "more than 64 MiB");
    refused(folder.write("cells.xlsx",
                         xlsx(repeated("<row>" + repeated("<c><v>1</v></c>", 60) + "</row>", 17'000))),
            "more than 1000000 cells");
    refused(folder.write("tags.xlsx", xlsx("<row>" + repeated("<c/>", 4'000'100) + "</row>")),
            "too many cells");
    std::string attributes;
    for (int i = 0; i < 200'000; ++i)
        attributes += fmt::format(" a{}=''", i);
    refused(folder.write("attributes.xlsx", xlsx("<row" + attributes + "/>")), "too many attributes");
    refused(folder.write("columns.xlsx", xlsx("<row r=\"1\"><c r=\"ZZZZZ1\" t=\"str\"><v>x</v></c></row>")),
            "there is no cell");
}

TEST_CASE("bombs in plain sheets are refused in time", "[desk][hostile]") {
    const TemporaryFolder folder;
    refused(folder.write("million.csv", "survey\n" + std::string(1'000'000, ',') + "\n"),
            "more than 16384 columns");
    refused(folder.write("cells.csv", "survey\n" + repeated(std::string(1'000, ',') + "\n", 1'100)),
            "more than 1000000 cells");
    refused(folder.write("quote.csv", "survey\n,\"" + std::string(30u << 20, 'x')), "never closed");
    refused(folder.write("bytes.csv", "survey,\n,type\n,\xC3\x28\n"), "not in UTF-8 (line 3, byte 2)");
    refused(folder.write("nul.csv", "survey,\n,ty\0pe\n"s), "holds a NUL byte");
    refused(folder.write("nul.md", "| survey |\n| | \0 |\n"s), "holds a NUL byte");
    const std::string holes = folder.write("holes.csv", "");
    std::filesystem::resize_file(holes, std::uintmax_t{1} << 40);
    refused(holes, "larger than 64 MiB");
}

TEST_CASE("a pipe in the place of a form holds nobody up", "[desk][hostile]") {
    const TemporaryFolder folder;
    for (const char* name : {"survey.csv", "form.csv", "form.xlsx", "form.md", "form.xml"}) {
        REQUIRE(mkfifo(folder.file(name).c_str(), 0600) == 0);
        const Checked checked = check(folder.file(name));
        INFO(name << ": " << checked.output);
        CHECK(WEXITSTATUS(checked.status) == 1);
        CHECK(checked.output.find(name) != std::string::npos);
    }
    refused(folder.path(), "survey.csv: this is no file");
}

TEST_CASE("a form nested, chained or repeated without end is refused in time", "[desk][hostile]") {
    const TemporaryFolder folder;
    refused(folder.write("deep.md", survey(repeated("| | begin group | g | G | | | | |\n", 50'000))), "row ");
    std::string groups;
    for (int i = 0; i < 3'000; ++i)
        groups += fmt::format("| | begin group | g{} | G | | | | |\n", i);
    groups += "| | text | q | Q | | | | |\n" + repeated("| | end group | | | | | | |\n", 3'000);
    refused(folder.write("nested.md", survey(groups)), "deep");
    refused(folder.write("cycle.md",
                         survey("| | calculate | a | | | ${b} | | |\n| | calculate | b | | | ${c} | | |\n"
                                "| | calculate | c | | | ${a} | | |\n")),
            "Rows 2 -> ");
    refused(folder.write("long.md", survey("| | text | a | A | " + std::string(1 << 20, '1') + " | | | |\n")),
            "65536");
    refused(folder.write("open.md", survey("| | text | a | A | " + repeated("(", 30'000) + " | | | |\n")),
            "200");
    refused(
        folder.write("pattern.md",
                     survey("| | text | a | A | | | regex(., '((((a{1,99}){1,99}){1,99}){1,99})') | |\n")),
        "row 2");
}

TEST_CASE("an XForm that is made to hurt is refused in time", "[desk][hostile]") {
    const TemporaryFolder folder;
    refused(folder.write("bomb.xml", xform("<instance><data id='d'>&b;</data></instance>",
                                           "<!DOCTYPE h [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>")),
            "entities");
    refused(folder.write("outside.xml", xform("<instance><data id='d'>&b;</data></instance>",
                                              "<!DOCTYPE h [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>")),
            "entities");
    refused(folder.write("deep.xml", xform("<instance><data id='d'>" + repeated("<a>", 100'000))), "deep");
    std::string attributes;
    for (int i = 0; i < 200'000; ++i)
        attributes += fmt::format(" a{}=''", i);
    refused(folder.write("attributes.xml", xform("<instance><data id='d'" + attributes + "/></instance>")),
            "more than 256 attributes");
    refused(folder.write("names.xml", xform(repeated("<a xmlns:b='urn:b'/>", 2'000))), "declares namespaces");
    refused(folder.write("elements.xml", xform("<instance><data id='d'>" + repeated("<a/>", 1'500'000) +
                                               "</data></instance>")),
            "more than 400000 elements");
    refused(folder.write("large.xml", xform(std::string(9u << 20, ' '))), "8388608");
}

TEST_CASE("a repeat that asks for a milliard is told where it is counted, and stops at the most",
          "[desk][hostile]") {
    const TemporaryFolder folder;
    const std::string form = folder.write(
        "repeat.md", survey("| | begin repeat | r | R | | | | 1000000000 |\n| | text | q | Q | | | | |\n"
                            "| | end repeat | | | | | | |\n"));
    refused(form, "row 2");
}
