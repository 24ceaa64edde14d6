#include "sync/listener/noted.h"

#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "forms/base/calendar.h"
#include "sync/endpoint/audit.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t notes_bytes_max = std::size_t{1} << 20;

std::string notes_of(const std::string& folder) {
    return folder + "/audit.pending";
}
// While they are taken up, so that one that comes meanwhile is not lost.
std::string taken_of(const std::string& folder) {
    return folder + "/audit.taken";
}

std::string text_in(const Json& note, const char* name) {
    const auto found = note.is_object() ? note.find(name) : note.end();
    return found != note.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Result<Json> notes_in(const std::string& file) {
    const auto text = read_small_file(file, notes_bytes_max);
    if (!text.ok())
        return text.error().fault == Fault::not_found ? Result<Json>(Json::array()) : text.error();
    auto notes = Json::parse(*text, nullptr, false);
    return notes.is_array() ? Result<Json>(std::move(notes))
                            : Result<Json>(Json::array({{{"what", "a damaged note"}}}));
}

}  // namespace

Result<void> note(DataFolder& data, const Noted& noted) {
    TRY(auto transaction, data.endpoint().store().begin());
    TRY_DO(
        note_in_audit(transaction.sql(), data.clock(), {noted.who, noted.what, noted.about, noted.reason}));
    return transaction.commit();
}

Result<void> note_later(const std::string& folder, std::int64_t now_ms, const Noted& noted) {
    if (std::error_code failed; !std::filesystem::is_directory(folder, failed))
        return {};
    TRY(auto notes, notes_in(notes_of(folder)));
    notes.push_back({{"who", noted.who},
                     {"what", noted.what},
                     {"about", noted.about},
                     {"reason", fmt::format("asked {} UTC{}", instant_text(now_ms, 0),
                                            noted.reason.empty() ? "" : ": " + noted.reason)}});
    return write_durably(notes_of(folder), notes.dump(-1, ' ', true, Json::error_handler_t::replace), 0600);
}

Result<void> take_up_notes(DataFolder& data) {
    const auto pending = notes_of(data.folder());
    const auto taken = taken_of(data.folder());
    if (::access(taken.c_str(), F_OK) != 0 &&
        (::access(pending.c_str(), F_OK) != 0 || ::rename(pending.c_str(), taken.c_str()) != 0))
        return {};
    TRY(const auto notes, notes_in(taken));
    TRY(auto transaction, data.endpoint().store().begin());
    for (const auto& one : notes)
        TRY_DO(note_in_audit(
            transaction.sql(), data.clock(),
            {text_in(one, "who"), text_in(one, "what"), text_in(one, "about"), text_in(one, "reason")}));
    TRY_DO(transaction.commit());
    ::unlink(taken.c_str());
    return {};
}

Result<std::string> noted_about(DataFolder& data, const Uuid& id) {
    std::string out;
    const auto about = id.text();
    TRY_DO(read_audit(data.endpoint().store().sql(), 1, [&](const NotedEntry& one) {
        if (one.entry.about == about)
            out += fmt::format("{}  {:<20} {:<24} {}\n", instant_text(one.at_ms, 0), one.entry.what,
                               one.entry.who, one.entry.reason);
        return true;
    }));
    return out.empty() ? std::string("Nobody.\n") : out;
}

}  // namespace doorstep
