#include "sync/endpoint/replies.h"

#include "sync/wire/messages.h"

namespace doorstep {

namespace {

// Somebody has to free space first; a lock passes by itself.
constexpr int disk_full_retry_s = 60;
constexpr int busy_retry_s = 5;

}  // namespace

EndpointResponse frame_response(std::string frame) {
    return {200, wire::content_type_frame, std::move(frame), 0, {}};
}

EndpointResponse refusal_response(int status, std::string code, std::string what, Sequence expected) {
    return {status,
            wire::content_type_json,
            wire::encode(wire::Refusal{std::move(code), std::move(what), expected}),
            0,
            {}};
}

EndpointResponse busy_response(const Error& error) {
    const bool full = error.fault == Fault::disk_full;
    auto response =
        refusal_response(503, "busy",
                         full ? "The endpoint's disk is full. Nothing was kept; send the same again later."
                              : "The endpoint could not keep this now. Send the same again later.");
    response.retry_after_s = full ? disk_full_retry_s : busy_retry_s;
    return response;
}

}  // namespace doorstep
