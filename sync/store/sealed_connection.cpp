#include "sync/store/sealed_connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <cassert>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "forms/base/encoding.h"
#include "sync/store/row_loader.h"
#include "sync/store/row_text.h"
#include "sync/store/schema.h"
#include "sync/store/seal_plain.h"
#include "sync/store/sealed_tables.h"

namespace doorstep {

namespace {

// Where a row of a table stands in the file.
struct Place {
    std::int64_t number = 0;
    std::int64_t revision = 0;
};

int newest_schema() {
    return schema_history().back().version;
}

RowIdentity identity_of(const Place& place, int schema) {
    return row_identity(place.number, place.revision, schema);
}

// The file's tables, with what a sealed value of theirs is bound to.
struct FileTable {
    std::string_view name;
    std::string_view identity;  // columns
    std::string_view kind;      // empty: a row, which has a revision and a schema
};
constexpr std::array<FileTable, 3> file_tables = {{{"sealed_row", "revision, schema_version", ""},
                                                   {"sealed_body", "id, 0", "operation"},
                                                   {"sealed_envelope", "id, 0", "envelope"}}};

class SealedConnection final : public SqlConnection {
public:
    SealedConnection(std::unique_ptr<SqlConnection> inner, RowKeys& keys)
        : inner_(std::move(inner)), keys_(keys) {
        for (const KeptTable& table : kept_tables())
            by_name_.emplace(table.name, table.number);
    }

    Result<void> prepare() {
        TRY_DO(prepare_file(*inner_));
        register_functions();
        TRY_DO(prepare_memory(*inner_));
        for (const KeptTable& table : kept_tables())
            TRY_DO(read_columns(table));
        TRY_DO(load());
        sqlite3_update_hook(raw_handle(*inner_), &SealedConnection::row_changed, this);
        return {};
    }

    Engine engine() const override { return Engine::sqlite; }
    Result<void> script(std::string_view sql) override { return inner_->script(sql); }

    // Outside a transaction a change would not be sealed: it gets one of its own.
    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override {
        if (in_transaction_)
            return inner_->run(sql, parameters);
        TRY_DO(begin());
        auto changed = inner_->run(sql, parameters);
        if (!changed.ok()) {
            rollback();
            return changed;
        }
        TRY_DO(commit());
        return changed;
    }
    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        return inner_->query(sql, parameters, each);
    }

    Result<void> begin() override {
        TRY_DO(inner_->begin());
        in_transaction_ = true;
        return {};
    }
    Result<void> commit() override {
        std::vector<Kept> kept;
        auto outcome = seal_changes(kept);
        if (outcome.ok())
            outcome = inner_->commit();
        if (!outcome.ok()) {
            rollback();
            return outcome;
        }
        for (const Kept& row : kept)
            remember(row);
        changes_.clear();
        in_transaction_ = false;
        return {};
    }
    void rollback() noexcept override {
        inner_->rollback();
        changes_.clear();
        next_number_ = settled_number_;
        in_transaction_ = false;
    }
    Result<void> savepoint() override { return inner_->savepoint(); }
    Result<void> release_savepoint() override { return inner_->release_savepoint(); }
    void rollback_to_savepoint() noexcept override { inner_->rollback_to_savepoint(); }

    Result<std::int64_t> seal_anew(int rows);

private:
    struct Columns {
        std::string_view table;
        std::string select;  // types and values of one row
        std::vector<std::string> names;
    };
    struct Kept {
        std::pair<std::uint8_t, std::int64_t> row;
        Place place;  // number 0: gone
    };

    static void row_changed(void* self, int, const char* schema, const char* table, sqlite3_int64 rowid) {
        auto& ours = *static_cast<SealedConnection*>(self);
        if (std::string_view(schema) != "main")
            return;
        if (const auto found = ours.by_name_.find(table); found != ours.by_name_.end())
            ours.changes_.emplace(found->second, rowid);
    }

    Result<void> read_columns(const KeptTable& table);
    Result<void> load();
    Result<void> load_rows();
    Result<void> seal_changes(std::vector<Kept>& kept);
    Result<void> seal_one(std::pair<std::uint8_t, std::int64_t> row, std::vector<Kept>& kept);
    Result<std::optional<RowText>> row_in_memory(std::pair<std::uint8_t, std::int64_t> row);
    Result<void> write(const RowText& row, const Place& place);
    Place* place_of(std::pair<std::uint8_t, std::int64_t> row);
    void remember(const Kept& row);
    Result<std::int64_t> seal_table_anew(const FileTable& table, std::int64_t limit);
    void register_functions();

    static void seal_body(sqlite3_context* context, int, sqlite3_value** values);
    static void open_body(sqlite3_context* context, int, sqlite3_value** values);
    static void newest_generation(sqlite3_context* context, int, sqlite3_value** values);

