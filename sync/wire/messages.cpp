#include "sync/wire/messages.h"

#include <fmt/format.h>

#include <cassert>
#include <limits>
#include <nlohmann/json.hpp>

#include "forms/base/encoding.h"
#include "sync/wire/codec.h"
#include "sync/wire/fields.h"
#include "sync/wire/json_parts.h"
#include "sync/wire/limits.h"

namespace doorstep::wire {

namespace {

using Json = nlohmann::ordered_json;

// What stands beside the list of a message is small: ids, numbers, hashes, and
// the reasons of at most one push.
constexpr std::size_t head_bytes_max = 256 * 1024;
// A list of operations stands two levels inside its message.
constexpr int message_depth_max = limits::json_depth_max + 4;
constexpr std::string_view forgotten_mark = "DSE1";
constexpr std::size_t hash_bytes = 32;
constexpr auto latest_ms = std::numeric_limits<std::int64_t>::max();
constexpr auto sequence_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

Error bad(std::string what) {
    return {Fault::bad_input, std::move(what), ""};
}

// A message cut into its head and the elements of its one long list.
struct OpenedMessage {
    Document head;
    std::vector<std::string_view> list;
};

Result<OpenedMessage> open_message(std::string_view json, std::string_view list_name) {
    const auto members = members_of(json, message_depth_max);
    if (!members)
        return bad("The message is not a JSON object.");
    std::string head = "{";
    std::optional<std::string_view> list;
    for (const auto& member : *members) {
        if (member.name == list_name) {
            list = member.value;
            continue;
        }
        head += fmt::format("{}\"{}\":{}", head.size() > 1 ? "," : "", member.name, member.value);
        if (head.size() > head_bytes_max)
            return bad("The message's head is too large.");
    }
    if (!list)
        return bad(fmt::format("{} is missing.", list_name));
    auto elements = elements_of(*list, message_depth_max - 1);
    if (!elements)
        return bad(fmt::format("{} is not a list.", list_name));
    TRY(auto document, Document::parse(head + "}"));
    return OpenedMessage{std::move(document), std::move(*elements)};
}

std::string framed(const Json& json) {
    return compress(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<std::string> unframed(std::string_view frame) {
    return expand(frame, limits::frame_bytes_max);
}

Json quarantined_json(const std::vector<Quarantined>& quarantined) {
    auto list = Json::array();
    for (const auto& one : quarantined) {
        Json json;
        json["operation"] = one.operation.text();
        json["sequence"] = one.sequence;
        json["reason"] = one.reason;
        list.push_back(std::move(json));
    }
    return list;
}

// Id, count and body as one text: beside bytes that are noise every name and digit costs.
std::string packed_envelope(const Envelope& envelope) {
    std::string bytes(envelope.id.raw());
    auto count = envelope.count;
    for (; count >= 0x80; count >>= 7)
        bytes += static_cast<char>(0x80 | (count & 0x7f));
    bytes += static_cast<char>(count);
    return to_base64(bytes + envelope.body);
}

Result<Envelope> unpacked_envelope(std::string_view json, Sequence first_sequence) {
    constexpr std::size_t id_size = 16;
    const auto text = json.size() >= 2 ? json.substr(1, json.size() - 2) : std::string_view{};
    const auto bytes = from_base64(text);
    if (!bytes || bytes->size() <= id_size)
        return bad("An envelope is not base64 of what it must hold.");
    Envelope envelope;
    envelope.id = Uuid::from_bytes(bytes->substr(0, id_size)).value_or(Uuid{});
    envelope.first_sequence = first_sequence;
    std::size_t at = id_size;
    for (unsigned shift = 0; shift <= 14 && at < bytes->size(); shift += 7) {
        const auto byte = static_cast<unsigned char>((*bytes)[at++]);
        envelope.count |= (byte & 0x7fu) << shift;
        if (byte < 0x80)
            break;
    }
    envelope.body = bytes->substr(at);
    if (envelope.id.is_nil() || envelope.count == 0 || envelope.count > limits::push_operations_max)
        return bad("The head of an envelope is not as it must be.");
    return envelope;
}

Result<Envelope> read_envelope(std::string_view json) {
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    Envelope envelope;
    envelope.id = fields.uuid("id");
    envelope.first_sequence = fields.number("first_sequence");
    envelope.count = static_cast<std::uint32_t>(
        fields.integer("count", 1, static_cast<std::int64_t>(limits::push_operations_max)));
    envelope.body = fields.bytes("body");
    TRY_DO(document.verdict());
    return envelope;
}

// What a push must be in itself, whatever the endpoint holds already.
Result<void> check_push(const PushRequest& push) {
    auto next = push.first_sequence;
    auto chained = push.chain_before;
    std::size_t operations = 0;
    for (const auto& envelope : push.envelopes) {
        if (envelope.first_sequence != next || next == 0 || next > sequence_max - envelope.count)
            return bad("The envelopes do not follow one another from first_sequence.");
        next += envelope.count;
        operations += envelope.count;
        chained = chain(chained, envelope);
    }
    if (operations > limits::push_operations_max)
        return bad(fmt::format("A push holds at most {} operations.", limits::push_operations_max));
    if (chained != push.chain_after)
        return bad("chain_after does not follow from chain_before and the envelopes.");
    return {};
}

Result<PulledOperation> read_pulled(std::string_view json) {
    const auto members = members_of(json, message_depth_max - 2);
    if (!members)
        return bad("operations[] is not an object.");
    PulledOperation pulled;
    std::string head = "{";
    for (const auto& member : *members)
        if (member.name == "operation")
            pulled.json = member.value;
        else
            head += fmt::format("{}\"{}\":{}", head.size() > 1 ? "," : "", member.name, member.value);
    TRY(auto document, Document::parse(head + "}"));
    auto fields = document.fields();
    pulled.pull_sequence = fields.number("pull_sequence");
    pulled.id = fields.uuid("id");
    if (fields.has("patch"))
        pulled.patch = fields.text("patch");
    if (fields.has("bytes"))
        pulled.json = fields.bytes("bytes");
    TRY_DO(document.verdict());
    return pulled;
}

}  // namespace

Sha256 page_hash(const std::vector<PulledOperation>& operations) {
    std::string ids;
    for (const auto& operation : operations)
        ids += operation.id.raw();
    return Sha256::of(ids);
}

std::string encode(const PushRequest& message) {
    Json json;
    json["proto"] = message.proto;
    if (message.epoch_seen)
        json["epoch_seen"] = message.epoch_seen->text();
    json["enrolment"] = message.enrolment.text();
    json["first_sequence"] = message.first_sequence;
    json["chain_before"] = message.chain_before.hex();
    json["chain_after"] = message.chain_after.hex();
    json["unsent"] = message.unsent;
    if (message.tablet_time_ms)
        json["tablet_time_ms"] = *message.tablet_time_ms;
    json["envelopes"] = Json::array();
    for (const auto& envelope : message.envelopes)
        json["envelopes"].push_back(packed_envelope(envelope));
    return framed(json);
}

Result<PushRequest> decode_push_request(std::string_view frame) {
    TRY(const auto json, unframed(frame));
    TRY(auto message, open_message(json, "envelopes"));
    auto fields = message.head.fields();
    PushRequest push;
    push.proto = static_cast<int>(fields.integer("proto", 1, std::numeric_limits<int>::max()));
    push.epoch_seen = fields.uuid_if_any("epoch_seen");
    push.enrolment = fields.uuid("enrolment");
    push.first_sequence = fields.number("first_sequence");
    push.chain_before = fields.sha256("chain_before");
    push.chain_after = fields.sha256("chain_after");
    push.unsent = fields.number("unsent");
    if (fields.has("tablet_time_ms"))
        push.tablet_time_ms =
            fields.integer("tablet_time_ms", std::numeric_limits<std::int64_t>::min(), latest_ms);
    TRY_DO(message.head.verdict());
    if (message.list.size() > limits::push_operations_max)
        return bad(fmt::format("A push holds at most {} operations.", limits::push_operations_max));
    auto next = push.first_sequence;
    for (const auto element : message.list) {
        TRY(auto envelope,
            element.starts_with('"') ? unpacked_envelope(element, next) : read_envelope(element));
        next = envelope.first_sequence + envelope.count;
        push.envelopes.push_back(std::move(envelope));
    }
    TRY_DO(check_push(push));
    return push;
}

std::string encode(const PushReply& message) {
    Json json;
    json["epoch"] = message.epoch.text();
    json["acked_through"] = message.acked_through;
    json["chain"] = message.chain.hex();
    json["durable_through"] = message.durable_through;
    json["quarantined"] = quarantined_json(message.quarantined);
    json["server_time_ms"] = message.server_time_ms;
    if (!message.min_app.empty())
        json["min_app"] = message.min_app;
    return framed(json);
}

Result<PushReply> decode_push_reply(std::string_view frame) {
    TRY(const auto json, unframed(frame));
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    PushReply reply;
    reply.epoch = fields.uuid("epoch");
    reply.acked_through = fields.number("acked_through");
    reply.chain = fields.sha256("chain");
    reply.durable_through = fields.number("durable_through");
    fields.each("quarantined", [&](Fields& one) {
        reply.quarantined.push_back({one.uuid("operation"), one.number("sequence"), one.text("reason")});
    });
    reply.server_time_ms = fields.integer("server_time_ms", 0, latest_ms);
    reply.min_app = fields.text_or_empty("min_app");
    TRY_DO(document.verdict());
    return reply;
}

namespace {

std::string of_scope(const PullReply& page) {
    std::string text;
    if (!page.scope.empty())
        text += ",\"scope\":" + Json(page.scope).dump();
    if (page.patch)
        text += fmt::format(",\"patch\":{},\"through\":{}", Json(*page.patch).dump(), page.through);
    std::string totals;
    for (const auto& one : page.patches)
        totals += fmt::format(R"({}{{"patch":{},"facts":{},"sum":"{}"}})", totals.empty() ? "" : ",",
                              Json(one.patch).dump(), one.facts, one.sum.hex());
    return totals.empty() ? text : text + fmt::format(",\"patches\":[{}]", totals);
}

void read_scope(Fields& fields, PullReply& page) {
    page.scope = fields.text_or_empty("scope");
    if (fields.has("patch")) {
        page.patch = fields.text("patch");
        page.through = fields.number("through");
    }
    if (fields.has("patches"))
        fields.each("patches", [&](Fields& one) {
            const auto sum = IdSum::parse(one.text("sum"));
            if (!sum)
                one.problem("sum", "is no sum of ids");
            page.patches.push_back({one.text("patch"), one.number("facts"), sum.value_or(IdSum{})});
        });
}

}  // namespace

std::string encode(const PullReply& message) {
    std::string operations;
    for (const auto& one : message.operations) {
        operations += fmt::format("{}{{\"pull_sequence\":{},\"id\":\"{}\"", operations.empty() ? "" : ",",
                                  one.pull_sequence, one.id.text());
        if (!message.scope.empty() && one.patch && !one.patch->empty())
            operations += ",\"patch\":" + Json(*one.patch).dump();
        // The bytes go as they are; those that would break the page's own JSON in base64.
        if (is_nested_well(one.json, limits::json_depth_max))
            operations += ",\"operation\":" + one.json;
        else if (!one.json.empty())
            operations += ",\"bytes\":\"" + to_base64(one.json) + "\"";
        operations += "}";
    }
    std::string forgotten;
    for (const auto place : message.forgotten)
        forgotten += fmt::format("{}{{\"sequence\":{}}}", forgotten.empty() ? "" : ",", place);
    return compress(fmt::format(
        R"({{"epoch":"{}","enrolment":"{}","from":{},"cursor":{},"more":{},"operations":[{}],"hash":"{}","server_time_ms":{}{}{}}})",
        message.epoch.text(), message.enrolment.text(), message.from, message.cursor, message.more,
        operations, page_hash(message.operations).hex(), message.server_time_ms,
        forgotten.empty() ? std::string{} : fmt::format(",\"forgotten\":[{}]", forgotten),
        of_scope(message)));
}

Result<PullReply> decode_pull_reply(std::string_view frame) {
    TRY(const auto json, unframed(frame));
    TRY(auto message, open_message(json, "operations"));
    auto fields = message.head.fields();
    PullReply page;
    page.epoch = fields.uuid("epoch");
    page.enrolment = fields.uuid("enrolment");
    page.from = fields.number("from");
    page.cursor = fields.number("cursor");
    page.more = fields.flag("more");
    page.hash = fields.sha256("hash");
    page.server_time_ms = fields.integer("server_time_ms", 0, std::numeric_limits<std::int64_t>::max());
    if (fields.has("forgotten"))
        fields.each("forgotten", [&](Fields& one) { page.forgotten.push_back(one.number("sequence")); });
    read_scope(fields, page);
    TRY_DO(message.head.verdict());
    auto last = page.from;
    for (const auto element : message.list) {
        TRY(auto pulled, read_pulled(element));
        if (pulled.pull_sequence <= last || pulled.pull_sequence > page.cursor)
            return bad("The page's operations are not in the order of the feed.");
        last = pulled.pull_sequence;
        if (!page.scope.empty() && !pulled.patch)
            pulled.patch.emplace();
        page.operations.push_back(std::move(pulled));
    }
    if (page.cursor < page.from || page.hash != page_hash(page.operations))
        return bad("The page is not whole: its hash or its cursor does not match what it holds.");
    return page;
}

std::string encode(const Refusal& message) {
    Json json;
    json["code"] = message.code;
    json["what"] = message.what;
    if (message.expected != 0)
        json["expected"] = message.expected;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Refusal> decode_refusal(std::string_view json) {
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    Refusal refusal{fields.text("code"), fields.text("what"), 0};
    if (fields.has("expected"))
        refusal.expected = fields.number("expected");
    TRY_DO(document.verdict());
    return refusal;
}

// --- envelopes -----------------------------------------------------------------

std::string forgotten_body(std::string_view body) {
    return std::string(forgotten_mark).append(Sha256::of(body).raw());
}

bool is_forgotten(const Envelope& envelope) {
    return envelope.body.size() == forgotten_mark.size() + hash_bytes &&
           envelope.body.starts_with(forgotten_mark);
}

Sha256 chain(const Sha256& before, const Envelope& envelope) {
    std::string header(envelope.id.raw());
    for (int shift = 56; shift >= 0; shift -= 8)
        header.push_back(static_cast<char>((envelope.first_sequence >> shift) & 0xff));
    for (int shift = 24; shift >= 0; shift -= 8)
        header.push_back(static_cast<char>((envelope.count >> shift) & 0xff));
    std::string link(before.raw());
    link += Sha256::of(header).raw();
    link += is_forgotten(envelope) ? envelope.body.substr(forgotten_mark.size())
                                   : std::string(Sha256::of(envelope.body).raw());
    return Sha256::of(link);
}

Envelope seal_envelope(const Uuid& id, const std::vector<Operation>& operations) {
    assert(!operations.empty());
    std::vector<std::string> encoded;
    for (const auto& operation : operations) {
        assert(operation.sequence == operations.front().sequence + encoded.size());
        encoded.push_back(encode(operation));
    }
    return seal_envelope(id, operations.front().sequence, encoded);
}

std::string envelope_text(const Uuid& id, Sequence first_sequence,
                          const std::vector<std::string>& operations) {
    return fmt::format(R"({{"envelope":"{}","first_sequence":{},"operations":[{}]}})", id.text(),
                       first_sequence, fmt::join(operations, ","));
}

Envelope seal_envelope(const Uuid& id, Sequence first_sequence, const std::vector<std::string>& operations) {
    assert(!operations.empty());
    return {id, first_sequence, static_cast<std::uint32_t>(operations.size()),
            compress(envelope_text(id, first_sequence, operations))};
}

OpenedOperation open_operation(std::string json) {
    OpenedOperation opened;
    opened.json = std::move(json);
    if (auto decoded = decode(opened.json); decoded.ok()) {
        opened.operation = std::move(*decoded);
        if (std::holds_alternative<UnknownPayload>(opened.operation->payload))
            opened.problem = "It is of a type, or a version of a type, that this program does not know.";
    } else {
        opened.problem = decoded.error().what;
        if (auto header = decode_header(opened.json); header.ok())
            opened.operation = std::move(*header);
    }
    return opened;
}

Result<std::vector<OpenedOperation>> open_envelope(const Envelope& envelope) {
    const auto damaged = [](std::string what) { return Error{Fault::damaged, std::move(what), ""}; };
    auto body = envelope.body.starts_with('{') && envelope.body.size() <= limits::envelope_bytes_max
                    ? Result<std::string>(envelope.body)
                    : expand(envelope.body, limits::envelope_bytes_max);
    if (!body.ok())
        return damaged(body.error().what);
    auto message = open_message(*body, "operations");
    if (!message.ok())
        return damaged("The envelope's body cannot be read: " + message.error().what);
    auto fields = message->head.fields();
    const auto repeats = fields.uuid("envelope") == envelope.id &&
                         fields.number("first_sequence") == envelope.first_sequence &&
                         message->list.size() == envelope.count;
    if (!repeats || !message->head.verdict().ok())
        return damaged("The envelope's body does not repeat its id and sequences.");
    std::vector<OpenedOperation> operations;
    for (const auto element : message->list) {
        auto opened = open_operation(std::string(element));
        opened.sequence = envelope.first_sequence + operations.size();
        if (opened.operation && opened.operation->sequence != opened.sequence)
            return damaged("An operation of the envelope does not stand at its sequence.");
        operations.push_back(std::move(opened));
    }
    return operations;
}

}  // namespace doorstep::wire
