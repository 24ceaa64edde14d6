#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <vector>

#include "client/platform/density.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

using Bytes = std::vector<std::uint8_t>;

void seal(Bytes& edid) {
    edid[127] = 0;
    edid[127] =
        static_cast<std::uint8_t>(256u - std::accumulate(edid.begin(), edid.begin() + 128, 0u) % 256u);
}

// A base block made by hand: the fields that we read, and a right sum.
Bytes edid_of(int width_px, int height_px, int width_mm, int height_mm) {
    Bytes edid(128, 0);
    for (std::size_t i = 1; i <= 6; ++i)
        edid[i] = 0xff;
    const auto byte = [](int value) { return static_cast<std::uint8_t>(value & 0xff); };
    edid[21] = byte(width_mm / 10);
    edid[22] = byte(height_mm / 10);
    edid[54] = 0x10;  // a pixel clock
    edid[55] = 0x27;
    edid[56] = byte(width_px);
    edid[58] = byte((width_px >> 8) << 4);
    edid[59] = byte(height_px);
    edid[61] = byte((height_px >> 8) << 4);
    edid[66] = byte(width_mm);
    edid[67] = byte(height_mm);
    edid[68] = byte((width_mm >> 8) << 4 | height_mm >> 8);
    seal(edid);
    return edid;
}

void connect(const std::filesystem::path& connector, const Bytes& edid, const std::string& status) {
    std::filesystem::create_directories(connector);
    std::ofstream(connector / "status") << status << "\n";
    std::ofstream out(connector / "edid", std::ios::binary);
    for (const std::uint8_t byte : edid)
        out.put(static_cast<char>(byte));
}

}  // namespace

TEST_CASE("a panel's native mode and size are read from its EDID", "[density]") {
    const auto panel = read_edid(edid_of(1920, 1200, 217, 136));
    REQUIRE(panel);
    CHECK(panel->width_px == 1920);
    CHECK(panel->height_px == 1200);
    CHECK(panel->width_mm == 217);
    CHECK(panel->height_mm == 136);
    CHECK(*ppi_on(*panel, 1920, 1200) == Approx(224.4).epsilon(0.003));
    CHECK(*ppi_on(*panel, 1200, 1920) == Approx(224.4).epsilon(0.003));  // turned
    CHECK(*ppi_on(*panel, 1280, 800) == Approx(149.6).epsilon(0.003));   // not its native mode
}

TEST_CASE("sizes above 255 mm use the shared byte, else the centimetres count", "[density]") {
    const auto large = read_edid(edid_of(3840, 2160, 598, 336));
    REQUIRE(large);
    CHECK(large->width_mm == 598);
    CHECK(large->height_mm == 336);
    Bytes coarse = edid_of(1280, 800, 0, 0);
    coarse[21] = 22;
    coarse[22] = 14;
    seal(coarse);
    REQUIRE(read_edid(coarse));
    CHECK(read_edid(coarse)->width_mm == 220);
}

TEST_CASE("what is no EDID is not believed", "[density]") {
    const Bytes good = edid_of(1280, 800, 217, 136);
    CHECK_FALSE(read_edid({}));
    CHECK_FALSE(read_edid(std::span(good).first(127)));
    Bytes bad = good;
    bad[100] ^= 1;  // the sum
    CHECK_FALSE(read_edid(bad));
    bad = good;
    bad[0] = 1;
    seal(bad);
    CHECK_FALSE(read_edid(bad));
    bad = good;
    bad[54] = bad[55] = 0;  // a text in place of a mode
    seal(bad);
    CHECK_FALSE(read_edid(bad));
    CHECK_FALSE(read_edid(edid_of(0, 800, 217, 136)));
    CHECK_FALSE(read_edid(edid_of(1280, 800, 0, 0)));
    Bytes longer = good;
    longer.resize(256, 0xaa);  // an extension block
    CHECK(read_edid(longer));
}

TEST_CASE("every byte of an EDID may be anything", "[density]") {
    for (std::size_t at = 0; at < 127; ++at)
        for (const std::uint8_t value : Bytes{0x00, 0x01, 0x7f, 0x80, 0xff}) {
            Bytes edid = edid_of(1280, 800, 217, 136);
            edid[at] = value;
            seal(edid);
            if (const auto panel = read_edid(edid)) {
                CHECK(panel->width_px > 0);
                CHECK(panel->height_mm > 0);
                ppi_on(*panel, 1280, 800);
            }
        }
}

TEST_CASE("a shape in place of a size is no size", "[density]") {
    CHECK_FALSE(ppi_on(Panel{1920, 1080, 160, 90}, 1920, 1200));  // other shape than the screen
    CHECK_FALSE(ppi_on(Panel{1920, 1080, 16, 9}, 1920, 1080));    // 3,000 ppi
    CHECK_FALSE(ppi_on(Panel{1920, 1080, 1600, 900}, 1920, 1080));
    CHECK_FALSE(ppi_on(Panel{1920, 1080, 217, 122}, 0, 0));
}

TEST_CASE("96 is what X servers say that do not know", "[density]") {
    CHECK_FALSE(plausible_ppi(96));
    CHECK_FALSE(plausible_ppi(95.9f));
    CHECK(plausible_ppi(92));
    CHECK(plausible_ppi(149));
    CHECK(plausible_ppi(400));
    CHECK_FALSE(plausible_ppi(89));
    CHECK_FALSE(plausible_ppi(401));
    CHECK_FALSE(plausible_ppi(0));
}

TEST_CASE("of several panels the built-in one counts, else the only one", "[density]") {
    const TemporaryFolder folder;
    const std::filesystem::path drm = folder.path();
    const Bytes tablet = edid_of(1280, 800, 217, 136);
    const Bytes desk = edid_of(1920, 1080, 527, 296);
    CHECK_FALSE(find_panel(drm / "none"));
    connect(drm / "card0-HDMI-A-1", desk, "connected");
    REQUIRE(find_panel(drm));
    CHECK(find_panel(drm)->width_px == 1920);
    connect(drm / "card0-eDP-1", tablet, "connected");
    CHECK(find_panel(drm)->width_px == 1280);
    connect(drm / "card0-eDP-1", tablet, "disconnected");
    CHECK(find_panel(drm)->width_px == 1920);
    connect(drm / "card0-DP-1", desk, "connected");
    CHECK_FALSE(find_panel(drm));  // which of them?
    connect(drm / "card0-DP-1", Bytes{}, "connected");
    CHECK(find_panel(drm)->width_px == 1920);
}
