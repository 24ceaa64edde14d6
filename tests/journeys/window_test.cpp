// The real program in a real window: taps by xdotool, kill -9, and the same question
// with the same text.  Where to tap is known from a second app with the dummy driver that
// is tapped alongside: the same screens, to the pixel.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <sys/wait.h>
#include <thread>

#include "tests/journeys/endpoint_process.h"
#include "tests/journeys/person.h"
#include "tests/journeys/street.h"
#include "tests/journeys/x_display.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;
using namespace doorstep::journey;

namespace {

constexpr int width = 800, height = 1280;
constexpr float ppi = 149;

double share_that_differs(const Picture& a, const Picture& b) {
    if (a.width != b.width || a.height != b.height)
        return 1;
    std::size_t different = 0;
    for (std::size_t i = 0; i < a.rgb.size(); i += 3)
        different += a.rgb[i] != b.rgb[i] || a.rgb[i + 1] != b.rgb[i + 1] || a.rgb[i + 2] != b.rgb[i + 2];
    return static_cast<double>(different) * 3 / static_cast<double>(a.rgb.size());
}

// Both are tapped; the window is waited for until it shows what the mirror shows.
struct Both {
    XDisplay& display;
    App& mirror;
    Person person;

    bool alike() const {
        for (int i = 0; i < 400; ++i) {
            const auto seen = display.look();
            if (seen.ok() && share_that_differs(*seen, mirror.stage().picture()) < 0.004)
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return false;
    }
    bool tap(const Mark& mark) {
        const Rect seen = mark.rect.cut(mark.clip);
        const float x = seen.x + seen.w / 2, y = seen.y + seen.h / 2;
        person.finger(FingerSample::Phase::down, x, y);
        person.finger(FingerSample::Phase::up, x, y);
        person.settle();
        return display.tap(x, y).ok() && alike();
    }
    bool type(const std::string& text) {
        for (const char letter : text)
            if (!tap(letter == ' ' ? std::string("Space") : std::string(1, letter)))
                return false;
        return true;
    }
    bool come_in() {
        return type(street_passphrase) && tap("Sign in") && type("482071") && tap("Next") && type("482071") &&
               tap("Use this PIN");
    }
    bool tap(const std::string& label) {
        for (const Mark& mark : mirror.stage().marks())
            if (can_be_tapped(mark.role) && mark.label.starts_with(label) &&
                !mark.rect.cut(mark.clip).empty())
                return tap(Mark(mark));
        UNSCOPED_INFO(fmt::format("{} cannot be seen", label));
        return false;
    }
};

// The program as an officer's tablet starts it.
std::vector<std::string> command_on(const std::string& folder) {
    return {program_folder() + "/doorstep",
            "--data",
            folder,
            "--officer",
            "off-pol-01",
            "--companion",
            "off-fire-01",
            "--team",
            "team-1",
            "--name",
            "Sam",
            "--size",
            fmt::format("{}x{}", width, height),
            "--ppi",
            fmt::format("{:.0f}", ppi)};
}

}  // namespace

TEST_CASE("killed in a window, Doorstep opens on the same question with the same text", "[window]") {
    auto display = XDisplay::start(width, height);
    if (!display.ok()) {
        WARN("SKIPPED: " << display.error().text());
        return;
    }
    const TemporaryFolder real, mirrored;
    const SystemClock clock;
    {
        SeededRandom one(5), other(5);
        REQUIRE(make_locked_street(real.file("tablet"), clock, one, 10).ok());
        REQUIRE(make_locked_street(mirrored.file("tablet"), clock, other, 10).ok());
    }
    const std::vector<std::string> command = command_on(real.file("tablet"));
    auto process = display->open(command);
    REQUIRE(process.ok());
    REQUIRE(display->wait_for_window("Doorstep").ok());

    SeededRandom random(6);
    StreetApp how{true, width, height, ppi, true};
    auto mirror = open_street(mirrored.file("tablet"), clock, random, how);
    REQUIRE(mirror.ok());
    Both both{*display, **mirror, Person(**mirror)};
    REQUIRE(both.alike());
    REQUIRE(both.come_in());
    REQUIRE(both.tap("Start at the doors"));
    REQUIRE(both.tap("1 Mill Lane"));
    REQUIRE(both.tap("Start"));
    REQUIRE(both.tap("Another language"));
    REQUIRE(both.tap("Which other language?"));
    REQUIRE(both.type("zofia"));
    const std::string place = (*mirror)->view()->place;

    kill(*process, SIGKILL);
    waitpid(*process, nullptr, 0);
    process = display->open(command);
    REQUIRE(process.ok());
    REQUIRE(display->wait_for_window("Doorstep").ok());
    mirror.value().reset();
    mirror = open_street(mirrored.file("tablet"), clock, random, how);
    REQUIRE(mirror.ok());
    Both again{*display, **mirror, Person(**mirror)};
    REQUIRE(again.come_in());
    CHECK((*mirror)->view()->place == place);
    CHECK(again.person.value_of("Which other language?") == "zofia");
    CHECK(again.alike());

    // A lock: the same process, begun anew; the PIN leads back to the same text.
    kill(*process, SIGUSR1);
    (*mirror)->event(LockRequested{});
    (*mirror)->frame();
    REQUIRE((*mirror)->begin_anew());
    how.shift = *(*mirror)->begin_anew();
    mirror.value().reset();
    mirror = open_street(mirrored.file("tablet"), clock, random, how);
    REQUIRE(mirror.ok());
    Both locked{*display, **mirror, Person(**mirror)};
    REQUIRE(locked.alike());
    CHECK_FALSE(locked.person.sees_part("Lane"));
    REQUIRE(locked.type("482071"));
    REQUIRE(locked.tap("Unlock"));
    CHECK((*mirror)->view()->place == place);
    CHECK(locked.person.value_of("Which other language?") == "zofia");
    CHECK(locked.alike());
    kill(*process, SIGTERM);
    int status = 0;
    waitpid(*process, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
