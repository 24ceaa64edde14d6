// The head of an endpoint's audit at some moment, signed by it: kept by the tablets as a
// witness, so that the audit cannot be cut short or written anew unseen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/sha256.h"
#include "forms/base/uuid.h"

namespace doorstep::wire {

struct AuditHead {
    Uuid epoch;                // of the endpoint when it said so
    std::uint64_t number = 0;  // of the newest entry
    Sha256 hash;               // of the chain up to it
    std::string signature;     // 64 bytes, the endpoint's, over content()
    bool operator==(const AuditHead&) const = default;

    // What is signed, for audit_head_purpose.
    std::string content() const;
    // One line of text, without its end; and back.
    std::string line() const;
    static std::optional<AuditHead> parse(std::string_view line);
};

inline constexpr std::string_view audit_head_purpose = "doorstep audit head 1";

}  // namespace doorstep::wire
