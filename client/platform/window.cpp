#include "client/platform/window.h"

#include <SDL.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "client/platform/density.h"
#include "client/platform/endings.h"
#include "client/platform/sdl_events.h"

namespace doorstep {
namespace {

constexpr int width_min = 320;
constexpr int height_min = 240;

// Ours go before the environment: each is there because something breaks without it.
void hint(const char* name, const char* value) {
    SDL_SetHintWithPriority(name, value, SDL_HINT_OVERRIDE);
}

void set_hints(const WindowOptions& options) {
    hint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");
    hint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
    hint(SDL_HINT_MOUSE_AUTO_CAPTURE, "0");  // loses the lift of a finger on X11
    hint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    hint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    hint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");  // else SDL keeps the screen awake
    hint(SDL_HINT_APP_NAME, options.title.c_str());
    if (options.driver.empty())
        SDL_ResetHint(SDL_HINT_VIDEODRIVER);
    else
        hint(SDL_HINT_VIDEODRIVER, options.driver.c_str());
}

void hint_renderer(bool software) {
    if (software) {
        hint(SDL_HINT_RENDER_DRIVER, "software");
        hint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    } else {
        SDL_ResetHint(SDL_HINT_RENDER_DRIVER);
        SDL_ResetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION);
    }
}

// Drivers without a screen, for pictures and tests: as large as asked, always 149 ppi.
bool without_screen() {
    const char* driver = SDL_GetCurrentVideoDriver();
    const std::string_view name = driver ? driver : "";
    return name == "dummy" || name == "offscreen";
}

void fit_display(int& width, int& height) {
    width = std::clamp(width, width_min, 16384);
    height = std::clamp(height, height_min, 16384);
    SDL_Rect room{};
    if (without_screen() || SDL_GetDisplayUsableBounds(0, &room) != 0)
        return;
    width = std::min(width, std::max(room.w, width_min));
    height = std::min(height, std::max(room.h, height_min));
}

float find_ppi(const WindowOptions& options, SDL_Window* window, SDL_Renderer* renderer) {
    if (options.ppi && *options.ppi > 0)
        return *options.ppi;
    if (without_screen())
        return assumed_ppi;
    const int display = std::max(0, SDL_GetWindowDisplayIndex(window));
    // Points to pixels, as Wayland scales.
    int points = 0;
    int pixels = 0;
    SDL_GetWindowSize(window, &points, nullptr);
    SDL_GetRendererOutputSize(renderer, &pixels, nullptr);
    const float scale =
        points > 0 && pixels > 0 ? static_cast<float>(pixels) / static_cast<float>(points) : 1;
    SDL_DisplayMode mode{};
    if (const auto panel = find_panel(); panel && SDL_GetDesktopDisplayMode(display, &mode) == 0) {
        const auto across = static_cast<int>(static_cast<float>(mode.w) * scale);
        const auto down = static_cast<int>(static_cast<float>(mode.h) * scale);
        if (const auto ppi = ppi_on(*panel, across, down))
            return *ppi;
    }
    float dpi = 0;
    if (SDL_GetDisplayDPI(display, nullptr, &dpi, nullptr) == 0 && plausible_ppi(dpi * scale))
        return dpi * scale;
    return assumed_ppi;
}

Error no_window(std::string_view what) {
    return {Fault::broken, fmt::format("{}: {}.", what, SDL_GetError()),
            "Start Doorstep on a screen, or set SDL_VIDEODRIVER=dummy to run it without one."};
}

}  // namespace

struct Window::State {
    bool video = false;
    SDL_Window* window = nullptr;
    SDL_Renderer* renderer = nullptr;
    bool software = true;
    float px_per_mm = assumed_ppi / 25.4f;
    std::unique_ptr<CloseSignals> signals;
    std::optional<SdlEvents> events;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        signals.reset();
        if (renderer)
            SDL_DestroyRenderer(renderer);
        if (window)
            SDL_DestroyWindow(window);
        if (video)
            SDL_QuitSubSystem(SDL_INIT_VIDEO);
    }

    Result<void> show(const WindowOptions& options);
    Result<void> paint(bool wants_software);
    bool next(SDL_Event& event, std::int64_t until_us, bool for_ever) const;
};

Result<void> Window::State::show(const WindowOptions& options) {
    int width = options.width;
    int height = options.height;
    fit_display(width, height);
    std::uint32_t flags = SDL_WINDOW_ALLOW_HIGHDPI | SDL_WINDOW_RESIZABLE;
    if (options.full_screen)
        flags |= SDL_WINDOW_FULLSCREEN_DESKTOP;
    window = SDL_CreateWindow(options.title.c_str(), SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width,
                              height, flags);
    if (!window)
        return no_window("No window could be opened");
    SDL_SetWindowMinimumSize(window, width_min, height_min);
    return {};
}

