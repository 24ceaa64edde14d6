// Taste that needs no reviewer's nerves: length, leftovers, names.
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <regex>
#include <set>

#include "tests/house/source_tree.h"

using namespace doorstep::house;

namespace {

constexpr int function_lines_max = 70;  // one screen
constexpr std::size_t file_lines_max = 500;

}  // namespace

TEST_CASE("the longest function fits a screen", "[house]") {
    for (const SourceFile& file : sources())
        for (const Function& function : functions(file)) {
            INFO(fmt::format("{}:{} {} lines: {}", function.file, function.line, function.length,
                             function.name));
            CHECK(function.length <= function_lines_max);
        }
}

TEST_CASE("the measure of functions sees a long one", "[house]") {
    SourceFile file{"x.cpp", {"namespace a {", "int f(int x,", "      int y) {"}};
    for (int i = 0; i < 80; ++i)
        file.lines.push_back("    ++x;");
    file.lines.insert(file.lines.end(), {"}", "}  // namespace a"});
    const auto found = functions(file);
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 2);
    CHECK(found[0].length == 83);
}

TEST_CASE("no file of the product is a crowded room", "[house]") {
    for (const SourceFile& file : sources())
        if (!file.is_test()) {
            INFO(file.path);
            CHECK(file.lines.size() <= file_lines_max);
        }
}

TEST_CASE("nothing is left lying about", "[house]") {
    // Written in two halves so that this file does not find itself.
    static const std::regex leftover("\\b(TO"
                                     "DO|FIX"
                                     "ME|XX"
                                     "X|HA"
                                     "CK)\\b|\t| +$|std::cer"
                                     "r <<");
    static const std::regex machine("(^|[\"' ])/(wo"
                                    "rk|home|ro"
                                    "ot)/");
    for (const SourceFile& file : sources())
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            INFO(fmt::format("{}:{} {}", file.path, i + 1, file.lines[i]));
            CHECK_FALSE(std::regex_search(file.lines[i], leftover));
            CHECK_FALSE(std::regex_search(file.lines[i], machine));
        }
}

TEST_CASE("files are named after what they hold", "[house]") {
    static const std::regex vague("(util|helper|common|manager|misc)", std::regex::icase);
    for (const SourceFile& file : sources()) {
        INFO(file.path);
        CHECK_FALSE(std::regex_search(file.path, vague));
    }
}

TEST_CASE("headers guard themselves and do not open namespaces for others", "[house]") {
    for (const SourceFile& file : sources()) {
        if (!file.is_header())
            continue;
        INFO(file.path);
        bool guarded = false;
        for (const std::string& line : file.lines) {
            guarded = guarded || line == "#pragma once";
            CHECK_FALSE(line.starts_with("using namespace"));
        }
        CHECK(guarded);
    }
}

TEST_CASE("time and chance come through Clock and Random only", "[house]") {
    static const std::regex direct(
        R"(system_clock::now|std::random_device|\btime\(nullptr\)|\brand\(\)|gettimeofday|randombytes_buf)");
    // A seed must never make a key: the vault asks the kernel itself.
    static const std::regex kernel("\\brandombytes_buf\\(");
    for (const SourceFile& file : sources()) {
        if (file.is_test() || file.folder() == "forms/base")
            continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (file.folder() == "sync/vault" && std::regex_search(file.lines[i], kernel))
                continue;
            INFO(fmt::format("{}:{} {}", file.path, i + 1, file.lines[i]));
            CHECK_FALSE(std::regex_search(file.lines[i], direct));
        }
    }
}

TEST_CASE("no two rooms give one name to two things", "[house]") {
    // Two classes of one name in one namespace: the linker joins their functions.
    static const std::regex opened("\\s*namespace\\s*([\\w:]*)\\s*\\{.*");
    static const std::regex closed("\\}\\s*//\\s*namespace.*");
    static const std::regex named("(?:struct|class|enum class|enum) (\\w+)(?: final)?(?: : [^;]*)? \\{.*");
    std::map<std::string, std::set<std::string>> homes;
    for (const SourceFile& file : sources()) {
        if (file.is_test() || !file.is_header())
            continue;
        std::vector<std::string> spaces;
        for (const std::string& line : file.lines) {
            std::smatch found;
            if (std::regex_match(line, found, opened))
                spaces.push_back(found[1]);
            else if (std::regex_match(line, closed) && !spaces.empty())
                spaces.pop_back();
            else if (std::regex_match(line, found, named))
                homes[fmt::format("{}::{}", fmt::join(spaces, "::"), found[1].str())].insert(file.path);
        }
    }
    for (const auto& [name, files] : homes) {
        INFO(fmt::format("{} is defined in {}", name, fmt::join(files, ", ")));
        CHECK(files.size() == 1);
    }
    CHECK(homes.contains("doorstep::Door"));
}
