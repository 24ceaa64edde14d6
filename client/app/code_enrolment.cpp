#include "client/app/code_enrolment.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <optional>
#include <thread>

#include "client/app/enrolment_record.h"
#include "client/app/line_file.h"
#include "sync/http/curl_client.h"
#include "sync/http/endpoint_address.h"
#include "sync/tablet/enrolling.h"
#include "sync/vault/check_words.h"
#include "sync/wire/invitation.h"

namespace doorstep {

namespace {

constexpr std::int64_t ask_again_ms = 2'000;
constexpr std::int64_t minute_ms = 60'000;

std::string waiting_file(const TabletPlaces& places) {
    return places.identity + ".waiting";
}

HttpOptions line_of(const CodeGiven& given, const Clock& clock) {
    const auto notes = read_line_notes(given.enrolment.places);
    HttpOptions options;
    options.clock = &clock;
    options.proven_ms = notes.proven_ms;
    options.limits.proxy = notes.proxy;
    options.limits.reply_bytes_max = std::size_t{64} * 1024;
    options.limits.whole_ms = minute_ms;
    options.limits.given_up = given.given_up;
    return options;
}

// One that waits since before, for that address and code.
std::optional<Enrolling> waiting_since(const CodeGiven& given, const DeviceSecret& device,
                                       const std::string& url, const std::string& code,
                                       const std::string& authority) {
    auto kept = read_enrolling(waiting_file(given.enrolment.places), device);
    const auto address =
        kept.ok() ? parse_endpoint_address(kept->endpoint) : Result<EndpointAddress>(kept.error());
    if (!address.ok() || address->url() != url || kept->code != code ||
        (!authority.empty() && address->pins != authority))
        return std::nullopt;
    return std::move(*kept);
}

Result<Enrolling> of_invitation(const CodeGiven& given, const DeviceSecret& device) {
    std::string text = given.invitation;
    if (text == "-")
        std::getline(std::cin, text);
    TRY(const auto invitation, wire::decode_invitation(text));
    TRY(const auto address, parse_endpoint_address(invitation.url));
    if (!address.sealed || !address.pins.empty())
        return Error{Fault::bad_input, "The invitation names no address with https://.",
                     "Ask the centre for a new one."};
    if (auto kept = waiting_since(given, device, address.url(), invitation.code, invitation.authority))
        return std::move(*kept);
    TRY(auto pinned, pinned_address(address.url(), invitation.authority));
    return Enrolling::begin(std::move(pinned), invitation.code);
}

// Before anything of this tablet leaves it, somebody compares whom it speaks to.
Result<void> compare(const CodeGiven& given, const std::string& words, const EnrolmentTalk& talk) {
    if (!given.authority_words.empty() && !same_words(given.authority_words, words))
        return Error{Fault::refused,
                     "That address is not of the centre with these check words. Nothing was sent.",
                     "Check the address, and the network. Tell the centre if both are right."};
    if (given.authority_words.empty() && !talk.centre_says(words))
        return Error{Fault::refused, "The check words were not confirmed. Nothing was sent.",
                     "Compare them with those that the centre reads out."};
    return {};
}

Result<Enrolling> of_code(const CodeGiven& given, const DeviceSecret& device, const Clock& clock,
                          const EnrolmentTalk& talk) {
    const auto code = wire::read_code(given.code);
    if (!code)
        return Error{Fault::bad_input, "A code has eight letters and digits, like 7K3M-Q2ZT; this is none.",
                     "Ask the centre to read it out again."};
    TRY(const auto address, parse_endpoint_address(given.enrolment.endpoint));
    if (!address.pins.empty())
        return Error{Fault::bad_input, "The address has more than a host and a port.",
                     "Give it like https://endpoint.example:8443."};
    if (auto kept = waiting_since(given, device, address.url(), *code, {}))
        return std::move(*kept);
    TRY(const auto authority, CurlClient::authority_of(address.url(), line_of(given, clock)));
    TRY(const auto words, check_words(authority_words, authority));
    TRY_DO(compare(given, words, talk));
    TRY(auto pinned, pinned_address(address.url(), authority));
    return Enrolling::begin(std::move(pinned), *code);
}

Error nobody_in_time(const CodeGiven& given, const std::string& last) {
    return {Fault::unreachable,
            last.empty()
                ? fmt::format("The centre did not approve this tablet within {} minutes.", given.wait_minutes)
                : last,
            "Begin again with the same code: it goes on where it was."};
}

// Until the operator has spoken.
Result<wire::Ticket> wait_for_word(const CodeGiven& given, Enrolling& enrolling, const DeviceSecret& device,
                                   const Clock& clock, const EnrolmentTalk& talk) {
    const auto file = waiting_file(given.enrolment.places);
    TRY_DO(keep_enrolling(file, enrolling, device));
    TRY(auto http, CurlClient::open(enrolling.endpoint, line_of(given, clock)));
    std::string last_trouble;
    bool shown = false;
    for (std::int64_t left = given.wait_minutes * minute_ms; left > 0; left -= ask_again_ms) {
        auto heard = ask_to_enrol(http, enrolling);
        if (!heard.ok() && heard.error().fault != Fault::unreachable) {
            if (heard.error().fault == Fault::refused)
                forget_enrolling(file);
            return heard.error();
        }
        if (heard.ok() && heard->ticket)
            return std::move(*heard->ticket);
        if (heard.ok() && heard->state == wire::EnrolmentState::declined) {
            forget_enrolling(file);
            return Error{Fault::refused, "The centre declined this tablet.", "Ask it for a new code."};
        }
        if (heard.ok() && !shown) {
            TRY_DO(keep_enrolling(file, enrolling, device));
            talk.show(heard->words);
            shown = true;
        }
        const auto trouble = heard.ok() ? std::string() : heard.error().text();
        if (trouble != last_trouble)
            talk.trouble(trouble);
        last_trouble = trouble;
        if (!talk.nap(ask_again_ms))
            break;
    }
    return nobody_in_time(given, last_trouble);
}

Result<std::string> until_its_end(const CodeGiven& given, Enrolling begun, const DeviceSecret& device,
                                  const Clock& clock, const EnrolmentTalk& talk) {
    TRY(const auto ticket, wait_for_word(given, begun, device, clock, talk));
    TRY(const auto address, parse_endpoint_address(begun.endpoint));
    TRY(auto said, take_ticket(given.enrolment, ticket, address.url(), clock));
    forget_waiting(given.enrolment.places);
    return said;
}

}  // namespace

EnrolmentTalk talk_on_terminal() {
    const auto tell = [](const std::string& text) {
        fmt::print("{}", text);
        std::fflush(stdout);
    };
    const auto centre_says = [tell](const std::string& words) {
        tell(fmt::format("    {}\nDoes the centre read out these four check words? [y/N] ", words));
        std::array<char, 64> line{};
        const bool typed = ::isatty(STDIN_FILENO) == 1 &&
                           std::fgets(line.data(), static_cast<int>(line.size()), stdin) != nullptr;
        if (!typed)
            tell("\n");
        return typed && (line[0] == 'y' || line[0] == 'Y');
    };
    const auto show = [tell](const std::string& words) {
        tell(fmt::format("    {}\nRead these four words to the centre. Waiting for its word ...\n", words));
    };
    const auto trouble = [tell](const std::string& what) {
        tell(what.empty() ? "The centre answers again.\n" : what + " Trying again ...\n");
    };
    return {centre_says, show, trouble, [](std::int64_t ms) {
                std::this_thread::sleep_for(std::chrono::milliseconds(ms));
                return true;
            }};
}

Result<std::string> enrol_by_code(const CodeGiven& given, const Clock& clock, const EnrolmentTalk& talk) {
    TRY(auto device, ready_to_enrol(given.enrolment));
    TRY(auto begun,
        given.invitation.empty() ? of_code(given, device, clock, talk) : of_invitation(given, device));
    return until_its_end(given, std::move(begun), device, clock, talk);
}

bool enrolment_waits(const TabletPlaces& places) {
    return ::access(waiting_file(places).c_str(), F_OK) == 0;
}

Result<std::string> go_on_enrolling(const CodeGiven& given, const Clock& clock, const EnrolmentTalk& talk) {
    TRY(auto device, ready_to_enrol(given.enrolment));
    TRY(auto begun, read_enrolling(waiting_file(given.enrolment.places), device));
    return until_its_end(given, std::move(begun), device, clock, talk);
}

void forget_waiting(const TabletPlaces& places) {
    forget_enrolling(waiting_file(places));
}

Result<std::string> enrolment_record(const TabletPlaces& places) {
    TRY(const auto device, DeviceSecret::load(places.device_secret));
    return recorded_enrolments(places, device);
}

}  // namespace doorstep
