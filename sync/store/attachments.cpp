#include "sync/store/attachments.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "sync/store/attachment_rows.h"
#include "sync/store/ballast.h"
#include "sync/store/outbound_media.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

Error damaged() {
    return {Fault::damaged, "A picture or signature on this tablet was altered and cannot be shown.",
            "Take it again, if that is possible."};
}

// The endpoint's tables are plain: what comes in there is a file of its own.
Result<void> check_sealed(SqlConnection& sql) {
    bool sealed = false;
    TRY_DO(sql.query("select 1 from pragma_database_list where name = 'disk'", {}, [&](const SqlRow&) {
        sealed = true;
        return false;
    }));
    if (!sealed)
        return Error{Fault::refused, "Pictures and signatures are kept in a sealed store only.", ""};
    return {};
}

Result<void> check_size(std::string_view content) {
    if (content.empty())
        return Error{Fault::bad_input, "The picture is empty.", "Take it again."};
    if (content.size() > attachment_limits::bytes_max)
        return Error{Fault::bad_input,
                     fmt::format("The picture has {} MiB; at most {} MiB can be kept.",
                                 (content.size() + mebibyte - 1) / mebibyte,
                                 attachment_limits::bytes_max / mebibyte),
                     "Take it with fewer pixels."};
    return {};
}

// A draft, or what was finished.
Result<void> check_questionnaire(SqlConnection& sql, const Uuid& questionnaire) {
    bool there = false;
    TRY_DO(sql.query("select 1 from draft where questionnaire = :id union all select 1 from "
                     "fact_questionnaire where questionnaire = :id limit 1",
                     {{"id", sql_value(questionnaire)}}, [&](const SqlRow&) {
                         there = true;
                         return false;
                     }));
    if (!there)
        return Error{Fault::not_found, "There is no such questionnaire on this tablet.", ""};
    return {};
}

constexpr std::string_view all_heads =
    "select id, questionnaire, open_body(id, 'attachment', generation, sealed) from sealed_attachment ";

std::optional<AttachmentHead> head_of(const SqlRow& row) {
    auto head = decode_head(row.uuid(0), row.bytes(2));
    if (head && head->told.questionnaire != row.uuid(1))
        return std::nullopt;
    return head;
}

Result<std::vector<Attachment>> list(SqlConnection& sql, const std::string& which,
                                     std::span<const SqlParameter> parameters) {
    TRY_DO(check_sealed(sql));
    std::vector<Attachment> found;
    bool sound = true;
    TRY_DO(sql.query(std::string(all_heads) + which + " order by id", parameters, [&](const SqlRow& row) {
        const auto head = head_of(row);
        sound = head.has_value();
        if (sound)
            found.push_back(head->told);
        return sound;
    }));
    if (!sound)
        return damaged();
    return found;
}

Result<AttachmentHead> find(SqlConnection& sql, const Uuid& id) {
    TRY_DO(check_sealed(sql));
    bool there = false;
    std::optional<AttachmentHead> found;
    TRY_DO(
        sql.query(std::string(all_heads) + "where id = :id", {{"id", sql_value(id)}}, [&](const SqlRow& row) {
            there = true;
            found = head_of(row);
            return false;
        }));
    if (!there)
        return Error{Fault::not_found, "There is no such picture on this tablet.", ""};
    if (!found)
        return damaged();
    return std::move(*found);
}

// The pieces, one after the other.
std::vector<std::string> seal_pieces(const Uuid& id, const SecretBytes& key, std::string_view content) {
    RowKeys keys;
    keys.add(1, key.duplicate());
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < content.size(); at += attachment_limits::piece_bytes)
        pieces.push_back(keys.seal(piece_identity(id, static_cast<std::uint32_t>(pieces.size())),
                                   content.substr(at, attachment_limits::piece_bytes)));
    return pieces;
}

Result<void> insert(SqlConnection& sql, const Attachment& told, const SecretBytes& key,
                    const std::vector<std::string>& pieces) {
    TRY_DO(sql.run("insert into sealed_attachment(id, questionnaire, compartment, generation, sealed) "
                   "values(:id, :questionnaire, 0, newest_generation(), seal_body(:id, 'attachment', :head))",
                   {{"id", sql_value(told.id)},
                    {"questionnaire", sql_value(told.questionnaire)},
                    {"head", Blob{encode_head(told, key.view())}}}));
    std::int64_t number = 0;
    for (const auto& piece : pieces)
        TRY_DO(sql.run("insert into sealed_piece(attachment, number, sealed) values(:id, :number, :sealed)",
                       {{"id", sql_value(told.id)}, {"number", number++}, {"sealed", Blob{piece}}}));
    return {};
}

// The same picture may be added again after an error that said nothing about whether it
// was kept.
Result<Attachment> same_again(const Attachments& all, const Attachment& known, const Uuid& questionnaire,
                              AttachmentKind kind, std::string_view content) {
    TRY(const auto kept, all.read(known.id));
    if (known.questionnaire == questionnaire && known.kind == kind && kept.view() == content)
        return known;
    return Error{Fault::conflict, "Another picture is kept under this id.", ""};
}

}  // namespace

