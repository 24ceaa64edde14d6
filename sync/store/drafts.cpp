#include "sync/store/drafts.h"

#include "sync/store/sql_values.h"

namespace doorstep {

namespace {

constexpr const char* header_columns = "select questionnaire, contact, form_id, form_version, form_hash, "
                                       "begun, started_ms, changed_ms from draft ";

DraftHeader header_of(const SqlRow& row) {
    return {row.uuid(0), row.uuid(1),    {row.text(2), row.text(3), sha256_column(row, 4)},
            row.blob(5), row.integer(6), row.integer(7)};
}

Result<void> insert_line(SqlConnection& sql, const Uuid& questionnaire, std::uint64_t number,
                         const std::string& line) {
    TRY_DO(sql.run(
        "insert into draft_line(questionnaire, number, line) values(:questionnaire, :number, :line)",
        {{"questionnaire", sql_value(questionnaire)}, {"number", sql_value(number)}, {"line", Blob{line}}}));
    return {};
}

Result<std::uint64_t> last_line(SqlConnection& sql, const Uuid& questionnaire) {
    std::uint64_t last = 0;
    TRY_DO(sql.query("select coalesce(max(number), 0) from draft_line where questionnaire = :questionnaire",
                     {{"questionnaire", sql_value(questionnaire)}}, [&](const SqlRow& row) {
                         last = unsigned_column(row, 0);
                         return false;
                     }));
    return last;
}

}  // namespace

Result<void> Drafts::begin(const DraftHeader& header, const std::string& form_xml) {
    TRY(auto transaction, store_.begin());
    auto& sql = transaction.sql();
    TRY_DO(sql.run("insert into draft_form(form_hash, xml) values(:hash, :xml) on conflict do nothing",
                   {{"hash", sql_value(header.form.hash)}, {"xml", Blob{form_xml}}}));
    TRY(const auto added,
        sql.run(
            "insert into draft(questionnaire, contact, form_id, form_version, form_hash, begun, started_ms, "
            "changed_ms) values(:questionnaire, :contact, :form_id, :form_version, :form_hash, :begun, "
            ":started, "
            ":changed) on conflict do nothing",
            {{"questionnaire", sql_value(header.questionnaire)},
             {"contact", sql_value(header.contact)},
             {"form_id", Blob{header.form.id}},
             {"form_version", Blob{header.form.version}},
             {"form_hash", sql_value(header.form.hash)},
             {"begun", Blob{header.begun}},
             {"started", header.started_ms},
             {"changed", header.changed_ms}}));
    if (added == 0)
        return Error{Fault::conflict, "A draft of this questionnaire is already there.", "Open that one."};
    return transaction.commit();
}

Result<std::uint64_t> Drafts::keep(const Uuid& questionnaire, const std::vector<std::string>& lines) {
    TRY(auto transaction, store_.begin());
    auto& sql = transaction.sql();
    TRY(const auto changed,
        sql.run("update draft set changed_ms = :now where questionnaire = :questionnaire",
                {{"now", store_.clock().now_ms()}, {"questionnaire", sql_value(questionnaire)}}));
    if (changed == 0)
        return Error{Fault::not_found, "There is no such draft on this tablet.", ""};
    TRY(auto number, last_line(sql, questionnaire));
    for (const auto& line : lines)
        TRY_DO(insert_line(sql, questionnaire, ++number, line));
    TRY_DO(transaction.commit());
    return number;
}

Result<std::vector<DraftHeader>> Drafts::all() const {
    std::vector<DraftHeader> found;
    TRY_DO(store_.sql().query(std::string(header_columns) + "order by changed_ms desc, questionnaire", {},
                              [&](const SqlRow& row) {
                                  found.push_back(header_of(row));
                                  return true;
                              }));
    return found;
}

Result<std::optional<DraftHeader>> Drafts::find(const Uuid& questionnaire) const {
    std::optional<DraftHeader> found;
    TRY_DO(store_.sql().query(std::string(header_columns) + "where questionnaire = :questionnaire",
                              {{"questionnaire", sql_value(questionnaire)}}, [&](const SqlRow& row) {
                                  found = header_of(row);
                                  return false;
                              }));
    return found;
}

Result<std::vector<DraftLine>> Drafts::lines(const Uuid& questionnaire) const {
    std::vector<DraftLine> found;
    TRY_DO(store_.sql().query(
        "select number, line from draft_line where questionnaire = :questionnaire order by number",
        {{"questionnaire", sql_value(questionnaire)}}, [&](const SqlRow& row) {
            found.push_back({unsigned_column(row, 0), row.blob(1)});
            return true;
        }));
    return found;
}

Result<std::optional<std::string>> Drafts::form_xml(const Sha256& hash) const {
    std::optional<std::string> xml;
    TRY_DO(store_.sql().query("select xml from draft_form where form_hash = :hash",
                              {{"hash", sql_value(hash)}}, [&](const SqlRow& row) {
                                  xml = row.blob(0);
                                  return false;
                              }));
    return xml;
}

Result<void> Drafts::remove(Transaction& transaction, const Uuid& questionnaire) {
    auto& sql = transaction.sql();
    for (const char* statement : {"delete from draft_line where questionnaire = :questionnaire",
                                  "delete from draft where questionnaire = :questionnaire"})
        TRY_DO(sql.run(statement, {{"questionnaire", sql_value(questionnaire)}}));
    TRY_DO(sql.run("delete from draft_form where not exists (select 1 from draft where draft.form_hash = "
                   "draft_form.form_hash)"));
    return {};
}

}  // namespace doorstep
