#include "client/platform/density.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

namespace doorstep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_size = 128;
constexpr float mm_per_inch = 25.4f;

// The high four bits of a pair stand in a byte that two numbers share.
int twelve_bits(std::uint8_t low, int high) {
    return static_cast<int>(low) | (high << 8);
}

std::vector<std::uint8_t> bytes_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::vector<std::uint8_t> bytes;
    char byte = 0;
    while (bytes.size() < block_size && in.get(byte))
        bytes.push_back(static_cast<std::uint8_t>(byte));
    return bytes;
}

bool connected(const fs::path& connector) {
    std::ifstream in(connector / "status");
    std::string word;
    return in >> word && word == "connected";
}

bool built_in(const std::string& connector) {
    return connector.find("-eDP-") != std::string::npos || connector.find("-DSI-") != std::string::npos ||
           connector.find("-LVDS-") != std::string::npos;
}

}  // namespace

bool plausible_ppi(float ppi) {
    return ppi >= 90 && ppi <= 400 && std::fabs(ppi - 96) > 0.5f;
}

std::optional<Panel> read_edid(std::span<const std::uint8_t> bytes) {
    constexpr std::array<std::uint8_t, 8> header{0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00};
    if (bytes.size() < block_size || !std::equal(header.begin(), header.end(), bytes.begin()))
        return std::nullopt;
    const auto block = bytes.first(block_size);
    if (std::accumulate(block.begin(), block.end(), 0u) % 256 != 0)
        return std::nullopt;

    // The first detailed timing is the preferred mode; without a pixel clock it is a text.
    const auto timing = block.subspan(54, 18);
    if (timing[0] == 0 && timing[1] == 0)
        return std::nullopt;
    Panel panel;
    panel.width_px = twelve_bits(timing[2], timing[4] >> 4);
    panel.height_px = twelve_bits(timing[5], timing[7] >> 4);
    panel.width_mm = static_cast<float>(twelve_bits(timing[12], timing[14] >> 4));
    panel.height_mm = static_cast<float>(twelve_bits(timing[13], timing[14] & 0x0f));
    if (panel.width_mm == 0 || panel.height_mm == 0) {  // then in whole centimetres
        panel.width_mm = static_cast<float>(block[21]) * 10;
        panel.height_mm = static_cast<float>(block[22]) * 10;
    }
    if (panel.width_px == 0 || panel.height_px == 0 || panel.width_mm == 0 || panel.height_mm == 0)
        return std::nullopt;
    return panel;
}

std::optional<Panel> find_panel(const std::string& folder) {
    std::vector<Panel> inside;
    std::vector<Panel> outside;
    std::error_code failed;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
        if (!connected(it->path()))
            continue;
        if (const auto panel = read_edid(bytes_of(it->path() / "edid")))
            (built_in(it->path().filename().string()) ? inside : outside).push_back(*panel);
    }
    if (inside.size() == 1)
        return inside.front();
    if (inside.empty() && outside.size() == 1)
        return outside.front();
    return std::nullopt;
}

std::optional<float> ppi_on(const Panel& panel, int width_px, int height_px) {
    if (width_px <= 0 || height_px <= 0 || panel.width_mm <= 0 || panel.height_mm <= 0)
        return std::nullopt;
    float width_mm = panel.width_mm;
    float height_mm = panel.height_mm;
    if ((width_px > height_px) != (width_mm > height_mm))
        std::swap(width_mm, height_mm);
    const float across = static_cast<float>(width_px) / width_mm * mm_per_inch;
    const float down = static_cast<float>(height_px) / height_mm * mm_per_inch;
    // Pixels are square.  Some panels give their shape, 16 by 9, in place of a size.
    if (std::fabs(across - down) > 0.06f * across)
        return std::nullopt;
    const float ppi = (across + down) / 2;
    return plausible_ppi(ppi) ? std::optional(ppi) : std::nullopt;
}

}  // namespace doorstep
