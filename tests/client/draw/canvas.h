// A screen in memory: SDL's dummy driver, its software renderer, a Dear ImGui context.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <SDL.h>
#include <imgui.h>

#include "client/draw/atlas.h"
#include "client/draw/paragraphs.h"
#include "client/draw/renderer.h"

namespace doorstep {

inline constexpr Colour paper{255, 255, 255, 255};
inline constexpr Colour black{11, 12, 12, 255};

class Canvas {
public:
    Canvas(int width, int height, float px_per_mm = 5.88f, int text_percent = 100);
    ~Canvas();
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;

    // One frame: what `draw` puts into a list that covers the screen.
    using Draw = std::function<void(ImDrawList&)>;
    Picture picture(const Draw& draw);
    std::uint64_t hash(const Draw& draw);
    void record(const Draw& draw);  // neither rendered nor read back
    void render();                  // what was recorded
    // Text of the atlas with its baseline at `y`.
    void words(ImDrawList& list, float x, float y, Type type, const std::string& text, Colour ink = black);

    SDL_Renderer* sdl() const { return sdl_; }
    Renderer& renderer() { return *renderer_; }
    Paragraphs& paragraphs() { return *paragraphs_; }
    Atlas& atlas() { return atlas_; }

private:
    SDL_Window* window_ = nullptr;
    SDL_Renderer* sdl_ = nullptr;
    ImGuiContext* context_ = nullptr;
    Atlas atlas_;
    std::unique_ptr<Renderer> renderer_;
    std::unique_ptr<Paragraphs> paragraphs_;
};

Colour pixel(const Picture& picture, int x, int y);
// How many pixels inside are not `ground`.
int inked(const Picture& picture, int x, int y, int w, int h, Colour ground = paper);

}  // namespace doorstep