    std::unique_ptr<SqlConnection> inner_;
    RowKeys& keys_;
    std::map<std::string, std::uint8_t, std::less<>> by_name_;
    std::map<std::uint8_t, Columns> columns_;
    std::map<std::uint8_t, std::unordered_map<std::int64_t, Place>> places_;
    std::set<std::pair<std::uint8_t, std::int64_t>> changes_;
    std::int64_t next_number_ = 1;
    std::int64_t settled_number_ = 1;
    bool in_transaction_ = false;
};

Result<void> SealedConnection::read_columns(const KeptTable& table) {
    Columns columns;
    columns.table = table.name;
    TRY_DO(inner_->query(fmt::format("pragma main.table_info({})", table.name), {}, [&](const SqlRow& row) {
        columns.names.push_back(row.text(1));
        return true;
    }));
    columns.select = fmt::format("select {} from main.{} where rowid = :rowid",
                                 fmt::join(columns.names, ", "), table.name);
    columns_.emplace(table.number, std::move(columns));
    return {};
}

Result<std::optional<RowText>> SealedConnection::row_in_memory(std::pair<std::uint8_t, std::int64_t> row) {
    const Columns& columns = columns_.at(row.first);
    std::optional<RowText> found;
    TRY_DO(inner_->query(columns.select, {{"rowid", row.second}}, [&](const SqlRow& one) {
        found = RowText{row.first, row.second, {}};
        for (int i = 0; i < static_cast<int>(columns.names.size()); ++i)
            found->values.push_back(one.value(i));
        return false;
    }));
    return found;
}

Place* SealedConnection::place_of(std::pair<std::uint8_t, std::int64_t> row) {
    auto& table = places_[row.first];
    const auto found = table.find(row.second);
    return found == table.end() ? nullptr : &found->second;
}

void SealedConnection::remember(const Kept& row) {
    if (row.place.number == 0)
        places_[row.row.first].erase(row.row.second);
    else
        places_[row.row.first][row.row.second] = row.place;
    settled_number_ = next_number_;
}

// Rows first, then bodies, then envelopes, as far as `rows` reaches.
Result<std::int64_t> SealedConnection::seal_anew(int rows) {
    TRY_DO(begin());
    std::int64_t left = rows;
    for (const FileTable& table : file_tables) {
        auto done = seal_table_anew(table, left);
        if (!done.ok()) {
            rollback();
            return done;
        }
        left -= *done;
    }
    TRY_DO(commit());
    std::int64_t older = 0;
    for (const FileTable& table : file_tables)
        TRY_DO(
            inner_->query(fmt::format("select count(*) from disk.{} where generation < :newest", table.name),
                          {{"newest", std::int64_t{keys_.newest()}}}, [&](const SqlRow& row) {
                              older += row.integer(0);
                              return false;
                          }));
    return older;
}

Result<std::int64_t> SealedConnection::seal_table_anew(const FileTable& table, std::int64_t limit) {
    struct Old {
        RowIdentity identity;
        std::int64_t rowid;
        KeyGeneration generation;
        std::string sealed;
    };
    std::vector<Old> found;
    TRY_DO(inner_->query(
        fmt::format(
            "select rowid, generation, sealed, {} from disk.{} where generation < :newest limit :limit",
            table.identity, table.name),
        {{"newest", std::int64_t{keys_.newest()}}, {"limit", limit}}, [&](const SqlRow& row) {
            const RowIdentity identity = table.kind.empty() ? identity_of({row.integer(0), row.integer(3)},
                                                                          static_cast<int>(row.integer(4)))
                                                            : content_identity(row.uuid(3), table.kind);
            found.push_back(
                {identity, row.integer(0), static_cast<KeyGeneration>(row.integer(1)), row.blob(2)});
            return true;
        }));
    for (const Old& one : found) {
        TRY(const SecretText text, keys_.open(one.identity, one.generation, one.sealed));
        TRY_DO(inner_->run(fmt::format("update disk.{} set generation = :newest, sealed = :sealed "
                                       "where rowid = :rowid",
                                       table.name),
                           {{"newest", std::int64_t{keys_.newest()}},
                            {"sealed", Blob{keys_.seal(one.identity, text.view())}},
                            {"rowid", one.rowid}}));
    }
    return static_cast<std::int64_t>(found.size());
}

Result<void> SealedConnection::write(const RowText& row, const Place& place) {
    const std::string sealed = keys_.seal(identity_of(place, newest_schema()), encode_row(row));
    TRY_DO(
        inner_->run("insert into disk.sealed_row(number, compartment, generation, revision, schema_version, "
                    "sealed) values(:number, 0, :generation, :revision, :schema, :sealed) "
                    "on conflict(number) do update set generation = excluded.generation, "
                    "revision = excluded.revision, schema_version = excluded.schema_version, "
                    "sealed = excluded.sealed",
                    {{"number", place.number},
                     {"generation", std::int64_t{keys_.newest()}},
                     {"revision", place.revision},
                     {"schema", std::int64_t{newest_schema()}},
                     {"sealed", Blob{sealed}}}));
    return {};
}

Result<void> SealedConnection::seal_one(std::pair<std::uint8_t, std::int64_t> row, std::vector<Kept>& kept) {
    TRY(const auto text, row_in_memory(row));
    const Place* before = place_of(row);
    if (!text) {
        if (before) {
            TRY_DO(inner_->run("delete from disk.sealed_row where number = :number",
                               {{"number", before->number}}));
            kept.push_back({row, {}});
        }
        return {};
    }
    const Place place = before ? Place{before->number, before->revision + 1} : Place{next_number_++, 1};
    TRY_DO(write(*text, place));
    kept.push_back({row, place});
    return {};
}

Result<void> SealedConnection::seal_changes(std::vector<Kept>& kept) {
    for (const auto& row : changes_)
        TRY_DO(seal_one(row, kept));
    return {};
}

Result<void> SealedConnection::load_rows() {
    TRY(RowLoader loader, RowLoader::begin(*inner_));
    RowBuffer buffer;
    Result<void> outcome;
    TRY_DO(inner_->query(
        "select number, generation, revision, schema_version, sealed from disk.sealed_row order by number",
        {}, [&](const SqlRow& row) {
            const Place place{row.integer(0), row.integer(2)};
            next_number_ = place.number + 1;
            const auto text = keys_.open(identity_of(place, static_cast<int>(row.integer(3))),
                                         static_cast<KeyGeneration>(row.integer(1)), row.bytes(4), buffer);
            if (!text.ok()) {
                outcome = text.error();
                return false;
            }
            const auto header = loader.put(*text);
            if (header.ok())
                places_[header->table][header->rowid] = place;
            else
                outcome = header.error();
            return outcome.ok();
        }));
    settled_number_ = next_number_;
    TRY_DO(outcome);
    return loader.finish();
}

Result<void> SealedConnection::load() {
    TRY_DO(inner_->script("pragma foreign_keys = off"));
    TRY_DO(inner_->begin());
    auto loaded = load_rows();
    if (loaded.ok())
        loaded = inner_->commit();
    if (!loaded.ok()) {
        inner_->rollback();
        return loaded;
    }
    return inner_->script("pragma foreign_keys = on");
}

std::string_view bytes_of(sqlite3_value* value) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)))
                 : std::string_view{};
}

