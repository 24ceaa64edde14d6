#include "client/app/kept_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace doorstep {

namespace {

class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    bool open() const { return descriptor_ >= 0; }
    int get() const { return descriptor_; }

private:
    int descriptor_;
};

Error not_kept(const std::string& path) {
    const int why = errno;
    return {why == ENOSPC || why == EDQUOT ? Fault::disk_full : Fault::not_writable,
            fmt::format("The file {} could not be written: {}.", path, std::strerror(why)),
            "Free space, or let this user write there."};
}

bool write_all(int file, const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        done += static_cast<std::size_t>(wrote);
    }
    return ::fsync(file) == 0;
}

}  // namespace

std::string read_kept(const std::string& path, std::size_t most) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat about {};
    if (!file.open() || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode) ||
        static_cast<std::size_t>(about.st_size) > most)
        return {};
    std::string text(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + done, text.size() - done);
        if (got <= 0)
            return {};
        done += static_cast<std::size_t>(got);
    }
    return text;
}

Result<void> write_kept(const std::string& path, const std::string& text) {
    const std::string fresh = path + ".new";
    {
        const File file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!file.open() || !write_all(file.get(), text))
            return not_kept(path);
    }
    if (std::rename(fresh.c_str(), path.c_str()) != 0)
        return not_kept(path);
    const File folder(
        ::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.open() || ::fsync(folder.get()) != 0)
        return not_kept(path);
    return {};
}

}  // namespace doorstep
