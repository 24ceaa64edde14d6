#include "sync/store/row_loader.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "sync/store/sealed_tables.h"
#include "sync/store/sqlite_connection.h"

namespace doorstep {

namespace {

int bind(sqlite3_stmt* statement, int index, const RowPart& part) {
    switch (part.kind) {
    case RowPart::Kind::integer:
        return sqlite3_bind_int64(statement, index, part.integer);
    case RowPart::Kind::real:
        return sqlite3_bind_double(statement, index, part.real);
    case RowPart::Kind::text:
        return sqlite3_bind_text64(statement, index, part.bytes.data(), part.bytes.size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    case RowPart::Kind::blob:
        // No bytes are not no value.
        return part.bytes.empty() ? sqlite3_bind_zeroblob(statement, index, 0)
                                  : sqlite3_bind_blob64(statement, index, part.bytes.data(),
                                                        part.bytes.size(), SQLITE_STATIC);
    case RowPart::Kind::null:
        break;
    }
    return sqlite3_bind_null(statement, index);
}

// Fewer are put in sooner than the indexes are made anew.
constexpr std::int64_t few_records = 500;

Result<bool> has_many(SqlConnection& memory) {
    bool many = false;
    TRY_DO(memory.query("select 1 from disk.sealed_row order by generation limit 1 offset :few",
                        {{"few", few_records}}, [&](const SqlRow&) {
                            many = true;
                            return false;
                        }));
    return many;
}

Error unknown_kind() {
    return {Fault::newer_version, "A row of the store is of a kind that this Doorstep does not know.",
            "Install the newer Doorstep again."};
}

}  // namespace

void RowLoader::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Result<RowLoader> RowLoader::begin(SqlConnection& memory) {
    RowLoader loader(memory);
    for (const KeptTable& kept : kept_tables())
        loader.tables_[kept.number].name = kept.name;
    TRY(const bool many, has_many(memory));
    if (many)
        TRY_DO(loader.drop_indexes());
    return loader;
}

Result<void> RowLoader::read_columns(Table& table) {
    return memory_->query(fmt::format("pragma main.table_info({})", table.name), {}, [&](const SqlRow& row) {
        table.columns.push_back(row.text(1));
        return true;
    });
}

Result<void> RowLoader::drop_indexes() {
    std::vector<std::string> names;
    TRY_DO(memory_->query("select name, sql from main.sqlite_master where type = 'index' and sql is not null",
                          {}, [&](const SqlRow& row) {
                              names.push_back(row.text(0));
                              indexes_.push_back(row.text(1));
                              return true;
                          }));
    for (const std::string& name : names)
        TRY_DO(memory_->script(fmt::format("drop index main.{}", name)));
    return {};
}

sqlite3_stmt* RowLoader::insert_into(Table& table, std::size_t values) {
    if (table.inserts.size() <= values)
        table.inserts.resize(values + 1);
    Statement& insert = table.inserts[values];
    if (!insert) {
        std::string slots;
        for (std::size_t i = 0; i < values; ++i)
            slots += i == 0 ? "?" : ", ?";
        const auto sql =
            fmt::format("insert into main.{}({}) values({})", table.name,
                        fmt::join(table.columns.begin(),
                                  table.columns.begin() + static_cast<std::ptrdiff_t>(values), ", "),
                        slots);
        sqlite3_stmt* raw = nullptr;
        sqlite3_prepare_v3(raw_handle(*memory_), sql.c_str(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
        insert.reset(raw);
    }
    return insert.get();
}

Result<RowPlace> RowLoader::put(const RecordText::Row& row) {
    if (row.table > kept_number_max || tables_[row.table].name.empty() || row.values.empty())
        return unknown_kind();
    Table& table = tables_[row.table];
    if (table.columns.empty())
        TRY_DO(read_columns(table));
    if (row.values.size() > table.columns.size())
        return unknown_kind();
    sqlite3_stmt* insert = insert_into(table, row.values.size());
    int code = insert ? SQLITE_OK : SQLITE_ERROR;
    for (std::size_t i = 0; i < row.values.size() && code == SQLITE_OK; ++i)
        code = bind(insert, static_cast<int>(i) + 1, row.values[i]);
    if (code == SQLITE_OK && sqlite3_step(insert) != SQLITE_DONE)
        code = SQLITE_ERROR;
    sqlite3_reset(insert);
    if (code != SQLITE_OK)
        return Error{Fault::damaged, "A row of the store does not fit the others.", ""};
    return RowPlace{row.table, sqlite3_last_insert_rowid(sqlite3_db_handle(insert))};
}

Result<void> RowLoader::finish() {
    for (Table& table : tables_)
        table.inserts.clear();
    for (const std::string& index : indexes_)
        TRY_DO(memory_->script(index));
    indexes_.clear();
    return {};
}

}  // namespace doorstep
