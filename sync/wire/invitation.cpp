#include "sync/wire/invitation.h"

#include <array>
#include <cstdint>

#include "forms/base/sha256.h"

namespace doorstep::wire {

namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view invitation_mark = "DOORSTEP";
constexpr std::string_view invitation_version = "DOORSTEP1";
constexpr std::size_t invitation_parts = 5;
constexpr std::size_t authority_characters = 52;
constexpr std::size_t authority_bytes = 32;
constexpr std::size_t check_characters = 4;
constexpr std::size_t text_bytes_max = 512;

Error bad_invitation(std::string what) {
    return {Fault::bad_input, std::move(what),
            "Scan the picture again, or copy the whole line that doorstep-endpoint enrol --code printed."};
}

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string in_capitals(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = upper(c);
    return out;
}

// First bit first; what is left of the last character is zero.
std::string to_base32(std::string_view bytes) {
    std::string out;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char byte : bytes) {
        held = (held << 8U) | static_cast<unsigned char>(byte);
        for (bits += 8; bits >= 5; bits -= 5)
            out += digits[(held >> (bits - 5)) & 31U];
        held &= (1U << bits) - 1U;
    }
    if (bits > 0)
        out += digits[(held << (5 - bits)) & 31U];
    return out;
}

// 0 to 31; what looks like another character is read as that one.
std::optional<std::uint32_t> digit_of(char c) {
    c = upper(c);
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    const auto at = digits.find(c);
    return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<std::uint32_t>(at));
}

std::optional<std::string> from_base32(std::string_view text, std::size_t bytes) {
    std::string out;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const auto digit = digit_of(c);
        if (!digit)
            return std::nullopt;
        held = (held << 5U) | *digit;
        bits += 5;
        if (bits >= 8) {
            out += static_cast<char>(held >> (bits - 8));
            bits -= 8;
        }
        held &= (1U << bits) - 1U;
    }
    return out.size() == bytes && held == 0 ? std::optional(out) : std::nullopt;
}

std::string check_of_line(std::string_view line) {
    return to_base32(Sha256::of(line).raw()).substr(0, check_characters);
}

std::optional<std::array<std::string_view, invitation_parts>> parts_of_line(std::string_view text) {
    std::array<std::string_view, invitation_parts> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto end = text.find('*');
        if ((end == std::string_view::npos) != (i + 1 == parts.size()))
            return std::nullopt;
        parts[i] = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parts;
}

std::string_view without_space(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const auto first = text.find_first_not_of(space);
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::string in_small_letters(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

}  // namespace

std::string code_of(std::string_view bytes) {
    return to_base32(bytes);
}

std::optional<std::string> read_code(std::string_view typed) {
    std::string code;
    for (const char c : typed) {
        if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n')
            continue;
        const auto digit = digit_of(c);
        if (!digit || code.size() == code_characters)
            return std::nullopt;
        code += digits[*digit];
    }
    return code.size() == code_characters ? std::optional(code) : std::nullopt;
}

std::string code_to_show(std::string_view code) {
    constexpr std::size_t half = code_characters / 2;
    return std::string(code.substr(0, half)) + "-" + std::string(code.substr(std::min(half, code.size())));
}

std::string encode(const Invitation& invitation) {
    auto line = std::string(invitation_version) + "*" + in_capitals(invitation.url) + "*" +
                to_base32(invitation.authority) + "*" + invitation.code;
    return line + "*" + check_of_line(line);
}

Result<Invitation> decode_invitation(std::string_view given) {
    const auto text = in_capitals(without_space(given.substr(0, text_bytes_max + 1)));
    if (!text.starts_with(invitation_mark) || text.size() > text_bytes_max)
        return bad_invitation(
            "This is no invitation of a Doorstep centre: it does not begin with DOORSTEP1.");
    if (!text.starts_with(std::string(invitation_version) + "*"))
        return Error{Fault::newer_version, "The invitation is of another version of Doorstep.",
                     "Install the Doorstep of that centre on this tablet."};
    const auto parts = parts_of_line(text);
    if (!parts || parts->at(2).size() != authority_characters || parts->at(4).size() != check_characters)
        return bad_invitation("The invitation is cut off, or something was added to it.");
    if (check_of_line(text.substr(0, text.size() - check_characters - 1)) != parts->at(4))
        return bad_invitation(
            "The invitation was altered or mistyped: its last four characters do not match.");
    const auto authority = from_base32(parts->at(2), authority_bytes);
    const auto code = read_code(parts->at(3));
    if (!authority || !code || *code != parts->at(3) || parts->at(1).empty())
        return bad_invitation("The invitation does not hold what one must.");
    return Invitation{in_small_letters(parts->at(1)), *authority, *code};
}

}  // namespace doorstep::wire
