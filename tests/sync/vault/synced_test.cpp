// What is called durable was synced: this program stands between the vault and the kernel and knows, of
// every file and folder, whether something was written after it was last synced.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "tests/sync/vault/tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

struct DiskWatch {
    bool on = false;
    std::set<ino_t> unsynced;
    int writes = 0;
    int renames = 0;
    int too_early = 0;  // renamed before what stands in the file was synced

    static DiskWatch& here() {
        static DiskWatch watch;
        return watch;
    }
    void begin() {
        *this = {};
        on = true;
    }
    static ino_t number_of(const char* path) {
        struct stat facts {};
        return ::stat(path, &facts) == 0 ? facts.st_ino : 0;
    }
    void wrote(int file) {
        struct stat facts {};
        if (on && ::fstat(file, &facts) == 0 && S_ISREG(facts.st_mode)) {
            ++writes;
            unsynced.insert(facts.st_ino);
        }
    }
    void synced(int file) {
        struct stat facts {};
        if (on && ::fstat(file, &facts) == 0)
            unsynced.erase(facts.st_ino);
    }
    void renames_now(const char* from, const char* to) {
        if (!on)
            return;
        ++renames;
        too_early += unsynced.contains(number_of(from)) ? 1 : 0;
        unsynced.insert(number_of(std::filesystem::path(to).parent_path().c_str()));
    }
};

}  // namespace

// In place of those of the C library, for this whole program.
extern "C" {
ssize_t write(int file, const void* bytes, size_t count) {
    DiskWatch::here().wrote(file);
    return ::syscall(SYS_write, file, bytes, count);
}
int fsync(int file) {
    DiskWatch::here().synced(file);
    return static_cast<int>(::syscall(SYS_fsync, file));
}
int rename(const char* from, const char* to) noexcept {
    DiskWatch::here().renames_now(from, to);
    return static_cast<int>(::syscall(SYS_rename, from, to));
}
}

TEST_CASE("a try is synced to the disk before the passphrase is looked at", "[vault]") {
    Tablet tablet;
    auto& disk = DiskWatch::here();
    int looked = 0;
    tablet.go_on_after = [&](UnlockStep step) {
        if (step == UnlockStep::counted) {
            ++looked;
            CHECK(disk.writes > 0);
            CHECK(disk.unsynced.empty());
        }
        return true;
    };
    auto vault = *tablet.open();
    for (const auto words : {std::string_view("not the right words"), officer_words}) {
        disk.begin();
        (void)vault.unlock(tablet.officer, words);
        disk.on = false;
        CHECK(disk.unsynced.empty());
    }
    CHECK(looked == 2);
}

TEST_CASE("what a vault says is done is synced, the file before its name and then the folder", "[vault]") {
    const Tablet tablet;
    auto vault = tablet.by_lead();
    auto& disk = DiskWatch::here();
    disk.begin();
    REQUIRE(vault.add_slot("O8", SlotRole::officer, "willow anvil comet", quick).ok());
    REQUIRE(vault.renew_licence().ok());
    REQUIRE(vault.change_passphrase("thimble fog harbour", quick).ok());
    REQUIRE(vault.remove_slot(tablet.officer).ok());
    disk.on = false;
    CHECK(disk.renames >= 4);
    CHECK(disk.too_early == 0);
    CHECK(disk.unsynced.empty());
}
