#include "tests/client/wording/said.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace doorstep::test {

namespace {

// Comments become spaces, so that words in them are no texts and lines keep their number.
std::string without_comments(std::string source) {
    bool quoted = false;
    for (std::size_t i = 0; i + 1 < source.size(); ++i) {
        if (quoted && source[i] == '\\')
            ++i;
        else if (source[i] == '"' && !(i > 0 && source[i - 1] == '\''))
            quoted = !quoted;
        else if (!quoted && source[i] == '/' && source[i + 1] == '/')
            for (; i < source.size() && source[i] != '\n'; ++i)
                source[i] = ' ';
    }
    return source;
}

char meant(char escaped) {
    return escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
}

// One text from its opening quotation mark; `at` stands behind it afterwards.
std::string text_at(const std::string& source, std::size_t& at) {
    std::string text;
    for (++at; at < source.size() && source[at] != '"'; ++at)
        text += source[at] == '\\' ? meant(source[++at]) : source[at];
    ++at;
    return text;
}

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::size_t skip_space(const std::string& source, std::size_t at) {
    while (at < source.size() && std::isspace(static_cast<unsigned char>(source[at])) != 0)
        ++at;
    return at;
}

// Neighbours are one text to the compiler.
std::string joined_at(const std::string& source, std::size_t& at) {
    std::string text = text_at(source, at);
    for (std::size_t next = skip_space(source, at); next < source.size() && source[next] == '"';
         next = skip_space(source, at)) {
        at = next;
        text += text_at(source, at);
    }
    return text;
}

std::vector<std::string> texts_of_call(const std::string& source, std::size_t at) {
    std::vector<std::string> texts;
    for (int depth = 0; at < source.size();) {
        if (source[at] == '"') {
            texts.push_back(joined_at(source, at));
            continue;
        }
        depth += source[at] == '(' ? 1 : source[at] == ')' ? -1 : 0;
        ++at;
        if (depth == 0)
            break;
    }
    return texts;
}

}  // namespace

std::vector<Said> said_in(const std::string& commented) {
    const std::string source = without_comments(commented);
    std::vector<Said> all;
    for (std::size_t at = source.find("say"); at != std::string::npos; at = source.find("say", at + 1)) {
        std::size_t end = at + 3;
        while (end < source.size() && is_name(source[end]))
            ++end;
        const std::string name = source.substr(at, end - at);
        const bool whole = at == 0 || !is_name(source[at - 1]);
        if (!whole || (name != "say" && name != "say_n" && name != "say_in") || source[end] != '(')
            continue;
        auto texts = texts_of_call(source, end);
        const auto line = std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        if (!texts.empty())
            all.push_back({std::move(texts), static_cast<std::size_t>(line) + 1, name == "say_n"});
    }
    return all;
}

std::vector<std::string> quoted_in(const std::string& commented) {
    const std::string source = without_comments(commented);
    std::vector<std::string> all;
    for (std::size_t at = source.find('"'); at < source.size(); at = source.find('"', at))
        all.push_back(joined_at(source, at));
    return all;
}

std::string source_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> files_below(const std::string& folder, const std::string& ending) {
    std::vector<std::string> files;
    std::error_code problem;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, problem))
        if (entry.is_regular_file() && entry.path().extension() == ending)
            files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace doorstep::test
