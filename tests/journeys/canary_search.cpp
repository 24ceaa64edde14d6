#include "tests/journeys/canary_search.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

#include "forms/base/encoding.h"

namespace doorstep::journey {

namespace {

constexpr std::size_t least_letters = 6;  // of the word, that tell it
constexpr std::uint64_t page = 4096;
constexpr std::uint64_t too_long = std::uint64_t{1} << 36;  // a sanitizer's map of everything, not memory

std::string wide(const std::string& text) {
    std::string out;
    for (const char letter : text) {
        out += letter;
        out += '\0';
    }
    return out;
}

// What base64 makes of the word wherever it stands in a text: the middle that no
// neighbour changes.
std::string base64_at(const std::string& word, std::size_t offset) {
    const std::string padded = std::string(offset, 'x') + word;
    const std::string out = to_base64(padded);
    const std::size_t from = offset == 0 ? 0 : 4;
    const std::size_t until = padded.size() / 3 * 4;
    return out.substr(from, until - from);
}

struct Region {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string name;
};

std::vector<Region> regions_of(pid_t process) {
    std::vector<Region> found;
    std::ifstream maps(fmt::format("/proc/{}/maps", process));
    for (std::string line; std::getline(maps, line);) {
        unsigned long long from = 0;
        unsigned long long to = 0;
        char rights[5] = {};
        if (std::sscanf(line.c_str(), "%llx-%llx %4s", &from, &to, rights) != 3 || rights[0] != 'r' ||
            line.find("[vvar]") != std::string::npos || to - from > too_long)
            continue;
        found.push_back({from, to, line.size() > 73 ? line.substr(73) : std::string("memory")});
    }
    return found;
}

}  // namespace

CanarySearch::CanarySearch(const std::string& word) {
    const std::string start = word.substr(0, least_letters);
    std::string capitals = start;
    std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    forms_ = {{"plain", start},
              {"capitals", capitals},
              {"UTF-16", wide(start)},
              {"hex", to_hex(start)},
              {"base64", base64_at(word, 0)},
              {"base64, from the second", base64_at(word, 1)},
              {"base64, from the third", base64_at(word, 2)}};
}

std::vector<std::string> CanarySearch::in_text(const std::string& place, const std::string& text) const {
    std::vector<std::string> found;
    for (const Form& form : forms_)
        if (text.find(form.bytes) != std::string::npos)
            found.push_back(place + ": " + form.name);
    return found;
}

std::vector<std::string> CanarySearch::in_folder(const std::string& folder) const {
    std::vector<std::string> found;
    for (const auto& each : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string name = each.path().string().substr(folder.size() + 1);
        for (auto& one : in_text("name of " + name, name))
            found.push_back(std::move(one));
        if (!each.is_regular_file())
            continue;
        std::ifstream in(each.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        for (auto& one : in_text(name, text))
            found.push_back(std::move(one));
    }
    return found;
}

std::optional<std::vector<std::string>> CanarySearch::in_memory_of(pid_t process) const {
    const int memory = ::open(fmt::format("/proc/{}/mem", process).c_str(), O_RDONLY | O_CLOEXEC);
    if (memory < 0)
        return std::nullopt;
    std::vector<std::string> found;
    bytes_read_ = 0;
    for (const Region& region : regions_of(process)) {
        std::string text;
        std::string block(256 * page, '\0');
        for (std::uint64_t at = region.from; at < region.to; at += block.size()) {
            const auto wanted = std::min<std::uint64_t>(block.size(), region.to - at);
            const auto read = ::pread(memory, block.data(), wanted, static_cast<off_t>(at));
            if (read <= 0)
                continue;
            bytes_read_ += static_cast<std::uint64_t>(read);
            // With the end of the block before: a word may lie across.
            text = text.substr(text.size() - std::min<std::size_t>(text.size(), 64)) +
                   block.substr(0, static_cast<std::size_t>(read));
            for (auto& one : in_text(region.name, text))
                if (std::find(found.begin(), found.end(), one) == found.end())
                    found.push_back(std::move(one));
        }
    }
    ::close(memory);
    return found;
}

}  // namespace doorstep::journey
