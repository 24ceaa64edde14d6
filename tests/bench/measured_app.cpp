#include "tests/bench/measured_app.h"

#include <cstdio>
#include <string>

#include "tests/bench/child.h"
#include "tests/support/row_keys.h"

namespace doorstep::bench {
namespace {

class NoLine final : public HttpClient {
public:
    Result<HttpReply> exchange(const HttpRequest&) override {
        return Error{Fault::unreachable, "There is no network.", "Try again later."};
    }
};

void tell(const std::string& line) {
    std::fputs((line + "\n").c_str(), stdout);
    std::fflush(stdout);
}

}  // namespace

Result<MeasuredApp> MeasuredApp::open(const std::string& folder, const std::string& driver,
                                      bool first_frame_only) {
    AppOptions options;
    options.first_frame_only = first_frame_only;
    options.shift = {folder, {}, {"off-pol-01", "off-fire-01", "team-1"}, "Sam"};
    options.shift.keys = shared_row_keys_for_tests();
    options.window.driver = driver;
    options.line = [](const TabletIdentity&) -> Result<std::unique_ptr<HttpClient>> {
        return std::unique_ptr<HttpClient>(new NoLine);
    };
    MeasuredApp measured;
    TRY(measured.app_, App::open(options, *measured.clock_, *measured.random_));
    measured.view_ = measured.app_->view();
    return measured;
}

// As App::run() does it, pace and all, so that what is measured is what an officer has.
bool MeasuredApp::step(std::int64_t wait_ms_max) {
    RedrawPlan& redraw = app_->stage().redraw();
    std::int64_t wait_ms = redraw.wait_ms(Window::now_us());
    if (wait_ms_max >= 0 && (wait_ms < 0 || wait_ms > wait_ms_max))
        wait_ms = wait_ms_max;
    for (const DeviceEvent& event : app_->window().wait(wait_ms)) {
        closed_ = closed_ || std::holds_alternative<CloseRequested>(event);
        app_->event(event);
    }
    if (!redraw.due(Window::now_us()))
        return false;
    view_ = app_->view();
    return app_->frame();
}

bool MeasuredApp::step_until(const std::function<bool()>& holds, int timeout_ms) {
    const std::int64_t until = now_ns() + std::int64_t{timeout_ms} * 1'000'000;
    while (!closed_ && now_ns() < until) {
        if (holds())
            return true;
        step(50);
    }
    return false;
}

namespace {

bool open_doors(MeasuredApp& app) {
    if (!app.step_until([&] { return app.screen<HomeView>() || app.screen<DoorsView>(); }))
        return false;
    if (const auto* home = app.screen<HomeView>()) {
        if (home->visits.empty())
            return false;
        app.app().act(intent::OpenVisit{home->visits.front().visit});
    }
    return app.step_until([&] {
        const auto* doors = app.screen<DoorsView>();
        return doors && doors->rows && doors->rows->size() >= many_doors;
    });
}

// Until closed; each return from the wait is told with the frames drawn so far.
void stay_idle(MeasuredApp& app) {
    app.step_until([&] { return app.screen<StartingView>() == nullptr; });
    app.step_until([] { return false; }, 3000);
    tell("still");
    while (!app.closed()) {
        app.step();
        tell("woke " + std::to_string(app.app().stage().frames()));
    }
}

}  // namespace

int run_child(const std::string& folder, const std::string& driver, Until until) {
    auto app = MeasuredApp::open(folder, driver, until == Until::first_frame);
    if (!app) {
        std::fputs((app.error().text() + "\n").c_str(), stderr);
        return 1;
    }
    app->app().frame();
    tell("first-frame " + std::to_string(now_ns()));
    if (until == Until::doors)
        tell(open_doors(*app) ? "doors" : "no-doors");
    if (until == Until::idle)
        stay_idle(*app);
    while (!app->closed())
        app->step();
    return 0;
}

}  // namespace doorstep::bench
