#include "sync/vault/try_counter.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "forms/base/random.h"
#include "tests/sync/vault/tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::string_view wrong = "not the right words";

}  // namespace

TEST_CASE("three tries are free, then each waits longer; the tenth closes the sign-in", "[vault]") {
    Tablet tablet;
    auto vault = *tablet.open();
    const std::vector<std::int64_t> waits{0, 0, 5, 30, 60, 300, 300, 300, 300};
    for (std::size_t i = 0; i < waits.size(); ++i) {
        const auto refused = vault.unlock(tablet.officer, wrong);
        REQUIRE(refused.error().fault == Fault::refused);
        const auto listed = (*vault.sign_ins())[1];
        CHECK(listed.tries_left == 9 - static_cast<int>(i));
        CHECK(listed.wait_ms == waits[i] * 1000);
        if (waits[i] > 0) {
            tablet.boot.advance_ms(waits[i] * 1000 - 1);
            // Not even the right one, and it costs no try.
            CHECK(vault.unlock(tablet.officer, officer_words).error().what.find("wait 1 second") !=
                  std::string::npos);
            CHECK((*vault.sign_ins())[1].tries_left == 9 - static_cast<int>(i));
            tablet.boot.advance_ms(1);
        }
    }
    CHECK(vault.unlock(tablet.officer, wrong).error().what.find("closed") != std::string::npos);
    tablet.boot.advance_ms(3'600'000);
    CHECK(vault.unlock(tablet.officer, officer_words).error().what.find("closed") != std::string::npos);
    CHECK((*tablet.open()->sign_ins())[1].closed);
    // The others sign in as ever, and a lead gives a new passphrase.
    auto lead = tablet.by_lead();
    REQUIRE(lead.reissue_slot(tablet.officer, "willow anvil comet", quick).ok());
    CHECK(tablet.opened_by(tablet.officer, "willow anvil comet").label() == "O7-harbour-street");
}

TEST_CASE("a closed sign-in has left nothing to guess at", "[vault]") {
    Tablet tablet;
    const auto before = *decode_vault(read_bytes(tablet.place().file), tablet.device());
    auto vault = *tablet.open();
    for (int i = 0; i < 10; ++i) {
        CHECK_FALSE(vault.unlock(tablet.officer, wrong).ok());
        tablet.boot.advance_ms(300'000);
    }
    const auto bytes = read_bytes(tablet.place().file);
    CHECK(bytes.find(before.secrets_of(tablet.officer)->wrap.sealed) == std::string::npos);
    const auto content = *decode_vault(bytes, tablet.device());
    CHECK(content.secrets_of(tablet.officer)->wrap.destroyed());
    for (const auto& copy : content.live[0].copies)
        CHECK(copy.reader != tablet.officer);
}

TEST_CASE("a right passphrase forgets the wrong ones", "[vault]") {
    Tablet tablet;
    auto vault = *tablet.open();
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 3; ++i)
            CHECK_FALSE(vault.unlock(tablet.officer, wrong).ok());
        tablet.boot.advance_ms(5'000);
        REQUIRE(vault.unlock(tablet.officer, officer_words).ok());
        CHECK((*vault.sign_ins())[1].tries_left == 10);
    }
}

