#include "sync/vault/erase_tablet.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace doorstep {

namespace fs = std::filesystem;

namespace {

// Keys are small; what is larger is sealed, and noise without them.
constexpr std::uintmax_t overwritten_max = 1024 * 1024;

// On a disk that writes elsewhere this is no proof, and yet it is the best that a program can do.
void overwrite(const std::string& file) {
    std::error_code failed;
    const auto size = fs::file_size(file, failed);
    if (failed || size > overwritten_max)
        return;
    const int to = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (to < 0)
        return;
    const std::string blank(static_cast<std::size_t>(size), '\0');
    if (::write(to, blank.data(), blank.size()) >= 0)
        ::fsync(to);
    ::close(to);
}

void sync_folder(const std::string& folder) {
    const int at = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return;
    ::fsync(at);
    ::close(at);
}

class Eraser {
public:
    void erase(const std::string& file) {
        std::error_code failed;
        if (fs::is_regular_file(fs::symlink_status(file, failed)))
            overwrite(file);
        fs::remove_all(file, failed);
        if (failed && !trouble_)
            trouble_ = Error{Fault::not_writable, "Some of this tablet's data could not be erased.",
                             "Take the tablet to whoever looks after Doorstep."};
    }
    // Durable before the next group goes.
    void erase_beginning_with(const std::string& folder, std::string_view name) {
        for (const auto& file : files_in(folder))
            if (fs::path(file).filename().string().starts_with(name))
                erase(file);
        sync_folder(folder);
    }
    Result<void> verdict() const { return trouble_ ? Result<void>(*trouble_) : Result<void>(); }

private:
    static std::vector<std::string> files_in(const std::string& folder) {
        std::vector<std::string> files;
        std::error_code failed;
        for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
            files.push_back(at->path().string());
        std::sort(files.begin(), files.end());
        return files;
    }
    std::optional<Error> trouble_;
};

}  // namespace

Result<void> erase_tablet(const std::string& folder, const std::string& device_secret_file) {
    Eraser eraser;
    eraser.erase_beginning_with(folder, "vault");
    if (!device_secret_file.empty()) {
        eraser.erase(device_secret_file);
        sync_folder(fs::path(device_secret_file).parent_path().string());
    }
    eraser.erase_beginning_with(folder, "identity");
    eraser.erase_beginning_with(folder, "");
    return eraser.verdict();
}

}  // namespace doorstep
