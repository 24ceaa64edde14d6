// Type: the sizes of design, in em millimetres, and the icons.
#pragma once

#include <cstdint>

namespace doorstep {

enum class Type : std::uint8_t { small, body, body_bold, heading, title, figure };

// Em in millimetres at 100 %.
constexpr float em_mm(Type type) {
    switch (type) {
    case Type::small:
        return 3.9f;
    case Type::body:
    case Type::body_bold:
        return 4.4f;
    case Type::heading:
        return 5.3f;
    case Type::title:
        return 6.6f;
    case Type::figure:
        return 9.0f;
    }
    return 4.4f;
}
constexpr bool is_bold(Type type) {
    return type == Type::body_bold || type == Type::heading || type == Type::title || type == Type::figure;
}

// Font Awesome 4.7 code points; each is drawn centred in a fixed square.
enum class Icon : std::uint16_t {
    none = 0,
    back = 0xf060,
    on = 0xf054,  // chevron of a row
    search = 0xf002,
    check = 0xf00c,
    close = 0xf00d,
    minus = 0xf068,
    plus = 0xf067,
    sync = 0xf021,
    warning = 0xf071,
    info = 0xf05a,
    clock = 0xf017,
    home = 0xf015,
    person = 0xf007,
    undo = 0xf0e2,
    sun = 0xf185,
    settings = 0xf013,
    chart = 0xf080,
    list = 0xf03a,
    backspace = 0xf0d9,
    shift = 0xf062,
    keyboard = 0xf11c,
    lock = 0xf023,
    eye = 0xf06e,
    eye_closed = 0xf070
};

struct Colour {  // sRGB
    std::uint8_t r = 0, g = 0, b = 0, a = 255;
    bool operator==(const Colour&) const = default;
};
// As Dear ImGui's vertices hold it.
constexpr std::uint32_t packed(Colour colour) {
    return std::uint32_t{colour.r} | std::uint32_t{colour.g} << 8 | std::uint32_t{colour.b} << 16 |
           std::uint32_t{colour.a} << 24;
}

}  // namespace doorstep
