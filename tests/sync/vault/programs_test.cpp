// Several programs, or several objects of one, have the same vault.
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "sync/vault/change_lock.h"
#include "tests/sync/vault/tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::string_view wrong = "not the right words";
constexpr std::string_view pin = "274916";
constexpr std::int64_t quarter_ms = 15 * 60 * 1000;

std::vector<KeyGeneration> generations(const Tablet& tablet) {
    return tablet.by_lead().row_keys()->generations();
}

// Counted over processes.
class Shared {
public:
    Shared()
        : count_(new (::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0)) std::atomic<int>(0)) {}
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { ::munmap(count_, sizeof(std::atomic<int>)); }
    std::atomic<int>& operator*() const { return *count_; }

private:
    std::atomic<int>* count_;
};

// `work` in that many processes, all at one time; whether each ended well.
bool together(int processes, const std::function<void()>& work) {
    const Shared ready;
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i) {
        const auto child = ::fork();
        if (child == 0) {
            ++*ready;
            while (*ready < processes)
                ::usleep(100);
            work();
            ::_exit(0);
        }
        children.push_back(child);
    }
    bool well = true;
    for (const pid_t child : children) {
        int status = 0;
        well = ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0 && well;
    }
    return well;
}

}  // namespace

TEST_CASE("no stale copy puts back the vault of before a rotation", "[vault][programs]") {
    Tablet tablet;
    auto stale = tablet.by_officer();
    auto other_lead = tablet.by_lead();
    REQUIRE(tablet.by_lead().begin_rotation().ok());
    tablet.clock.advance_ms(quarter_ms);
    const auto stands = read_bytes(tablet.place().file);
    const auto refused = [&](const Result<void>& outcome) {
        REQUIRE_FALSE(outcome.ok());
        CHECK(outcome.error().fault == Fault::conflict);
        CHECK(outcome.error().mend == "Lock, and sign in again.");
        CHECK(read_bytes(tablet.place().file) == stands);
    };
    refused(stale.note_time());
    refused(stale.change_passphrase("marble otter dusk", quick));
    refused(stale.finish_rotation(1));
    refused(other_lead.renew_licence());
    CHECK(other_lead.begin_rotation().error().fault == Fault::conflict);
    CHECK(other_lead.add_slot("O8", SlotRole::officer, "harbour thimble fog", quick).error().fault ==
          Fault::conflict);
    CHECK(other_lead.remove_slot(tablet.officer).error().fault == Fault::conflict);
    refused(other_lead.reissue_slot(tablet.officer, "willow anvil comet", quick));
    REQUIRE(stale.unlock(tablet.officer, officer_words).ok());
    CHECK(stale.row_keys()->generations() == std::vector<KeyGeneration>{1, 2});
    CHECK(stale.note_time().ok());
    CHECK(generations(tablet) == std::vector<KeyGeneration>{1, 2});
}

TEST_CASE("who is locked takes over what another program changed", "[vault][programs]") {
    Tablet tablet;
    auto locked = *tablet.open();
    SECTION("a sign-in that is gone does not come back") {
        REQUIRE(tablet.by_lead().remove_slot(tablet.officer).ok());
        CHECK(locked.unlock(tablet.officer, officer_words).error().fault == Fault::not_found);
        const auto now = tablet.clock.now_ms();
        REQUIRE(locked.accept_licence(sign_licence(tablet.endpoint, locked.id(), now, now + 1000)).ok());
        CHECK(tablet.open()->sign_ins()->size() == 1);
        CHECK(generations(tablet) == std::vector<KeyGeneration>{1, 2});
    }
    SECTION("nor does an old passphrase") {
        REQUIRE(tablet.by_officer().change_passphrase("marble otter dusk", quick).ok());
        CHECK(locked.unlock(tablet.officer, officer_words).error().fault == Fault::refused);
        CHECK(locked.unlock(tablet.officer, "marble otter dusk").ok());
    }
    SECTION("the recovery key sees the newest keys") {
        REQUIRE(tablet.by_lead().begin_rotation().ok());
        REQUIRE(locked.unlock_by_recovery(tablet.recovery).ok());
        CHECK(locked.row_keys()->newest() == 2);
    }
    SECTION("a vault that was wiped is not made again") {
        auto open = tablet.by_lead();
        std::filesystem::remove(tablet.place().file);
        CHECK(open.renew_licence().error().fault == Fault::not_found);
        CHECK(locked.unlock(tablet.officer, officer_words).error().fault == Fault::not_found);
        CHECK_FALSE(std::filesystem::exists(tablet.place().file));
    }
}

