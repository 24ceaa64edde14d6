// What stands where: every source is listed by hand, and nothing else is at the top.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include "tests/house/source_tree.h"

using namespace doorstep::house;

namespace {

bool lists(const std::string& cmake, const std::string& file) {
    for (std::size_t at = cmake.find(file); at != std::string::npos; at = cmake.find(file, at + 1)) {
        const char before = at == 0 ? ' ' : cmake[at - 1];
        if (before == ' ' || before == '\n' || before == '(' || before == '/')
            return true;
    }
    return false;
}

}  // namespace

TEST_CASE("every source file is listed in its folder's CMakeLists", "[house]") {
    for (const SourceFile& file : sources()) {
        if (file.is_header())
            continue;
        const std::string name = file.path.substr(file.path.rfind('/') + 1);
        INFO(file.path);
        CHECK(lists(read_text(file.folder() + "/CMakeLists.txt"), name));
    }
}

TEST_CASE("only the usual files stand at the top", "[house]") {
    static const std::set<std::string> usual{
        "ARCHITECTURE.md", "CHANGELOG.md", "CMakeLists.txt", "CMakePresets.json",
        "LICENSE",         "README.md",    "assets",         "build",
        "client",          "cmake",        "demo-output",    "forms",
        "packaging",       "sync",         "tests"};
    for (const std::string& name : top_entries()) {
        INFO(name);
        CHECK(usual.count(name) == 1);
    }
}

TEST_CASE("ARCHITECTURE.md stays under 200 lines and names every folder", "[house]") {
    const std::string text = read_text("ARCHITECTURE.md");
    CHECK(std::count(text.begin(), text.end(), '\n') < 200);
    std::set<std::string> folders;
    for (const SourceFile& file : sources())
        if (!file.is_test())
            folders.insert(file.folder());
    for (const std::string& folder : folders) {
        INFO(folder);
        CHECK(text.find(folder) != std::string::npos);
    }
}

TEST_CASE("clang-format has nothing to change", "[house]") {
    if (std::system("command -v clang-format > /dev/null") != 0) {
        WARN("SKIPPED: clang-format is not installed");
        return;
    }
    std::string command = "cd '" DOORSTEP_SOURCE "' && clang-format --dry-run -Werror";
    for (const SourceFile& file : sources())
        command += " " + file.path;
    CHECK(std::system(command.c_str()) == 0);
}
