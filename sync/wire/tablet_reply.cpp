// Where the endpoint stands with a tablet.
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "forms/base/encoding.h"
#include "sync/wire/codec.h"
#include "sync/wire/fields.h"
#include "sync/wire/limits.h"
#include "sync/wire/messages.h"

namespace doorstep::wire {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto latest_time_ms = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::string encode(const TabletReply& message) {
    Json json;
    json["epoch"] = message.epoch.text();
    json["enrolment"] = message.enrolment.text();
    json["tablet"] = message.tablet;
    json["acked_through"] = message.acked_through;
    json["chain"] = message.chain.hex();
    json["cursor_max"] = message.cursor_max;
    json["safeguarding_key"] = to_base64(message.safeguarding_key);
    json["server_time_ms"] = message.server_time_ms;
    if (message.durable_through > 0)
        json["durable_through"] = message.durable_through;
    if (message.licence)
        json["licence"] = {{"issued_ms", message.licence->issued_ms},
                           {"until_ms", message.licence->until_ms},
                           {"signature", to_base64(message.licence->signature)}};
    if (message.parent_epoch) {
        json["parent_epoch"] = message.parent_epoch->text();
        json["parent_cut"] = message.parent_cut;
    }
    if (message.audit_head)
        json["audit_head"] = message.audit_head->line();
    if (!message.min_app.empty())
        json["min_app"] = message.min_app;
    if (!message.officers_left.empty())
        json["officers_left"] = message.officers_left;
    if (message.parcels)
        json["parcels"] = message.parcels->hex();
    if (!message.scope.empty())
        json["scope"] = message.scope;
    return compress(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

namespace {

// What endpoints say since they keep backups and an audit.
void read_standing(Fields& fields, TabletReply& reply) {
    reply.parent_epoch = fields.uuid_if_any("parent_epoch");
    if (reply.parent_epoch)
        reply.parent_cut = fields.number("parent_cut");
    if (fields.has("audit_head"))
        reply.audit_head = AuditHead::parse(fields.text("audit_head"));
    reply.min_app = fields.text_or_empty("min_app");
    reply.officers_left = fields.texts("officers_left");
    if (fields.has("parcels"))
        reply.parcels = fields.sha256("parcels");
    reply.scope = fields.texts("scope");
    if (!std::all_of(reply.scope.begin(), reply.scope.end(), is_patch))
        fields.problem("scope", "names what is no area");
}

}  // namespace

Result<TabletReply> decode_tablet_reply(std::string_view frame) {
    TRY(const auto json, expand(frame, limits::frame_bytes_max));
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    TabletReply reply;
    reply.epoch = fields.uuid("epoch");
    reply.enrolment = fields.uuid("enrolment");
    reply.tablet = fields.text("tablet");
    reply.acked_through = fields.number("acked_through");
    reply.chain = fields.sha256("chain");
    reply.cursor_max = fields.number("cursor_max");
    reply.safeguarding_key = fields.bytes("safeguarding_key");
    reply.server_time_ms = fields.integer("server_time_ms", 0, latest_time_ms);
    if (fields.has("durable_through"))
        reply.durable_through = fields.number("durable_through");
    if (fields.has("licence"))
        fields.object("licence", [&](Fields& licence) {
            reply.licence = {licence.integer("issued_ms", 0, latest_time_ms),
                             licence.integer("until_ms", 0, latest_time_ms), licence.bytes("signature")};
        });
    read_standing(fields, reply);
    TRY_DO(document.verdict());
    return reply;
}

}  // namespace doorstep::wire
