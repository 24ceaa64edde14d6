// The SDL window, its events and its renderer: the only place that talks to SDL's
// event queue.  Used by the UI thread, but for wake().
//
// The hints of the touch design stand here (no mouse from touch, no touch from
// mouse, no auto capture, the screensaver allowed, our own signal handlers).  With
// the software renderer the window's framebuffer is not accelerated, which costs
// Mesa and LLVM for nothing.
//
// Open it before other threads are started: SIGTERM, SIGINT, SIGHUP and SIGUSR1 are
// blocked from then on in the opening thread and those it starts (and in what they
// execute); the first three come as CloseRequested, the last as LockRequested.  The one that is ignored
// already (nohup) stays ignored.
//
// A display that vanishes: under Wayland CloseRequested comes.  Xlib lets nobody go on
// after its connection broke; the process then says so and ends at once with status 1,
// as if killed, without running destructors under threads that still write.  Nothing is
// lost: what the app shows as saved is on disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/platform/device_event.h"
#include "forms/base/result.h"

struct SDL_Window;
struct SDL_Renderer;

namespace doorstep {

struct WindowOptions {
    std::string title = "Doorstep";
    int width = 1280;  // at least 320x240; at most what the display has room for
    int height = 800;
    bool full_screen = false;
    bool software = true;      // else SDL chooses opengl or opengles2, and software if that fails
    std::string driver;        // "dummy" for pictures and tests; empty: SDL chooses
    std::optional<float> ppi;  // of the device model; else EDID, SDL, 149 (density.h)
};

class Window {
public:
    static Result<Window> open(const WindowOptions& options);
    Window(Window&&) noexcept;
    ~Window();

    int width() const;  // of the renderer's output, px
    int height() const;
    float px_per_mm() const;
    bool software() const;
    SDL_Renderer* renderer() const;

    // Everything that happened; waits for the first event until `wait_ms` has passed
    // (negative: for ever, 0: not at all).  Does not wake up in between, but for what the
    // window system sends and nobody wants (a mouse that passes); returns for none of it.
    std::vector<DeviceEvent> wait(std::int64_t wait_ms);
    void resize(int width, int height);
    // Whether TextTyped is wanted from a hardware keyboard.  Raises no system keyboard.
    void type_with_hardware(bool on);
    // From any thread, while a window is open: wait() returns with Published.  Many calls
    // before one wait() make one Published.
    static void wake();
    static std::int64_t now_us();  // monotone, the clock of FingerSample::at_us

private:
    struct State;
    explicit Window(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
