#include "client/draw/atlas.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <vector>

#include <imgui.h>
#include <imgui_freetype.h>

#include "client/draw/font_files.h"
#include "client/draw/shown_text.h"

namespace doorstep {
namespace {

// Noto Sans: ascent plus descent, in em.
constexpr float line_of_em = 1.362f;

// Pairs of first and last, ending in 0, as Dear ImGui wants them; they must outlive the build.
constexpr ImWchar latin[] = {0x20,   0x7E,   0xA0,   0x17F,  0x2010, 0x2015, 0x2018, 0x201E, 0x2022,
                             0x2022, 0x2026, 0x2026, 0x20AC, 0x20AC, 0xFFFD, 0xFFFD, 0};

constexpr Icon icons_used[] = {Icon::back,     Icon::on,    Icon::search, Icon::check,     Icon::close,
                               Icon::minus,    Icon::plus,  Icon::sync,   Icon::warning,   Icon::info,
                               Icon::clock,    Icon::home,  Icon::person, Icon::undo,      Icon::sun,
                               Icon::settings, Icon::chart, Icon::list,   Icon::backspace, Icon::shift,
                               Icon::keyboard, Icon::lock,  Icon::eye,    Icon::eye_closed};

constexpr std::array all_types{Type::body,    Type::body_bold, Type::small,
                               Type::heading, Type::title,     Type::figure};

Result<std::vector<char>> read_font(const FontFile& file) {
    std::ifstream in(file.path, std::ios::binary | std::ios::ate);
    if (!in)
        return font_missing(file);
    std::vector<char> bytes(static_cast<std::size_t>(std::max<std::streamoff>(in.tellg(), 0)));
    in.seekg(0);
    if (bytes.empty() || !in.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
        return font_missing(file);
    return bytes;
}

ImFontConfig config_of(const ImWchar* ranges) {
    ImFontConfig config;
    config.OversampleH = 1;
    config.OversampleV = 1;
    config.PixelSnapH = true;
    config.GlyphRanges = ranges;
    config.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
    return config;
}

// Dear ImGui copies the bytes when they are not its own.
ImFont* add(ImFontAtlas& fonts, std::vector<char>& bytes, float size_px, const ImWchar* ranges) {
    ImFontConfig config = config_of(ranges);
    config.FontDataOwnedByAtlas = false;
    return fonts.AddFontFromMemoryTTF(bytes.data(), static_cast<int>(bytes.size()), size_px, &config);
}

float glyph_top(ImFont* font, ImWchar glyph) {
    return font->FindGlyph(glyph)->Y0;
}

std::vector<ImWchar> icon_ranges() {
    std::vector<ImWchar> ranges;
    for (const Icon icon : icons_used)
        ranges.insert(ranges.end(), 2, static_cast<ImWchar>(icon));
    ranges.push_back(0);
    return ranges;
}

}  // namespace

Result<void> Atlas::build(ImFontAtlas& fonts, float px_per_mm, int text_percent) {
    TRY(auto regular, read_font(noto_regular));
    TRY(auto bold, read_font(noto_bold));
    TRY(auto icon_bytes, read_font(icon_file));
    fonts.Clear();
    fonts.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
    fonts.Flags |=
        ImFontAtlasFlags_NoMouseCursors | ImFontAtlasFlags_NoBakedLines | ImFontAtlasFlags_NoPowerOfTwoHeight;

    const float scale = px_per_mm * static_cast<float>(text_percent) / 100;
    constexpr float largest = em_px_max * line_of_em;
    std::array<std::pair<float, ImFont*>, 2> big{};  // the largest one of its own, by weight
    for (const Type type : all_types) {
        OneType& one = fonts_[index(type)];
        one.size_px = std::round(em_mm(type) * scale * line_of_em);
        one.own = one.size_px <= largest + 1;
        auto& [size, font] = big[is_bold(type)];
        if (one.own || !font) {
            const float px = one.own ? one.size_px : std::floor(largest);
            one.font = add(fonts, is_bold(type) ? bold : regular, px, latin);
            if (px > size)
                big[is_bold(type)] = {px, one.font};
        } else {
            one.font = font;
        }
    }
    const std::vector<ImWchar> ranges = icon_ranges();
    icon_px_ = std::round(em_mm(Type::body) * scale * 1.1f);
    icons_ = add(fonts, icon_bytes, icon_px_, ranges.data());
    const bool built = fonts.Build();
    // The files are in the picture now; the picture stays, for a renderer that was reset.
    fonts.ClearInputData();
    if (!built)
        return Error{Fault::broken, "The fonts could not be drawn.",
                     "Install the Debian packages fonts-noto-core and fonts-font-awesome again."};
    return {};
}

float Atlas::em_px(Type type) const {
    return size_px(type) / line_of_em;
}

float Atlas::baseline_px(Type type) const {
    const ImFont* from = font(type);
    return std::round(from->Ascent * size_px(type) / from->FontSize);
}

float Atlas::cap_height_px(Type type) const {
    ImFont* from = font(type);
    return std::round((from->Ascent - glyph_top(from, 'H')) * size_px(type) / from->FontSize);
}

float Atlas::x_height_px(Type type) const {
    ImFont* from = font(type);
    return std::round((from->Ascent - glyph_top(from, 'x')) * size_px(type) / from->FontSize);
}

void Atlas::draw_icon(ImDrawList& list, Icon icon, float x, float y, float square_px, Colour ink,
                      float scale) const {
    const ImFontGlyph* glyph = icons_->FindGlyphNoFallback(static_cast<ImWchar>(icon));
    if (!glyph)
        return;
    const float width = std::round((glyph->X1 - glyph->X0) * scale);
    const float height = std::round((glyph->Y1 - glyph->Y0) * scale);
    const ImVec2 at{std::round(x) + std::floor((std::round(square_px) - width) / 2),
                    std::round(y) + std::floor((std::round(square_px) - height) / 2)};
    list.AddImage(icons_->ContainerAtlas->TexID, at, {at.x + width, at.y + height}, {glyph->U0, glyph->V0},
                  {glyph->U1, glyph->V1}, packed(ink));
}

bool Atlas::holds(std::string_view utf8) {
    for (std::size_t at = 0; at < utf8.size();) {
        const CodePoint code = code_point_at(utf8, at);
        at += code.bytes;
        bool found = code.value == U'\n';
        for (const ImWchar* range = latin; *range && !found; range += 2)
            found = code.value >= range[0] && code.value <= range[1];
        // A soft hyphen is only seen where a line breaks: that needs shaping.
        if (!code.good || !found || code.value == 0xAD)
            return false;
    }
    return true;
}

}  // namespace doorstep
