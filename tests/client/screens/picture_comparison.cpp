#include "tests/client/screens/picture_comparison.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace doorstep {

namespace {

constexpr int half_square = 8;  // px; squares overlap by half, so that no border hides a change

const std::uint8_t* pixel(const Picture& picture, int x, int y) {
    return picture.rgb.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                                 static_cast<std::size_t>(x)) *
                                    3;
}

bool differs(const std::uint8_t* a, const std::uint8_t* b) {
    return std::abs(a[0] - b[0]) > Difference::slight || std::abs(a[1] - b[1]) > Difference::slight ||
           std::abs(a[2] - b[2]) > Difference::slight;
}

bool inside(const Picture& picture, int x, int y) {
    return x < picture.width && y < picture.height;
}

class Squares {
public:
    Squares(int width, int height)
        : columns_(static_cast<std::size_t>(width / half_square + 2)),
          rows_(static_cast<std::size_t>(height / half_square + 2)), counts_(columns_ * rows_) {}

    void count(int x, int y) { ++counts_[at(x / half_square, y / half_square)]; }

    std::size_t most() const {
        std::size_t most = 0;
        for (std::size_t row = 0; row + 1 < rows_; ++row)
            for (std::size_t column = 0; column + 1 < columns_; ++column) {
                const std::size_t corner = row * columns_ + column;
                most = std::max(most, counts_[corner] + counts_[corner + 1] + counts_[corner + columns_] +
                                          counts_[corner + columns_ + 1]);
            }
        return most;
    }

private:
    std::size_t at(int column, int row) const {
        return static_cast<std::size_t>(row) * columns_ + static_cast<std::size_t>(column);
    }
    std::size_t columns_, rows_;
    std::vector<std::size_t> counts_;
};

}  // namespace

bool Difference::visible() const {
    return other_size || together > most_together ||
           static_cast<double>(pixels) > static_cast<double>(of) * most_of_all;
}

Difference difference(const Picture& accepted, const Picture& drawn) {
    Difference found;
    found.of = drawn.rgb.size() / 3;
    if (accepted == drawn)
        return found;
    found.other_size = accepted.width != drawn.width || accepted.height != drawn.height;
    if (found.other_size)
        return found;
    Squares squares(drawn.width, drawn.height);
    for (int y = 0; y < drawn.height; ++y)
        for (int x = 0; x < drawn.width; ++x)
            if (differs(pixel(accepted, x, y), pixel(drawn, x, y))) {
                ++found.pixels;
                squares.count(x, y);
            }
    found.together = squares.most();
    return found;
}

Picture difference_picture(const Picture& accepted, const Picture& drawn) {
    Picture shown;
    shown.width = std::max(accepted.width, drawn.width);
    shown.height = std::max(accepted.height, drawn.height);
    shown.rgb.reserve(static_cast<std::size_t>(shown.width) * static_cast<std::size_t>(shown.height) * 3);
    const auto put = [&](int red, int green, int blue) {
        for (const int colour : {red, green, blue})
            shown.rgb.push_back(static_cast<std::uint8_t>(colour));
    };
    for (int y = 0; y < shown.height; ++y)
        for (int x = 0; x < shown.width; ++x) {
            if (!inside(accepted, x, y) || !inside(drawn, x, y) ||
                differs(pixel(accepted, x, y), pixel(drawn, x, y))) {
                put(220, 0, 0);
                continue;
            }
            const std::uint8_t* now = pixel(drawn, x, y);
            const int pale = 255 - (255 - (now[0] + now[1] + now[2]) / 3) / 4;
            put(pale, pale, pale);
        }
    return shown;
}

}  // namespace doorstep
