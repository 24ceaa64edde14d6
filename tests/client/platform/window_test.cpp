// With SDL's dummy driver: no screen is needed.
#include <SDL.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <limits>
#include <string>
#include <thread>

#include "client/platform/endings.h"
#include "client/platform/window.h"

using namespace doorstep;

namespace {

Window unread(int width = 1280, int height = 800) {
    WindowOptions options;
    options.driver = "dummy";
    options.width = width;
    options.height = height;
    auto window = Window::open(options);
    if (!window)
        FAIL(window.error().text());
    return std::move(window).value();
}

Window dummy(int width = 1280, int height = 800) {
    Window window = unread(width, height);
    window.wait(0);  // shown, sized
    return window;
}

void push_finger(std::uint32_t type, float x, float y, SDL_TouchID device = 3) {
    SDL_Event event{};
    event.type = type;
    event.tfinger.touchId = device;
    event.tfinger.fingerId = 42;
    event.tfinger.x = x;
    event.tfinger.y = y;
    event.tfinger.pressure = 0.5f;
    SDL_PushEvent(&event);
}

void push_button(std::uint32_t type, std::uint8_t button, int x, int y, std::uint32_t which = 0) {
    SDL_Event event{};
    event.type = type;
    event.button.which = which;
    event.button.button = button;
    event.button.x = x;
    event.button.y = y;
    SDL_PushEvent(&event);
}

void push_motion(int x, int y, std::uint32_t held) {
    SDL_Event event{};
    event.type = SDL_MOUSEMOTION;
    event.motion.state = held;
    event.motion.x = x;
    event.motion.y = y;
    SDL_PushEvent(&event);
}

void push_key(SDL_Keycode key, std::uint16_t mod = KMOD_NONE) {
    SDL_Event event{};
    event.type = SDL_KEYDOWN;
    event.key.keysym.sym = key;
    event.key.keysym.mod = mod;
    SDL_PushEvent(&event);
}

void push_text(const std::string& text) {
    SDL_Event event{};
    event.type = SDL_TEXTINPUT;
    text.copy(event.text.text, sizeof event.text.text - 1);
    SDL_PushEvent(&event);
}

void push_window(std::uint8_t what) {
    SDL_Event event{};
    event.type = SDL_WINDOWEVENT;
    event.window.event = what;
    SDL_PushEvent(&event);
}

template<class Event>
Event only(const std::vector<DeviceEvent>& events) {
    REQUIRE(events.size() == 1);
    REQUIRE(std::holds_alternative<Event>(events[0]));
    return std::get<Event>(events[0]);
}

template<class Event>
bool has(const std::vector<DeviceEvent>& events) {
    for (const DeviceEvent& event : events)
        if (std::holds_alternative<Event>(event))
            return true;
    return false;
}

// What a new window says of itself may come before.
bool is_told_to_lock(Window& window) {
    for (int i = 0; i < 100; ++i)
        if (has<LockRequested>(window.wait(50)))
            return true;
    return false;
}

}  // namespace

TEST_CASE("a window opens in software, as large as asked, at the assumed density", "[window]") {
    const Window window = dummy(1280, 800);
    CHECK(window.width() == 1280);
    CHECK(window.height() == 800);
    CHECK(window.software());
    CHECK(window.renderer() != nullptr);
    CHECK(window.px_per_mm() == Approx(5.866).epsilon(0.001));
    CHECK(SDL_IsTextInputActive() == SDL_FALSE);
    CHECK(std::string(SDL_GetHint(SDL_HINT_TOUCH_MOUSE_EVENTS)) == "0");
    CHECK(SDL_IsScreenSaverEnabled() == SDL_TRUE);
}

TEST_CASE("the density of the device model goes before everything", "[window]") {
    WindowOptions options;
    options.driver = "dummy";
    options.ppi = 224;
    const auto window = Window::open(options);
    REQUIRE(window);
    CHECK(window->px_per_mm() == Approx(8.819).epsilon(0.001));
}

