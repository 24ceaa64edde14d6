// Pictures that somebody has looked at and accepted, and what happens when a screen is no
// longer drawn like that.
#pragma once

#include <optional>
#include <string>

#include "client/draw/renderer.h"
#include "forms/base/result.h"
#include "tests/client/screens/glass.h"

namespace doorstep {

struct GoldenFolders {
    std::string goldens;  // in the source tree: only read, but when somebody accepts
    std::string failed;   // in the build tree
};
const GoldenFolders& golden_folders();

// What one sees of the sample on a stage of its own that has drawn nothing before.
Picture painted(const View& view, const Shape& shape, Theme theme, int text_percent);

// Nothing, when `drawn` is as accepted; else what is wrong, where the pictures lie and how
// to accept.
std::optional<std::string> trouble_with(const std::string& name, const Picture& drawn,
                                        const GoldenFolders& folders);
// For two pictures that should be the same, bit for bit.
std::string not_the_same(const std::string& name, const Picture& first, const Picture& second,
                         const GoldenFolders& folders);

bool accepting();  // somebody asked for it by DOORSTEP_ACCEPT_GOLDENS=1
// Whether anything had to be written.
Result<bool> accept(const std::string& name, const Picture& drawn, const GoldenFolders& folders);

}  // namespace doorstep
