#include "client/draw/renderer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include <SDL.h>
#include <fmt/format.h>
#include <imgui.h>

#include "client/draw/quads.h"

namespace doorstep {
namespace {

constexpr std::size_t indices_of_quad = 6;

class Mixer {
public:
    void word(std::uint64_t value) {
        state_ = (std::rotl(state_, 29) ^ value) * 0x9E3779B97F4A7C15u;
        state_ ^= state_ >> 32;
    }
    void bytes(const void* data, std::size_t size) {
        const char* at = static_cast<const char*>(data);
        word(size);
        for (; size >= 8; size -= 8, at += 8) {
            std::uint64_t value;
            std::memcpy(&value, at, 8);
            word(value);
        }
        std::uint64_t rest = 0;
        std::memcpy(&rest, at, size);
        word(rest);
    }
    std::uint64_t result() const { return state_; }

private:
    std::uint64_t state_ = 0x6A09E667F3BCC908u;
};

SDL_Texture* texture_of(const ImDrawCmd& command) {
    return static_cast<SDL_Texture*>(command.GetTexID());
}

std::uint64_t mark_of(const ImDrawCmd& command) {
    SDL_Texture* texture = texture_of(command);
    return texture ? reinterpret_cast<std::uintptr_t>(SDL_GetTextureUserData(texture)) : 0;
}

SDL_Color sdl_colour(ImU32 colour) {
    const auto byte = [&](int shift) { return static_cast<Uint8>(colour >> shift & 0xFF); };
    return {byte(IM_COL32_R_SHIFT), byte(IM_COL32_G_SHIFT), byte(IM_COL32_B_SHIFT), byte(IM_COL32_A_SHIFT)};
}

// One command of a draw list, in order: rectangles one by one where the renderer is
// software, everything between them as triangles.
class Brush {
public:
    Brush(SDL_Renderer* renderer, const ImDrawList& list, const ImDrawCmd& command)
        : renderer_(renderer), texture_(texture_of(command)),
          vertices_(list.VtxBuffer.Data + command.VtxOffset),
          vertex_count_(list.VtxBuffer.Size - static_cast<int>(command.VtxOffset)),
          indices_(list.IdxBuffer.Data + command.IdxOffset), count_(command.ElemCount) {
        if (texture_)
            SDL_QueryTexture(texture_, nullptr, nullptr, &texture_width_, &texture_height_);
    }

    void all_as_triangles() { triangles(0, count_); }

    void rectangles_first() {
        std::size_t from = 0, at = 0;
        while (at + indices_of_quad <= count_) {
            const auto quad = upright_quad(vertices_, indices_ + at);
            if (!quad || !can_draw(*quad)) {
                at += 3;
                continue;
            }
            triangles(from, at);
            draw(*quad);
            at += indices_of_quad;
            from = at;
        }
        triangles(from, count_);
    }

private:
    float texels_wide(const UprightQuad& quad) const {
        return (quad.uv_to.x - quad.uv_from.x) * static_cast<float>(texture_width_);
    }
    float texels_high(const UprightQuad& quad) const {
        return (quad.uv_to.y - quad.uv_from.y) * static_cast<float>(texture_height_);
    }

    // Either one texel (our fonts' white one) spread over it, or texel by pixel.
    bool can_draw(const UprightQuad& quad) const {
        if (!texture_ || quad.one_texel())
            return true;
        return std::abs(texels_wide(quad) - static_cast<float>(quad.w)) < 0.01f &&
               std::abs(texels_high(quad) - static_cast<float>(quad.h)) < 0.01f;
    }

    void draw(const UprightQuad& quad) {
        const SDL_Color colour = sdl_colour(quad.colour);
        if (quad.w <= 0 || quad.h <= 0 || colour.a == 0)
            return;
        const SDL_Rect to{quad.x, quad.y, quad.w, quad.h};
        if (!texture_ || quad.one_texel()) {
            SDL_SetRenderDrawBlendMode(renderer_, colour.a == 255 ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND);
            SDL_SetRenderDrawColor(renderer_, colour.r, colour.g, colour.b, colour.a);
            SDL_RenderFillRect(renderer_, &to);
            return;
        }
        const auto texel = [](float uv, int size) {
            return static_cast<int>(std::lround(uv * static_cast<float>(size)));
        };
        const SDL_Rect from{texel(quad.uv_from.x, texture_width_), texel(quad.uv_from.y, texture_height_),
                            quad.w, quad.h};
        SDL_SetTextureColorMod(texture_, colour.r, colour.g, colour.b);
        SDL_SetTextureAlphaMod(texture_, colour.a);
        SDL_RenderCopy(renderer_, texture_, &from, &to);
    }

    void triangles(std::size_t from, std::size_t to) {
        if (from == to || vertex_count_ <= 0)
            return;
        if (texture_) {  // the vertices carry the colour
            SDL_SetTextureColorMod(texture_, 255, 255, 255);
            SDL_SetTextureAlphaMod(texture_, 255);
        }
        SDL_SetRenderDrawBlendMode(renderer_, SDL_BLENDMODE_BLEND);
        const ImDrawVert* first = vertices_;
        SDL_RenderGeometryRaw(renderer_, texture_, &first->pos.x, sizeof(ImDrawVert),
                              reinterpret_cast<const SDL_Color*>(&first->col), sizeof(ImDrawVert),
                              &first->uv.x, sizeof(ImDrawVert), vertex_count_, indices_ + from,
                              static_cast<int>(to - from), sizeof(ImDrawIdx));
    }

