// The app: a window, the stage, and the shift behind its two threads (writer, line).
// The UI thread draws what was published last and never waits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/app/shift.h"
#include "client/platform/surroundings.h"
#include "client/platform/window.h"
#include "client/screens/screens.h"
#include "client/ui/stage.h"
#include "sync/http/http_client.h"

namespace doorstep {

// How long nobody touches an opened tablet before it locks, seconds.
struct IdleLimits {
    std::int64_t in_questionnaire_s = 5 * 60;
    std::int64_t elsewhere_s = 2 * 60;
};

struct AppOptions {
    ShiftOptions shift;
    WindowOptions window;
    // In one thread, in order: tests, gallery.  Frames are still and paced by the caller.
    bool inline_threads = false;
    bool raster = true;
    bool first_frame_only = false;  // nobody works behind it: benchmarks
    IdleLimits idle;
    // A network, a charger; empty: nobody tells of them.
    std::shared_ptr<Surroundings> surroundings = nullptr;
    // Opens the line; empty: libcurl.
    std::function<Result<std::unique_ptr<HttpClient>>(const TabletIdentity&)> line;
};

class App {
public:
    static Result<std::unique_ptr<App>> open(const AppOptions& options, const Clock& clock, Random& random);
    ~App();

    // Until the window is closed or the tablet is locked; drafts are on disk by then.
    // Exit status.
    int run();
    // After a lock: destroy the app, then begin_anew() with this number (process.h).
    std::optional<int> begin_anew() const;
    int unsaved() const;  // handed on beside it (View::unsaved)

    // For those who drive it: the touching officer, the monkey, pictures.
    void event(const DeviceEvent& event);
    bool frame();   // one frame, whether due or not; whether something new was presented
    void settle();  // frames until nothing is owed, nothing moves and nothing is being written
    void act(const Intent& intent);
    std::shared_ptr<const View> view() const;
    Stage& stage();
    Window& window();
    const Intents& said() const;  // every intent since the start, for the monkey

private:
    struct State;
    explicit App(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
