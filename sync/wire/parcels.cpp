#include "sync/wire/parcels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "forms/base/encoding.h"
#include "sync/wire/codec.h"
#include "sync/wire/fields.h"
#include "sync/wire/limits.h"

namespace doorstep::wire {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> kinds = {"directory", "form", "addresses"};
constexpr std::size_t parcel_name_bytes_max = 100;
constexpr std::size_t parcel_signature_bytes = 64;

Parcel read_parcel(Fields& fields) {
    Parcel parcel;
    parcel.kind = fields.word<ParcelKind>("kind", &parcel_kind);
    parcel.name = fields.text("name");
    parcel.version = fields.sha256("version");
    const auto size = [&](Fields& of, const char* name, std::size_t most) {
        return static_cast<std::uint64_t>(of.integer(name, 1, static_cast<std::int64_t>(most)));
    };
    parcel.size = size(fields, "size", limits::parcel_content_max);
    parcel.number = fields.number("number");
    if (fields.has("from"))
        parcel.from = fields.day("from");
    parcel.signature = fields.bytes("signature");
    parcel.bytes = size(fields, "bytes", limits::parcel_bytes_max);
    if (fields.has("delta"))
        fields.object("delta", [&](Fields& delta) {
            parcel.delta = {delta.sha256("base"), size(delta, "bytes", limits::parcel_bytes_max)};
        });
    if (!is_parcel_name(parcel.name))
        fields.problem("name", "is not what a parcel may be called");
    if (parcel.signature.size() != parcel_signature_bytes)
        fields.problem("signature", "has not 64 bytes");
    return parcel;
}

}  // namespace

std::string_view word(ParcelKind kind) {
    return kinds[static_cast<std::size_t>(kind)];
}

std::optional<ParcelKind> parcel_kind(std::string_view word) {
    const auto found = std::find(kinds.begin(), kinds.end(), word);
    return found == kinds.end() ? std::nullopt
                                : std::optional(static_cast<ParcelKind>(found - kinds.begin()));
}

bool is_parcel_name(std::string_view name) {
    return !name.empty() && name.size() <= parcel_name_bytes_max &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.' || c == '/';
           });
}

std::string parcel_text(const Parcel& parcel) {
    return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", word(parcel.kind), parcel.name, parcel.version.hex(),
                       parcel.size, parcel.number, parcel.from ? parcel.from->text() : "-");
}

Sha256 list_hash(const ParcelList& list) {
    std::string all;
    for (const auto& parcel : list.parcels)
        all += parcel_text(parcel) + to_hex(parcel.signature) + "\n";
    return Sha256::of(all);
}

std::string encode(const ParcelList& list) {
    Json json;
    json["parcels"] = Json::array();
    for (const auto& parcel : list.parcels) {
        Json one;
        one["kind"] = word(parcel.kind);
        one["name"] = parcel.name;
        one["version"] = parcel.version.hex();
        one["size"] = parcel.size;
        one["number"] = parcel.number;
        if (parcel.from)
            one["from"] = parcel.from->text();
        one["signature"] = to_base64(parcel.signature);
        one["bytes"] = parcel.bytes;
        if (parcel.delta)
            one["delta"] = {{"base", parcel.delta->base.hex()}, {"bytes", parcel.delta->bytes}};
        json["parcels"].push_back(std::move(one));
    }
    return compress(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<ParcelList> decode_parcel_list(std::string_view frame) {
    TRY(const auto json, expand(frame, limits::frame_bytes_max));
    TRY(auto document, Document::parse(json));
    auto fields = document.fields();
    if (!fields.has("parcels"))
        fields.problem("parcels", "is missing");
    ParcelList list;
    std::set<std::pair<ParcelKind, std::string>> names;
    fields.each("parcels", [&](Fields& one) {
        if (list.parcels.size() >= limits::parcels_max)
            return one.problem("name", "is of one parcel too many");
        list.parcels.push_back(read_parcel(one));
        if (!names.emplace(list.parcels.back().kind, list.parcels.back().name).second)
            one.problem("name", "stands there twice");
    });
    TRY_DO(document.verdict());
    return list;
}

}  // namespace doorstep::wire
