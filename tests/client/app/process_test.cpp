// What a process says of its own protection.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "client/app/process.h"
#include "sync/vault/secret_bytes.h"

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

}  // namespace

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
