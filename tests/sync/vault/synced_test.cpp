// What is called durable was synced: this program stands between the vault and the kernel and knows, of
// every file and folder, whether something was written after it was last synced.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
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
    ino_t unreadable = 0;
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
ssize_t read(int file, void* bytes, size_t count) {
    struct stat facts {};
    if (const ino_t bad = DiskWatch::here().unreadable;
        bad != 0 && ::fstat(file, &facts) == 0 && facts.st_ino == bad) {
        errno = EIO;
        return -1;
    }
    return ::syscall(SYS_read, file, bytes, count);
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

TEST_CASE("a disk that fails to read for a moment costs nobody a try", "[vault]") {
    const Tablet tablet;
    auto vault = *tablet.open();
    CHECK_FALSE(vault.unlock(tablet.officer, "not the right words").ok());
    const auto before = read_bytes(tablet.place().tries);
    auto& disk = DiskWatch::here();
    disk.unreadable = DiskWatch::number_of(tablet.place().tries.c_str());
    CHECK(vault.unlock(tablet.officer, officer_words).error().fault == Fault::broken);
    CHECK_FALSE(tablet.open().ok());
    disk.unreadable = 0;
    CHECK(read_bytes(tablet.place().tries) == before);
    CHECK((*tablet.open()->sign_ins())[1].tries_left == 9);
    CHECK(vault.unlock(tablet.officer, officer_words).ok());
}

TEST_CASE("counters that are lost while the tenth wrong try is on its way give none back", "[vault]") {
    Tablet tablet;
    auto vault = *tablet.open();
    for (int i = 0; i < 9; ++i) {
        CHECK_FALSE(vault.unlock(tablet.officer, "not the right words").ok());
        tablet.boot.advance_ms(300'000);
    }
    // Killed between the count and the check: the tenth was counted, the sign-in not closed yet.
    tablet.go_on_after = [](UnlockStep step) { return step != UnlockStep::counted; };
    auto killed = *tablet.open();
    CHECK_FALSE(killed.unlock(tablet.officer, "not the right words").ok());
    tablet.go_on_after = nullptr;
    write_bytes(tablet.place().tries, "rubbish");
    CHECK_FALSE(killed.unlock(tablet.officer, officer_words).ok());
}
