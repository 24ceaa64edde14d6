#include "client/app/process.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <utility>

#include "sync/vault/secret_bytes.h"

namespace doorstep {

namespace {

constexpr int first_own = STDERR_FILENO + 1;
// More than a sign-in and all row keys of a tablet ever take.
constexpr std::size_t keys_bytes = 256 * 1024;

// Only where there is no limit: under one the first allocation beyond it would fail.
bool lock_memory() {
    rlimit limit{};
    return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY &&
           mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
}

void close_all_but(std::vector<int> keep) {
    std::sort(keep.begin(), keep.end());
    unsigned from = first_own;
    for (const int each : keep) {
        if (each < static_cast<int>(from))
            continue;
        const auto number = static_cast<unsigned>(each);
        if (number > from)
            close_range(from, number - 1, 0);
        from = number + 1;
    }
    close_range(from, UINT_MAX, 0);
}

}  // namespace

std::string harden_process() {
    const rlimit none{0, 0};
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        return "The system may write this program's memory to a core file.";
    if (lock_memory())
        return {};
    return stays_in_memory(keys_bytes)
               ? "Only the keys are kept from swap (the limit on locked memory is too low for the rest)."
               : "Not even the keys are kept from swap (the limit on locked memory is too low). Turn swap "
                 "off, or raise the limit: ulimit -l, or LimitMEMLOCK= in the unit.";
}

void begin_anew(const std::vector<std::string>& arguments, std::vector<int> keep) {
    std::vector<std::string> own = arguments;
    std::vector<char*> raw;
    for (std::string& each : own)
        raw.push_back(each.data());
    raw.push_back(nullptr);
    close_all_but(std::move(keep));
    execv("/proc/self/exe", raw.data());
}

}  // namespace doorstep
