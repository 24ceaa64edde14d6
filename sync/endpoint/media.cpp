#include "sync/endpoint/media.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/agencies/outbox.h"
#include "sync/store/attachment_rows.h"
#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr std::string_view needed_to_send = "send";

Result<void> name_one(SqlConnection& sql, const Clock& clock, const Uuid& enrolment,
                      const Operation& operation, const MediaItem& item) {
    TRY_DO(sql.run("insert into media(partnership, sha256, length, pieces, done_ms) values(:partnership, "
                   ":hash, :length, :pieces, 0) on conflict do nothing",
                   {{"partnership", home_partnership},
                    {"hash", sql_value(item.sha256)},
                    {"length", sql_value(item.length)},
                    {"pieces", std::int64_t{item.pieces}}}));
    TRY_DO(sql.run(
        "insert into media_named(partnership, operation_id, sha256, enrolment, contact, kind, "
        "required_for, named_ms) values(:partnership, :operation, :hash, :enrolment, :contact, :kind, "
        ":required, :now) on conflict do nothing",
        {{"partnership", home_partnership},
         {"operation", sql_value(operation.id)},
         {"hash", sql_value(item.sha256)},
         {"enrolment", sql_value(enrolment)},
         {"contact", sql_value(std::get<QuestionnaireFinished>(operation.payload).contact)},
         {"kind", std::string(word(item.kind))},
         {"required", std::string(item.required_for == needed_to_send ? needed_to_send : std::string_view{})},
         {"now", clock.now_ms()}}));
    return {};
}

Result<bool> whole_is_here(SqlConnection& sql, const Sha256& hash) {
    bool here = false;
    TRY_DO(sql.query("select done_ms from media where partnership = :partnership and sha256 = :hash",
                     {{"partnership", home_partnership}, {"hash", sql_value(hash)}}, [&](const SqlRow& row) {
                         here = row.integer(0) != 0;
                         return false;
                     }));
    return here;
}

Error not_as_sealed() {
    return {Fault::damaged, "A picture or signature here is not what was sealed on its tablet.",
            "Take it from a backup, or from the tablet if it still has it."};
}

struct Said {
    Sha256 hash;
    std::uint64_t length = 0;
    std::uint64_t pieces = 0;
};

Result<bool> is_as_said(SqlConnection& sql, const Said& said) {
    std::string sealed;
    std::uint64_t next = 0;
    TRY_DO(sql.query("select number, sealed from media_piece where partnership = :partnership and sha256 = "
                     ":hash order by number",
                     {{"partnership", home_partnership}, {"hash", sql_value(said.hash)}},
                     [&](const SqlRow& row) {
                         if (unsigned_column(row, 0) != next)
                             return false;
                         ++next;
                         sealed += row.blob(1);
                         return sealed.size() <= said.length;
                     }));
    return next == said.pieces && sealed.size() == said.length && Sha256::of(sealed) == said.hash;
}

// Pieces and row go with the last fact that names it.
Result<void> forget_one(SqlConnection& sql, const Uuid& operation, const Sha256& hash) {
    TRY_DO(sql.run(
        "delete from media_named where partnership = :partnership and operation_id = :operation "
        "and sha256 = :hash",
        {{"partnership", home_partnership}, {"operation", sql_value(operation)}, {"hash", sql_value(hash)}}));
    for (const char* statement :
         {"delete from media_piece where partnership = :partnership and sha256 = :hash and not exists "
          "(select "
          "1 from media_named n where n.partnership = :partnership and n.sha256 = :hash)",
          "delete from media where partnership = :partnership and sha256 = :hash and not exists (select 1 "
          "from media_named n where n.partnership = :partnership and n.sha256 = :hash)"})
        TRY_DO(sql.run(statement, {{"partnership", home_partnership}, {"hash", sql_value(hash)}}));
    return {};
}

}  // namespace

Result<void> name_media(SqlConnection& sql, const Clock& clock, const Uuid& enrolment,
                        const Operation& operation) {
    if (const auto* finished = std::get_if<QuestionnaireFinished>(&operation.payload))
        for (const auto& item : finished->media)
            TRY_DO(name_one(sql, clock, enrolment, operation, item));
    return {};
}

Result<void> open_gates(SqlConnection& sql, const Clock& clock, const Uuid& operation) {
    std::int64_t required = 0;
    std::int64_t here = 0;
    TRY_DO(sql.query(
        "select count(*), coalesce(sum(case when m.done_ms > 0 then 1 else 0 end), 0) from media_named n "
        "join "
        "media m on m.partnership = n.partnership and m.sha256 = n.sha256 where n.partnership = :partnership "
        "and n.operation_id = :operation and n.required_for = 'send'",
        {{"partnership", home_partnership}, {"operation", sql_value(operation)}}, [&](const SqlRow& row) {
            required = row.integer(0);
            here = row.integer(1);
            return false;
        }));
    if (required == 0 || here < required)
        return {};
    std::vector<Uuid> referrals;
    TRY_DO(sql.query(
        "select distinct r.referral from fact_referral r join media_named n on n.partnership = r.partnership "
        "and n.contact = r.contact where n.partnership = :partnership and n.operation_id = :operation",
        {{"partnership", home_partnership}, {"operation", sql_value(operation)}}, [&](const SqlRow& row) {
            referrals.push_back(row.uuid(0));
            return true;
        }));
    for (const auto& referral : referrals)
        TRY_DO(signature_is_here(sql, clock, referral));
    return {};
}

