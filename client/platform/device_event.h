// What the device tells the app, without SDL: the window translates, everything
// above reads these.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace doorstep {

// One sample of one finger (a mouse is finger -1), in pixels of the window.
struct FingerSample {
    enum class Phase : std::uint8_t { down, move, up, cancel } phase = Phase::down;
    std::int64_t finger = 0;
    float x = 0;
    float y = 0;
    std::int64_t at_us = 0;  // of the event, not of the frame
    float pressure = 1;      // 0..1
};

struct WheelTurned {
    float x = 0;
    float y = 0;        // where the pointer is
    float notches = 0;  // up is positive
};

enum class Key : std::uint8_t {
    none,
    tab,
    back_tab,
    enter,
    space,
    escape,
    backspace,
    del,
    left,
    right,
    up,
    down,
    home,
    end,
    page_up,
    page_down,
    undo,  // Ctrl+Z
    redo   // Ctrl+Shift+Z
};
struct KeyPressed {
    Key key = Key::none;
    bool from_hardware = true;  // else our own on-screen keyboard
};
struct TextTyped {  // by a hardware keyboard
    std::string utf8;
};
struct Resized {
    int width = 0;
    int height = 0;
};
struct FocusLost {};
struct Exposed {};       // draw again, nothing changed
struct TexturesLost {};  // the renderer was reset: textures must be made again
struct Hidden {};        // draw nothing until Exposed
struct CloseRequested {};
struct LockRequested {};  // the power key, the machine is about to sleep, or it has just slept
struct Published {};      // another thread has something new: a View

using DeviceEvent = std::variant<FingerSample, WheelTurned, KeyPressed, TextTyped, Resized, FocusLost,
                                 Exposed, TexturesLost, Hidden, CloseRequested, LockRequested, Published>;

}  // namespace doorstep
