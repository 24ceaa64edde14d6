// The catalogues of a folder, and which of them a form's language means.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "client/wording/wording.h"

namespace doorstep {

namespace {

namespace fs = std::filesystem;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '_' ? '-' : c;
    return out;
}

// "pl" of "Polish (pl)".
std::string_view code_of(std::string_view language) {
    const auto open = language.rfind('(');
    const auto close = language.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return language;
    return language.substr(open + 1, close - open - 1);
}

}  // namespace

std::string shipped_wording() {
    if (const char* named = std::getenv("DOORSTEP_ASSETS"); named && *named)
        return std::string(named) + "/wording";
    std::error_code problem;
    const fs::path program = fs::read_symlink("/proc/self/exe", problem);
    if (!problem) {
        const fs::path installed = program.parent_path().parent_path() / "share/doorstep/assets/wording";
        if (fs::is_directory(installed, problem))
            return installed.string();
    }
    return DOORSTEP_SOURCE_WORDING;
}

Result<Wordings> Wordings::read_all(const std::string& named) {
    const std::string folder = named.empty() ? shipped_wording() : named;
    std::error_code problem;
    std::vector<fs::path> files;
    for (fs::directory_iterator at(folder, problem), end; !problem && at != end; at.increment(problem))
        if (at->path().extension() == ".po")
            files.push_back(at->path());
    if (problem)
        return Error{Fault::not_found, fmt::format("The folder of catalogues {} cannot be read.", folder),
                     "Install Doorstep again, or set DOORSTEP_ASSETS to its folder of assets."};
    std::sort(files.begin(), files.end());
    Wordings all;
    all.by_language_.emplace("en", Wording());
    for (const fs::path& file : files) {
        TRY(Wording wording, Wording::read(file.string()));
        const auto language = lower(wording.language());
        if (!all.by_language_.emplace(language, std::move(wording)).second)
            return Error{Fault::bad_input,
                         fmt::format("{}: There is another catalogue for this language.", file.string()),
                         "Keep one of them."};
    }
    return all;
}

const Wording& Wordings::of(std::string_view language) const {
    std::string code = lower(code_of(language));
    for (;;) {
        if (const auto known = by_language_.find(code); known != by_language_.end())
            return known->second;
        // What is written on the mainland; other scripts are other languages to a reader.
        if (code == "zh" || code == "zh-cn" || code == "zh-sg")
            if (const auto known = by_language_.find("zh-hans"); known != by_language_.end())
                return known->second;
        const auto dash = code.rfind('-');
        if (dash == std::string::npos || code == "zh-hant" || code == "zh-tw" || code == "zh-hk")
            return by_language_.find("en")->second;
        code.resize(dash);
    }
}

std::vector<std::string> Wordings::languages() const {
    std::vector<std::string> codes;
    for (const auto& [key, wording] : by_language_)
        codes.push_back(wording.language());
    return codes;
}

}  // namespace doorstep
