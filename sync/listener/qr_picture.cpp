#include "sync/listener/qr_picture.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>

namespace doorstep {

namespace {

constexpr int quiet = 4;  // modules, as ISO 18004 asks for

struct FreeCode {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

Result<QrPicture> qr_of(std::string_view text) {
    const std::unique_ptr<QRcode, FreeCode> code(
        QRcode_encodeString(std::string(text).c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1));
    if (!code)
        return Error{Fault::bad_input, "This text is too long for a QR picture.", ""};
    QrPicture picture;
    picture.side = code->width;
    const auto modules = static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width);
    for (std::size_t i = 0; i < modules; ++i)
        picture.dark.push_back((code->data[i] & 1U) != 0);
    return picture;
}

std::string as_blocks(const QrPicture& picture, bool coloured) {
    std::string out;
    for (int y = -quiet; y < picture.side + quiet; y += 2) {
        out += coloured ? "\033[38;5;16;48;5;231m" : "";
        for (int x = -quiet; x < picture.side + quiet; ++x) {
            const bool upper = picture.at(x, y);
            const bool lower = picture.at(x, y + 1);
            out += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
        }
        out += coloured ? "\033[0m\n" : "\n";
    }
    return out;
}

std::string as_svg(const QrPicture& picture) {
    const int side = picture.side + 2 * quiet;
    std::string path;
    for (int y = 0; y < picture.side; ++y)
        for (int x = 0; x < picture.side; ++x)
            if (picture.at(x, y))
                path += fmt::format("M{} {}h1v1h-1z", x + quiet, y + quiet);
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" width=\"80mm\" height=\"80mm\" "
        "shape-rendering=\"crispEdges\"><rect width=\"{0}\" height=\"{0}\" fill=\"#fff\"/>"
        "<path d=\"{1}\" fill=\"#000\"/></svg>\n",
        side, path);
}

}  // namespace doorstep
