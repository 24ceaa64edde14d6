#include "tests/bench/startup.h"

#include <fmt/format.h>
#include <unistd.h>

#include <optional>
#include <utility>
#include <vector>

#include "tests/bench/child.h"
#include "tests/bench/measured_app.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/virtual_display.h"

namespace doorstep::bench {
namespace {

constexpr int runs = 9;
constexpr int idle_s = 10;

struct Screen {
    std::string driver = "dummy";
    std::vector<std::string> environment{"SDL_VIDEODRIVER=dummy"};
};

Screen on(const VirtualDisplay& display) {
    return {"x11", {"SDL_VIDEODRIVER=x11", "DISPLAY=" + display.name()}};
}

std::vector<std::string> bare() {
    return {program("bench-bare-window")};
}

std::vector<std::string> app(const std::string& folder, const Screen& screen, const std::string& until) {
    return {program("bench-client"), "--child", until, "--data", folder, "--driver", screen.driver};
}

struct Start {
    double ms = 0;
    double rss_mb = 0;
};

std::optional<Start> start_once(const std::vector<std::string>& command, const Screen& screen) {
    auto child = Child::start(command, screen.environment);
    if (!child)
        return std::nullopt;
    const auto line = child->line(60'000);
    constexpr std::string_view wanted = "first-frame ";
    if (!line || !line->starts_with(wanted))
        return std::nullopt;
    Start start;
    start.rss_mb = child->rss_mb();
    const std::int64_t presented_ns = std::stoll(line->substr(wanted.size()));
    start.ms = static_cast<double>(presented_ns - child->started_ns()) / 1e6;
    return start;
}

// The median of nine, each after the other so that both see the same machine.
std::optional<std::pair<Start, Start>> start_both(const std::string& folder, const Screen& screen) {
    std::vector<double> bare_ms, app_ms, bare_mb, app_mb;
    for (int i = 0; i <= runs; ++i) {
        const auto one = start_once(bare(), screen);
        const auto other = start_once(app(folder, screen, "first-frame"), screen);
        if (!one || !other)
            return std::nullopt;
        if (i == 0)
            continue;  // it warms the page cache
        bare_ms.push_back(one->ms);
        bare_mb.push_back(one->rss_mb);
        app_ms.push_back(other->ms);
        app_mb.push_back(other->rss_mb);
    }
    return std::pair{Start{quantile(bare_ms, 0.5), quantile(bare_mb, 0.5)},
                     Start{quantile(app_ms, 0.5), quantile(app_mb, 0.5)}};
}

void measure_many_doors(const std::string& folder, const Screen& screen, double bare_mb, Figures& figures) {
    auto child = Child::start(app(folder, screen, "doors"), screen.environment);
    if (!child || !child->line(60'000) || child->line(120'000) != std::optional<std::string>("doors")) {
        figures.skip("memory_many_doors", "the doors did not open");
        return;
    }
    const double mb = child->rss_mb();
    figures.add("memory_many_doors", mb, "MB", "<= 60, with 42,700 doors on the screen");
    figures.add("memory_many_doors_ratio", mb / bare_mb, "x bare");
}

}  // namespace

void measure_first_frame(const std::string& folder, Figures& figures) {
    const auto display = VirtualDisplay::start();
    const Screen screen = display ? on(*display) : Screen{};
    const auto both = start_both(folder, screen);
    if (!both) {
        figures.skip("first_frame", "a child showed no frame");
        return;
    }
    const auto& [one, other] = *both;
    figures.add("first_frame_bare", one.ms, "ms", fmt::format("driver {}", screen.driver));
    figures.add("first_frame", other.ms, "ms");
    figures.add("first_frame_ratio", other.ms / one.ms, "x bare", "<= 3");
    figures.add("memory_bare", one.rss_mb, "MB");
    figures.add("memory_first_frame", other.rss_mb, "MB", "<= 60");
    figures.add("memory_first_frame_ratio", other.rss_mb / one.rss_mb, "x bare", "<= 3");
    measure_many_doors(folder, screen, one.rss_mb, figures);
}

namespace {

struct Rest {
    int returns = 0;  // from the wait for events
    std::size_t frames = 0;
    Counted counted;
};

Counted since(const Counted& before, const Counted& after) {
    return {after.woken - before.woken, after.cpu_ms - before.cpu_ms};
}

std::optional<Rest> rest_of(const std::string& folder, const Screen& screen) {
    auto child = Child::start(app(folder, screen, "idle"), screen.environment);
    if (!child || !child->line(60'000) || child->line(90'000) != std::optional<std::string>("still"))
        return std::nullopt;
    sleep(1);
    const Counted before = child->counted();
    sleep(idle_s);
    Rest rest;
    rest.counted = since(before, child->counted());
    std::string last;
    for (auto line = child->line(1); line; line = child->line(1), ++rest.returns)
        if (std::exchange(last, *line) != *line)
            ++rest.frames;
    return rest;
}

}  // namespace

void measure_idle(const std::string& folder, Figures& figures) {
    const auto display = VirtualDisplay::start();
    if (!display) {
        figures.skip("idle", "there is no Xvfb, and SDL's dummy driver polls");
        return;
    }
    const Screen screen = on(*display);
    const TemporaryFolder fresh;
    auto none = Child::start(bare(), screen.environment);
    if (!none || !none->line(60'000)) {
        figures.skip("idle", "the bare window showed no frame");
        return;
    }
    const Counted before = none->counted();
    const auto rest = rest_of(fresh.path(), screen);
    const double bare_ms = since(before, none->counted()).cpu_ms;
    const auto offline = rest_of(folder, screen);
    if (!rest || !offline) {
        figures.skip("idle", "the app did not come to rest");
        return;
    }
    figures.add("idle_wakeups", rest->returns, "in 10 s", "0: returns from the wait for events");
    figures.add("idle_frames", static_cast<double>(rest->frames), "in 10 s", "0");
    figures.add("idle_threads_woken", static_cast<double>(rest->counted.woken), "in 10 s",
                "0: all threads, by the kernel");
    figures.add("idle_cpu", rest->counted.cpu_ms, "ms", "in 10 s");
    figures.add("idle_cpu_bare", bare_ms, "ms", "a bare window beside it");
    figures.add("idle_offline_wakeups", offline->returns, "in 10 s", "0: enrolled, and no network");
    figures.add("idle_offline_threads_woken", static_cast<double>(offline->counted.woken), "in 10 s",
                "sync tries again");
}

}  // namespace doorstep::bench
