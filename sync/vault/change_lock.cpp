#include "sync/vault/change_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace doorstep {

namespace {

constexpr useconds_t pause_us = 2'000;
constexpr int pauses_max = 5'000;

Error cannot_lock(const std::string& file) {
    const bool full = errno == ENOSPC || errno == EDQUOT;
    return {full ? Fault::disk_full : Fault::not_writable,
            fmt::format("{} could not be locked: {}.", file, ::strerror(errno)),
            full ? "Free some space and repeat." : "Check that this user may write to its folder."};
}

Error somebody_holds_it() {
    return {Fault::conflict, "Another program is changing the sign-ins of this tablet.",
            "Wait a moment and try again."};
}

// Somebody may have put another file there since it was opened.
bool stands_there(int number, const std::string& file) {
    struct stat held {};
    struct stat there {};
    return ::fstat(number, &held) == 0 && ::stat(file.c_str(), &there) == 0 && held.st_ino == there.st_ino &&
           held.st_dev == there.st_dev;
}

}  // namespace

Result<ChangeLock> ChangeLock::take(const std::string& file) {
    for (int pauses = 0; pauses < pauses_max;) {
        // To read only: where there is no space the file of before serves as it is.
        ChangeLock lock(::open(file.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (lock.number_ < 0)
            return cannot_lock(file);
        while (::flock(lock.number_, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR)
                return cannot_lock(file);
            if (++pauses >= pauses_max)
                return somebody_holds_it();
            ::usleep(pause_us);
        }
        if (stands_there(lock.number_, file))
            return lock;
        ++pauses;
    }
    return somebody_holds_it();
}

ChangeLock::ChangeLock(ChangeLock&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

ChangeLock::~ChangeLock() {
    if (number_ >= 0)
        ::close(number_);
}

}  // namespace doorstep
