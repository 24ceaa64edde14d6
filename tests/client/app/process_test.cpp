// What a process says of its own protection.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "client/app/process.h"
#include "sync/vault/secret_bytes.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

// In a process of its own, which may lock so much memory and has no right to lock more.
template<class Said>
bool holds_under(rlim_t lockable, const Said& said) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const rlimit limit{lockable, lockable};
        bool set = ::setrlimit(RLIMIT_MEMLOCK, &limit) == 0;
        if (::geteuid() == 0)
            set = set && ::setresuid(65534, 65534, 65534) == 0;
        ::_exit(set && said() ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// The sanitizers say that they locked memory and lock none.
bool memory_is_locked_for_show() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    WARN("SKIPPED: a sanitizer answers for the system");
    return true;
#else
    return false;
#endif
}

// Whether the system wrote a core of a process that crashed where one may be written.
template<class Before>
bool crash_leaves_core(const Before& before) {
    const TemporaryFolder folder;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        constexpr rlim_t begun = 64 * 1024;  // enough to be one, and not all of a sanitizer's memory
        const rlimit limit{begun, RLIM_INFINITY};
        const rlimit lesser{begun, begun};
        if (::setrlimit(RLIMIT_CORE, &limit) != 0 && ::setrlimit(RLIMIT_CORE, &lesser) != 0)
            ::_exit(1);
        if (::chdir(folder.path().c_str()) != 0)
            ::_exit(1);
        // Whatever started this program may have left it undumpable.
        ::prctl(PR_SET_DUMPABLE, 1);
        before();
        std::signal(SIGSEGV, SIG_DFL);
        ::raise(SIGSEGV);
        ::_exit(1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WCOREDUMP(status);
}

}  // namespace

TEST_CASE("a hardened process that crashes leaves no core, where any other leaves one", "[process]") {
    if (!crash_leaves_core([] {}))
        WARN("SKIPPED: this system writes no cores (needs root, or a limit that may be raised)");
    CHECK_FALSE(crash_leaves_core([] { (void)harden_process(); }));
    // Each of the two would do it alone, and whoever raises the limit again finds the other.
    CHECK_FALSE(crash_leaves_core([] {
        (void)harden_process();
        const rlimit again{64 * 1024, 64 * 1024};
        ::setrlimit(RLIMIT_CORE, &again);
    }));
    CHECK_FALSE(crash_leaves_core([] {
        (void)harden_process();
        ::prctl(PR_SET_DUMPABLE, 1);
    }));
}

TEST_CASE("keys that the system does not lock into memory are not said to be", "[process]") {
    if (memory_is_locked_for_show())
        return;
    CHECK(holds_under(0, [] { return !stays_in_memory(4096); }));
    CHECK(holds_under(0, [] { return harden_process().find("Not even the keys") == 0; }));
}

TEST_CASE("where there is room for the keys alone, that is said", "[process]") {
    if (memory_is_locked_for_show())
        return;
    CHECK(holds_under(1 << 20, [] { return stays_in_memory(4096); }));
    CHECK(holds_under(1 << 20, [] { return harden_process().find("Only the keys") == 0; }));
}
