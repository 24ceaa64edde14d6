// One change of a vault at a time, over all programs of this device: what a change reads
// from the disk stands until it is written back.
#pragma once

#include <string>

#include "forms/base/result.h"

namespace doorstep {

// Held for one change only, never while a passphrase is asked for or stretched.  Advisory:
// the lock of a small file beside the vault, which stays there and is always empty.
class ChangeLock {
public:
    // Waits for whoever is at it, ten seconds at most.  Makes the file where there is none.
    // Errors: disk_full, not_writable; conflict: another program does not let go of it.
    static Result<ChangeLock> take(const std::string& file);

    ChangeLock(ChangeLock&& other) noexcept;
    ChangeLock& operator=(ChangeLock&&) = delete;
    ~ChangeLock();

private:
    explicit ChangeLock(int number) : number_(number) {}
    int number_;
};

}  // namespace doorstep
