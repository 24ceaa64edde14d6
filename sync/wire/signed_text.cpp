#include "sync/wire/signed_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "forms/base/encoding.h"
#include "sync/wire/limits.h"

namespace doorstep::wire {

namespace {

constexpr std::size_t signature_bytes = 64;

std::optional<Uuid> read_id(const std::string& text) {
    const auto id = Uuid::parse(text);
    return id && id->text() == text ? id : std::nullopt;
}

std::uint64_t read_number(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const bool plain = error == std::errc{} && end == text.data() + text.size() && text.front() != '0';
    return plain && number <= largest ? number : 0;
}

}  // namespace

std::optional<SignedBy> read(const RequestMark& mark) {
    const auto enrolment = read_id(mark.enrolment);
    const auto number = mark.number.empty() ? 0 : read_number(mark.number);
    const bool locked = mark.sign_in == locked_sign_in;
    const auto signature = from_base64(mark.signature);
    if (!enrolment || number == 0 || (!locked && !read_id(mark.sign_in)) || !signature ||
        signature->size() != signature_bytes)
        return std::nullopt;
    return SignedBy{*enrolment, number, locked, *signature};
}

std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         const RequestMark& mark) {
    return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n", method, target, Sha256::of(body).hex(), mark.enrolment,
                       mark.sign_in, mark.number, limits::protocol);
}

std::string reply_text(int status, std::string_view body, const Sha256& request_text_hash,
                       const RequestMark& mark) {
    return fmt::format("{}\n{}\n{}\n{}\n", status, Sha256::of(body).hex(), request_text_hash.hex(),
                       mark.signature);
}

}  // namespace doorstep::wire
