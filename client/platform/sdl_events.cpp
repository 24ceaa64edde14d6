#include "client/platform/sdl_events.h"

#include <SDL.h>

#include <algorithm>

#include "client/platform/window.h"

namespace doorstep {
namespace {

constexpr std::int64_t mouse_finger = -1;

struct Size {
    int width = 0;
    int height = 0;
};

Size output_of(SDL_Renderer* renderer) {
    Size size;
    SDL_GetRendererOutputSize(renderer, &size.width, &size.height);
    return size;
}

// Pixels to one point of the window: more than 1 on a dense screen under Wayland.
float scale_of(SDL_Window* window, const Size& output) {
    int points = 0;
    SDL_GetWindowSize(window, &points, nullptr);
    return points > 0 && output.width > 0 ? static_cast<float>(output.width) / static_cast<float>(points) : 1;
}

Key key_of(const SDL_Keysym& pressed) {
    const bool control = (pressed.mod & KMOD_CTRL) != 0 && (pressed.mod & (KMOD_ALT | KMOD_GUI)) == 0;
    if (control && pressed.sym == SDLK_z)
        return (pressed.mod & KMOD_SHIFT) != 0 ? Key::redo : Key::undo;
    if ((pressed.mod & (KMOD_CTRL | KMOD_ALT | KMOD_GUI)) != 0)
        return Key::none;  // of the window manager
    switch (pressed.sym) {
    case SDLK_TAB:
        return (pressed.mod & KMOD_SHIFT) != 0 ? Key::back_tab : Key::tab;
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
        return Key::enter;
    case SDLK_SPACE:
        return Key::space;
    case SDLK_ESCAPE:
    case SDLK_AC_BACK:
        return Key::escape;
    case SDLK_BACKSPACE:
        return Key::backspace;
    case SDLK_DELETE:
        return Key::del;
    case SDLK_LEFT:
        return Key::left;
    case SDLK_RIGHT:
        return Key::right;
    case SDLK_UP:
        return Key::up;
    case SDLK_DOWN:
        return Key::down;
    case SDLK_HOME:
        return Key::home;
    case SDLK_END:
        return Key::end;
    case SDLK_PAGEUP:
        return Key::page_up;
    case SDLK_PAGEDOWN:
        return Key::page_down;
    default:
        return Key::none;
    }
}

}  // namespace

SdlEvents::SdlEvents(SDL_Window* window, SDL_Renderer* renderer)
    : window_(window), renderer_(renderer),
      ticks_began_us_(Window::now_us() - static_cast<std::int64_t>(SDL_GetTicks64()) * 1000) {}

std::uint32_t SdlEvents::published_type() {
    static const std::uint32_t type = SDL_RegisterEvents(1);
    return type;
}

std::uint32_t SdlEvents::lock_type() {
    static const std::uint32_t type = SDL_RegisterEvents(1);
    return type;
}

void SdlEvents::translate(const SDL_Event& event, std::vector<DeviceEvent>& into) {
    switch (event.type) {
    case SDL_FINGERDOWN:
    case SDL_FINGERMOTION:
    case SDL_FINGERUP:
        return finger(event, into);
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        return mouse_button(event, into);
    case SDL_MOUSEMOTION:
        return mouse_moved(event, into);
    case SDL_MOUSEWHEEL:
        return wheel(event, into);
    case SDL_KEYDOWN:
        if (event.key.keysym.sym == SDLK_POWER || event.key.keysym.sym == SDLK_SLEEP)
            into.emplace_back(LockRequested{});
        else if (const Key key = key_of(event.key.keysym); key != Key::none)
            into.emplace_back(KeyPressed{key, true});
        return;
    case SDL_TEXTINPUT:
        if (typing_ && event.text.text[0] != '\0')
            into.emplace_back(TextTyped{event.text.text});
        return;
    case SDL_WINDOWEVENT:
        return window_changed(event, into);
    case SDL_RENDER_TARGETS_RESET:
    case SDL_RENDER_DEVICE_RESET:
        into.emplace_back(TexturesLost{});
        return;
    case SDL_QUIT:
        into.emplace_back(CloseRequested{});
        return;
    case SDL_APP_WILLENTERBACKGROUND:
        into.emplace_back(LockRequested{});
        return;
    default:
        if (event.type == published_type())
            into.emplace_back(Published{});
        else if (event.type == lock_type())
            into.emplace_back(LockRequested{});
    }
}

void SdlEvents::finger(const SDL_Event& event, std::vector<DeviceEvent>& into) const {
    const SDL_TouchFingerEvent& touch = event.tfinger;
    if (touch.touchId == SDL_MOUSE_TOUCHID)
        return;
    const Size output = output_of(renderer_);
    FingerSample sample;
    sample.phase = touch.type == SDL_FINGERDOWN ? FingerSample::Phase::down
                   : touch.type == SDL_FINGERUP ? FingerSample::Phase::up
                                                : FingerSample::Phase::move;
    sample.finger = touch.fingerId;
    sample.x = touch.x * static_cast<float>(output.width);
    sample.y = touch.y * static_cast<float>(output.height);
    sample.at_us = time_us(touch.timestamp);
    sample.pressure = std::clamp(touch.pressure, 0.0f, 1.0f);
    into.emplace_back(sample);
}

void SdlEvents::mouse_button(const SDL_Event& event, std::vector<DeviceEvent>& into) {
    const SDL_MouseButtonEvent& button = event.button;
    if (button.which == SDL_TOUCH_MOUSEID || button.button != SDL_BUTTON_LEFT)
        return;
    const bool down = button.type == SDL_MOUSEBUTTONDOWN;
    if (!down && !mouse_down_)
        return;
    const auto phase = down ? FingerSample::Phase::down : FingerSample::Phase::up;
    const FingerSample sample = mouse(phase, button.x, button.y, button.timestamp);
    into.emplace_back(sample);
    mouse_down_ = down ? std::optional(sample) : std::nullopt;
}

void SdlEvents::mouse_moved(const SDL_Event& event, std::vector<DeviceEvent>& into) {
    const SDL_MouseMotionEvent& motion = event.motion;
    if (motion.which == SDL_TOUCH_MOUSEID || !mouse_down_)
        return;
    FingerSample sample = mouse(FingerSample::Phase::move, motion.x, motion.y, motion.timestamp);
    if ((motion.state & SDL_BUTTON_LMASK) == 0)  // let go where we could not see it
        sample.phase = FingerSample::Phase::cancel;
    into.emplace_back(sample);
    mouse_down_ = sample.phase == FingerSample::Phase::move ? std::optional(sample) : std::nullopt;
}

void SdlEvents::wheel(const SDL_Event& event, std::vector<DeviceEvent>& into) const {
    const SDL_MouseWheelEvent& turned = event.wheel;
    if (turned.which == SDL_TOUCH_MOUSEID || turned.preciseY == 0)
        return;
    const float scale = scale_of(window_, output_of(renderer_));
    const float sign = turned.direction == SDL_MOUSEWHEEL_FLIPPED ? -1.0f : 1.0f;
    into.emplace_back(WheelTurned{static_cast<float>(turned.mouseX) * scale,
                                  static_cast<float>(turned.mouseY) * scale, sign * turned.preciseY});
}

void SdlEvents::window_changed(const SDL_Event& event, std::vector<DeviceEvent>& into) {
    switch (event.window.event) {
    case SDL_WINDOWEVENT_SIZE_CHANGED: {
        const Size output = output_of(renderer_);
        into.emplace_back(Resized{output.width, output.height});
        return;
    }
    case SDL_WINDOWEVENT_SHOWN:
    case SDL_WINDOWEVENT_EXPOSED:
    case SDL_WINDOWEVENT_RESTORED:
    case SDL_WINDOWEVENT_MAXIMIZED:
        into.emplace_back(Exposed{});
        return;
    case SDL_WINDOWEVENT_HIDDEN:
    case SDL_WINDOWEVENT_MINIMIZED:
        into.emplace_back(Hidden{});
        return;
    case SDL_WINDOWEVENT_FOCUS_LOST:
        mouse_down_.reset();
        into.emplace_back(FocusLost{});
        return;
    case SDL_WINDOWEVENT_CLOSE:
        into.emplace_back(CloseRequested{});
        return;
    default:
        return;
    }
}

FingerSample SdlEvents::mouse(FingerSample::Phase phase, int x, int y, std::uint32_t at_ms) const {
    const float scale = scale_of(window_, output_of(renderer_));
    FingerSample sample;
    sample.phase = phase;
    sample.finger = mouse_finger;
    sample.x = static_cast<float>(x) * scale;
    sample.y = static_cast<float>(y) * scale;
    sample.at_us = time_us(at_ms);
    return sample;
}

// SDL's stamps are 32 bits wide and turn over after 49 days.
std::int64_t SdlEvents::time_us(std::uint32_t at_ms) const {
    const std::uint64_t now_ms = SDL_GetTicks64();
    const auto age_ms = static_cast<std::int32_t>(static_cast<std::uint32_t>(now_ms) - at_ms);
    const std::int64_t then_ms = static_cast<std::int64_t>(now_ms) - std::max(age_ms, 0);
    return std::min(ticks_began_us_ + then_ms * 1000, Window::now_us());
}

}  // namespace doorstep
