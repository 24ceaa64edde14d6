// Draws what Dear ImGui recorded with SDL_Renderer, and reads it back as a picture.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/draw/type.h"
#include "forms/base/result.h"

struct SDL_Renderer;
struct SDL_Texture;
struct ImDrawData;
struct ImFontAtlas;

namespace doorstep {

struct Picture {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;  // rows from the top, 3 bytes a pixel
    bool operator==(const Picture&) const = default;
};

class Renderer {
public:
    explicit Renderer(SDL_Renderer* renderer);  // must outlive it
    ~Renderer();
    Renderer(const Renderer&) = delete;
    Renderer& operator=(const Renderer&) = delete;

    // Makes the font texture anew; after Atlas::build and after TexturesLost.
    Result<void> upload(ImFontAtlas& fonts);
    // Clears to `ground` and draws; present() shows it.  Skipped by the caller when
    // hash() equals the last frame's.
    void draw(const ImDrawData& data, Colour ground);
    void present();
    Picture read_back() const;  // what draw() drew; before present()
    // Textures count by what is in them (content_mark), not by where they lie: memory is
    // used again.  REQUIRES: the textures of `data` are alive
    static std::uint64_t hash(const ImDrawData& data, Colour ground);

private:
    SDL_Renderer* renderer_;
    SDL_Texture* font_texture_ = nullptr;
    bool software_ = false;
};

// A white texture for ImTextureID, one byte of alpha a pixel, tinted when drawn and marked
// with what it shows.  Null when the renderer cannot.
SDL_Texture* make_texture(SDL_Renderer* renderer, int width, int height, const std::uint8_t* alpha,
                          std::uint64_t content_mark);

// PNG, written and read by cairo.
Result<void> write_png(const Picture& picture, const std::string& path);
Result<Picture> read_png(const std::string& path);

}  // namespace doorstep
