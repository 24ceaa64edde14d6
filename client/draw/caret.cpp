// Where a caret stands, and what one step of it is: never inside what a reader sees
// as one character.
#include <algorithm>
#include <cmath>
#include <vector>

#include "client/draw/shaped_text.h"

namespace doorstep {
namespace {

// A line of a text and the places in it where a caret may stand, as byte offsets of
// the whole text.
std::vector<std::size_t> places_in_line(std::string_view utf8, std::size_t begin, std::size_t end) {
    const std::string_view line = utf8.substr(begin, end - begin);
    const ShownText shown(line, true, line.size() + 1);
    const std::string& text = shown.text();
    const auto count = static_cast<std::size_t>(g_utf8_strlen(text.data(), static_cast<gssize>(text.size())));
    std::vector<PangoLogAttr> attributes(count + 1);
    pango_get_log_attrs(text.data(), static_cast<int>(text.size()), -1, pango_language_from_string("en"),
                        attributes.data(), static_cast<int>(attributes.size()));
    std::vector<std::size_t> places{begin};
    const char* at = text.data();
    for (std::size_t i = 1; i < count; ++i) {
        at = g_utf8_next_char(at);
        if (attributes[i].is_cursor_position)
            places.push_back(begin + shown.original(static_cast<std::size_t>(at - text.data())));
    }
    places.push_back(end);
    return places;
}

std::size_t line_begin(std::string_view utf8, std::size_t byte) {
    const std::size_t newline = byte == 0 ? std::string_view::npos : utf8.rfind('\n', byte - 1);
    return newline == std::string_view::npos ? 0 : newline + 1;
}

std::size_t line_end(std::string_view utf8, std::size_t byte) {
    return std::min(utf8.find('\n', byte), utf8.size());
}

}  // namespace

std::size_t Paragraphs::next_grapheme(std::string_view utf8, std::size_t byte) {
    if (byte >= utf8.size())
        return utf8.size();
    if (utf8[byte] == '\n')
        return byte + 1;
    const auto places = places_in_line(utf8, line_begin(utf8, byte), line_end(utf8, byte));
    return *std::upper_bound(places.begin(), places.end() - 1, byte);
}

std::size_t Paragraphs::previous_grapheme(std::string_view utf8, std::size_t byte) {
    byte = std::min(byte, utf8.size());
    if (byte == 0)
        return 0;
    if (utf8[byte - 1] == '\n')
        return byte - 1;
    const auto places = places_in_line(utf8, line_begin(utf8, byte), line_end(utf8, byte));
    return *std::prev(std::lower_bound(places.begin() + 1, places.end(), byte));
}

int ShapedText::shift_of_line_at(int pango_y) const {
    const auto after = std::upper_bound(lines_.begin(), lines_.end(), pango_y,
                                        [](int y, const Line& line) { return y < line.top; });
    return after == lines_.begin() ? lines_.front().shift : std::prev(after)->shift;
}

CaretAt ShapedText::caret(std::size_t byte) const {
    PangoRectangle strong;
    pango_layout_get_cursor_pos(layout_.get(), static_cast<int>(shown_.shown(byte)), &strong, nullptr);
    const auto pixels = [](int units) { return std::round(static_cast<float>(units) / PANGO_SCALE); };
    return {pixels(strong.x) + static_cast<float>(aligned_x_), pixels(strong.y + shift_of_line_at(strong.y)),
            pixels(strong.height)};
}

std::size_t ShapedText::byte_at(float x, float y) const {
    const auto units = [](float px) {
        return static_cast<int>(std::clamp(px, -1'000'000.0f, 1'000'000.0f) * PANGO_SCALE);
    };
    int index = 0, trailing = 0;
    pango_layout_xy_to_index(layout_.get(), units(x - static_cast<float>(aligned_x_)), units(y), &index,
                             &trailing);
    const char* text = shown_.text().c_str();
    const char* at = text + index;
    for (; trailing > 0 && *at; --trailing)
        at = g_utf8_next_char(at);
    return shown_.original(static_cast<std::size_t>(at - text));
}

}  // namespace doorstep
