// The sources of Doorstep as text, for the tests that hold the house to its rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doorstep::house {

struct SourceFile {
    std::string path;  // from the root: "sync/store/store.cpp"
    std::vector<std::string> lines;

    std::string folder() const;  // "sync/store"
    bool is_header() const { return path.ends_with(".h"); }
    bool is_test() const { return path.starts_with("tests/"); }
};

// Every .h and .cpp below forms, sync, client and tests, sorted by path.
std::vector<SourceFile> sources();
std::string read_text(const std::string& path_from_root);
// Everything that stands at the top, dot files and the build folder left out.
std::vector<std::string> top_entries();

struct Include {
    int line = 0;
    std::string name;   // sync/store/store.h, vector
    bool ours = false;  // in quotes
};
std::vector<Include> includes(const SourceFile& file);

struct Function {
    std::string file;
    std::string name;  // its first line, shortened
    int line = 0;
    int length = 0;  // lines from the signature to the closing brace
};
// Bodies that clang-format lets open at the margin, or inside one class.
std::vector<Function> functions(const SourceFile& file);

}  // namespace doorstep::house
