#include "sync/vault/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>

namespace doorstep {

namespace fs = std::filesystem;

namespace {

Error cannot_write(const std::string& file) {
    const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return {full ? Fault::disk_full : Fault::not_writable,
            fmt::format("{} could not be written: {}.", file, ::strerror(errno)),
            full ? "Free some space and repeat." : "Check that this user may write to its folder."};
}

// Closes at the end of its scope.
struct OpenFile {
    int number;
    ~OpenFile() {
        if (number >= 0)
            ::close(number);
    }
};

bool write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const auto written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<void> write_durably(const std::string& file, std::string_view content, unsigned mode) {
    const std::string draft = file + ".new";
    ::unlink(draft.c_str());
    const OpenFile out{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
    if (out.number < 0 || !write_all(out.number, content) || ::fsync(out.number) != 0 ||
        ::rename(draft.c_str(), file.c_str()) != 0) {
        const auto error = cannot_write(file);
        ::unlink(draft.c_str());
        return error;
    }
    const auto parent = fs::path(file).parent_path();
    const OpenFile folder{::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.number < 0 || ::fsync(folder.number) != 0)
        return cannot_write(file);
    return {};
}

Result<void> replace_and_wipe(const std::string& file, std::string_view content, unsigned mode) {
    const OpenFile old{::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
    TRY_DO(write_durably(file, content, mode));
    struct stat facts {};
    if (old.number >= 0 && ::fstat(old.number, &facts) == 0 && facts.st_size < (1 << 20)) {
        // The new file stands already: failing here costs nothing that was promised.
        if (write_all(old.number, std::string(static_cast<std::size_t>(facts.st_size), '\0')))
            ::fsync(old.number);
    }
    return {};
}

namespace {

// Nothing when it cannot be told.
std::optional<off_t> end_of_last_line(int file) {
    off_t end = ::lseek(file, 0, SEEK_END);
    for (char last = 0; end > 0; --end) {
        if (::pread(file, &last, 1, end - 1) != 1)
            return std::nullopt;
        if (last == '\n')
            break;
    }
    return end < 0 ? std::nullopt : std::optional<off_t>(end);
}

Result<void> sync_folder_of(const std::string& file) {
    const auto parent = fs::path(file).parent_path();
    const OpenFile folder{::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.number < 0 || ::fsync(folder.number) != 0)
        return cannot_write(file);
    return {};
}

}  // namespace

Result<void> append_durably(const std::string& file, std::string_view lines, unsigned mode) {
    const OpenFile out{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode)};
    const auto end = out.number < 0 ? std::nullopt : end_of_last_line(out.number);
    if (!end || ::ftruncate(out.number, *end) != 0 || ::lseek(out.number, *end, SEEK_SET) < 0)
        return cannot_write(file);
    if (!write_all(out.number, lines) || ::fsync(out.number) != 0) {
        const auto error = cannot_write(file);
        [[maybe_unused]] const int cut = ::ftruncate(out.number, *end);
        return error;
    }
    return sync_folder_of(file);
}

Result<void> extend_durably(const std::string& file, std::size_t from, std::string_view content,
                            unsigned mode) {
    const OpenFile out{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode)};
    const auto at = static_cast<off_t>(from);
    if (out.number < 0)
        return cannot_write(file);
    if (::lseek(out.number, 0, SEEK_END) < at)
        return Error{Fault::damaged, fmt::format("{} is shorter than it was.", file), {}};
    if (::ftruncate(out.number, at) != 0 || ::lseek(out.number, at, SEEK_SET) != at ||
        !write_all(out.number, content) || ::fsync(out.number) != 0) {
        const auto error = cannot_write(file);
        [[maybe_unused]] const int cut = ::ftruncate(out.number, at);
        return error;
    }
    return sync_folder_of(file);
}

Result<void> overwrite_part(const std::string& file, std::size_t at, std::string_view content) {
    const OpenFile out{::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (out.number < 0 || ::lseek(out.number, static_cast<off_t>(at), SEEK_SET) < 0 ||
        !write_all(out.number, content) || ::fsync(out.number) != 0)
        return cannot_write(file);
    return {};
}

Result<std::string> read_small_file(const std::string& file, std::size_t limit) {
    const OpenFile in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (in.number < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return Error{Fault::not_found, fmt::format("{} does not exist.", file), {}};
        return Error{Fault::not_writable, fmt::format("{} cannot be read: {}.", file, ::strerror(errno)),
                     "Check that it belongs to this user."};
    }
    struct stat facts {};
    if (::fstat(in.number, &facts) == 0 && S_ISDIR(facts.st_mode))
        return Error{Fault::damaged, fmt::format("{} is a folder and no file.", file), {}};
    if (!S_ISREG(facts.st_mode) || static_cast<std::uintmax_t>(facts.st_size) > limit)
        return Error{Fault::damaged, fmt::format("{} is not what should stand there.", file), {}};
    std::string content(static_cast<std::size_t>(facts.st_size), '\0');
    std::size_t got = 0;
    while (got < content.size()) {
        const auto read = ::read(in.number, content.data() + got, content.size() - got);
        if (read < 0 && errno == EINTR)
            continue;
        if (read < 0)  // not what stands there: it may be whole, and is to be read again
            return Error{Fault::broken, fmt::format("{} could not be read: {}.", file, ::strerror(errno)),
                         "Try again. If it stays so, the disk is failing."};
        if (read == 0)
            return Error{Fault::damaged, fmt::format("{} cannot be read to its end.", file), {}};
        got += static_cast<std::size_t>(read);
    }
    return content;
}

}  // namespace doorstep
