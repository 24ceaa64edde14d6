// Workbooks with the mistakes that people make, and the exact words that they read.
//
// tests/forms/broken/ holds them, each with its golden text beside it (<name>.txt).
// DOORSTEP_ACCEPT_GOLDENS=1 writes the golden texts anew; read them before committing.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "forms/desk/files.h"
#include "forms/desk/package.h"

using namespace doorstep;
namespace fs = std::filesystem;

namespace {

const fs::path broken = fs::path(DOORSTEP_SOURCE) / "tests/forms/broken";

std::vector<fs::path> workbooks() {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(broken))
        if (entry.path().extension() != ".txt" && entry.path().filename() != "directory")
            all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
}

FormPackage opened(const fs::path& workbook) {
    Diagnostics in_directory;
    const Directory directory = read_directory((broken / "directory").string(), in_directory);
    REQUIRE_FALSE(has_error(in_directory));
    return open_package(workbook.string(), &directory);
}

std::string report(const FormPackage& package) {
    std::string text;
    for (const Diagnostic& one : package.found)
        text += one.text() + "\n";
    return text + (package.form ? "The form can be used.\n" : "The form cannot be used.\n");
}

fs::path golden_of(const fs::path& workbook) {
    return broken / (workbook.filename().string() + ".txt");
}

bool accepting() {
    const char* wish = std::getenv("DOORSTEP_ACCEPT_GOLDENS");
    return wish != nullptr && std::string(wish) == "1";
}

}  // namespace

TEST_CASE("every broken workbook is told in the words agreed on", "[desk][broken]") {
    const auto all = workbooks();
    CHECK(all.size() >= 50);
    for (const fs::path& workbook : all) {
        INFO(workbook.filename().string());
        const std::string said = report(opened(workbook));
        if (accepting())
            REQUIRE(write_file(golden_of(workbook).string(), said).ok());
        const auto golden = read_file(golden_of(workbook).string());
        CHECK(golden.ok());
        if (golden)
            CHECK(said == *golden);
    }
}

TEST_CASE("no golden text is left without its workbook", "[desk][broken]") {
    std::set<fs::path> expected;
    for (const fs::path& workbook : workbooks())
        expected.insert(golden_of(workbook).filename());
    for (const auto& entry : fs::directory_iterator(broken))
        if (entry.path().extension() == ".txt") {
            INFO(entry.path().filename().string());
            CHECK(expected.contains(entry.path().filename()));
        }
}

TEST_CASE("every message names its file and says how to mend it, in plain words", "[desk][broken]") {
    const std::set<std::string> for_programmers{"xpath", "null",       "nodeset",   "node-set", "token",
                                                "parse", "UTF-8 byte", "exception", "itext",    "#relevant"};
    for (const fs::path& workbook : workbooks())
        for (const Diagnostic& one : opened(workbook).found) {
            const std::string text = one.text();
            INFO(workbook.filename().string() + ": " + text);
            CHECK_FALSE(one.place.file.empty());
            CHECK_FALSE(one.mend.empty());
            CHECK((one.place.row > 0 || one.place.column == 0));
            CHECK(text.find("..") == text.find("..."));
            for (const std::string& word : for_programmers)
                CHECK(text.find(word) == std::string::npos);
        }
}
