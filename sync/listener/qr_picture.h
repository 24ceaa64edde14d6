// A short text as a QR picture: for a terminal, and for paper.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"

namespace doorstep {

struct QrPicture {
    int side = 0;            // in modules
    std::vector<bool> dark;  // row by row
    bool at(int x, int y) const {
        return x >= 0 && y >= 0 && x < side && y < side && dark[static_cast<std::size_t>(y * side + x)];
    }
};

// bad_input: too long for a picture.
Result<QrPicture> qr_of(std::string_view text);

// With the quiet margin that readers ask for.  Two rows of modules to a line, in half blocks; in black on
// white where the terminal is told so, since many are dark.
std::string as_blocks(const QrPicture& picture, bool coloured);
std::string as_svg(const QrPicture& picture);

}  // namespace doorstep
