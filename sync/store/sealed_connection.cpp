#include "sync/store/sealed_connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <cassert>
#include <utility>
#include <vector>

#include "sync/store/clear_columns.h"
#include "sync/store/row_loader.h"
#include "sync/store/seal_plain.h"
#include "sync/store/sealed_records.h"
#include "sync/store/sealed_tables.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"

namespace doorstep {

// The file's tables, with what a sealed value of theirs is bound to.
struct SealedConnection::FileTable {
    std::string_view name;
    std::string_view identity;  // columns
    std::string_view kind;      // empty: a record, which has a revision and a schema
};

namespace {

using namespace std::string_view_literals;
constexpr std::string_view operation_kind = "operation";

Error stopped_error() {
    return {Fault::refused, "Opening the store was stopped.", ""};
}

// Every few thousand steps SQLite asks whether to go on: while it makes an index, too.
constexpr int steps_between_looks = 4'000;

}  // namespace

Result<std::unique_ptr<SealedConnection>> SealedConnection::attach(const std::string& path, RowKeys& keys,
                                                                   const SqliteOptions& options,
                                                                   const std::atomic<bool>* stop) {
    TRY(auto inner, open_in_memory_beside(path, options));
    TRY_DO(prepare_file(*inner));
    if (stop)
        sqlite3_progress_handler(
            raw_handle(*inner), steps_between_looks,
            [](void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0; },
            const_cast<std::atomic<bool>*>(stop));
    return std::unique_ptr<SealedConnection>(new SealedConnection(std::move(inner), keys, stop));
}

Result<void> SealedConnection::each_record(std::string_view which, std::span<const SqlParameter> parameters,
                                           const EachRecord& each) {
    RowBuffer buffer;
    RecordText text;
    Result<void> outcome;
    const auto open = [&](const SqlRow& row) -> Result<void> {
        const auto number = row.integer(0);
        const auto revision = row.integer(2);
        TRY(const auto bytes, keys_.open(row_identity(number, revision, static_cast<int>(row.integer(3))),
                                         static_cast<KeyGeneration>(row.integer(1)), row.bytes(4), buffer));
        TRY_DO(text.read(bytes));
        return each({number, revision, text});
    };
    TRY_DO(inner_->query(
        fmt::format("select number, generation, revision, schema_version, sealed from disk.sealed_row {}",
                    which),
        parameters, [&](const SqlRow& row) {
            outcome = stopped() ? stopped_error() : open(row);
            return outcome.ok();
        }));
    return outcome;
}

Result<void> SealedConnection::newest_first(const EachRecord& each) {
    return each_record("order by number desc", {}, each);
}

Result<void> SealedConnection::only(std::int64_t number, const EachRecord& each) {
    const SqlParameter parameter{"number", number};
    return each_record("where number = :number", {&parameter, 1}, each);
}

Result<void> SealedConnection::load_rows() {
    TRY(RowLoader loader, RowLoader::begin(*inner_));
    std::vector<RowPlace> places;
    TRY_DO(each_record("order by number", {}, [&](const Record& record) -> Result<void> {
        places.clear();
        for (std::size_t i = 0; i < record.text.size(); ++i) {
            TRY(const RowPlace place, loader.put(record.text.row(i)));
            places.push_back(place);
        }
        keeper_.loaded(record.number, record.revision, places);
        return {};
    }));
    return loader.finish();
}

Result<void> SealedConnection::load() {
    register_functions();
    TRY_DO(prepare_memory(*inner_));
    TRY_DO(keeper_.prepare());
    TRY_DO(inner_->script("pragma foreign_keys = off"));
    TRY_DO(inner_->begin());
    auto loaded = load_rows();
    if (loaded.ok())
        loaded = take_over_position(*inner_);
    if (loaded.ok())
        loaded = inner_->commit();
    if (!loaded.ok()) {
        inner_->rollback();
        return stopped() ? stopped_error() : loaded;
    }
    TRY_DO(inner_->script("pragma foreign_keys = on"));
    TRY_DO(follow_position(*inner_));
    sqlite3_progress_handler(raw_handle(*inner_), 0, nullptr, nullptr);
    stop_ = nullptr;
    sqlite3_update_hook(
        raw_handle(*inner_),
        [](void* self, int operation, const char* schema, const char* table, sqlite3_int64 rowid) {
            row_changed(self, operation, schema, table, rowid);
        },
        this);
    return {};
}

void SealedConnection::row_changed(void* self, int, const char* schema, const char* table,
                                   std::int64_t rowid) {
    if (schema == "main"sv)
        static_cast<SealedConnection*>(self)->keeper_.changed(table, rowid);
}

Result<std::int64_t> SealedConnection::run(std::string_view sql, std::span<const SqlParameter> parameters) {
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

Result<void> SealedConnection::begin() {
    TRY_DO(inner_->begin());
    in_transaction_ = true;
    return {};
}

Result<void> SealedConnection::commit() {
    auto outcome = keeper_.seal_changes();
    if (outcome.ok())
        outcome = inner_->commit();
    if (!outcome.ok()) {
        rollback();
        return outcome;
    }
    keeper_.committed();
    in_transaction_ = false;
    return {};
}

void SealedConnection::rollback() noexcept {
    inner_->rollback();
    keeper_.rolled_back();
    in_transaction_ = false;
}

namespace {

constexpr std::array<std::string_view, 4> file_table_names = {"sealed_row", "sealed_body", "sealed_envelope",
                                                              "sealed_attachment"};

}  // namespace

// Records first, then bodies, then envelopes, then pictures' keys, as far as `rows` reaches.
Result<std::int64_t> SealedConnection::seal_anew(int rows) {
    constexpr std::array<FileTable, 4> file_tables = {{{file_table_names[0], "revision, schema_version", ""},
                                                       {file_table_names[1], "id, 0", operation_kind},
                                                       {file_table_names[2], "id, 0", "envelope"},
                                                       {file_table_names[3], "id, 0", "attachment"}}};
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
    return older_rows();
}

Result<std::int64_t> SealedConnection::older_rows() {
    std::int64_t older = 0;
    for (const std::string_view table : file_table_names)
        TRY_DO(inner_->query(fmt::format("select count(*) from disk.{} where generation < :newest", table),
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
            const RowIdentity identity = table.kind.empty() ? row_identity(row.integer(0), row.integer(3),
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

namespace {

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

void give(sqlite3_context* context, std::string_view bytes) {
    sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

// The JSON of an operation is half the size compressed; what came from elsewhere may be so
// large that no reader of frames would take it back.
constexpr char as_it_is = 'a';
constexpr char compressed = 'z';

std::string packed(std::string_view text) {
    if (text.size() > limits::frame_bytes_max)
        return as_it_is + std::string(text);
    auto frame = wire::compress(text);
    return frame.size() < text.size() ? compressed + std::move(frame) : as_it_is + std::string(text);
}

Result<std::string> unpacked(std::string_view kept) {
    if (!kept.empty() && kept.front() == as_it_is)
        return std::string(kept.substr(1));
    if (!kept.empty() && kept.front() == compressed)
        return wire::expand(kept.substr(1), limits::frame_bytes_max);
    return Error{Fault::damaged, "A body of the store cannot be read.", ""};
}

}  // namespace

void SealedConnection::seal_body(sqlite3_context* context, int, sqlite3_value** values) {
    auto& ours = *static_cast<SealedConnection*>(sqlite3_user_data(context));
    const RowIdentity identity = body_identity(values);
    const auto text = bytes_of(values[2]);
    give(context,
         ours.keys_.seal(identity, identity.table == operation_kind ? packed(text) : std::string(text)));
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
    if (bytes_of(values[1]) != operation_kind)
        return give(context, text->view());
    const auto whole = unpacked(text->view());
    if (whole.ok())
        give(context, *whole);
    else
        sqlite3_result_error_code(context, SQLITE_CORRUPT);
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
    register_clear_functions(*inner_);
}

// Everything is in the sealed store: whoever opens it need not wait, nor be kept out, for a
// copy that does not go; the next opening tries again.
void end_sealing(const std::string& path, const SqliteOptions& options) {
    if (!options.view_only && options.vfs.empty())
        static_cast<void>(remove_readable_copies(path));
}

Result<std::unique_ptr<SqlConnection>> open_sealed(const std::string& path, RowKeys& keys,
                                                   const SqliteOptions& options) {
    const auto open = [&](const std::string& file) -> Result<std::unique_ptr<SqlConnection>> {
        TRY(auto sealed, SealedConnection::attach(file, keys, options));
        TRY_DO(sealed->load());
        end_sealing(file, options);
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
