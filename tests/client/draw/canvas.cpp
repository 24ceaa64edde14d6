#include "tests/client/draw/canvas.h"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace doorstep {

Canvas::Canvas(int width, int height, float px_per_mm, int text_percent) {
    REQUIRE(use_our_fonts().ok());
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    SDL_SetHint(SDL_HINT_RENDER_DRIVER, "software");
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    REQUIRE(SDL_InitSubSystem(SDL_INIT_VIDEO) == 0);
    window_ = SDL_CreateWindow("canvas", 0, 0, width, height, 0);
    REQUIRE(window_);
    sdl_ = SDL_CreateRenderer(window_, -1, SDL_RENDERER_SOFTWARE);
    REQUIRE(sdl_);
    context_ = ImGui::CreateContext();
    ImGui::SetCurrentContext(context_);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
    io.DeltaTime = 1.0f / 60;
    const auto built = atlas_.build(*io.Fonts, px_per_mm, text_percent);
    INFO((built.ok() ? "" : built.error().text()));
    REQUIRE(built.ok());
    renderer_ = std::make_unique<Renderer>(sdl_);
    REQUIRE(renderer_->upload(*io.Fonts).ok());
    paragraphs_ = std::make_unique<Paragraphs>(sdl_);
}

Canvas::~Canvas() {
    paragraphs_.reset();
    renderer_.reset();
    ImGui::DestroyContext(context_);
    SDL_DestroyRenderer(sdl_);
    SDL_DestroyWindow(window_);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

void Canvas::record(const Draw& draw) {
    ImGui::SetCurrentContext(context_);
    ImGui::NewFrame();
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    list.Flags = ImDrawListFlags_AllowVtxOffset;  // no soft edges: tests count pixels
    draw(list);
    ImGui::Render();
}

void Canvas::render() {
    renderer_->draw(*ImGui::GetDrawData(), paper);
}

Picture Canvas::picture(const Draw& draw) {
    record(draw);
    render();
    Picture picture = renderer_->read_back();
    renderer_->present();
    paragraphs_->end_of_frame();
    return picture;
}

std::uint64_t Canvas::hash(const Draw& draw) {
    record(draw);
    return Renderer::hash(*ImGui::GetDrawData(), paper);
}

void Canvas::words(ImDrawList& list, float x, float y, Type type, const std::string& text, Colour ink) {
    list.AddText(atlas_.font(type), atlas_.size_px(type), {x, y - atlas_.baseline_px(type)}, packed(ink),
                 text.c_str());
}

Colour pixel(const Picture& picture, int x, int y) {
    REQUIRE((x >= 0 && x < picture.width && y >= 0 && y < picture.height));
    const auto at = static_cast<std::size_t>(y * picture.width + x) * 3;
    return {picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2], 255};
}

int inked(const Picture& picture, int x, int y, int w, int h, Colour ground) {
    int found = 0;
    for (int row = y; row < y + h; ++row)
        for (int column = x; column < x + w; ++column)
            found += pixel(picture, column, row) != ground;
    return found;
}

}  // namespace doorstep