TEST_CASE("what is no matter of keys is taken over by who is signed in, too", "[vault][programs]") {
    Tablet tablet;
    auto officer = tablet.by_officer();
    tablet.clock.advance_ms(Vault::licence_ms - quarter_ms);
    REQUIRE(tablet.by_lead().renew_licence().ok());
    tablet.clock.advance_ms(quarter_ms);
    REQUIRE(officer.note_time().ok());  // and does not put the old licence back
    CHECK(officer.licence().valid);
    CHECK(tablet.by_officer().licence().valid);
    REQUIRE(officer.change_passphrase("marble otter dusk", quick).ok());
    CHECK(tablet.by_lead().licence().until_ms == tablet.clock.now_ms() - quarter_ms + Vault::licence_ms);
}

TEST_CASE("each of several opened vaults counts on top of the others", "[vault][programs]") {
    Tablet tablet;
    std::vector<Vault> vaults;
    for (int i = 0; i < 10; ++i)
        vaults.push_back(*tablet.open());
    for (int i = 0; i < 10; ++i) {
        CHECK_FALSE(vaults[static_cast<std::size_t>(i)].unlock(tablet.officer, wrong).ok());
        CHECK((*tablet.open()->sign_ins())[1].tries_left == 9 - i);
        if (i >= 2) {
            // Whoever else has it waits as well, and costs nothing.
            const auto early = vaults[9 - static_cast<std::size_t>(i)].unlock(tablet.officer, officer_words);
            CHECK(early.error().fault == Fault::refused);
            CHECK((*tablet.open()->sign_ins())[1].tries_left == 9 - i);
        }
        tablet.boot.advance_ms(300'000);
    }
    for (Vault& vault : vaults)
        CHECK(vault.unlock(tablet.officer, officer_words).error().what.find("closed") != std::string::npos);
    // A lead's new passphrase holds for all of them.
    REQUIRE(tablet.by_lead().reissue_slot(tablet.officer, "willow anvil comet", quick).ok());
    for (Vault& vault : vaults)
        CHECK(vault.unlock(tablet.officer, "willow anvil comet").ok());
}

TEST_CASE("a sign-in that is taken away while its passphrase is stretched does not open",
          "[vault][programs]") {
    Tablet tablet;
    auto vault = *tablet.open();
    bool removed = false;
    tablet.go_on_after = [&](UnlockStep after) {
        if (after == UnlockStep::stretched && !removed) {
            removed = true;
            REQUIRE(tablet.by_lead().remove_slot(tablet.officer).ok());
        }
        return true;
    };
    auto watched = *tablet.open();
    CHECK(watched.unlock(tablet.officer, officer_words).error().fault == Fault::conflict);
    CHECK(removed);
    CHECK_FALSE(watched.is_open());
    CHECK(watched.unlock(tablet.officer, officer_words).error().fault == Fault::not_found);
}

TEST_CASE("fourteen programs that guess at one time get ten guesses in all, and wait", "[vault][programs]") {
    Tablet tablet;
    const Shared checked;
    tablet.go_on_after = [&](UnlockStep after) {
        *checked += after == UnlockStep::counted ? 1 : 0;
        return true;
    };
    auto before = *tablet.open();  // as each program has it that asks for a passphrase
    const std::vector<std::int64_t> waits_s{5, 30, 60, 300, 300, 300, 300};
    for (std::size_t round = 0; round <= waits_s.size() + 1; ++round) {
        REQUIRE(together(14, [&] { static_cast<void>(before.unlock(tablet.officer, wrong).ok()); }));
        CHECK(*checked == std::min(10, 3 + static_cast<int>(round)));
        tablet.boot.advance_ms(1000 * (round < waits_s.size() ? waits_s[round] : 300));
    }
    CHECK((*tablet.open()->sign_ins())[1].closed);
    CHECK(decode_vault(read_bytes(tablet.place().file), tablet.device())
              ->secrets_of(tablet.officer)
              ->wrap.destroyed());
    CHECK(tablet.by_lead().role() == SlotRole::lead);
}

TEST_CASE("fourteen programs that find the tries gone have one guess in all", "[vault][programs]") {
    Tablet tablet;
    const Shared checked;
    tablet.go_on_after = [&](UnlockStep after) {
        *checked += after == UnlockStep::counted ? 1 : 0;
        return true;
    };
    std::filesystem::remove(tablet.place().tries);
    REQUIRE(together(14, [&] { static_cast<void>(tablet.open().ok()); }));
    CHECK_FALSE(tablet.open()->tries_were_damaged());
    tablet.boot.advance_ms(300'000);
    REQUIRE(together(14, [&] {
        if (auto vault = tablet.open(); vault.ok())
            static_cast<void>(vault->unlock(tablet.officer, wrong).ok());
    }));
    CHECK(*checked == 1);
}

TEST_CASE("programs that change a vault at one time lose nothing of each other", "[vault][programs]") {
    Tablet tablet;
    const Shared added;
    REQUIRE(together(8, [&] {
        for (int tries = 0; tries < 200; ++tries) {
            auto vault = tablet.open();
            if (!vault.ok() || !vault->unlock(tablet.lead, lead_words).ok())
                continue;
            const auto label = "O-" + std::to_string(::getpid());
            if (vault->add_slot(label, SlotRole::officer, "harbour thimble fog", quick).ok()) {
                ++*added;
                return;
            }
        }
    }));
    CHECK(*added == 8);
    CHECK(tablet.open()->sign_ins()->size() == 10);
}

TEST_CASE("of programs that make the vault of one tablet, one does", "[vault][programs]") {
    for (int round = 0; round < 5; ++round) {
        Tablet tablet;
        const VaultPlace place{tablet.folder / "another", tablet.folder / "another-tries"};
        const Shared made;
        REQUIRE(together(8, [&] {
            const auto vault = Vault::create(place, tablet.device(), tablet.around(),
                                             {"L1", lead_words, quick, tablet.recovery.public_key, {}});
            *made += vault.ok() ? 1 : 0;
            if (!vault.ok() && vault.error().fault != Fault::conflict)
                ::_exit(1);
        }));
        CHECK(*made == 1);
        auto vault = Vault::open(place, tablet.device(), tablet.around());
        REQUIRE(vault.ok());
        CHECK(vault->unlock(vault->sign_ins()->front().slot, lead_words).ok());
    }
}

TEST_CASE("a command's sign-in leaves the PIN of the window that somebody works with", "[vault][programs]") {
    Tablet tablet;
    auto window = tablet.by_officer();
    const int shift = *window.seal_shift(pin);
    window.lock();
    SECTION("a command") {
        tablet.clock.advance_ms(quarter_ms);
        REQUIRE(tablet.open()->unlock(tablet.lead, lead_words, Shifts::stay).ok());
        CHECK(window.pin_helps(shift));
        REQUIRE(window.unlock_by_pin(shift, pin).ok());
        CHECK(window.row_keys().ok());
    }
    SECTION("somebody else at the window") {
        REQUIRE(tablet.open()->unlock(tablet.lead, lead_words).ok());
        CHECK_FALSE(window.unlock_by_pin(shift, pin).ok());
    }
    SECTION("wrong PINs are counted on top of what a command wrote") {
        for (int i = 0; i < 5; ++i) {
            CHECK_FALSE(window.unlock_by_pin(shift, "000001").ok());
            REQUIRE(tablet.open()->unlock(tablet.lead, lead_words, Shifts::stay).ok());
            tablet.boot.advance_ms(30'000);
        }
        CHECK(window.unlock_by_pin(shift, pin).error().mend == "Sign in with the passphrase.");
    }
    ::close(shift);
}

TEST_CASE("a change waits for the one before it, reading for nobody", "[vault][programs]") {
    Tablet tablet;
    struct stat facts {};
    REQUIRE(::stat((tablet.place().file + ".lock").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK(facts.st_size == 0);
    auto vault = tablet.by_lead();
    std::atomic<bool> released = false;
    std::optional<ChangeLock> held(*ChangeLock::take(tablet.place().file + ".lock"));
    REQUIRE(tablet.open()->sign_ins()->size() == 2);
    REQUIRE(tablet.open()->unlock_by_recovery(tablet.recovery).ok());
    std::thread other([&] {
        ::usleep(30'000);
        released = true;
        held.reset();
    });
    const auto renewed = vault.renew_licence();
    CHECK(released);
    other.join();
    CHECK(renewed.ok());
}

TEST_CASE("a medium that is read only is listed and opened to the recovery key, and lets nobody try",
          "[vault][programs]") {
    Tablet tablet;
    const auto lock = tablet.place().file + ".lock";
    SECTION("with the lock's file") {}
    SECTION("without") {
        std::filesystem::remove(lock);
    }
    const int outcome = [&] {
        const auto child = ::fork();
        if (child == 0) {
            // Root may write everywhere.
            for (const auto& file : {tablet.place().file, tablet.place().tries, lock}) {
                static_cast<void>(::chown(file.c_str(), 65534, 65534));
                static_cast<void>(::chmod(file.c_str(), 0400));
            }
            if (::geteuid() == 0 && ::chown(tablet.folder.path().c_str(), 65534, 65534) != 0)
                ::_exit(1);
            if (::chmod(tablet.folder.path().c_str(), 0500) != 0)
                ::_exit(2);
            if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
                ::_exit(3);
            auto vault = tablet.open();
            if (!vault.ok() || !vault->sign_ins().ok() || !vault->unlock_by_recovery(tablet.recovery).ok())
                ::_exit(4);
            const auto tried = vault->unlock(tablet.officer, officer_words);
            ::_exit(tried.ok() ? 5 : tried.error().fault == Fault::not_writable ? 0 : 6);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }();
    CHECK(outcome == 0);
    REQUIRE(::chmod(tablet.folder.path().c_str(), 0700) == 0);
}
