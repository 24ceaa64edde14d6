// The folder of a store.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "sync/store/store.h"

namespace doorstep {

namespace fs = std::filesystem;

Result<std::string> store_file(const std::string& folder) {
    const auto unusable = [&](std::string_view why) {
        return Error{Fault::not_writable, fmt::format("The folder {} cannot be used: {}.", folder, why),
                     "Choose another folder, or let this user write there."};
    };
    std::error_code failed;
    const auto status = fs::status(folder, failed);
    if (fs::exists(status) && !fs::is_directory(status))
        return unusable("it is a file");
    if (!fs::exists(status)) {
        const bool made = fs::create_directories(folder, failed);
        if (failed)
            return unusable(failed.message());
        // Names of residents stand in it: for this user alone.
        if (made)
            fs::permissions(folder, fs::perms::owner_all, failed);
        if (failed)
            return unusable(failed.message());
    }
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
        return unusable("it cannot be written");
    return (fs::path(folder) / "doorstep.sqlite").string();
}

}  // namespace doorstep
