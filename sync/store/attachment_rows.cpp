#include "sync/store/attachment_rows.h"

#include <utility>
#include <vector>

#include "forms/base/packing.h"
#include "sync/store/sealed_tables.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::uint64_t head_version = 1;

// Whether every piece is there, as it was sealed.
Result<bool> is_whole(SqlConnection& sql, const AttachmentHead& head) {
    std::string sealed;
    std::uint64_t next = 0;
    TRY_DO(sql.query("select number, sealed from disk.sealed_piece where attachment = :id order by number",
                     {{"id", sql_value(head.told.id)}}, [&](const SqlRow& row) {
                         if (unsigned_column(row, 0) != next)
                             return false;
                         ++next;
                         sealed += row.bytes(1);
                         return sealed.size() <= head.told.sealed_bytes;
                     }));
    return next == head.told.pieces && Sha256::of(sealed) == head.told.sealed_hash;
}

}  // namespace

std::string encode_head(const Attachment& told, std::string_view key) {
    Packer packer;
    packer(head_version, std::string(told.questionnaire.raw()), static_cast<std::uint64_t>(told.kind),
           told.bytes, told.sealed_bytes, std::uint64_t{told.pieces}, std::string(told.sealed_hash.raw()),
           std::string(key));
    return packer.bytes();
}

std::optional<AttachmentHead> decode_head(const Uuid& id, std::string_view bytes) {
    Unpacker unpacker(bytes);
    std::uint64_t version = 0;
    std::uint64_t kind = 0;
    std::uint64_t pieces = 0;
    std::string questionnaire, hash, key;
    AttachmentHead head;
    head.told.id = id;
    unpacker(version, questionnaire, kind, head.told.bytes, head.told.sealed_bytes, pieces, hash, key);
    const auto owner = Uuid::from_bytes(questionnaire);
    auto& kept = head.told.sealed_hash.bytes;
    if (!unpacker.ok() || !unpacker.at_end() || version != head_version || !owner || kind < 1 || kind > 2 ||
        hash.size() != kept.size() || key.size() != RowKeys::key_size ||
        head.told.bytes > attachment_limits::bytes_max ||
        pieces != (head.told.bytes + attachment_limits::piece_bytes - 1) / attachment_limits::piece_bytes)
        return std::nullopt;
    head.told.questionnaire = *owner;
    head.told.kind = static_cast<AttachmentKind>(kind);
    head.told.pieces = static_cast<std::uint32_t>(pieces);
    std::copy(hash.begin(), hash.end(), kept.begin());
    head.key.add(1, SecretBytes(key));
    head.file_key = SecretBytes(key);
    return head;
}

RowIdentity piece_identity(const Uuid& id, std::uint32_t number) {
    return {id, "attachment_piece", std::uint64_t{number} + 1, 0, 1};
}

Result<std::int64_t> drop_torn_attachments(SqlConnection& disk, const RowKeys& keys) {
    std::vector<AttachmentHead> heads;
    TRY_DO(
        disk.query("select id, generation, sealed from disk.sealed_attachment", {}, [&](const SqlRow& row) {
            const auto text = keys.open(content_identity(row.uuid(0), "attachment"),
                                        static_cast<KeyGeneration>(row.integer(1)), row.bytes(2));
            auto head = text.ok() ? decode_head(row.uuid(0), text->view()) : std::nullopt;
            if (head)
                heads.push_back(std::move(*head));
            return true;
        }));
    std::int64_t lost = 0;
    for (const auto& head : heads) {
        TRY(const bool whole, is_whole(disk, head));
        if (whole)
            continue;
        ++lost;
        TRY_DO(
            disk.run("delete from disk.sealed_attachment where id = :id", {{"id", sql_value(head.told.id)}}));
    }
    TRY_DO(disk.run("delete from disk.sealed_piece where attachment not in (select id from "
                    "disk.sealed_attachment)"));
    return lost;
}

}  // namespace doorstep
