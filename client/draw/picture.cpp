// Pictures as PNG files.
#include <cairo.h>
#include <fmt/format.h>

#include <memory>

#include "client/draw/renderer.h"

namespace doorstep {
namespace {

struct SurfaceGone {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using Surface = std::unique_ptr<cairo_surface_t, SurfaceGone>;

struct PainterGone {
    void operator()(cairo_t* painter) const { cairo_destroy(painter); }
};

constexpr int widest = 32767;  // cairo's own bound

bool whole(const Picture& picture) {
    return picture.width > 0 && picture.height > 0 && picture.width <= widest && picture.height <= widest &&
           picture.rgb.size() ==
               static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) * 3;
}

// cairo's pixels are 32 bit numbers, 0xXXRRGGBB.
std::uint32_t* row_of(cairo_surface_t* surface, int y) {
    unsigned char* data = cairo_image_surface_get_data(surface);
    const std::ptrdiff_t stride = cairo_image_surface_get_stride(surface);
    return reinterpret_cast<std::uint32_t*>(data + stride * y);
}

Fault fault_of(cairo_status_t status) {
    switch (status) {
    case CAIRO_STATUS_FILE_NOT_FOUND:
        return Fault::not_found;
    case CAIRO_STATUS_WRITE_ERROR:
        return Fault::not_writable;
    case CAIRO_STATUS_READ_ERROR:
        return Fault::bad_input;
    default:
        return Fault::broken;
    }
}

}  // namespace

Result<void> write_png(const Picture& picture, const std::string& path) {
    if (!whole(picture))
        return Error{Fault::bad_input, "The picture is empty or larger than a PNG of ours may be.", ""};
    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture.width, picture.height));
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
        return Error{Fault::broken, "There is no memory for the picture.", ""};
    const std::uint8_t* from = picture.rgb.data();
    for (int y = 0; y < picture.height; ++y) {
        std::uint32_t* to = row_of(surface.get(), y);
        for (int x = 0; x < picture.width; ++x, from += 3)
            to[x] = std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8 | from[2];
    }
    cairo_surface_mark_dirty(surface.get());
    const cairo_status_t status = cairo_surface_write_to_png(surface.get(), path.c_str());
    if (status != CAIRO_STATUS_SUCCESS)
        return Error{fault_of(status),
                     fmt::format("{} could not be written: {}.", path, cairo_status_to_string(status)),
                     "Check that the folder exists, has space and may be written."};
    return {};
}

Result<Picture> read_png(const std::string& path) {
    const Surface file(cairo_image_surface_create_from_png(path.c_str()));
    if (const auto status = cairo_surface_status(file.get()); status != CAIRO_STATUS_SUCCESS)
        return Error{fault_of(status),
                     fmt::format("{} could not be read: {}.", path, cairo_status_to_string(status)),
                     "It must be a whole PNG file."};
    Picture picture;
    picture.width = cairo_image_surface_get_width(file.get());
    picture.height = cairo_image_surface_get_height(file.get());
    // Whatever the file holds (grey, see-through), on white it has three colours.
    const Surface paper(cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture.width, picture.height));
    const std::unique_ptr<cairo_t, PainterGone> painter(cairo_create(paper.get()));
    cairo_set_source_rgb(painter.get(), 1, 1, 1);
    cairo_paint(painter.get());
    cairo_set_source_surface(painter.get(), file.get(), 0, 0);
    cairo_paint(painter.get());
    if (cairo_status(painter.get()) != CAIRO_STATUS_SUCCESS)
        return Error{Fault::broken, "There is no memory for the picture.", ""};
    cairo_surface_flush(paper.get());
    picture.rgb.reserve(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) *
                        3);
    for (int y = 0; y < picture.height; ++y) {
        const std::uint32_t* row = row_of(paper.get(), y);
        for (int x = 0; x < picture.width; ++x)
            for (const int shift : {16, 8, 0})
                picture.rgb.push_back(static_cast<std::uint8_t>(row[x] >> shift));
    }
    return picture;
}

}  // namespace doorstep
