// What of the attachments is to be sent: those of finished questionnaires, named by their facts.
//
// A row for each stands in clear in the file of a sealed store, made in the transaction of the finish, so
// that a locked tablet sends them: random id, hash, how many pieces, and whether it goes with the
// signatures or after them.  Stores that are not sealed have no attachments and no such rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "sync/operation/operation.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// Where one stands in the order of sending: signatures, then photos, each as they were finished.
struct MediaPlace {
    bool photo = false;
    std::int64_t number = 0;
    bool operator==(const MediaPlace&) const = default;
};
struct MediaToSend {
    Sha256 sha256;
    Uuid attachment;
    std::uint32_t pieces = 0;
    MediaPlace place;
    bool operator==(const MediaToSend&) const = default;
};
struct OutboundMedia {
    std::vector<MediaToSend> next;  // at most limits::media_asked_max
    std::uint64_t signatures = 0;   // that wait, all of them
    std::uint64_t photos = 0;
};

// Those that wait behind that place; photos only where they may go.  Locked too, as all of these.
Result<OutboundMedia> outbound_media(SqlConnection& sql, const MediaPlace& after, bool photos);

// sent: the endpoint said under its signature that it has it; refused: it is not what was sealed.
enum class MediaFate : std::uint8_t { waits = 0, sent = 1, refused = 2 };
Result<void> keep_media_fate(SqlConnection& sql, const Sha256& hash, MediaFate fate);

// Inside the transaction of others:
// of an own fact that is being recorded: the attachments of its questionnaire are named and wait;
Result<void> name_attachments(SqlConnection& sql, Operation& own);
// the endpoint was set back: it is asked again what it has;
Result<void> ask_for_media_again(SqlConnection& sql);
// after a salvage: the attachments of what was finished wait again;
Result<void> gather_outbound_media(SqlConnection& sql);
// those that were taken out, or that are no more.
Result<void> drop_outbound_media(SqlConnection& sql);
// Of facts that are being forgotten: the attachments of their questionnaires go.
Result<void> forget_attachments(SqlConnection& sql, const Uuid& operation);

Result<void> add_outbound_table(SqlConnection& sql);

}  // namespace doorstep