Result<void> forget_media(SqlConnection& sql, std::span<const Uuid> operations) {
    for (const auto& id : operations) {
        std::vector<Sha256> named;
        TRY_DO(sql.query(
            "select sha256 from media_named where partnership = :partnership and operation_id = :operation",
            {{"partnership", home_partnership}, {"operation", sql_value(id)}}, [&](const SqlRow& row) {
                named.push_back(sha256_column(row, 0));
                return true;
            }));
        for (const auto& hash : named)
            TRY_DO(forget_one(sql, id, hash));
    }
    return {};
}

Result<std::vector<Sha256>> media_here(SqlConnection& sql, const QuestionnaireFinished& finished) {
    std::vector<Sha256> here;
    for (const auto& item : finished.media) {
        TRY(const bool whole, whole_is_here(sql, item.sha256));
        if (whole)
            here.push_back(item.sha256);
    }
    return here;
}

Result<SecretBytes> open_media(SqlConnection& sql, const MediaItem& item) {
    TRY(const bool here, whole_is_here(sql, item.sha256));
    if (!here)
        return Error{Fault::not_found, "That picture or signature has not come from its tablet yet.",
                     "The tablet sends it with its next sync, photos on charge."};
    if (item.file_key.size() != RowKeys::key_size)
        return not_as_sealed();
    RowKeys keys;
    keys.add(1, SecretBytes(item.file_key));
    std::vector<SecretText> texts;
    std::size_t bytes = 0;
    bool sound = true;
    TRY_DO(sql.query(
        "select sealed from media_piece where partnership = :partnership and sha256 = :hash "
        "order by number",
        {{"partnership", home_partnership}, {"hash", sql_value(item.sha256)}}, [&](const SqlRow& row) {
            auto text =
                keys.open(piece_identity(item.id, static_cast<std::uint32_t>(texts.size())), 1, row.blob(0));
            sound = text.ok();
            if (sound) {
                bytes += text->view().size();
                texts.push_back(std::move(*text));
            }
            return sound;
        }));
    if (!sound || texts.size() != item.pieces)
        return not_as_sealed();
    auto content = SecretBytes::blank(bytes);
    auto* at = content.data();
    for (const auto& text : texts)
        at = std::copy(text.view().begin(), text.view().end(), at);
    return content;
}

Result<std::uint64_t> check_media(SqlConnection& sql, const std::function<void(std::string)>& tell) {
    std::vector<Said> whole;
    TRY_DO(sql.query(
        "select sha256, length, pieces from media where partnership = :partnership and done_ms > "
        "0 order by sha256",
        {{"partnership", home_partnership}}, [&](const SqlRow& row) {
            whole.push_back({sha256_column(row, 0), unsigned_column(row, 1), unsigned_column(row, 2)});
            return true;
        }));
    for (const auto& one : whole) {
        TRY(const bool as_said, is_as_said(sql, one));
        if (!as_said)
            tell(fmt::format("The picture {} is not what came from its tablet.",
                             one.hash.hex().substr(0, 12)));
    }
    return whole.size();
}

namespace {

std::size_t behind_spaces(std::string_view json, std::size_t at) {
    return std::min(json.find_first_not_of(" \t\r\n", at), json.size());
}

// Behind the bracket that closes the list which begins before `at`; npos: none does.
std::size_t end_of_list(std::string_view json, std::size_t at) {
    bool quoted = false;
    for (int depth = 1; at < json.size(); ++at) {
        const char c = json[at];
        if (quoted && c == '\\')
            ++at;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '[')
            ++depth;
        else if (!quoted && c == ']' && --depth == 0)
            return at;
    }
    return std::string_view::npos;
}

}  // namespace

// The name of a member stands between plain quotes with a colon behind.
std::string without_media(std::string json) {
    constexpr std::string_view member = "\"media\"";
    for (auto at = json.find(member); at != std::string::npos; at = json.find(member, at)) {
        at = behind_spaces(json, at + member.size());
        if (at >= json.size() || json[at] != ':')
            continue;
        at = behind_spaces(json, at + 1);
        if (at >= json.size() || json[at] != '[')
            continue;
        if (const auto end = end_of_list(json, at + 1); end != std::string::npos)
            json.erase(at + 1, end - at - 1);
    }
    return json;
}

}  // namespace doorstep
