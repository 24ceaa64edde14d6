#include "sync/wire/ticket.h"

#include <algorithm>
#include <optional>

#include "forms/base/encoding.h"
#include "forms/base/packing.h"
#include "forms/base/sha256.h"

namespace doorstep::wire {

namespace {

constexpr std::string_view mark = "doorstep-ticket:";
constexpr std::string_view this_version = "doorstep-ticket:2:";
constexpr std::size_t check_digits = 8;
constexpr std::size_t line_bytes_max = 4096;

Error bad(std::string what) {
    return {Fault::bad_input, std::move(what),
            "Copy the whole line that doorstep-endpoint enrol printed, or let the tablet be enrolled again."};
}

std::string to_base64url(std::string_view bytes) {
    auto text = to_base64(bytes);
    text.resize(std::min(text.find('='), text.size()));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos)
        return std::nullopt;
    std::string standard(text);
    std::replace(standard.begin(), standard.end(), '-', '+');
    std::replace(standard.begin(), standard.end(), '_', '/');
    standard.append((4 - standard.size() % 4) % 4, '=');
    return from_base64(standard);
}

std::string check_of(std::string_view line) {
    return Sha256::of(line).hex().substr(0, check_digits);
}

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view space = " \t\r\n";
    const auto first = line.find_first_not_of(space);
    return first == std::string_view::npos ? std::string_view{}
                                           : line.substr(first, line.find_last_not_of(space) - first + 1);
}

bool is_whole(const Ticket& ticket) {
    const auto seed = from_hex(ticket.seed);
    const auto is_key = [](const std::string& key) { return key.size() == 32; };
    return !ticket.enrolment.is_nil() && !ticket.tablet.empty() && ticket.tablet.size() <= 64 && seed &&
           seed->size() == 32 && is_key(ticket.sealing_key) && is_key(ticket.signing_key) &&
           is_key(ticket.safeguarding_key) && is_key(ticket.recovery_key) &&
           (ticket.authority_pins.size() == 32 || ticket.authority_pins.size() == 64);
}

}  // namespace

std::string encode(const Ticket& ticket) {
    Packer packed;
    packed(std::string(ticket.enrolment.raw()), ticket.tablet, ticket.seed, ticket.sealing_key,
           ticket.signing_key, ticket.safeguarding_key, ticket.recovery_key, ticket.authority_pins);
    const auto line = std::string(this_version) + to_base64url(packed.bytes());
    return line + ":" + check_of(line);
}

Result<Ticket> decode_ticket(std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with(mark) || line.size() > line_bytes_max)
        return bad("This is not a Doorstep ticket: it does not begin with \"doorstep-ticket:\".");
    if (!line.starts_with(this_version))
        return Error{Fault::newer_version, "The ticket is of another version of Doorstep.",
                     "Install the Doorstep of that endpoint on this tablet."};
    if (line.size() <= this_version.size() + check_digits || line[line.size() - check_digits - 1] != ':')
        return bad("The ticket is cut off: its last part has not 8 digits.");
    const auto said = line.substr(line.size() - check_digits);
    const auto body = line.substr(0, line.size() - check_digits - 1);
    if (check_of(body) != said)
        return bad("The ticket was altered or mistyped: its last 8 digits do not match the rest.");
    const auto bytes = from_base64url(body.substr(this_version.size()));
    Unpacker packed(bytes ? std::string_view(*bytes) : std::string_view{});
    Ticket ticket;
    std::string enrolment;
    packed(enrolment, ticket.tablet, ticket.seed, ticket.sealing_key, ticket.signing_key,
           ticket.safeguarding_key, ticket.recovery_key, ticket.authority_pins);
    ticket.enrolment = Uuid::from_bytes(enrolment).value_or(Uuid{});
    if (!bytes || !packed.ok() || !packed.at_end() || !is_whole(ticket))
        return bad("The ticket does not hold what a ticket must.");
    return ticket;
}

}  // namespace doorstep::wire
