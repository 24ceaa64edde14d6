// PNG files, there and back.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "client/draw/renderer.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

Picture colours(int width, int height) {
    Picture picture{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (const int value : {x * 7, y * 11, x * y})
                picture.rgb.push_back(static_cast<std::uint8_t>(value));
    return picture;
}

}  // namespace

TEST_CASE("a picture comes back from its file as it was", "[draw]") {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/picture.png";
    for (const auto& [width, height] : {std::pair{1, 1}, {37, 53}, {1280, 3}}) {
        const Picture picture = colours(width, height);
        REQUIRE(write_png(picture, path).ok());
        const auto read = read_png(path);
        REQUIRE(read.ok());
        CHECK(*read == picture);
    }
}

TEST_CASE("a picture that cannot be written or read says why", "[draw]") {
    const TemporaryFolder folder;
    const auto nowhere = write_png(colours(2, 2), folder.path() + "/no/such/picture.png");
    REQUIRE_FALSE(nowhere.ok());
    CHECK((nowhere.error().fault == Fault::not_writable || nowhere.error().fault == Fault::not_found));
    CHECK(nowhere.error().what.find("no/such/picture.png") != std::string::npos);

    const auto missing = read_png(folder.path() + "/missing.png");
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().fault == Fault::not_found);

    const std::string torn = folder.path() + "/torn.png";
    REQUIRE(write_png(colours(200, 200), torn).ok());
    std::filesystem::resize_file(torn, std::filesystem::file_size(torn) / 2);
    CHECK_FALSE(read_png(torn).ok());
    std::ofstream(folder.path() + "/text.png") << "not a picture";
    CHECK_FALSE(read_png(folder.path() + "/text.png").ok());
}

TEST_CASE("a picture with too few bytes is refused", "[draw]") {
    const TemporaryFolder folder;
    CHECK_FALSE(write_png({}, folder.path() + "/a.png").ok());
    CHECK_FALSE(write_png({10, 10, std::vector<std::uint8_t>(299)}, folder.path() + "/a.png").ok());
    CHECK_FALSE(write_png({-1, 10, {}}, folder.path() + "/a.png").ok());
    CHECK_FALSE(std::filesystem::exists(folder.path() + "/a.png"));
}
