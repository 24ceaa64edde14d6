// How an attachment stands in the file: for what writes it and for what salvages it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sync/store/attachments.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/sealed_row.h"

namespace doorstep {

// The sealed part of a row of sealed_attachment.
struct AttachmentHead {
    Attachment told;
    RowKeys key;             // one generation: the attachment's own
    SecretBytes file_key{};  // the same, as its fact carries it to the centre
};

std::string encode_head(const Attachment& told, std::string_view key);
std::optional<AttachmentHead> decode_head(const Uuid& id, std::string_view bytes);

// What a piece is bound to.
RowIdentity piece_identity(const Uuid& id, std::uint32_t number);

// Takes out, after a salvage, attachments of which a piece is missing and pieces that
// belong to none; how many pictures are lost.  `keys` open the heads.
Result<std::int64_t> drop_torn_attachments(SqlConnection& disk, const RowKeys& keys);

}  // namespace doorstep
