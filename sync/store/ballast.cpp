#include "sync/store/ballast.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace doorstep {

namespace {

// Larger than any commit of the tablet: the largest envelope, its rows, their pages in
// the log and again in the file.
constexpr std::uint64_t room_for_a_commit = std::uint64_t{1} << 20;
// The log stays below 128 pages on a full disk; it is written before the file is.
constexpr std::uint64_t room_for_the_log = std::uint64_t{640} << 10;
// A sealed answer and its share of the pages above it; measured at a quarter of this.
constexpr std::uint64_t bytes_of_an_answer = 1024;

Error cannot_be_made(const std::string& path, int system_error) {
    const bool full = system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
    return {full ? Fault::disk_full : Fault::not_writable,
            fmt::format("The room that is kept for a full disk ({}) cannot be made.", path),
            full ? "Free some space." : "Check that this user may write in its folder."};
}

class OpenFile {
public:
    explicit OpenFile(const std::string& path)
        : handle_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    ~OpenFile() {
        if (handle_ >= 0)
            ::close(handle_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int handle() const { return handle_; }

private:
    int handle_;
};

// Bytes that no file system packs into less.
void fill(std::string& block, std::uint64_t seed) {
    for (auto& byte : block) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        byte = static_cast<char>(static_cast<unsigned char>(seed >> 56));
    }
}

// Two figures are enough for "about".
std::uint64_t rounded(std::uint64_t number) {
    std::uint64_t scale = 1;
    while (number / scale >= 100)
        scale *= 10;
    return number / scale * scale;
}

}  // namespace

std::string DiskRoom::text() const {
    if (!full)
        return {};
    if (answers == 0)
        return "The disk is full. No more answers can be saved until space is freed.";
    return fmt::format("The disk is full. There is room for about {} more answers.", answers);
}

Ballast::Ballast(const std::string& store_file, std::uint64_t bytes)
    : path_(store_file + "-ballast"), folder_(std::filesystem::path(store_file).parent_path().string()),
      bytes_(bytes) {
    if (folder_.empty())
        folder_ = std::string(1, '.');
}

Result<void> Ballast::stand_by() {
    if (is_whole()) {
        given_up_ = false;
        return {};
    }
    given_up_ = true;
    // One that was cut short holds room that would be counted as taken.
    give_up();
    if (free_bytes() < 2 * bytes_ + room_for_a_commit)
        return {};
    auto written = write_out();
    if (!written.ok()) {
        give_up();
        return written;
    }
    given_up_ = false;
    return {};
}

void Ballast::give_up() noexcept {
    given_up_ = true;
    ::unlink(path_.c_str());
}

void Ballast::look() noexcept {
    if (!given_up_ && free_bytes() < room_for_a_commit)
        give_up();
}

DiskRoom Ballast::room() const {
    const auto room = free_bytes();
    if (!given_up_ || room >= 2 * bytes_ + room_for_a_commit)
        return {false, 0};
    const auto usable = room > room_for_the_log ? room - room_for_the_log : 0;
    return {true, rounded(usable / bytes_of_an_answer)};
}

bool Ballast::has_room_for(std::uint64_t bytes) const {
    return !given_up_ && free_bytes() >= 2 * bytes + room_for_a_commit;
}

// A kill while it was made leaves it short, or long with nothing behind it.
bool Ballast::is_whole() const {
    struct stat found {};
    return ::lstat(path_.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
           static_cast<std::uint64_t>(found.st_size) == bytes_ &&
           static_cast<std::uint64_t>(found.st_blocks) * 512 >= bytes_;
}

Result<void> Ballast::write_out() const {
    const OpenFile file(path_);
    if (file.handle() < 0)
        return cannot_be_made(path_, errno);
    if (const int failed = ::posix_fallocate(file.handle(), 0, static_cast<off_t>(bytes_)); failed != 0)
        return cannot_be_made(path_, failed);
    std::string block(std::size_t{1} << 16, '\0');
    for (std::uint64_t at = 0; at < bytes_;) {
        fill(block, at + 1);
        const auto size = std::min<std::uint64_t>(block.size(), bytes_ - at);
        const auto written = ::pwrite(file.handle(), block.data(), size, static_cast<off_t>(at));
        if (written <= 0)
            return cannot_be_made(path_, errno);
        at += static_cast<std::uint64_t>(written);
    }
    return ::fsync(file.handle()) == 0 ? Result<void>{} : cannot_be_made(path_, errno);
}

std::uint64_t Ballast::free_bytes() const {
    struct statvfs disk {};
    if (::statvfs(folder_.c_str(), &disk) != 0)
        return ~std::uint64_t{0} / 4;  // unknown is not full: the first failure will tell
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

}  // namespace doorstep
