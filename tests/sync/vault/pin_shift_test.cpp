#include "sync/vault/pin_shift.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "forms/base/random.h"
#include "tests/sync/vault/tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::string_view pin = "274916";

// Closed with the test.
struct Shift {
    int number;
    explicit Shift(int open) : number(open) {}
    Shift(const Shift&) = delete;
    Shift& operator=(const Shift&) = delete;
    ~Shift() { ::close(number); }
};

int begin_shift(const Tablet& tablet) {
    auto vault = tablet.by_officer();
    const auto shift = vault.seal_shift(pin);
    REQUIRE(shift.ok());
    return *shift;
}

}  // namespace

TEST_CASE("a PIN opens the vault again within the shift, and no lead's door", "[vault]") {
    Tablet tablet;
    const auto sealed = tablet.by_lead().row_keys()->seal(some_row, "kept");
    const Shift shift(begin_shift(tablet));
    auto vault = *tablet.open();
    for (int round = 0; round < 3; ++round) {
        REQUIRE(vault.unlock_by_pin(shift.number, pin).ok());
        CHECK(vault.label() == "O7-harbour-street");
        CHECK(vault.role() == SlotRole::officer);
        CHECK(vault.row_keys()->open(some_row, 1, sealed)->view() == "kept");
        CHECK(vault.open_inbox(seal(vault.inbox_key(), "page"))->view() == "page");
        CHECK(vault.change_passphrase("marble otter dusk", quick).error().fault == Fault::refused);
    }
    auto lead = tablet.by_lead();
    const Shift of_lead(*lead.seal_shift(pin));
    REQUIRE(lead.unlock_by_pin(of_lead.number, pin).ok());
    CHECK(lead.role() == SlotRole::lead);
    CHECK(lead.renew_licence().error().what.find("PIN") != std::string::npos);
    CHECK(lead.finish_rotation(9).error().fault == Fault::refused);
}

