// The fonts by path, and the Debian package each comes from.
#pragma once

#include "forms/base/result.h"

namespace doorstep {

struct FontFile {
    const char* path;
    const char* package;
};

inline constexpr FontFile noto_regular{"/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
                                       "fonts-noto-core"};
inline constexpr FontFile noto_bold{"/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf", "fonts-noto-core"};
inline constexpr FontFile noto_arabic{"/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
                                      "fonts-noto-core"};
inline constexpr FontFile noto_gurmukhi{"/usr/share/fonts/truetype/noto/NotoSansGurmukhi-Regular.ttf",
                                        "fonts-noto-core"};
inline constexpr FontFile noto_cjk{"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
                                   "fonts-noto-cjk"};
inline constexpr FontFile icon_file{"/usr/share/fonts/truetype/font-awesome/fontawesome-webfont.ttf",
                                    "fonts-font-awesome"};

Error font_missing(const FontFile& file);

}  // namespace doorstep
