// What the system says of power and network.  Whether there is a network depends on the
// machine of the test: asked is only that it is told, and that watching ends.
#include "client/platform/surroundings.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/support/temporary_folder.h"

using namespace doorstep;

TEST_CASE("a charger is told from a battery that runs down", "[surroundings]") {
    const TemporaryFolder power;
    CHECK_FALSE(is_charging(power.file("nothing")));
    CHECK_FALSE(is_charging(power.path()));
    power.write("BAT0/type", "Battery\n");
    power.write("BAT0/status", "Discharging\n");
    power.write("AC/type", "Mains\n");
    power.write("AC/online", "0\n");
    CHECK_FALSE(is_charging(power.path()));
    power.write("AC/online", "1\n");
    CHECK(is_charging(power.path()));
    power.write("AC/online", "0\n");
    power.write("BAT0/status", "Charging\n");
    CHECK(is_charging(power.path()));
    power.write("BAT0/status", "Not charging\n");
    power.write("usb/type", "USB\n");
    power.write("usb/online", "1\n");
    CHECK(is_charging(power.path()));
}

TEST_CASE("this machine's surroundings are told once, then quiet, and stop", "[surroundings]") {
    const TemporaryFolder power;
    power.write("AC/type", "Mains\n");
    power.write("AC/online", "1\n");
    std::atomic<int> told = 0;
    std::atomic<bool> charging = false;
    const auto around = machine_surroundings(power.path());
    REQUIRE(around
                ->watch([&](const Around& now) {
                    charging = now.charging;
                    ++told;
                })
                .ok());
    for (int i = 0; i < 30'000 && told == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CHECK(told >= 1);
    CHECK(charging);
    around->stop();
    const int at_the_end = told;
    around->stop();
    CHECK(told == at_the_end);
}