TEST_CASE("any size is a window", "[window]") {
    const Window small = dummy(320, 240);
    CHECK(small.width() == 320);
    CHECK(small.height() == 240);
    const Window none = dummy(0, -5);
    CHECK(none.width() == 320);
    CHECK(none.height() == 240);
}

TEST_CASE("without a driver to show it the error says what to do", "[window]") {
    WindowOptions options;
    options.driver = "no-such-driver";
    const auto window = Window::open(options);
    REQUIRE_FALSE(window);
    CHECK(window.error().what.find("No display") == 0);
    CHECK(window.error().mend.find("screen") != std::string::npos);
    CHECK(dummy().width() == 1280);  // and the next one opens
}

TEST_CASE("windows open one after another", "[window]") {
    for (int i = 0; i < 3; ++i)
        CHECK(dummy().width() == 1280);
}

TEST_CASE("fingers come in pixels, with the time of the event", "[window]") {
    Window window = dummy();
    const std::int64_t before = Window::now_us();
    push_finger(SDL_FINGERDOWN, 0.5f, 0.25f);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const auto down = only<FingerSample>(window.wait(1000));
    CHECK(down.phase == FingerSample::Phase::down);
    CHECK(down.finger == 42);
    CHECK(down.x == 640);
    CHECK(down.y == 200);
    CHECK(down.pressure == 0.5f);
    CHECK(down.at_us >= before - 2000);
    CHECK(down.at_us <= Window::now_us() - 17'000);  // not of the frame
    push_finger(SDL_FINGERMOTION, 0.6f, 0.25f);
    push_finger(SDL_FINGERUP, 0.6f, 0.25f);
    const auto rest = window.wait(1000);
    REQUIRE(rest.size() == 2);
    CHECK(std::get<FingerSample>(rest[0]).phase == FingerSample::Phase::move);
    CHECK(std::get<FingerSample>(rest[1]).phase == FingerSample::Phase::up);
}

TEST_CASE("what SDL makes of fingers and mice by itself is ignored", "[window]") {
    Window window = dummy();
    push_finger(SDL_FINGERDOWN, 0.5f, 0.5f, SDL_MOUSE_TOUCHID);
    push_button(SDL_MOUSEBUTTONDOWN, SDL_BUTTON_LEFT, 10, 10, SDL_TOUCH_MOUSEID);
    push_button(SDL_MOUSEBUTTONUP, SDL_BUTTON_LEFT, 10, 10, SDL_TOUCH_MOUSEID);
    CHECK(window.wait(30).empty());
}

TEST_CASE("the mouse is a finger while its left button is down", "[window]") {
    Window window = dummy();
    push_motion(5, 5, 0);
    push_button(SDL_MOUSEBUTTONDOWN, SDL_BUTTON_RIGHT, 10, 20);
    push_button(SDL_MOUSEBUTTONUP, SDL_BUTTON_LEFT, 10, 20);  // pressed elsewhere
    CHECK(window.wait(30).empty());
    push_button(SDL_MOUSEBUTTONDOWN, SDL_BUTTON_LEFT, 10, 20);
    push_motion(30, 40, SDL_BUTTON_LMASK);
    push_button(SDL_MOUSEBUTTONUP, SDL_BUTTON_LEFT, 30, 40);
    push_motion(50, 50, 0);
    const auto events = window.wait(1000);
    REQUIRE(events.size() == 3);
    const auto& down = std::get<FingerSample>(events[0]);
    CHECK(down.finger == -1);
    CHECK(down.x == 10);
    CHECK(down.y == 20);
    CHECK(std::get<FingerSample>(events[1]).x == 30);
    CHECK(std::get<FingerSample>(events[2]).phase == FingerSample::Phase::up);
}

TEST_CASE("a mouse that was let go where nobody saw it is cancelled", "[window]") {
    Window window = dummy();
    push_button(SDL_MOUSEBUTTONDOWN, SDL_BUTTON_LEFT, 10, 20);
    push_motion(30, 40, 0);
    push_motion(31, 40, 0);
    const auto events = window.wait(1000);
    REQUIRE(events.size() == 2);
    CHECK(std::get<FingerSample>(events[1]).phase == FingerSample::Phase::cancel);
}

TEST_CASE("the wheel turns up with positive notches", "[window]") {
    Window window = dummy();
    SDL_Event event{};
    event.type = SDL_MOUSEWHEEL;
    event.wheel.preciseY = 1.5f;
    event.wheel.mouseX = 100;
    event.wheel.mouseY = 200;
    SDL_PushEvent(&event);
    event.wheel.direction = SDL_MOUSEWHEEL_FLIPPED;
    SDL_PushEvent(&event);
    const auto events = window.wait(1000);
    REQUIRE(events.size() == 2);
    CHECK(std::get<WheelTurned>(events[0]).notches == 1.5f);
    CHECK(std::get<WheelTurned>(events[0]).y == 200);
    CHECK(std::get<WheelTurned>(events[1]).notches == -1.5f);
}

TEST_CASE("keys are translated, those of the window manager are not", "[window]") {
    Window window = dummy();
    const std::vector<std::pair<SDL_Keycode, Key>> pairs{
        {SDLK_TAB, Key::tab},        {SDLK_RETURN, Key::enter},   {SDLK_KP_ENTER, Key::enter},
        {SDLK_SPACE, Key::space},    {SDLK_ESCAPE, Key::escape},  {SDLK_BACKSPACE, Key::backspace},
        {SDLK_DELETE, Key::del},     {SDLK_LEFT, Key::left},      {SDLK_RIGHT, Key::right},
        {SDLK_UP, Key::up},          {SDLK_DOWN, Key::down},      {SDLK_HOME, Key::home},
        {SDLK_END, Key::end},        {SDLK_PAGEUP, Key::page_up}, {SDLK_PAGEDOWN, Key::page_down},
        {SDLK_AC_BACK, Key::escape},
    };
    for (const auto& [sdl, key] : pairs) {
        push_key(sdl);
        const auto pressed = only<KeyPressed>(window.wait(1000));
        CHECK(pressed.key == key);
        CHECK(pressed.from_hardware);
    }
    push_key(SDLK_TAB, KMOD_LSHIFT);
    CHECK(only<KeyPressed>(window.wait(1000)).key == Key::back_tab);
    push_key(SDLK_z, KMOD_LCTRL);
    CHECK(only<KeyPressed>(window.wait(1000)).key == Key::undo);
    push_key(SDLK_z, static_cast<std::uint16_t>(KMOD_LCTRL | KMOD_LSHIFT));
    CHECK(only<KeyPressed>(window.wait(1000)).key == Key::redo);
    push_key(SDLK_z, static_cast<std::uint16_t>(KMOD_LCTRL | KMOD_LALT));
    push_key(SDLK_TAB, KMOD_LALT);
    push_key(SDLK_q, KMOD_LCTRL);
    push_key(SDLK_a);
    CHECK(window.wait(30).empty());
}

TEST_CASE("text of a hardware keyboard comes only when it is wanted", "[window]") {
    Window window = dummy();
    push_text("no");
    CHECK(window.wait(30).empty());
    window.type_with_hardware(true);
    push_text("Łódź");
    CHECK(only<TextTyped>(window.wait(1000)).utf8 == "Łódź");
    CHECK(SDL_IsTextInputActive() == SDL_TRUE);
    window.type_with_hardware(false);
    CHECK(SDL_IsTextInputActive() == SDL_FALSE);
    push_text("no");
    CHECK(window.wait(30).empty());
}

TEST_CASE("the window says when it was exposed, hidden, left and closed", "[window]") {
    Window window = dummy();
    push_window(SDL_WINDOWEVENT_HIDDEN);
    push_window(SDL_WINDOWEVENT_EXPOSED);
    push_window(SDL_WINDOWEVENT_FOCUS_LOST);
    push_window(SDL_WINDOWEVENT_MOVED);  // of no interest
    push_window(SDL_WINDOWEVENT_CLOSE);
    SDL_Event lost{};
    lost.type = SDL_RENDER_TARGETS_RESET;
    SDL_PushEvent(&lost);
    const auto events = window.wait(1000);
    REQUIRE(events.size() == 5);
    CHECK(std::holds_alternative<Hidden>(events[0]));
    CHECK(std::holds_alternative<Exposed>(events[1]));
    CHECK(std::holds_alternative<FocusLost>(events[2]));
    CHECK(std::holds_alternative<CloseRequested>(events[3]));
    CHECK(std::holds_alternative<TexturesLost>(events[4]));
}

TEST_CASE("a resize is told with the new size, down to 320x240", "[window]") {
    Window window = dummy();
    for (const auto& [asked, got] : {std::pair{std::pair{800, 1280}, std::pair{800, 1280}},
                                     {{320, 240}, {320, 240}},
                                     {{1, 1}, {320, 240}},
                                     {{1920, 1200}, {1920, 1200}}}) {
        window.resize(asked.first, asked.second);
        const auto events = window.wait(100);
        if (has<Resized>(events)) {
            CHECK(std::get<Resized>(events[0]).width == got.first);
            CHECK(std::get<Resized>(events[0]).height == got.second);
        }
        CHECK(window.width() == got.first);
        CHECK(window.height() == got.second);
        CHECK(SDL_RenderClear(window.renderer()) == 0);
        SDL_RenderPresent(window.renderer());
    }
}

TEST_CASE("another thread wakes the window, and many calls wake it once", "[window]") {
    Window window = dummy();
    const std::int64_t before = Window::now_us();
    std::thread writer([] {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        for (int i = 0; i < 1000; ++i)
            Window::wake();
    });
    const auto events = window.wait(-1);
    writer.join();
    CHECK(has<Published>(events));
    CHECK(Window::now_us() - before >= 29'000);
    CHECK(events.size() + window.wait(0).size() < 1000);
    CHECK(window.wait(0).empty());
    Window::wake();
    only<Published>(window.wait(0));
}

TEST_CASE("what nobody wants does not end the waiting", "[window]") {
    Window window = dummy();
    const std::int64_t before = Window::now_us();
    push_motion(5, 5, 0);
    push_window(SDL_WINDOWEVENT_MOVED);
    CHECK(window.wait(60).empty());
    CHECK(Window::now_us() - before >= 60'000);
    CHECK(window.wait(0).empty());
}

TEST_CASE("the longest wait is a wait", "[window]") {
    Window window = dummy();
    Window::wake();
    only<Published>(window.wait(std::numeric_limits<std::int64_t>::max()));
}

TEST_CASE("signals that end a program ask the window to close", "[window]") {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        Window window = dummy();
        std::thread sender([signal] { kill(getpid(), signal); });
        only<CloseRequested>(window.wait(5000));
        sender.join();
        kill(getpid(), signal);  // and again
        only<CloseRequested>(window.wait(5000));
    }
}

TEST_CASE("an ignored signal stays ignored, and after the window all is as before", "[window]") {
    struct sigaction before {};
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    REQUIRE(sigaction(SIGHUP, &ignore, &before) == 0);
    {
        Window window = dummy();
        kill(getpid(), SIGHUP);
        CHECK(window.wait(50).empty());
    }
    sigaction(SIGHUP, &before, nullptr);
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    CHECK(sigismember(&blocked, SIGTERM) == 0);
}

TEST_CASE("a lock that is asked for before there is a window waits for it", "[window]") {
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, nullptr, &before);
    hold_lock_signal();
    kill(getpid(), SIGUSR1);  // ends whoever does not hold it
    {
        Window window = unread();
        CHECK(is_told_to_lock(window));
    }
    // The gap until the next process has its window.
    kill(getpid(), SIGUSR1);
    Window window = unread();
    CHECK(is_told_to_lock(window));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("what has no window is not ended by a lock", "[window]") {
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, nullptr, &before);
    hold_lock_signal();
    kill(getpid(), SIGUSR1);
    ignore_lock_signal();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    kill(getpid(), SIGUSR1);
    CHECK(std::signal(SIGUSR1, SIG_DFL) == SIG_IGN);
}
