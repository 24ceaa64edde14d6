// A folder on a file system that can only be read, for root too.
#pragma once

#include <sys/mount.h>

#include <string>

namespace doorstep::test {

// Mounted to read only for as long as it lives; nothing where that is not allowed.
class OnlyToRead {
public:
    explicit OnlyToRead(const std::string& folder) : folder_(folder) {
        mounted_ = ::mount(folder.c_str(), folder.c_str(), nullptr, MS_BIND, nullptr) == 0;
        only_reads_ = mounted_ && ::mount(nullptr, folder.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY,
                                          nullptr) == 0;
    }
    ~OnlyToRead() {
        if (mounted_)
            ::umount2(folder_.c_str(), MNT_DETACH);
    }
    OnlyToRead(const OnlyToRead&) = delete;
    OnlyToRead& operator=(const OnlyToRead&) = delete;
    bool works() const { return only_reads_; }

private:
    std::string folder_;
    bool mounted_ = false;
    bool only_reads_ = false;
};

}  // namespace doorstep::test
