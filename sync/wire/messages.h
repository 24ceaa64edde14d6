// What travels between a tablet and the endpoint: every message as a plain
// struct, its JSON, and the frame around it.  A frame is one zstd frame of JSON
// (codec.h); replies that a person may read with curl are plain JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "sync/operation/operation.h"
#include "sync/wire/audit_head.h"
#include "sync/wire/patch.h"

namespace doorstep::wire {

inline constexpr const char* content_type_frame = "application/vnd.doorstep.operations+json; v=1";
inline constexpr const char* content_type_json = "application/json";
// Every reply of the endpoint carries this header; one without it is a captive
// portal or another program, whatever its status says.
inline constexpr const char* endpoint_header = "Doorstep-Endpoint";

// The operations of one append(), as they were kept: frozen, never re-encoded.
struct Envelope {
    Uuid id;
    Sequence first_sequence = 0;
    std::uint32_t count = 0;
    std::string body;  // its envelope_text() as zstd; once unsealed also as it is
    bool operator==(const Envelope&) const = default;

    Sequence last_sequence() const { return first_sequence + count - 1; }
};

// chain_k = SHA256(chain_{k-1} || SHA256(header_k) || SHA256(body_k)), over
// envelopes from the first of an enrolment; chain_0 is all zero.
Sha256 chain(const Sha256& before, const Envelope& envelope);

// The JSON of a body: {"envelope", "first_sequence", "operations": [...]}.
std::string envelope_text(const Uuid& id, Sequence first_sequence,
                          const std::vector<std::string>& operations);
// What stands in place of a body that its tablet was told to forget: "DSE1" and the SHA-256 of
// the body, so that the chain over it stays what it was.
std::string forgotten_body(std::string_view body);
bool is_forgotten(const Envelope& envelope);

// REQUIRES: at least one operation; dense sequences.
Envelope seal_envelope(const Uuid& id, const std::vector<Operation>& operations);
// The same from operations already encoded, which become the body as they are.
Envelope seal_envelope(const Uuid& id, Sequence first_sequence, const std::vector<std::string>& operations);

struct OpenedOperation {
    Sequence sequence = 0;
    std::string json;  // as it came
    // With an UnknownPayload when only its header can be read; nothing when not even that.
    std::optional<Operation> operation;
    std::string problem;  // why it is quarantined, without content; empty when fine
    // The json as it is kept under the key of its subject, where somebody packed it ahead; empty else.
    std::string packed{};
};
// Never fails: what cannot be read is returned with its reason.
OpenedOperation open_operation(std::string json);
// Opens a body; `damaged` when it does not repeat the header's id and sequences.
// An operation that cannot be decoded is returned with its reason instead.
Result<std::vector<OpenedOperation>> open_envelope(const Envelope& envelope);

struct PushRequest {
    int proto = 1;
    std::optional<Uuid> epoch_seen;
    Uuid enrolment;
    Sequence first_sequence = 0;
    Sha256 chain_before;
    Sha256 chain_after;
    std::uint64_t unsent = 0;  // still waiting on the tablet, this push included
    std::vector<Envelope> envelopes;
    // What time its clock says; nothing where it is not meant to tell the time.
    std::optional<std::int64_t> tablet_time_ms{};
};

struct Quarantined {
    Uuid operation;  // nil when it could not even be read
    Sequence sequence = 0;
    std::string reason;
    bool operator==(const Quarantined&) const = default;
};

struct PushReply {
    Uuid epoch;
    Sequence acked_through = 0;
    Sha256 chain;                  // after acked_through
    Sequence durable_through = 0;  // what a backup covers
    std::vector<Quarantined> quarantined;
    std::int64_t server_time_ms = 0;
    std::string min_app{};  // the oldest app that understands all that it pulls; empty: any
};

// One pulled operation: its place in the feed, and its JSON, or only its id when
// it is the tablet's own.
struct PulledOperation {
    std::uint64_t pull_sequence = 0;
    Uuid id;
    std::string json;                    // empty for the tablet's own
    std::optional<std::string> patch{};  // in pages for a scope, and told nowhere else
};

struct PullReply {
    Uuid epoch;
    std::uint64_t from = 0;    // exclusive: the cursor asked with
    std::uint64_t cursor = 0;  // the cursor to keep
    bool more = false;
    std::vector<PulledOperation> operations;
    Sha256 hash;  // page_hash(); encode() computes it, decode_pull_reply() checks it
    std::int64_t server_time_ms = 0;
    Uuid enrolment;  // whose page: in another's, our own facts are missing
    // Of this tablet's own places: what the orders to forget in this page are about, in clear, so that a
    // locked tablet can drop envelopes that it cannot read.
    std::vector<Sequence> forgotten{};
    // scope_name() of what the tablet is given; empty: the whole partnership, and then there are no holes.
    std::string scope{};
    // A snapshot: the history of one patch (patch.h) from `from` on, of which `through` is the end.
    std::optional<std::string> patch{};
    std::uint64_t through = 0;
    std::vector<PatchTotal> patches{};  // at the end of the feed: what lies at or below `cursor`
};

// SHA256 over the 16 raw bytes of each id, in order.
Sha256 page_hash(const std::vector<PulledOperation>& operations);

// The endpoint's leave to work on, which the vault that asked for it believes or not.
struct TabletLicence {
    std::int64_t issued_ms = 0;
    std::int64_t until_ms = 0;
    std::string signature;
};

// GET /v1/tablet?vault=ID&tablet_time_ms=N: where the endpoint stands with this tablet.
struct TabletReply {
    Uuid epoch;
    Uuid enrolment;
    std::string tablet;  // "tab-01"
    Sequence acked_through = 0;
    Sha256 chain;
    std::uint64_t cursor_max = 0;  // the newest pull sequence
    std::string safeguarding_key;  // 32 bytes
    std::int64_t server_time_ms = 0;
    // For the vault that the request named; nothing where it named none, or there is no key
    // to sign with.
    std::optional<TabletLicence> licence{};
    Sequence durable_through = 0;           // what a backup covers
    std::optional<Uuid> parent_epoch{};     // of which this epoch is the continuation
    std::uint64_t parent_cut = 0;           // places of the feed up to here are the same in both
    std::optional<AuditHead> audit_head{};  // of this epoch; nothing where there is no key to sign with
    std::string min_app{};                  // as in PushReply
    // Codes of officers whose sign-ins end, on every tablet.
    std::vector<std::string> officers_left{};
    // list_hash() of the reference data that this tablet is to have (parcels.h); nothing where none was
    // ever published.
    std::optional<Sha256> parcels{};
    std::vector<std::string> scope{};  // the patches that this tablet is given; none: all of them
};

// A refusal, with words that a person can be shown.
struct Refusal {
    std::string code;  // gap, fork, epoch, unknown_tablet, too_old, too_large, bad_frame, bad_request, busy
    std::string what;
    Sequence expected = 0;  // for gap: the first sequence that is missing
};

// A refusal is plain JSON; all others are frames, whose checksum tells a flipped bit.
// Decoding a push checks what a push must be in itself: dense envelopes from
// first_sequence, and a chain that leads from chain_before to chain_after.
std::string encode(const PushRequest& message);
std::string encode(const PushReply& message);
std::string encode(const PullReply& message);
std::string encode(const TabletReply& message);
std::string encode(const Refusal& message);
Result<PushRequest> decode_push_request(std::string_view frame);
Result<PushReply> decode_push_reply(std::string_view frame);
Result<PullReply> decode_pull_reply(std::string_view frame);
Result<TabletReply> decode_tablet_reply(std::string_view frame);
Result<Refusal> decode_refusal(std::string_view json);

}  // namespace doorstep::wire
