// Rectangles in pixels, always whole: lines of half a pixel come out uneven.
#pragma once

#include <algorithm>
#include <cmath>

namespace doorstep {

struct Rect {
    float x = 0, y = 0, w = 0, h = 0;

    float right() const { return x + w; }
    float bottom() const { return y + h; }
    bool contains(float px, float py) const { return px >= x && px < right() && py >= y && py < bottom(); }
    Rect inset(float by) const { return {x + by, y + by, w - 2 * by, h - 2 * by}; }
    Rect inset(float dx, float dy) const { return {x + dx, y + dy, w - 2 * dx, h - 2 * dy}; }
    Rect cut(const Rect& other) const {
        const float left = std::max(x, other.x), top = std::max(y, other.y);
        return {left, top, std::max(0.0f, std::min(right(), other.right()) - left),
                std::max(0.0f, std::min(bottom(), other.bottom()) - top)};
    }
    bool empty() const { return w <= 0 || h <= 0; }
    Rect whole() const {
        const float left = std::round(x), top = std::round(y);
        return {left, top, std::round(right()) - left, std::round(bottom()) - top};
    }
    bool operator==(const Rect&) const = default;
};

}  // namespace doorstep
