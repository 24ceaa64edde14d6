// The payload of each type of operation as JSON and back; codec.cpp puts the
// header around it.  Empty texts and lists are left out.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "sync/operation/operation.h"
#include "sync/wire/fields.h"

namespace doorstep::wire {

// REQUIRES: not an UnknownPayload, which is kept as it came.
nlohmann::ordered_json payload_json(const Payload& payload);
// Nothing for a type that this program does not know.
std::optional<Payload> read_payload(std::string_view type, Fields& fields);

}  // namespace doorstep::wire
