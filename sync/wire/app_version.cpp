#include "sync/wire/app_version.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace doorstep::wire {

namespace {

constexpr std::size_t parts_max = 4;
using Parts = std::array<std::uint32_t, parts_max>;

std::optional<Parts> parts_of(std::string_view text) {
    Parts parts{};
    for (std::size_t i = 0; i < parts_max; ++i) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
        if (error != std::errc{})
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.empty())
            return parts;
        if (text.front() != '.')
            return std::nullopt;
        text.remove_prefix(1);
    }
    return std::nullopt;
}

}  // namespace

bool is_app_version(std::string_view text) {
    return parts_of(text).has_value();
}

bool is_older(std::string_view version, std::string_view than) {
    const auto mine = parts_of(version);
    const auto asked = parts_of(than);
    return mine && asked && *mine < *asked;
}

}  // namespace doorstep::wire
