// The sealed connection from inside: how it is opened, step by step.  For open_sealed()
// and Unlock.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "forms/base/result.h"
#include "sync/store/record_keeper.h"
#include "sync/store/row_text.h"
#include "sync/store/sql_connection.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/sealed_row.h"

struct sqlite3_context;
struct sqlite3_value;

namespace doorstep {

// After load(): nothing readable that a sealing left behind stays beside the store.
void end_sealing(const std::string& path, const SqliteOptions& options);

class SealedConnection final : public SqlConnection {
public:
    // The file is there and of this version; nothing is opened yet.  `stop`, if any, ends
    // every step soon after it was set, with an error; it outlives load().
    static Result<std::unique_ptr<SealedConnection>> attach(const std::string& path, RowKeys& keys,
                                                            const SqliteOptions& options,
                                                            const std::atomic<bool>* stop = nullptr);

    struct Record {
        std::int64_t number = 0;
        std::int64_t revision = 0;
        const RecordText& text;  // until the next one
    };
    using EachRecord = std::function<Result<void>(const Record&)>;
    // Every record of the file, opened; before or after load().  Errors: damaged; those of `each`.
    Result<void> newest_first(const EachRecord& each);
    Result<void> only(std::int64_t number, const EachRecord& each);

    // All tables, whole.  Once; nothing of what follows before.
    Result<void> load();

    Engine engine() const override { return Engine::sqlite; }
    bool has_failed() const override { return inner_->has_failed(); }
    Result<void> script(std::string_view sql) override { return inner_->script(sql); }
    // Outside a transaction a change would not be sealed: it gets one of its own.
    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override;
    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        return inner_->query(sql, parameters, each);
    }
    Result<void> begin() override;
    Result<void> commit() override;
    void rollback() noexcept override;
    Result<void> savepoint() override { return inner_->savepoint(); }
    Result<void> release_savepoint() override { return inner_->release_savepoint(); }
    void rollback_to_savepoint() noexcept override { inner_->rollback_to_savepoint(); }

    Result<std::int64_t> seal_anew(int rows);

private:
    struct FileTable;

    SealedConnection(std::unique_ptr<SqlConnection> inner, RowKeys& keys, const std::atomic<bool>* stop)
        : inner_(std::move(inner)), keys_(keys), stop_(stop), keeper_(*inner_, keys) {}

    Result<void> each_record(std::string_view which, std::span<const SqlParameter> parameters,
                             const EachRecord& each);
    Result<void> load_rows();
    Result<std::int64_t> seal_table_anew(const FileTable& table, std::int64_t limit);
    Result<std::int64_t> older_rows();
    void register_functions();
    bool stopped() const { return stop_ && stop_->load(std::memory_order_relaxed); }

    static void row_changed(void* self, int, const char* schema, const char* table, std::int64_t rowid);
    static void seal_body(sqlite3_context* context, int, sqlite3_value** values);
    static void open_body(sqlite3_context* context, int, sqlite3_value** values);
    static void newest_generation(sqlite3_context* context, int, sqlite3_value** values);

    std::unique_ptr<SqlConnection> inner_;
    RowKeys& keys_;
    const std::atomic<bool>* stop_;
    RecordKeeper keeper_;
    bool in_transaction_ = false;
};

}  // namespace doorstep
