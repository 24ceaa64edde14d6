#include "tests/house/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace doorstep::house {
namespace {

namespace fs = std::filesystem;

SourceFile read_source(const fs::path& path) {
    SourceFile file{fs::relative(path, DOORSTEP_SOURCE).string(), {}};
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);)
        file.lines.push_back(line);
    return file;
}

std::size_t indent(const std::string& line) {
    const std::size_t at = line.find_first_not_of(' ');
    return at == std::string::npos ? 0 : at;
}

// Whether `line` opens something that is no function: a namespace, a type, a table.
bool opens_a_scope(const std::string& line) {
    static const std::regex scope(
        R"(^\s*(inline )?(namespace|class|struct|enum|union|extern)\b|=\s*\{?$|^(static |inline )*constexpr [^(]*=|^\s*(else|do|try)\b|^#)");
    return std::regex_search(line, scope);
}

// Walks back from the line with the brace until the parentheses balance.
std::size_t first_line_of_signature(const std::vector<std::string>& lines, std::size_t at) {
    std::ptrdiff_t open = 0;
    for (;; --at) {
        open += std::count(lines[at].begin(), lines[at].end(), ')');
        open -= std::count(lines[at].begin(), lines[at].end(), '(');
        if (open <= 0 || at == 0)
            return at;
    }
}

// The line whose brace closes what stands at `margin`.
std::size_t closing_line(const std::vector<std::string>& lines, std::size_t from, std::size_t margin) {
    for (std::size_t at = from + 1; at < lines.size(); ++at)
        if (!lines[at].empty() && indent(lines[at]) <= margin && lines[at][indent(lines[at])] == '}')
            return at;
    return lines.size() - 1;
}

}  // namespace

std::string SourceFile::folder() const {
    return fs::path(path).parent_path().string();
}

std::vector<SourceFile> sources() {
    std::vector<SourceFile> files;
    for (const char* top : {"forms", "sync", "client", "tests"})
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(DOORSTEP_SOURCE) / top))
            if (entry.path().extension() == ".h" || entry.path().extension() == ".cpp")
                files.push_back(read_source(entry.path()));
    std::sort(files.begin(), files.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return files;
}

std::string read_text(const std::string& path_from_root) {
    std::ifstream in(fs::path(DOORSTEP_SOURCE) / path_from_root);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::string> top_entries() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(DOORSTEP_SOURCE))
        if (const std::string name = entry.path().filename().string(); !name.starts_with("."))
            names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<Include> includes(const SourceFile& file) {
    static const std::regex directive(R"(^\s*#\s*include\s*(<|")([^>"]+)[>"])");
    std::vector<Include> found;
    for (std::size_t i = 0; i < file.lines.size(); ++i)
        if (std::smatch match; std::regex_search(file.lines[i], match, directive))
            found.push_back({static_cast<int>(i + 1), match[2], match[1] == "\""});
    return found;
}

std::vector<Function> functions(const SourceFile& file) {
    std::vector<Function> found;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        if (!file.lines[i].ends_with("{"))
            continue;
        const std::size_t first = first_line_of_signature(file.lines, i);
        const std::string& signature = file.lines[first];
        if (indent(signature) > 4 || signature.find('(') == std::string::npos || opens_a_scope(signature))
            continue;
        const std::size_t close = closing_line(file.lines, i, indent(signature));
        found.push_back({file.path, signature.substr(0, 70), static_cast<int>(first + 1),
                         static_cast<int>(close - first + 1)});
        i = close;
    }
    return found;
}

}  // namespace doorstep::house
