#include "sync/vault/passphrase.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace doorstep;

namespace {

bool refused(const Result<void>& result) {
    return !result.ok() && result.error().fault == Fault::bad_input && !result.error().mend.empty();
}

// A device on which a pass over one MiB takes so many microseconds.
CostMeasure device(std::int64_t us_per_mib, std::vector<PasswordCost>* asked = nullptr) {
    return [=](PasswordCost cost) {
        if (asked)
            asked->push_back(cost);
        return us_per_mib * cost.passes * (cost.memory_kib / 1024) / 1000;
    };
}

}  // namespace

TEST_CASE("a passphrase has ten characters or three words, and no pattern", "[vault]") {
    for (const char* good :
         {"copper lantern moss", "by ox up", "correcthorse", "Zażółć gęś", "  ten chars  ok "})
        CHECK(check_passphrase(good).ok());
    for (const char* bad : {"", "          ", "ninechars", "a b c", "two wordz", "aaaaaaaaaaaa", "1234567890",
                            "abcabcabcabc", "0987654321", "ąęłóśćźżń"})
        CHECK(refused(check_passphrase(bad)));
}

TEST_CASE("a PIN has six digits or more, and is not the first that anybody would try", "[vault]") {
    for (const char* good : {"274916", "802574", "135792", "112358", "483920571624"})
        CHECK(check_pin(good).ok());
    for (const char* bad : {"", "27491", "27491a", "000000", "111111", "123456", "654321", "345678", "890123",
                            "121212", "123123", "4839205716240", "२७४९१६"})
        CHECK(refused(check_pin(bad)));
}

TEST_CASE("calibration finds 300 to 500 ms on quick and slow devices, within floor and limit", "[vault]") {
    for (const std::int64_t speed : {900, 1'500, 3'000, 6'000}) {
        const auto cost = calibrate(device(speed));
        const auto taken = device(speed)(cost);
        INFO(speed << ": " << cost.passes << " passes of " << cost.memory_kib << " KiB, " << taken << " ms");
        CHECK(taken >= 300);
        CHECK(taken <= 500);
        CHECK(cost.passes >= 2);
        CHECK(cost.memory_kib >= 19 * 1024);
        CHECK(cost.memory_kib <= 256 * 1024);
    }
    // Too slow for the floor: the floor all the same.
    CHECK(calibrate(device(50'000)) == PasswordCost::floor());
    // So quick that memory is at its limit: more passes.
    const auto quick = calibrate(device(100));
    CHECK(quick.memory_kib == PasswordCost::memory_kib_max);
    CHECK(device(100)(quick) >= 300);
    // Never long: a handful of measurements.
    std::vector<PasswordCost> asked;
    calibrate(device(2'000, &asked));
    CHECK(asked.size() <= 7);
}

TEST_CASE("a clock that stands still cannot make calibration run away", "[vault]") {
    std::vector<PasswordCost> asked;
    calibrate(device(0, &asked));
    CHECK(asked.size() <= 7);
    for (const auto& cost : asked) {
        CHECK(cost.memory_kib <= PasswordCost::memory_kib_max);
        CHECK(cost.passes <= 64);
    }
}

TEST_CASE("a secret opens under its passphrase, its device and its context only", "[vault]") {
    const PasswordCost quick{1, 8};
    const DeviceSecret device(SecretBytes::random());
    const DeviceSecret other(SecretBytes::random());
    const SecretBytes secret("thirty-two bytes of some secret!");
    auto wrap = *wrap_secret(secret, "copper lantern moss", device, quick, "slot 1", quick);
    const auto opens = [&](std::string_view words, const DeviceSecret& with, std::string_view context) {
        const auto key = wrapping_key(wrap, words, with, quick);
        REQUIRE(key.ok());
        return open_wrap(wrap, *key, context).has_value();
    };
    CHECK(opens("copper lantern moss", device, "slot 1"));
    CHECK(opens(" copper lantern  moss\n", device, "slot 1"));
    CHECK_FALSE(opens("copper lantern mosses", device, "slot 1"));
    CHECK_FALSE(opens("", device, "slot 1"));
    CHECK_FALSE(opens("copper lantern moss", other, "slot 1"));
    CHECK_FALSE(opens("copper lantern moss", device, "slot 2"));
    // The public floor lets nobody make a guess cheap.
    CHECK(wrap_secret(secret, "copper lantern moss", device, quick, "slot 1")->cost == PasswordCost::floor());
    CHECK(wrapping_key(wrap, "copper lantern moss", device).error().fault == Fault::damaged);
    wrap.cost = {1'000'000, 8};
    CHECK(wrapping_key(wrap, "copper lantern moss", device, quick).error().fault == Fault::damaged);
    wrap.cost = {1, 2};  // less than Argon2id can do
    CHECK_FALSE(wrapping_key(wrap, "copper lantern moss", device, {1, 1}).ok());
}

TEST_CASE("the least cost is measured on the clock of this machine", "[vault]") {
    const SystemBootTime time;
    CHECK_FALSE(time.boot().is_nil());
    CHECK(time.since_boot_ms() > 0);
    CHECK(measured_by(time)(PasswordCost::floor()) >= 1);
}