TEST_CASE("a restart makes the wait begin anew; the wall clock does not matter", "[vault]") {
    Tablet tablet;
    auto vault = *tablet.open();
    for (int i = 0; i < 6; ++i) {
        CHECK_FALSE(vault.unlock(tablet.officer, wrong).ok());
        if (i < 5)
            tablet.boot.advance_ms(60'000);
    }
    tablet.boot.advance_ms(200'000);
    CHECK((*vault.sign_ins())[1].wait_ms == 100'000);
    tablet.clock.advance_ms(1'000'000'000);
    CHECK((*tablet.open()->sign_ins())[1].wait_ms == 100'000);
    tablet.boot.restart();
    CHECK((*tablet.open()->sign_ins())[1].wait_ms == 300'000);
    tablet.boot.advance_ms(300'000);
    CHECK((*tablet.open()->sign_ins())[1].wait_ms == 0);
    CHECK((*tablet.open()->sign_ins())[1].tries_left == 4);
}

TEST_CASE("never an 11th try, over 1,000 runs of kills, restarts and changed clocks", "[vault]") {
    // What stands on the disk decides; the process is thrown away again and again.
    Tablet tablet(quick_folder());
    const auto vault_before = read_bytes(tablet.place().file);
    const auto tries_before = read_bytes(tablet.place().tries);
    int most = 0;
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        write_bytes(tablet.place().file, vault_before);
        write_bytes(tablet.place().tries, tries_before);
        SeededRandom random(seed);
        int checked = 0;  // times that Argon2id was let begin
        UnlockStep stop = UnlockStep::counted;
        bool stops = false;
        tablet.go_on_after = [&](UnlockStep after) {
            checked += after == UnlockStep::counted ? 1 : 0;
            return !(stops && after == stop);
        };
        const bool knows_it = seed % 10 == 9;  // killed before each reset
        auto vault = *tablet.open();
        for (int step = 0; step < 30; ++step) {
            stops = knows_it || random.chance(0.6);
            stop = knows_it ? UnlockStep::checked : static_cast<UnlockStep>(random.below(3));
            REQUIRE_FALSE(vault.unlock(tablet.officer, knows_it ? officer_words : wrong).ok());
            if (stops || random.chance(0.2))
                vault = *tablet.open();
            if (random.chance(0.2))
                tablet.boot.restart();
            if (random.chance(0.2))
                tablet.clock.set_ms(static_cast<std::int64_t>(random.below(4'000'000'000'000)));
            tablet.boot.advance_ms(static_cast<std::int64_t>(random.below(2)) * 300'000);
        }
        REQUIRE(checked <= 10);
        most = std::max(most, checked);
    }
    CHECK(most == 10);  // or the run proves nothing
}

TEST_CASE("real processes, killed at any moment, do not get an 11th try either", "[vault]") {
    Tablet tablet;
    void* shared =
        ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    auto& checked = *new (shared) std::atomic<int>(0);
    SeededRandom random(7);
    int killed = 0;
    bool closed = false;
    for (int run = 0; run < 200 && !closed; ++run) {
        tablet.boot.advance_ms(300'000);
        const auto child = ::fork();
        if (child == 0) {
            tablet.go_on_after = [&](UnlockStep after) {
                if (after == UnlockStep::counted)
                    ++checked;
                return true;
            };
            auto vault = tablet.open();
            if (vault.ok())
                static_cast<void>(vault->unlock(tablet.officer, wrong).ok());
            ::_exit(0);
        }
        ::usleep(static_cast<useconds_t>(random.below(12'000)));
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        killed += WIFSIGNALED(status) ? 1 : 0;
        const auto vault = tablet.open();
        REQUIRE(vault.ok());
        REQUIRE_FALSE(vault->tries_were_damaged());
        closed = (*vault->sign_ins())[1].closed;
    }
    CHECK(closed);
    CHECK(killed > 0);
    CHECK(checked.load() <= 10);
    CHECK(checked.load() >= 1);
    ::munmap(shared, sizeof(std::atomic<int>));
}

TEST_CASE("a counter torn at any byte of a write has not lost a try", "[vault]") {
    Tablet tablet;
    const Uuid id = tablet.officer;
    const auto held = ChangeLock::take(tablet.folder / "lock");
    REQUIRE(held.ok());
    const auto open = [&] {
        auto counter = *TryCounter::open(tablet.place().tries, tablet.device(), tablet.boot);
        REQUIRE(counter.catch_up(*held, {id}).ok());
        return counter;
    };
    for (int made = 0; made < 4; ++made) {
        const auto before = read_bytes(tablet.place().tries);
        auto counter = open();
        REQUIRE(counter.made(id) == made);
        REQUIRE(counter.count(*held, id).ok());
        const auto after = read_bytes(tablet.place().tries);
        REQUIRE(before.size() == after.size());
        // The write had not returned: nothing was checked on the strength of it.
        for (std::size_t at = 0; at <= after.size(); ++at) {
            if (at > 0 && at < after.size() && before[at - 1] == after[at - 1])
                continue;
            write_bytes(tablet.place().tries, after.substr(0, at) + before.substr(at));
            auto torn = open();
            REQUIRE_FALSE(torn.was_damaged());
            REQUIRE(torn.made(id) >= made);
            REQUIRE(torn.made(id) <= made + 1);
            // And it goes on counting from there.
            const int found = torn.made(id);
            REQUIRE(torn.count(*held, id).ok());
            REQUIRE(open().made(id) == found + 1);
        }
        write_bytes(tablet.place().tries, after);
    }
}

TEST_CASE("a counter that is gone or damaged leaves each sign-in one try", "[vault]") {
    Tablet tablet;
    SECTION("gone") {
        std::filesystem::remove(tablet.place().tries);
    }
    SECTION("empty") {
        write_bytes(tablet.place().tries, "");
    }
    SECTION("cut") {
        std::filesystem::resize_file(tablet.place().tries, 100);
    }
    SECTION("of another device") {
        write_bytes(tablet.place().tries, std::string(8192, 'x'));
    }
    auto vault = *tablet.open();
    CHECK(vault.tries_were_damaged());
    CHECK((*vault.sign_ins())[1].tries_left == 1);
    CHECK((*vault.sign_ins())[1].wait_ms == 300'000);
    CHECK_FALSE(tablet.open()->tries_were_damaged());
    CHECK((*tablet.open()->sign_ins())[1].tries_left == 1);
    tablet.boot.advance_ms(300'000);
    REQUIRE(vault.unlock(tablet.lead, lead_words).ok());
    CHECK_FALSE(vault.unlock(tablet.officer, wrong).ok());
    CHECK((*vault.sign_ins())[1].closed);
    CHECK((*vault.sign_ins())[0].tries_left == 10);
}

TEST_CASE("a counter that cannot be written lets nobody try", "[vault]") {
    Tablet tablet;
    auto vault = *tablet.open();
    std::filesystem::remove(tablet.place().tries);
    std::filesystem::create_directory(tablet.place().tries);
    int checked = 0;
    tablet.go_on_after = [&](UnlockStep) { return ++checked != 0; };
    const auto unlocked = vault.unlock(tablet.officer, officer_words);
    CHECK(unlocked.error().fault == Fault::not_writable);
    CHECK(checked == 0);
}
