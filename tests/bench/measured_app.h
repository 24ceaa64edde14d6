// The app as an officer has it: its own threads, a store on disk; driven frame by frame.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "client/app/app.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"

namespace doorstep::bench {

constexpr int many_doors = 42'700;

class MeasuredApp {
public:
    // `driver` as of WindowOptions.  There is no network.
    static Result<MeasuredApp> open(const std::string& folder, const std::string& driver,
                                    bool first_frame_only = false);

    App& app() { return *app_; }
    bool closed() const { return closed_; }
    // Waits as long as nothing is due (or so long), takes what happened, draws what is
    // due.  Whether something new was presented.
    bool step(std::int64_t wait_ms_max = -1);
    // Steps until that holds; false when it does not within the time.
    bool step_until(const std::function<bool()>& holds, int timeout_ms = 60'000);

    template<class Screen>
    const Screen* screen() const {
        return std::get_if<Screen>(&view_->screen);
    }
    // What was published when the last frame began.
    const View& view() const { return *view_; }

private:
    MeasuredApp() = default;

    std::unique_ptr<SystemClock> clock_ = std::make_unique<SystemClock>();
    std::unique_ptr<SystemRandom> random_ = std::make_unique<SystemRandom>();
    std::unique_ptr<App> app_;
    std::shared_ptr<const View> view_;
    bool closed_ = false;
};

// What a child does, telling of it on its output: "first-frame <ns>", then "doors" when a
// visit of many doors is on the screen, or "still" and "woke <frames>" for each time it
// woke.  Exit status.
enum class Until { first_frame, doors, idle };
int run_child(const std::string& folder, const std::string& driver, Until until);

}  // namespace doorstep::bench