Result<void> Window::State::paint(bool wants_software) {
    if (!wants_software)
        renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_ACCELERATED | SDL_RENDERER_PRESENTVSYNC);
    if (!renderer) {
        hint_renderer(true);
        renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE);
    }
    if (!renderer)
        return no_window("Nothing could be drawn into the window");
    SDL_RendererInfo info{};
    software = SDL_GetRendererInfo(renderer, &info) != 0 || (info.flags & SDL_RENDERER_SOFTWARE) != 0;
    return {};
}

Result<Window> Window::open(const WindowOptions& options) {
    auto state = std::make_unique<State>();
    set_hints(options);
    hint_renderer(options.software);
    // Before SDL starts threads of its own, which inherit what is blocked.
    TRY(state->signals, CloseSignals::watch());
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0)
        return no_window("No display");
    state->video = true;
    SDL_StopTextInput();  // SDL starts it by itself, which may raise the system keyboard
    end_at_once_without_display();
    SdlEvents::published_type();
    SdlEvents::lock_type();
    TRY_DO(state->signals->tell());
    TRY_DO(state->show(options));
    TRY_DO(state->paint(options.software));
    state->px_per_mm = find_ppi(options, state->window, state->renderer) / 25.4f;
    state->events.emplace(state->window, state->renderer);
    return Window(std::move(state));
}

Window::Window(std::unique_ptr<State> state) : state_(std::move(state)) {}
Window::Window(Window&&) noexcept = default;
Window::~Window() = default;

int Window::width() const {
    int width = 0;
    SDL_GetRendererOutputSize(state_->renderer, &width, nullptr);
    return width;
}

int Window::height() const {
    int height = 0;
    SDL_GetRendererOutputSize(state_->renderer, nullptr, &height);
    return height;
}

float Window::px_per_mm() const {
    return state_->px_per_mm;
}

bool Window::software() const {
    return state_->software;
}

SDL_Renderer* Window::renderer() const {
    return state_->renderer;
}

// False: the time has passed, or there is no queue to wait for any more.
bool Window::State::next(SDL_Event& event, std::int64_t until_us, bool for_ever) const {
    if (for_ever)
        return SDL_WaitEvent(&event) == 1;
    const std::int64_t left_ms = (until_us - now_us() + 999) / 1000;
    if (left_ms <= 0)
        return SDL_PollEvent(&event) == 1;
    const std::int64_t most = std::numeric_limits<int>::max();
    return SDL_WaitEventTimeout(&event, static_cast<int>(std::min(left_ms, most))) == 1;
}

std::vector<DeviceEvent> Window::wait(std::int64_t wait_ms) {
    constexpr std::int64_t year_ms = 365LL * 24 * 3600 * 1000;
    const bool for_ever = wait_ms < 0;
    const std::int64_t until_us = now_us() + std::min(wait_ms, year_ms) * 1000;
    std::vector<DeviceEvent> happened;
    SDL_Event event;
    while (happened.empty()) {
        if (!state_->next(event, until_us, for_ever)) {
            if (for_ever)
                happened.emplace_back(CloseRequested{});  // the queue is gone: to wait on would spin
            else if (now_us() >= until_us)                // SDL counts whole milliseconds and may be early
                break;
            continue;
        }
        do {
            state_->events->translate(event, happened);
        } while (SDL_PollEvent(&event) == 1);
    }
    return happened;
}

void Window::resize(int width, int height) {
    fit_display(width, height);
    SDL_SetWindowSize(state_->window, width, height);
}

void Window::type_with_hardware(bool on) {
    // Not SDL_StartTextInput: it may raise the system keyboard beside our own.
    SDL_EventState(SDL_TEXTINPUT, on ? SDL_ENABLE : SDL_DISABLE);
    state_->events->type_with_hardware(on);
}

void Window::wake() {
    const std::uint32_t type = SdlEvents::published_type();
    // One that lies unread says it already: whoever reads it looks for the newest.
    if (SDL_HasEvent(type) == SDL_TRUE)
        return;
    SDL_Event event{};
    event.type = type;
    SDL_PushEvent(&event);
}

std::int64_t Window::now_us() {
    const std::uint64_t per_second = SDL_GetPerformanceFrequency();
    const std::uint64_t count = SDL_GetPerformanceCounter();
    return static_cast<std::int64_t>(count / per_second * 1'000'000 +
                                     count % per_second * 1'000'000 / per_second);
}

}  // namespace doorstep
