// From SDL's events to ours.  Of this room only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "client/platform/device_event.h"

union SDL_Event;
struct SDL_Window;
struct SDL_Renderer;

namespace doorstep {

class SdlEvents {
public:
    SdlEvents(SDL_Window* window, SDL_Renderer* renderer);

    void translate(const SDL_Event& event, std::vector<DeviceEvent>& into);
    void type_with_hardware(bool on) { typing_ = on; }

    static std::uint32_t published_type();  // of the event that wake() sends
    static std::uint32_t lock_type();       // of the one that CloseSignals sends

private:
    void finger(const SDL_Event& event, std::vector<DeviceEvent>& into) const;
    void mouse_button(const SDL_Event& event, std::vector<DeviceEvent>& into);
    void mouse_moved(const SDL_Event& event, std::vector<DeviceEvent>& into);
    void wheel(const SDL_Event& event, std::vector<DeviceEvent>& into) const;
    void window_changed(const SDL_Event& event, std::vector<DeviceEvent>& into);
    FingerSample mouse(FingerSample::Phase phase, int x, int y, std::uint32_t at_ms) const;
    std::int64_t time_us(std::uint32_t at_ms) const;

    SDL_Window* window_;
    SDL_Renderer* renderer_;
    std::int64_t ticks_began_us_;  // SDL's time stamps are milliseconds since then
    bool typing_ = false;
    std::optional<FingerSample> mouse_down_;  // its last sample
};

}  // namespace doorstep
