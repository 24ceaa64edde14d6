#include "tests/client/screens/golden.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

#include "client/platform/window.h"
#include "tests/client/screens/picture_comparison.h"

namespace doorstep {

namespace {

constexpr const char* how_to_accept =
    "Look at it; when it is as it should be, accept it: "
    "DOORSTEP_ACCEPT_GOLDENS=1 build/dev/bin/test-client-screens \"[golden]\"";

std::string golden_path(const std::string& name, const GoldenFolders& folders) {
    return folders.goldens + "/" + name + ".png";
}

// Where the picture lies now, or why it lies nowhere.
std::string kept(const Picture& picture, const std::string& file, const GoldenFolders& folders) {
    std::error_code problem;
    std::filesystem::create_directories(folders.failed, problem);
    const std::string path = folders.failed + "/" + file;
    const Result<void> written = write_png(picture, path);
    return written.ok() ? path : written.error().text();
}

}  // namespace

const GoldenFolders& golden_folders() {
    static const GoldenFolders folders{DOORSTEP_GOLDENS, DOORSTEP_PICTURES "/failed"};
    return folders;
}

Picture painted(const View& view, const Shape& shape, Theme theme, int text_percent) {
    WindowOptions options;
    options.driver = "dummy";
    options.width = shape.width;
    options.height = shape.height;
    auto window = Window::open(options);
    if (!window.ok())
        FAIL(window.error().text());
    Glass glass(shape, window->renderer());
    glass.look(theme, text_percent);
    glass.show(view);
    return glass.stage().picture();
}

std::optional<std::string> trouble_with(const std::string& name, const Picture& drawn,
                                        const GoldenFolders& folders) {
    const std::string path = golden_path(name, folders);
    const Result<Picture> accepted = read_png(path);
    if (!accepted.ok())
        return fmt::format("{} has no accepted picture: {}\n  drawn: {}\n{}", name, accepted.error().text(),
                           kept(drawn, name + ".drawn.png", folders), how_to_accept);
    const Difference found = difference(*accepted, drawn);
    if (!found.visible())
        return std::nullopt;
    return fmt::format(
        "{} is not drawn as accepted: {}\n  accepted: {}\n  drawn: {}\n  difference: {}\n{}", name,
        found.other_size
            ? fmt::format("{}x{} instead of {}x{} px", drawn.width, drawn.height, accepted->width,
                          accepted->height)
            : fmt::format("{} pixels differ, up to {} of them in 16x16 px", found.pixels, found.together),
        path, kept(drawn, name + ".drawn.png", folders),
        kept(difference_picture(*accepted, drawn), name + ".difference.png", folders), how_to_accept);
}

std::string not_the_same(const std::string& name, const Picture& first, const Picture& second,
                         const GoldenFolders& folders) {
    return fmt::format("{} is drawn differently the second time\n  first: {}\n  second: {}\n  difference: {}",
                       name, kept(first, name + ".first.png", folders),
                       kept(second, name + ".second.png", folders),
                       kept(difference_picture(first, second), name + ".difference.png", folders));
}

bool accepting() {
    const char* asked = std::getenv("DOORSTEP_ACCEPT_GOLDENS");
    return asked && std::string_view(asked) == "1";
}

Result<bool> accept(const std::string& name, const Picture& drawn, const GoldenFolders& folders) {
    const std::string path = golden_path(name, folders);
    if (const Result<Picture> before = read_png(path); before.ok() && *before == drawn)
        return false;
    TRY_DO(write_png(drawn, path));
    return true;
}

}  // namespace doorstep