Result<Attachment> Attachments::add(const Uuid& id, const Uuid& questionnaire, AttachmentKind kind,
                                    std::string_view content) {
    auto& sql = store_.sql();
    TRY_DO(check_size(content));
    if (const auto known = find(sql, id); known.ok())
        return same_again(*this, known->told, questionnaire, kind, content);
    else if (known.error().fault != Fault::not_found)
        return known.error();
    TRY_DO(check_questionnaire(sql, questionnaire));
    TRY(const auto others, of(questionnaire));
    if (others.size() >= limits::media_items_max)
        return Error{Fault::bad_input,
                     fmt::format("A questionnaire has at most {} pictures.", limits::media_items_max),
                     "Take one of the others away."};
    std::uint64_t bytes = content.size();
    for (const auto& other : others)
        bytes += other.bytes;
    if (bytes > attachment_limits::all_bytes_max)
        return Error{Fault::bad_input,
                     fmt::format("The pictures of this questionnaire would have {} MiB; at most {} MiB can "
                                 "be kept.",
                                 (bytes + mebibyte - 1) / mebibyte,
                                 attachment_limits::all_bytes_max / mebibyte),
                     "Take one of the others away, or take this one with fewer pixels."};
    if (ballast_ && !ballast_->has_room_for(content.size()))
        return Error{
            Fault::disk_full,
            "The disk is too full for this picture. Nothing was changed; answers can still be saved.",
            "Free some space and take it again."};
    const auto key = SecretBytes::random(RowKeys::key_size);
    const auto pieces = seal_pieces(id, key, content);
    std::string sealed;
    for (const auto& piece : pieces)
        sealed += piece;
    const Attachment told{id,
                          questionnaire,
                          kind,
                          content.size(),
                          sealed.size(),
                          static_cast<std::uint32_t>(pieces.size()),
                          Sha256::of(sealed)};
    TRY(auto transaction, store_.begin());
    TRY_DO(insert(transaction.sql(), told, key, pieces));
    TRY_DO(transaction.commit());
    return told;
}

Result<std::vector<Attachment>> Attachments::of(const Uuid& questionnaire) const {
    return list(store_.sql(), "where questionnaire = :questionnaire",
                std::vector<SqlParameter>{{"questionnaire", sql_value(questionnaire)}});
}

Result<std::vector<Attachment>> Attachments::all() const {
    return list(store_.sql(), "", {});
}

Result<SecretBytes> Attachments::read(const Uuid& id) const {
    TRY(const auto head, find(store_.sql(), id));
    auto content = SecretBytes::blank(head.told.bytes);
    RowBuffer buffer;
    bool sound = true;
    std::size_t at = 0;
    std::uint32_t next = 0;
    const auto take = [&](const SqlRow& row) {
        const auto text = head.key.open(piece_identity(id, next), 1, row.bytes(1), buffer);
        sound = unsigned_column(row, 0) == next && text.ok() && at + text->size() <= content.size();
        ++next;
        if (sound)
            at = static_cast<std::size_t>(std::copy(text->begin(), text->end(), content.data() + at) -
                                          content.data());
        return sound;
    };
    TRY_DO(
        store_.sql().query("select number, sealed from sealed_piece where attachment = :id order by number",
                           {{"id", sql_value(id)}}, take));
    if (!sound || next != head.told.pieces || at != content.size())
        return damaged();
    return content;
}

Result<std::string> Attachments::sealed_piece(const Uuid& id, std::uint32_t number) const {
    TRY_DO(check_sealed(store_.sql()));
    std::optional<std::string> found;
    TRY_DO(store_.sql().query("select sealed from sealed_piece where attachment = :id and number = :number",
                              {{"id", sql_value(id)}, {"number", std::int64_t{number}}},
                              [&](const SqlRow& row) {
                                  found = row.blob(0);
                                  return false;
                              }));
    if (!found)
        return Error{Fault::not_found, "There is no such piece of a picture on this tablet.", ""};
    return std::move(*found);
}

Result<void> Attachments::remove(Transaction& transaction, const Uuid& id) {
    for (const char* statement :
         {"delete from sealed_piece where attachment = :id", "delete from sealed_attachment where id = :id"})
        TRY_DO(transaction.sql().run(statement, {{"id", sql_value(id)}}));
    return drop_outbound_media(transaction.sql());
}

Result<void> Attachments::remove_all(Transaction& transaction, const Uuid& questionnaire) {
    for (const char* statement :
         {"delete from sealed_piece where attachment in (select id from sealed_attachment where "
          "questionnaire = :questionnaire)",
          "delete from sealed_attachment where questionnaire = :questionnaire"})
        TRY_DO(transaction.sql().run(statement, {{"questionnaire", sql_value(questionnaire)}}));
    return drop_outbound_media(transaction.sql());
}

}  // namespace doorstep
