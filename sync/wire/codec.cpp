#include "sync/wire/codec.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "sync/wire/fields.h"
#include "sync/wire/payload_codec.h"

namespace doorstep::wire {

namespace {

constexpr int type_version_known = 1;
constexpr int type_version_max = 1'000'000;
// No zone was ever further from UTC than 15 h 57 min.
constexpr int offset_minutes_max = 16 * 60;

constexpr const char* known_types[] = {"visit_planned",          "contact_recorded", "contact_taken_back",
                                       "questionnaire_finished", "offer_made",       "referral_raised",
                                       "referral_state_set",     "home_noted",       "records_erased",
                                       "clock_corrected"};

bool is_known(std::string_view type, int version) {
    for (const auto* known : known_types)
        if (type == known)
            return version <= type_version_known;
    return false;
}

Operation read_header(Fields& fields) {
    Operation operation;
    operation.id = fields.uuid("id");
    operation.sequence = fields.number("sequence");
    operation.type_version = static_cast<int>(fields.integer("type_version", 1, type_version_max));
    operation.at_ms = fields.integer("at_ms", std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max());
    operation.utc_offset_minutes =
        static_cast<int>(fields.integer("utc_offset_minutes", -offset_minutes_max, offset_minutes_max));
    operation.hybrid_clock = fields.number("hybrid_clock");
    operation.subject = fields.uuid("subject");
    operation.supersedes = fields.uuid_if_any("supersedes");
    operation.base = fields.uuids("base");
    if (operation.id.is_nil())
        fields.problem("id", "is nil");
    return operation;
}

}  // namespace

std::string encode(const Operation& operation) {
    if (const auto* unknown = std::get_if<UnknownPayload>(&operation.payload))
        return unknown->json;
    nlohmann::ordered_json json;
    json["id"] = operation.id.text();
    json["sequence"] = operation.sequence;
    json["type"] = type_name(operation);
    json["type_version"] = operation.type_version;
    json["at_ms"] = operation.at_ms;
    json["utc_offset_minutes"] = operation.utc_offset_minutes;
    json["hybrid_clock"] = operation.hybrid_clock;
    json["subject"] = operation.subject.text();
    if (operation.supersedes)
        json["supersedes"] = operation.supersedes->text();
    for (const auto& seen : operation.base)
        json["base"].push_back(seen.text());
    json["payload"] = payload_json(operation.payload);
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<Operation> decode(std::string_view json) {
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    auto operation = read_header(fields);
    const auto type = fields.text("type");
    TRY_DO(document.verdict());
    if (!is_known(type, operation.type_version)) {
        operation.payload = UnknownPayload{type, std::string(json)};
        return operation;
    }
    fields.object("payload", [&](Fields& payload) {
        if (auto read = read_payload(type, payload))
            operation.payload = std::move(*read);
    });
    TRY_DO(document.verdict());
    return operation;
}

Result<Operation> decode_header(std::string_view json) {
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    auto operation = read_header(fields);
    operation.payload = UnknownPayload{fields.text("type"), std::string(json)};
    TRY_DO(document.verdict());
    return operation;
}

}  // namespace doorstep::wire
