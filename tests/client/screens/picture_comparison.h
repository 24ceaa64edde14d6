// Two pictures, one as it was accepted and one as it is drawn now: has anything that
// an eye could see changed?
#pragma once

#include <cstddef>

#include "client/draw/renderer.h"

namespace doorstep {

// Rounding differs between machines by a step or two.  Anything more is counted: in all,
// and in the square of 16 px that has most of it, because a changed letter is a handful
// of pixels in one place while the whole picture has a million.
struct Difference {
    static constexpr int slight = 3;                 // of 255, per colour
    static constexpr double most_of_all = 0.002;     // of the pixels
    static constexpr std::size_t most_together = 3;  // in one square

    bool other_size = false;
    std::size_t pixels = 0;    // more than slightly different
    std::size_t together = 0;  // the most of them in one square
    std::size_t of = 0;        // pixels of the picture

    bool visible() const;
};

Difference difference(const Picture& accepted, const Picture& drawn);

// What was drawn, very pale, and every pixel that differs in red.
Picture difference_picture(const Picture& accepted, const Picture& drawn);

}  // namespace doorstep
