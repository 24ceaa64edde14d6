#include "sync/listener/code_commands.h"

#include <fmt/format.h>

#include "forms/base/calendar.h"
#include "forms/base/encoding.h"
#include "sync/endpoint/invitations.h"
#include "sync/http/endpoint_address.h"
#include "sync/vault/check_words.h"
#include "sync/wire/invitation.h"

namespace doorstep {

namespace {

constexpr std::int64_t code_minute_ms = 60'000;
constexpr std::size_t authority_pin_bytes = 32;

std::string minutes_left(std::int64_t until_ms, std::int64_t now_ms) {
    return fmt::format("{} min", (until_ms - now_ms + code_minute_ms - 1) / code_minute_ms);
}

std::string standing_words(const InvitedTablet& one) {
    switch (one.state) {
    case InvitationState::open:
        return one.wrong_tries == 0
                   ? std::string("its code was not used yet")
                   : fmt::format("its code was tried wrongly {} of {} times", one.wrong_tries, tries_of_code);
    case InvitationState::spent:
        return "its code was tried wrongly too often: make a new one";
    case InvitationState::waiting:
        return "waits; its screen shows: " + one.words;
    case InvitationState::approved:
        return "enrolled";
    case InvitationState::declined:
        break;
    }
    return "declined";
}

Result<std::string> waiting(DataFolder& data) {
    TRY(const auto found, invited_tablets(data.endpoint()));
    std::string out;
    for (const auto& one : found)
        out += fmt::format("{:<16} {:>9} left  {}\n", one.tablet,
                           one.state == InvitationState::approved || one.state == InvitationState::declined
                               ? std::string("-")
                               : minutes_left(one.until_ms, data.clock().now_ms()),
                           standing_words(one));
    return out.empty() ? std::string("No tablet waits, and no code is open.\n") : out;
}

Result<std::string> where_tablets_find(const DataFolder& data, const Command& command) {
    const auto said = command.word("endpoint");
    const auto url = said.empty() ? data.served_at() : said;
    if (url.empty())
        return Error{Fault::bad_input, "Nobody told at which address tablets find this endpoint.",
                     "Say it: --endpoint https://endpoint.example:8443"};
    TRY(const auto address, parse_endpoint_address(url));
    if (!address.sealed || !address.pins.empty())
        return Error{Fault::bad_input,
                     "Tablets are invited to an address with https:// and nothing behind it.",
                     "Give one like https://endpoint.example:8443."};
    return address.url();
}

CommandOutcome invite(DataFolder& data, const Command& command) {
    const auto make = [&]() -> Result<std::string> {
        TRY_DO(data.keys_are_stored());
        TRY(const auto url, where_tablets_find(data, command));
        TRY(const auto pins, data.authority().pins());
        const auto pin = pins.substr(0, authority_pin_bytes);
        TRY(const auto words, check_words(authority_words, pin));
        TRY(const auto made, invite_tablet(data.endpoint(), command.tablet, pins, operator_of(command)));
        return fmt::format("tablet       {}\ncode         {}\nlives        {} minutes, for one tablet\n"
                           "address      {}\nauthority    {}\ncheck words  {}{}{}\n",
                           command.tablet, wire::code_to_show(made.code), code_lives_ms / code_minute_ms, url,
                           to_hex(pin), words, invitation_line, wire::encode({url, pin, made.code}));
    };
    const auto made = make();
    if (!made.ok())
        return failed(made.error());
    return {0, *made,
            "The tablet shows the picture's words or asks for address and code; it must show the check words "
            "above.\nWhen it waits: doorstep-endpoint tablets approve " +
                command.tablet + "\n"};
}

CommandOutcome approve(DataFolder& data, const Command& command) {
    if (const auto stored = data.keys_are_stored(); !stored.ok())
        return failed(stored.error());
    const auto made =
        approve_tablet(data.endpoint(), command.tablet, command.word("words"), operator_of(command));
    if (!made.ok())
        return failed(made.error());
    return {0,
            fmt::format("{} is enrolled ({}). It hears so within seconds.\n", made->tablet,
                        made->enrolment.text()),
            {}};
}

}  // namespace

std::optional<CommandOutcome> code_commands(DataFolder& data, const Command& command) {
    if (command.name == "enrol-code")
        return invite(data, command);
    if (command.name == "tablets-waiting") {
        const auto told = waiting(data);
        return told.ok() ? CommandOutcome{0, *told, {}} : failed(told.error());
    }
    if (command.name == "tablets-words") {
        const auto one = waiting_tablet(data.endpoint(), command.tablet);
        return one.ok() ? CommandOutcome{0, one->words, {}} : failed(one.error());
    }
    if (command.name == "tablets-approve")
        return approve(data, command);
    if (command.name == "tablets-decline") {
        const auto tablet = decline_tablet(data.endpoint(), command.tablet, operator_of(command));
        return tablet.ok() ? CommandOutcome{0, *tablet + " is not let in. Its code is void.\n", {}}
                           : failed(tablet.error());
    }
    return std::nullopt;
}

}  // namespace doorstep
