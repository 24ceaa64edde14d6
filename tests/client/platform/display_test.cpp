// On a real X server, in memory: what SDL's dummy driver cannot show.
#include <SDL.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>
#include <thread>

#include "client/platform/window.h"
#include "tests/support/virtual_display.h"

using namespace doorstep;

namespace {

std::optional<VirtualDisplay> display() {
    auto started = VirtualDisplay::start();
    if (started)
        setenv("DISPLAY", started->name().c_str(), 1);
    else
        WARN("SKIPPED: there is no Xvfb");
    return started;
}

Window shown(int width = 1280, int height = 800) {
    WindowOptions options;
    options.driver = "x11";
    options.width = width;
    options.height = height;
    auto window = Window::open(options);
    if (!window)
        FAIL(window.error().text());
    SDL_RenderClear(window->renderer());
    SDL_RenderPresent(window->renderer());
    while (!window->wait(700).empty()) {
    }
    return std::move(window).value();
}

bool run(const std::string& command) {
    return std::system((command + " > /dev/null 2>&1").c_str()) == 0;
}

double cpu_ms() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-3;
}

}  // namespace

TEST_CASE("an idle window sleeps", "[window][x11]") {
    const auto server = display();
    if (!server)
        return;
    Window window = shown();
    const double before = cpu_ms();
    CHECK(window.wait(3000).empty());
    CHECK(cpu_ms() - before < 20);  // SDL would poll a thousand times a second
}

TEST_CASE("another thread wakes a sleeping window", "[window][x11]") {
    const auto server = display();
    if (!server)
        return;
    Window window = shown();
    std::int64_t woken_at = 0;
    std::thread writer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        woken_at = Window::now_us();
        Window::wake();
    });
    const auto events = window.wait(-1);
    const std::int64_t now = Window::now_us();
    writer.join();
    REQUIRE(events.size() == 1);
    CHECK(std::holds_alternative<Published>(events[0]));
    CHECK(now - woken_at < 2'000'000);
}

TEST_CASE("a hardware keyboard types without text input being started", "[window][x11]") {
    const auto server = display();
    if (!server || !run("command -v xdotool"))
        return;
    Window window = shown();
    window.type_with_hardware(true);
    REQUIRE(run("xdotool search --sync --name Doorstep windowfocus"));
    REQUIRE(run("xdotool type --delay 20 'Mill 14'"));
    REQUIRE(run("xdotool key Tab"));
    std::string typed;
    bool tab = false;
    for (auto events = window.wait(1500); !events.empty(); events = window.wait(1500))
        for (const DeviceEvent& event : events) {
            if (const auto* text = std::get_if<TextTyped>(&event))
                typed += text->utf8;
            if (const auto* key = std::get_if<KeyPressed>(&event))
                tab = tab || key->key == Key::tab;
        }
    CHECK(typed.find("Mill 14") == 0);
    CHECK(tab);
}

TEST_CASE("a click of a real mouse is a finger down and up", "[window][x11]") {
    const auto server = display();
    if (!server || !run("command -v xdotool"))
        return;
    Window window = shown();
    REQUIRE(run("xdotool mousemove 300 200 click 1"));
    std::vector<FingerSample> samples;
    for (auto events = window.wait(1500); !events.empty(); events = window.wait(1500))
        for (const DeviceEvent& event : events)
            if (const auto* sample = std::get_if<FingerSample>(&event))
                samples.push_back(*sample);
    REQUIRE(samples.size() == 2);
    CHECK(samples[0].phase == FingerSample::Phase::down);
    CHECK(samples[1].phase == FingerSample::Phase::up);
    CHECK(samples[1].at_us >= samples[0].at_us);
}

TEST_CASE("a window larger than the display is cut to it", "[window][x11]") {
    const auto server = display();
    if (!server)
        return;
    const Window window = shown(4000, 3000);
    CHECK(window.width() <= 1280);
    CHECK(window.height() <= 800);
    CHECK(window.px_per_mm() == Approx(149 / 25.4).epsilon(0.001));  // Xvfb's 96 dpi is made up
}

TEST_CASE("a display that vanishes ends the process without a crash", "[window][x11]") {
    auto server = display();
    if (!server)
        return;
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    const pid_t child = fork();
    if (child == 0) {
        WindowOptions options;
        options.driver = "x11";
        auto window = Window::open(options);
        const char state = window.ok() ? 'y' : 'n';
        bool waits = write(ready[1], &state, 1) == 1 && window;
        while (waits)
            for (const DeviceEvent& event : window->wait(-1))
                waits = waits && !std::holds_alternative<CloseRequested>(event);
        _exit(99);  // not reached: Xlib lets nobody go on
    }
    close(ready[1]);
    char state = 0;
    REQUIRE(read(ready[0], &state, 1) == 1);
    close(ready[0]);
    CHECK(state == 'y');
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    server->vanish();
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 1);
}

TEST_CASE("without a display the error says what to do", "[window][x11]") {
    setenv("DISPLAY", ":9999", 1);
    WindowOptions options;
    options.driver = "x11";
    const auto window = Window::open(options);
    REQUIRE_FALSE(window);
    CHECK(window.error().text().find("No display") == 0);
}
