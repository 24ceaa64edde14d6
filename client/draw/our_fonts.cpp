// Which fonts there are: ours, whatever else the machine has.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "client/draw/atlas.h"
#include "client/draw/font_files.h"

namespace doorstep {
namespace {

namespace fs = std::filesystem;

std::string assets() {
    if (const char* named = std::getenv("DOORSTEP_ASSETS"); named && *named)
        return named;
    std::error_code problem;
    const fs::path program = fs::read_symlink("/proc/self/exe", problem);
    if (!problem) {
        const fs::path installed = program.parent_path().parent_path() / "share/doorstep/assets";
        if (fs::is_directory(installed, problem))
            return installed.string();
    }
    return DOORSTEP_SOURCE_ASSETS;
}

}  // namespace

Error font_missing(const FontFile& file) {
    return {Fault::not_found, fmt::format("The font {} is missing.", file.path),
            fmt::format("Install the Debian package {}.", file.package)};
}

Result<void> use_our_fonts() {
    std::error_code problem;
    for (const FontFile* file :
         {&noto_regular, &noto_bold, &noto_arabic, &noto_gurmukhi, &noto_cjk, &icon_file})
        if (!fs::is_regular_file(file->path, problem))
            return font_missing(*file);
    const std::string config = assets() + "/fonts.conf";
    if (!fs::is_regular_file(config, problem))
        return Error{Fault::not_found, fmt::format("{} is missing.", config),
                     "Install Doorstep again, or set DOORSTEP_ASSETS to its folder of assets."};
    if (setenv("FONTCONFIG_FILE", config.c_str(), 1) != 0)
        return Error{Fault::broken, "The fonts could not be chosen: the environment is full.", ""};
    return {};
}

}  // namespace doorstep