    SDL_Renderer* renderer_;
    SDL_Texture* texture_;
    const ImDrawVert* vertices_;
    int vertex_count_;
    const ImDrawIdx* indices_;
    std::size_t count_;
    int texture_width_ = 0;
    int texture_height_ = 0;
};

// The part of the clip rectangle that is on the screen; empty: nothing to draw.
SDL_Rect clip_of(const ImDrawCmd& command, const ImDrawData& data) {
    const auto within = [](float value, float most) {
        return static_cast<int>(std::clamp(value, 0.0f, std::max(most, 0.0f)));
    };
    const ImVec2 origin = data.DisplayPos, size = data.DisplaySize;
    const int left = within(command.ClipRect.x - origin.x, size.x);
    const int top = within(command.ClipRect.y - origin.y, size.y);
    const int right = within(command.ClipRect.z - origin.x, size.x);
    const int bottom = within(command.ClipRect.w - origin.y, size.y);
    return {left, top, right - left, bottom - top};
}

}  // namespace

SDL_Texture* make_texture(SDL_Renderer* renderer, int width, int height, const std::uint8_t* alpha,
                          std::uint64_t content_mark) {
    SDL_Texture* texture =
        SDL_CreateTexture(renderer, SDL_PIXELFORMAT_RGBA32, SDL_TEXTUREACCESS_STATIC, width, height);
    if (!texture)
        return nullptr;
    // In bands: four bytes a pixel for all of a picture at once would be touched twice.
    constexpr int band = 32;
    std::vector<SDL_Color> white(static_cast<std::size_t>(width) * band, SDL_Color{255, 255, 255, 255});
    for (int y = 0; y < height; y += band) {
        const SDL_Rect rows{0, y, width, std::min(band, height - y)};
        const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(rows.h);
        for (std::size_t i = 0; i < pixels; ++i)
            white[i].a = *alpha++;
        if (SDL_UpdateTexture(texture, &rows, white.data(), width * 4) != 0) {
            SDL_DestroyTexture(texture);
            return nullptr;
        }
    }
    SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND);
    SDL_SetTextureScaleMode(texture, SDL_ScaleModeLinear);
    SDL_SetTextureUserData(texture, reinterpret_cast<void*>(static_cast<std::uintptr_t>(content_mark)));
    return texture;
}

Renderer::Renderer(SDL_Renderer* renderer) : renderer_(renderer) {
    SDL_RendererInfo info;
    if (SDL_GetRendererInfo(renderer, &info) == 0)
        software_ = (info.flags & SDL_RENDERER_SOFTWARE) != 0;
}

Renderer::~Renderer() {
    if (font_texture_)
        SDL_DestroyTexture(font_texture_);
}

Result<void> Renderer::upload(ImFontAtlas& fonts) {
    unsigned char* alpha = nullptr;
    int width = 0, height = 0;
    // One byte a pixel is kept, for a renderer that is reset.
    fonts.GetTexDataAsAlpha8(&alpha, &width, &height);
    Mixer content;
    content.bytes(alpha, static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    SDL_Texture* texture = make_texture(renderer_, width, height, alpha, content.result());
    if (!texture)
        return Error{Fault::broken, fmt::format("The screen refused the font picture: {}.", SDL_GetError()),
                     "Start Doorstep with the software renderer."};
    if (font_texture_)
        SDL_DestroyTexture(font_texture_);
    font_texture_ = texture;
    fonts.SetTexID(texture);
    return {};
}

void Renderer::draw(const ImDrawData& data, Colour ground) {
    SDL_RenderSetClipRect(renderer_, nullptr);
    SDL_SetRenderDrawBlendMode(renderer_, SDL_BLENDMODE_NONE);
    SDL_SetRenderDrawColor(renderer_, ground.r, ground.g, ground.b, ground.a);
    SDL_RenderClear(renderer_);
    for (int i = 0; i < data.CmdListsCount; ++i) {
        const ImDrawList& list = *data.CmdLists[i];
        for (const ImDrawCmd& command : list.CmdBuffer) {
            const SDL_Rect clip = clip_of(command, data);
            if (command.UserCallback || command.ElemCount == 0 || clip.w <= 0 || clip.h <= 0)
                continue;
            SDL_RenderSetClipRect(renderer_, &clip);
            Brush brush(renderer_, list, command);
            software_ ? brush.rectangles_first() : brush.all_as_triangles();
        }
    }
    SDL_RenderSetClipRect(renderer_, nullptr);
}

void Renderer::present() {
    SDL_RenderPresent(renderer_);
}

Picture Renderer::read_back() const {
    Picture picture;
    if (SDL_GetRendererOutputSize(renderer_, &picture.width, &picture.height) != 0)
        return {};
    const int row = picture.width * 3;
    picture.rgb.resize(static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.height));
    if (SDL_RenderReadPixels(renderer_, nullptr, SDL_PIXELFORMAT_RGB24, picture.rgb.data(), row) != 0)
        return {};
    return picture;
}

std::uint64_t Renderer::hash(const ImDrawData& data, Colour ground) {
    Mixer mixer;
    mixer.word(packed(ground));
    mixer.bytes(&data.DisplaySize, sizeof data.DisplaySize);
    for (int i = 0; i < data.CmdListsCount; ++i) {
        const ImDrawList& list = *data.CmdLists[i];
        mixer.bytes(list.VtxBuffer.Data, static_cast<std::size_t>(list.VtxBuffer.size_in_bytes()));
        mixer.bytes(list.IdxBuffer.Data, static_cast<std::size_t>(list.IdxBuffer.size_in_bytes()));
        for (const ImDrawCmd& command : list.CmdBuffer) {
            mixer.bytes(&command.ClipRect, sizeof command.ClipRect);
            mixer.word(mark_of(command));
            mixer.word(std::uint64_t{command.IdxOffset} << 32 | command.ElemCount);
            mixer.word(command.VtxOffset);
        }
    }
    return mixer.result();
}

}  // namespace doorstep