TEST_CASE("after five wrong PINs only the passphrase helps", "[vault]") {
    Tablet tablet;
    const Shift shift(begin_shift(tablet));
    auto vault = *tablet.open();
    for (int i = 0; i < 5; ++i) {
        CHECK(vault.unlock_by_pin(shift.number, "000001").error().fault == Fault::refused);
        tablet.boot.advance_ms(30'000);
    }
    CHECK(vault.unlock_by_pin(shift.number, pin).error().mend == "Sign in with the passphrase.");
    CHECK(tablet.open()->unlock_by_pin(shift.number, pin).error().mend == "Sign in with the passphrase.");
    REQUIRE(vault.unlock(tablet.officer, officer_words).ok());
    // The old shift stays forgotten; a new one begins.
    CHECK_FALSE(vault.unlock_by_pin(shift.number, pin).ok());
    REQUIRE(vault.unlock(tablet.officer, officer_words).ok());
    const Shift next(*vault.seal_shift(pin));
    CHECK(vault.unlock_by_pin(next.number, pin).ok());
    CHECK_FALSE(vault.unlock_by_pin(shift.number, pin).ok());
}

TEST_CASE("never a sixth PIN, over kills and new processes", "[vault]") {
    Tablet tablet;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Shift shift(begin_shift(tablet));
        SeededRandom random(seed);
        int checked = 0;
        tablet.go_on_after = [&](UnlockStep after) {
            checked += after == UnlockStep::counted ? 1 : 0;
            return random.chance(0.5);
        };
        for (int step = 0; step < 12; ++step) {
            REQUIRE_FALSE(tablet.open()->unlock_by_pin(shift.number, "000001").ok());
            tablet.boot.advance_ms(30'000);
        }
        CHECK(checked == 5);
        tablet.go_on_after = nullptr;
    }
}

TEST_CASE("a PIN is forgotten after twelve hours from the passphrase, and at a restart", "[vault]") {
    Tablet tablet;
    auto vault = tablet.by_officer();
    tablet.boot.advance_ms(3'600'000);
    const Shift shift(*vault.seal_shift(pin));  // an hour into it
    CHECK(is_running(*shift_at(shift.number), tablet.boot));
    tablet.boot.advance_ms(Vault::shift_ms - 3'600'000 - 1);
    tablet.clock.set_ms(0);  // the wall clock does not matter
    REQUIRE(vault.unlock_by_pin(shift.number, pin).ok());
    tablet.boot.advance_ms(1);
    CHECK_FALSE(is_running(*shift_at(shift.number), tablet.boot));
    // Nor does a shift that is over begin another one.
    CHECK(vault.seal_shift(pin).error().fault == Fault::refused);
    CHECK(vault.unlock_by_pin(shift.number, pin).error().mend == "Sign in with the passphrase.");

    tablet.clock.set_ms(1'700'000'000'000);
    const Shift second(begin_shift(tablet));
    tablet.boot.restart();
    tablet.boot.advance_ms(100'000);
    CHECK_FALSE(tablet.open()->unlock_by_pin(second.number, pin).ok());
}

TEST_CASE("a PIN does not outlive the keys, the sign-in or the tablet that it was for", "[vault]") {
    Tablet tablet;
    const Shift shift(begin_shift(tablet));
    SECTION("a rotation began") {
        REQUIRE(tablet.by_lead().begin_rotation().ok());
    }
    SECTION("the officer was removed") {
        REQUIRE(tablet.by_lead().remove_slot(tablet.officer).ok());
    }
    SECTION("somebody else signed in") {
        static_cast<void>(tablet.by_lead());
    }
    SECTION("another device secret") {
        tablet.secret = SecretBytes::random();
    }
    auto vault = tablet.open();
    CHECK((!vault.ok() || !vault->unlock_by_pin(shift.number, pin).ok()));
    const Tablet other;
    CHECK_FALSE(other.open()->unlock_by_pin(shift.number, pin).ok());
}

TEST_CASE("a rotation that ended in between is followed", "[vault]") {
    Tablet tablet;
    REQUIRE(tablet.by_lead().begin_rotation().ok());
    auto vault = tablet.by_officer();
    const Shift shift(*vault.seal_shift(pin));
    REQUIRE(vault.finish_rotation(1).ok());
    REQUIRE(vault.unlock_by_pin(shift.number, pin).ok());
    CHECK(vault.row_keys()->generations() == std::vector<KeyGeneration>{2});
}

TEST_CASE("the memory of a shift cannot be changed, and holds no key in clear", "[vault]") {
    Tablet tablet;
    const Shift shift(begin_shift(tablet));
    CHECK(::write(shift.number, "x", 1) < 0);
    CHECK(::ftruncate(shift.number, 0) < 0);
    std::string bytes(65'536, '\0');
    const auto size = ::pread(shift.number, bytes.data(), bytes.size(), 0);
    REQUIRE(size > 0);
    bytes.resize(static_cast<std::size_t>(size));
    // Copied and altered, anywhere: the proof or the checks before it say no.
    for (std::size_t at = 0; at < bytes.size(); at += 5) {
        auto altered = bytes;
        altered[at] = static_cast<char>(altered[at] ^ 1);
        const Shift forged(::memfd_create("forged", MFD_ALLOW_SEALING));
        REQUIRE(::write(forged.number, altered.data(), altered.size()) == size);
        REQUIRE_FALSE(tablet.open()->unlock_by_pin(forged.number, pin).ok());  // not sealed
        REQUIRE(::fcntl(forged.number, F_ADD_SEALS,
                        F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0);
        REQUIRE_FALSE(tablet.open()->unlock_by_pin(forged.number, pin).ok());
        tablet.boot.advance_ms(300'000);
        REQUIRE(tablet.open()->unlock_by_pin(shift.number, pin).ok());  // forgets the tries
    }
    CHECK_FALSE(shift_at(-1).ok());
    CHECK_FALSE(shift_at(STDIN_FILENO).ok());
}

TEST_CASE("a shift survives an exec in another process image, and nothing but the number is told",
          "[vault]") {
    Tablet tablet;
    const Shift shift(begin_shift(tablet));
    const auto child = ::fork();
    if (child == 0) {
        const auto number = std::to_string(shift.number);
        const std::string self = std::filesystem::read_symlink("/proc/self/exe");
        ::setenv("DOORSTEP_TEST_SHIFT", number.c_str(), 1);
        ::execl(self.c_str(), self.c_str(), "[.after-exec]", static_cast<char*>(nullptr));
        ::_exit(127);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

// Run by the case above, in its child.
TEST_CASE("after the exec the shift is where its number says", "[.after-exec]") {
    const char* number = std::getenv("DOORSTEP_TEST_SHIFT");
    REQUIRE(number != nullptr);
    const auto shift = shift_at(std::atoi(number));
    REQUIRE(shift.ok());
    CHECK_FALSE(shift->shift.is_nil());
    CHECK(shift->wrap.sealed.size() > 100);
}

TEST_CASE("a PIN must be a good one and the vault open", "[vault]") {
    Tablet tablet;
    auto vault = tablet.by_officer();
    CHECK(vault.seal_shift("123456").error().fault == Fault::bad_input);
    vault.lock();
    CHECK(vault.seal_shift(pin).error().fault == Fault::refused);
    REQUIRE(vault.unlock_by_recovery(tablet.recovery).ok());
    CHECK(vault.seal_shift(pin).error().fault == Fault::refused);
}