// id, kind, ...: what a body is sealed for.
RowIdentity body_identity(sqlite3_value** values) {
    return content_identity(Uuid::from_bytes(std::string(bytes_of(values[0]))).value_or(Uuid{}),
                            bytes_of(values[1]));
}

void SealedConnection::seal_body(sqlite3_context* context, int, sqlite3_value** values) {
    auto& ours = *static_cast<SealedConnection*>(sqlite3_user_data(context));
    const std::string sealed = ours.keys_.seal(body_identity(values), bytes_of(values[2]));
    sqlite3_result_blob64(context, sealed.data(), sealed.size(), SQLITE_TRANSIENT);
}

void SealedConnection::open_body(sqlite3_context* context, int, sqlite3_value** values) {
    auto& ours = *static_cast<SealedConnection*>(sqlite3_user_data(context));
    const auto text =
        ours.keys_.open(body_identity(values), static_cast<KeyGeneration>(sqlite3_value_int64(values[2])),
                        bytes_of(values[3]));
    if (!text.ok()) {
        sqlite3_result_error_code(context, SQLITE_CORRUPT);
        return;
    }
    sqlite3_result_blob64(context, text->view().data(), text->view().size(), SQLITE_TRANSIENT);
}

void SealedConnection::newest_generation(sqlite3_context* context, int, sqlite3_value**) {
    sqlite3_result_int64(context, static_cast<SealedConnection*>(sqlite3_user_data(context))->keys_.newest());
}

void SealedConnection::register_functions() {
    sqlite3* database = raw_handle(*inner_);
    const auto add = [&](const char* name, int arguments,
                         void (*function)(sqlite3_context*, int, sqlite3_value**)) {
        [[maybe_unused]] const int code = sqlite3_create_function_v2(
            database, name, arguments, SQLITE_UTF8, this, function, nullptr, nullptr, nullptr);
        assert(code == SQLITE_OK);
    };
    add("seal_body", 3, &SealedConnection::seal_body);
    add("open_body", 4, &SealedConnection::open_body);
    add("newest_generation", 0, &SealedConnection::newest_generation);
}

}  // namespace

Result<std::unique_ptr<SqlConnection>> open_sealed(const std::string& path, RowKeys& keys,
                                                   const SqliteOptions& options) {
    const auto open = [&](const std::string& file) -> Result<std::unique_ptr<SqlConnection>> {
        TRY(auto inner, open_in_memory_beside(file, options));
        auto sealed = std::make_unique<SealedConnection>(std::move(inner), keys);
        TRY_DO(sealed->prepare());
        return std::unique_ptr<SqlConnection>(std::move(sealed));
    };
    auto opened = open(path);
    if (opened.ok() || opened.error().fault != Fault::refused || !options.vfs.empty())
        return opened;
    TRY_DO(seal_plain_store(path, open));
    return open(path);
}

Result<std::int64_t> seal_anew(SqlConnection& sealed, int rows) {
    auto* ours = dynamic_cast<SealedConnection*>(&sealed);
    assert(ours && rows > 0);
    return ours->seal_anew(rows);
}

}  // namespace doorstep
