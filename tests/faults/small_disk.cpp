#include "tests/faults/small_disk.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <vector>

namespace doorstep::faults {

namespace {

// A program by its name, silent; whether it went well.
bool runs(std::initializer_list<std::string> words) {
    std::vector<std::string> kept(words);
    std::vector<char*> arguments;
    for (auto& word : kept)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(nowhere, STDOUT_FILENO);
        ::dup2(nowhere, STDERR_FILENO);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

}  // namespace

SmallDisk::SmallDisk(Kind kind) : kind_(kind), place_(folder_ / "disk") {
    std::filesystem::create_directory(place_);
    if (kind == Kind::loop) {
        const auto image = folder_ / "image";
        std::ofstream(image, std::ios::binary).close();
        std::filesystem::resize_file(image, std::uintmax_t{8} << 20);
        // Without the share that only root may fill: a tablet's user is not root.
        if (!runs({"mkfs.ext4", "-q", "-F", "-m", "0", image}))
            return;
    }
    mounted_ = mount();
}

SmallDisk::~SmallDisk() {
    if (mounted_)
        ::umount2(place_.c_str(), MNT_DETACH);
}

bool SmallDisk::mount() {
    if (kind_ == Kind::memory)
        return ::mount("none", place_.c_str(), "tmpfs", 0, "size=3m,mode=0700") == 0;
    return ::getuid() == 0 && runs({"mount", "-o", "loop", folder_ / "image", place_});
}

void SmallDisk::fill_up() const {
    std::ofstream pictures(file("pictures"), std::ios::binary);
    const std::string block(4096, 'p');
    while (pictures.write(block.data(), static_cast<std::streamsize>(block.size())).flush())
        ;
}

bool SmallDisk::pull_out() const {
    // EXT4_IOC_SHUTDOWN without a last write of its journal.
    constexpr unsigned long shut_down = _IOR('X', 125, std::uint32_t);
    std::uint32_t without_journal = 2;
    const int handle = ::open(place_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool done = handle >= 0 && ::ioctl(handle, shut_down, &without_journal) == 0;
    if (handle >= 0)
        ::close(handle);
    return done;
}

bool SmallDisk::take_name_away() {
    mounted_ = ::umount2(place_.c_str(), MNT_DETACH) != 0;
    return !mounted_;
}

bool SmallDisk::put_back_in() {
    if (mounted_)
        ::umount2(place_.c_str(), 0);
    mounted_ = mount();
    return mounted_;
}

}  // namespace doorstep::faults
