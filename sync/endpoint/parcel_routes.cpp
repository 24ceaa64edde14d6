// What a tablet fetches of the reference data: the list of what it is to have, and parts of it.
#include <algorithm>
#include <charconv>

#include "forms/base/encoding.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/parcels.h"
#include "sync/endpoint/replies.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

std::optional<Sha256> asked_hash(const Call& call, std::string_view name) {
    const auto found = call.query.find(name);
    const auto raw = found == call.query.end() ? std::nullopt : from_hex(found->second);
    Sha256 hash;
    if (!raw || raw->size() != hash.bytes.size())
        return std::nullopt;
    std::copy(raw->begin(), raw->end(), hash.bytes.begin());
    return hash;
}

std::optional<std::int64_t> asked_number(const Call& call, std::string_view name) {
    const auto found = call.query.find(name);
    if (found == call.query.end())
        return std::nullopt;
    const std::string& text = found->second;
    std::int64_t value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

// A tablet that was given areas cannot ask for the others.
Result<bool> may_have(const Call& call, const Sha256& version) {
    TRY(const auto list, parcels_for(call.transaction.sql(), call.tablet.tablet));
    return std::any_of(list.parcels.begin(), list.parcels.end(),
                       [&](const wire::Parcel& one) { return one.version == version; });
}

}  // namespace

Result<EndpointResponse> parcel_list(Call& call) {
    TRY(const auto list, parcels_for(call.transaction.sql(), call.tablet.tablet));
    return frame_response(wire::encode(list));
}

Result<EndpointResponse> parcel_part(Call& call) {
    const auto version = asked_hash(call, "version");
    const auto base = asked_hash(call, "base");
    const auto from = asked_number(call, "from");
    const auto limit = asked_number(call, "limit");
    if (!version || (call.query.contains("base") && !base) || !from || !limit || *limit == 0 ||
        *from > static_cast<std::int64_t>(limits::parcel_bytes_max))
        return refusal_response(400, "bad_request",
                                "A part is asked for by its version, from where and how much.");
    std::string part;
    TRY(const bool allowed, may_have(call, *version));
    // Counted from 1, in both engines.
    constexpr std::string_view of_whole =
        "select substr(whole, :from, :limit) from parcel where partnership = :partnership and version = "
        ":version and bytes >= :from";
    constexpr std::string_view of_delta =
        "select substr(delta, :from, :limit) from parcel where partnership = :partnership and version = "
        ":version and base = :base and delta_bytes >= :from";
    std::vector<SqlParameter> parameters = {
        {"from", *from + 1},
        {"limit", std::min<std::int64_t>(*limit, static_cast<std::int64_t>(limits::part_bytes_max))},
        {"partnership", home_partnership},
        {"version", sql_value(*version)}};
    if (base)
        parameters.push_back({"base", sql_value(*base)});
    if (allowed)
        TRY_DO(call.transaction.sql().query(base ? of_delta : of_whole, parameters, [&](const SqlRow& row) {
            part = row.blob(0);
            return false;
        }));
    if (part.empty())
        return refusal_response(404, "gone", "That is not published any more. Ask for the list again.");
    return EndpointResponse{200, wire::content_type_bytes, std::move(part), 0, {}};
}

}  // namespace doorstep
