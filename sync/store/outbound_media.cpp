#include "sync/store/outbound_media.h"

#include "sync/store/attachment_rows.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

Result<bool> has_row(SqlConnection& sql, std::string_view question) {
    bool found = false;
    TRY_DO(sql.query(question, {}, [&](const SqlRow&) {
        found = true;
        return false;
    }));
    return found;
}

// Plain stores have no file beside memory, and one that is only looked at may be older.
Result<bool> keeps_media(SqlConnection& sql) {
    if (sql.engine() != SqlConnection::Engine::sqlite)
        return false;
    TRY(const bool sealed, has_row(sql, "select 1 from pragma_database_list where name = 'disk'"));
    return sealed ? has_row(sql, "select 1 from disk.sqlite_master where name = 'outbound_media'")
                  : Result<bool>(false);
}

Result<std::vector<AttachmentHead>> heads_of(SqlConnection& sql, const Uuid& questionnaire) {
    std::vector<AttachmentHead> heads;
    TRY_DO(sql.query("select id, questionnaire, open_body(id, 'attachment', generation, sealed) from "
                     "sealed_attachment where questionnaire = :questionnaire order by id",
                     {{"questionnaire", sql_value(questionnaire)}}, [&](const SqlRow& row) {
                         if (auto head = decode_head(row.uuid(0), row.bytes(2)))
                             heads.push_back(std::move(*head));
                         return true;
                     }));
    return heads;
}

Result<void> put_in_line(SqlConnection& sql, const Attachment& one) {
    TRY_DO(sql.run("insert into outbound_media(sha256, attachment, pieces, photo, fate) values(:hash, "
                   ":attachment, :pieces, :photo, 0) on conflict do nothing",
                   {{"hash", sql_value(one.sealed_hash)},
                    {"attachment", sql_value(one.id)},
                    {"pieces", std::int64_t{one.pieces}},
                    {"photo", std::int64_t{one.kind == AttachmentKind::photo ? 1 : 0}}}));
    return {};
}

}  // namespace

Result<OutboundMedia> outbound_media(SqlConnection& sql, const MediaPlace& after, bool photos) {
    OutboundMedia found;
    TRY(const bool keeps, keeps_media(sql));
    if (!keeps)
        return found;
    TRY_DO(sql.query("select photo, count(*) from outbound_media where fate = 0 group by photo", {},
                     [&](const SqlRow& row) {
                         (row.integer(0) != 0 ? found.photos : found.signatures) = unsigned_column(row, 1);
                         return true;
                     }));
    TRY_DO(
        sql.query("select sha256, attachment, pieces, photo, number from outbound_media where fate = 0 and "
                  "photo <= :photos and (photo > :photo or (photo = :photo and number > :number)) order by "
                  "photo, number limit :most",
                  {{"photos", std::int64_t{photos ? 1 : 0}},
                   {"photo", std::int64_t{after.photo ? 1 : 0}},
                   {"number", after.number},
                   {"most", static_cast<std::int64_t>(limits::media_asked_max)}},
                  [&](const SqlRow& row) {
                      found.next.push_back({sha256_column(row, 0),
                                            row.uuid(1),
                                            static_cast<std::uint32_t>(row.integer(2)),
                                            {row.integer(3) != 0, row.integer(4)}});
                      return true;
                  }));
    return found;
}

Result<void> keep_media_fate(SqlConnection& sql, const Sha256& hash, MediaFate fate) {
    TRY_DO(sql.run("update outbound_media set fate = :fate where sha256 = :hash",
                   {{"fate", static_cast<std::int64_t>(fate)}, {"hash", sql_value(hash)}}));
    return {};
}

Result<void> name_attachments(SqlConnection& sql, Operation& own) {
    auto* finished = std::get_if<QuestionnaireFinished>(&own.payload);
    TRY(const bool keeps, finished ? keeps_media(sql) : Result<bool>(false));
    if (!keeps)
        return {};
    TRY(const auto heads, heads_of(sql, finished->questionnaire));
    finished->media.clear();
    for (const auto& head : heads) {
        const bool signature = head.told.kind == AttachmentKind::signature;
        finished->media.push_back({head.told.id, head.told.sealed_hash, head.told.sealed_bytes,
                                   head.told.pieces, head.told.kind, signature ? "send" : "",
                                   std::string(head.file_key.view())});
        TRY_DO(put_in_line(sql, head.told));
    }
    return {};
}

Result<void> ask_for_media_again(SqlConnection& sql) {
    TRY(const bool keeps, keeps_media(sql));
    if (keeps)
        TRY_DO(sql.run("update outbound_media set fate = 0"));
    return {};
}

Result<void> gather_outbound_media(SqlConnection& sql) {
    TRY(const bool keeps, keeps_media(sql));
    std::vector<Uuid> finished;
    if (keeps)
        TRY_DO(
            sql.query("select distinct questionnaire from sealed_attachment where questionnaire in (select "
                      "questionnaire from fact_questionnaire)",
                      {}, [&](const SqlRow& row) {
                          finished.push_back(row.uuid(0));
                          return true;
                      }));
    for (const auto& questionnaire : finished) {
        TRY(const auto heads, heads_of(sql, questionnaire));
        for (const auto& head : heads)
            TRY_DO(put_in_line(sql, head.told));
    }
    return {};
}

Result<void> drop_outbound_media(SqlConnection& sql) {
    TRY(const bool keeps, keeps_media(sql));
    if (keeps)
        TRY_DO(
            sql.run("delete from outbound_media where attachment not in (select id from sealed_attachment)"));
    return {};
}

Result<void> forget_attachments(SqlConnection& sql, const Uuid& operation) {
    TRY(const bool keeps, keeps_media(sql));
    if (!keeps)
        return {};
    std::vector<Uuid> questionnaires;
    TRY_DO(sql.query("select questionnaire from fact_questionnaire where partnership = :partnership and "
                     "operation_id = :id",
                     {{"partnership", home_partnership}, {"id", sql_value(operation)}},
                     [&](const SqlRow& row) {
                         questionnaires.push_back(row.uuid(0));
                         return true;
                     }));
    for (const auto& questionnaire : questionnaires)
        for (const char* statement :
             {"delete from sealed_piece where attachment in (select id from sealed_attachment where "
              "questionnaire = :questionnaire)",
              "delete from sealed_attachment where questionnaire = :questionnaire"})
            TRY_DO(sql.run(statement, {{"questionnaire", sql_value(questionnaire)}}));
    return questionnaires.empty() ? Result<void>{} : drop_outbound_media(sql);
}

Result<void> add_outbound_table(SqlConnection& sql) {
    TRY(const bool there, has_row(sql, "select 1 from disk.sqlite_master where name = 'outbound_media'"));
    return there ? Result<void>{}
                 : sql.script("create table if not exists disk.outbound_media(number integer primary key, "
                              "sha256 blob not null unique, attachment blob not null, pieces integer not "
                              "null, photo integer not null, fate integer not null)");
}

}  // namespace doorstep
