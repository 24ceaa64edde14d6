#include "client/app/sticks.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace doorstep {

namespace {

constexpr std::size_t sticks_max = 4;  // more do not fit on a page, and nobody has them

// On another device than the folder that it stands in.
bool is_mounted(const std::filesystem::path& folder) {
    struct stat here {};
    struct stat above {};
    return ::stat(folder.c_str(), &here) == 0 && S_ISDIR(here.st_mode) &&
           ::stat(folder.parent_path().c_str(), &above) == 0 && here.st_dev != above.st_dev &&
           ::access(folder.c_str(), W_OK) == 0;
}

void look_in(const std::filesystem::path& folder, int levels, std::vector<Stick>& found) {
    std::error_code fault;
    for (std::filesystem::directory_iterator at(folder, fault), end; !fault && at != end;
         at.increment(fault)) {
        std::error_code unknown;
        if (!at->is_directory(unknown) || found.size() >= sticks_max)
            continue;
        if (is_mounted(at->path()))
            found.push_back({at->path().filename().string(), at->path().string()});
        else if (levels > 1)
            look_in(at->path(), levels - 1, found);
    }
}

}  // namespace

std::vector<Stick> sticks_under(const std::vector<std::string>& roots) {
    std::vector<Stick> found;
    for (const std::string& root : roots)
        look_in(root, 2, found);
    std::sort(found.begin(), found.end(), [](const Stick& a, const Stick& b) { return a.folder < b.folder; });
    return found;
}

std::vector<std::string> usual_stick_roots() {
    return {"/media", "/run/media", "/mnt"};
}

}  // namespace doorstep
