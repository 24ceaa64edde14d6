#include <fmt/format.h>

#include "forms/base/calendar.h"
#include "forms/base/counted.h"
#include "forms/base/encoding.h"
#include "sync/endpoint/concerns.h"
#include "sync/listener/noted.h"
#include "sync/listener/subject_commands.h"

namespace doorstep {

namespace {

// One try of a passphrase costs about half a second.
constexpr PasswordCost cost{3, 64 * 1024};

template<class Made>
CommandOutcome shown(const Result<Made>& made) {
    return made.ok() ? CommandOutcome{0, *made, {}} : failed(made.error());
}

Result<void> note_asked(DataFolder& data, const Command& command, const std::string& what,
                        const std::string& about) {
    return note(data, {fmt::format("safeguarding {} ({})", command.word("who"), operator_of(command)), what,
                       about, command.word("reason")});
}

// The key is here for this one command.
Result<KeyPair> signed_in(DataFolder& data, const Command& command) {
    TRY(const auto device, data.device_secret());
    auto key =
        sign_in_safeguarding_lead(data.endpoint().store().sql(), command.word("who"),
                                  command.word("passphrase"), data.endpoint().safeguarding_key(), device);
    // Whoever guesses is seen too; a name that is none is not written down.
    if (!key.ok() && key.error().fault == Fault::refused)
        TRY_DO(note_asked(data, command, "concerns-sign-in-failed", ""));
    return key;
}

Result<Uuid> concern_in(const Command& command) {
    if (const auto id = Uuid::parse(command.word("id")))
        return *id;
    return Error{Fault::bad_input, "That is no id of a concern.", "See doorstep-endpoint concerns list."};
}

std::string time_or_dash(std::int64_t at_ms) {
    return at_ms == 0 ? std::string("-") : instant_text(at_ms, 0);
}

Result<std::string> list(DataFolder& data, const Command& command) {
    TRY(const auto key, signed_in(data, command));
    auto& sql = data.endpoint().store().sql();
    TRY_DO(look_into_unopened(sql, key));
    TRY_DO(note_asked(data, command, "concerns-list", ""));
    TRY(const auto rows, concerns(sql));
    std::string out = fmt::format("{:<36} {:<12} {:<8} {:<29} {:<29} {}\n", "concern", "state", "urgency",
                                  "received (UTC)", "acknowledged (UTC)", "agencies suggested");
    for (const auto& row : rows)
        out += fmt::format("{:<36} {:<12} {:<8} {:<29} {:<29} {}\n", row.concern.text(), word(row.state),
                           row.urgency, time_or_dash(row.received_ms), time_or_dash(row.acknowledged_ms),
                           row.agencies);
    return out;
}

Result<std::string> open(DataFolder& data, const Command& command) {
    TRY(const auto id, concern_in(command));
    TRY(const auto key, signed_in(data, command));
    TRY(const auto text, open_concern(data.endpoint().store().sql(), id, key));
    TRY_DO(note_asked(data, command, "concern-open", id.text()));
    return std::string(text.view()) + "\n";
}

Result<std::string> acknowledge(DataFolder& data, const Command& command) {
    TRY(const auto id, concern_in(command));
    TRY_DO(signed_in(data, command));
    TRY_DO(note_asked(data, command, "concern-acknowledge", id.text()));
    TRY_DO(acknowledge_concern(data.endpoint().store().sql(), id, data.clock().now_ms()));
    return std::string("Acknowledged: its alarm is silent.\n");
}

// What is released is shown to the lead, who hands it to the agency's restricted receivers: no
// ordinary outbox ever has it.
Result<std::string> release(DataFolder& data, const Command& command) {
    TRY(const auto id, concern_in(command));
    TRY(const auto key, signed_in(data, command));
    auto& sql = data.endpoint().store().sql();
    TRY(const auto text, open_concern(sql, id, key));
    TRY_DO(note_asked(data, command, "concern-release", id.text()));
    TRY_DO(release_concern(sql, id, data.clock().now_ms()));
    return std::string(text.view()) + "\n";
}

Result<std::string> add_lead(DataFolder& data, const Command& command) {
    const auto secret = from_hex(command.word("secret"));
    const auto pair = secret ? KeyPair::from_secret(*secret) : std::nullopt;
    if (!pair || pair->public_key != data.endpoint().safeguarding_key())
        return Error{Fault::refused, "That is not the safeguarding key of this endpoint.",
                     "Look for the custody sheet that was printed with its keys."};
    TRY(const auto device, data.device_secret());
    TRY_DO(note_asked(data, command, "safeguarding-lead-add", command.word("name")));
    TRY_DO(add_safeguarding_lead(data.endpoint().store().sql(), data.random(), command.word("name"), *pair,
                                 command.word("passphrase"), cost, device));
    return std::string("From now on this person may open concerns.\n");
}

Result<std::string> leads(DataFolder& data) {
    TRY(const auto names, safeguarding_leads(data.endpoint().store().sql()));
    std::string out;
    for (const auto& name : names)
        out += name + "\n";
    return out;
}

}  // namespace

std::optional<CommandOutcome> concern_commands(DataFolder& data, const Command& command) {
    const auto& name = command.name;
    if (name == "concerns-list")
        return shown(list(data, command));
    if (name == "concerns-open")
        return shown(open(data, command));
    if (name == "concerns-acknowledge")
        return shown(acknowledge(data, command));
    if (name == "concerns-release")
        return shown(release(data, command));
    if (name == "concerns-leads-add")
        return shown(add_lead(data, command));
    if (name == "concerns-leads-list")
        return shown(leads(data));
    return std::nullopt;
}

}  // namespace doorstep
