#include "client/draw/quads.h"

#include <cmath>

namespace doorstep {

std::optional<UprightQuad> upright_quad(const ImDrawVert* vertices, const ImDrawIdx* six) {
    // Dear ImGui writes a rectangle as a, b, c and a, c, d around its edge.
    if (six[0] != six[3] || six[2] != six[4])
        return {};
    const ImDrawVert &a = vertices[six[0]], &b = vertices[six[1]], &c = vertices[six[2]],
                     &d = vertices[six[5]];
    if (a.col != b.col || a.col != c.col || a.col != d.col)
        return {};
    if (a.pos.y != b.pos.y || b.pos.x != c.pos.x || c.pos.y != d.pos.y || d.pos.x != a.pos.x)
        return {};
    if (a.uv.y != b.uv.y || b.uv.x != c.uv.x || c.uv.y != d.uv.y || d.uv.x != a.uv.x)
        return {};
    if (c.pos.x < a.pos.x || c.pos.y < a.pos.y || c.uv.x < a.uv.x || c.uv.y < a.uv.y)
        return {};
    const auto edge = [](float at) { return static_cast<int>(std::ceil(at - 0.5f)); };
    UprightQuad quad;
    quad.x = edge(a.pos.x);
    quad.y = edge(a.pos.y);
    quad.w = edge(c.pos.x) - quad.x;
    quad.h = edge(c.pos.y) - quad.y;
    quad.uv_from = a.uv;
    quad.uv_to = c.uv;
    quad.colour = a.col;
    return quad;
}

}  // namespace doorstep
