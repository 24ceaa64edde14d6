// Upright rectangles among Dear ImGui's triangles.  SDL's software renderer fills and
// copies rectangles far quicker, and more exactly, than it draws triangles.
#pragma once

#include <optional>

#include <imgui.h>

namespace doorstep {

struct UprightQuad {
    int x = 0, y = 0, w = 0, h = 0;  // whole pixels whose centre it covers
    ImVec2 uv_from, uv_to;
    ImU32 colour = 0;
    bool one_texel() const { return uv_from.x == uv_to.x && uv_from.y == uv_to.y; }
};

// The six indices as one rectangle of one colour, if they are.
std::optional<UprightQuad> upright_quad(const ImDrawVert* vertices, const ImDrawIdx* six);

}  // namespace doorstep
