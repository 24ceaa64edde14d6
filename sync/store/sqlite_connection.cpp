#include "sync/store/sqlite_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <unordered_map>

#include "sync/store/ballast.h"
#include "sync/store/log_frames.h"
#include "sync/store/mend_store.h"
#include "sync/store/settle_log.h"
#include "sync/store/sqlite_errors.h"
#include "sync/store/sqlite_work.h"
#include "sync/store/unused_bytes.h"
#include "sync/store/vfs_file.h"

namespace doorstep {

namespace {

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Error disk_is_gone(const std::string& path) {
    return {Fault::broken, fmt::format("The disk with {} cannot be read any more.", path),
            "What was saved is on it: put it back in and open the records again."};
}

// A file that ends early was read.
bool could_be_read(int code) {
    return code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ;
}

// What SQLite calls damaged may be a card that was pulled out.  Asked through the file that
// is open: another handle would drop its lock when it is closed.
bool can_be_read(sqlite3* database) {
    for (const char* schema : {"disk", "main"}) {
        sqlite3_file* file = nullptr;
        std::array<char, 16> head{};
        if (sqlite3_file_control(database, schema, SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK && file &&
            file->pMethods)
            return could_be_read(file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), 0));
    }
    return true;
}

Error only_to_view(const std::string& path) {
    return {Fault::not_writable, fmt::format("{} is open to view only: nothing can be saved in it.", path),
            "Copy it to a disk that can be written to work with it."};
}

// Asked with a view, so that a statement that is prepared is found without a copy of its text.
struct HashOfText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

class SqliteRow final : public SqlRow {
public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
    bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
    std::string text(int column) const override { return blob(column); }
    std::string blob(int column) const override { return std::string(bytes(column)); }
    std::string_view bytes(int column) const override {
        const auto* first = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return first ? std::string_view(first, size) : std::string_view{};
    }
    SqlValue value(int column) const override {
        switch (sqlite3_column_type(statement_, column)) {
        case SQLITE_INTEGER:
            return integer(column);
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement_, column);
        case SQLITE_TEXT:
            return text(column);
        case SQLITE_BLOB:
            return Blob{blob(column)};
        default:
            return Null{};
        }
    }

private:
    sqlite3_stmt* statement_;
};

struct Binder {
    sqlite3_stmt* statement;
    int index;
    int operator()(const Null&) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, index, number); }
    int operator()(double number) const { return sqlite3_bind_double(statement, index, number); }
    // The parameters outlive the step, so SQLite needs no copy.
    int operator()(const std::string& text) const {
        return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(const Blob& blob) const {
        return sqlite3_bind_blob64(statement, index, blob.bytes.data(), blob.bytes.size(), SQLITE_STATIC);
    }
};

class SqliteConnection final : public SqlConnection {
public:
    SqliteConnection(Database database, std::string path, const SqliteOptions& options)
        : database_(std::move(database)), path_(std::move(path)), ballast_(options.ballast),
          view_only_(options.view_only), vfs_(options.vfs) {}

    Engine engine() const override { return Engine::sqlite; }
    bool has_failed() const override { return failed_; }

    Result<void> script(std::string_view sql) override {
        return check(sqlite3_exec(database_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr));
    }

    using SqlConnection::query;
    using SqlConnection::run;

    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override {
        const auto before = sqlite3_total_changes64(database_.get());
        TRY_DO(query(sql, parameters, [](const SqlRow&) { return true; }));
        return sqlite3_total_changes64(database_.get()) - before;
    }

    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        auto& kept = kept_for(sql);
        TRY(Statement statement, take(kept, sql));
        auto outcome = bind(statement.get(), parameters);
        if (outcome.ok())
            outcome = step_through(statement.get(), each);
        sqlite3_reset(statement.get());
        sqlite3_clear_bindings(statement.get());
        kept = std::move(statement);
        if (ballast_ && !outcome.ok() && outcome.error().fault == Fault::disk_full)
            ballast_->give_up();
        return outcome;
    }

    Result<void> begin() override {
        if (in_transaction())
            return Error{Fault::conflict, "A transaction is already open.", ""};
        if (ballast_)
            ballast_->look();
        return run_plain("begin immediate");
    }
    Result<void> commit() override {
        auto outcome = run_plain("commit");
        // What was committed stands, whatever becomes of this; and a log that was moved into
        // the file leaves its room to the next try.
        if (ballast_ && ballast_->given_up() && !in_transaction() &&
            (!outcome.ok() || log_pages_ >= log_pages_when_full))
            static_cast<void>(run_plain("pragma wal_checkpoint(restart)"));
        return outcome;
    }
    void rollback() noexcept override {
        if (in_transaction())
            static_cast<void>(sqlite3_exec(database_.get(), "rollback", nullptr, nullptr, nullptr));
    }

    // After a full disk SQLite may have rolled everything back by itself; outside a
    // transaction a savepoint would commit when it is released.
    Result<void> savepoint() override {
        if (!in_transaction())
            return Error{Fault::broken, "The transaction was lost.", "Repeat what was being done."};
        return run_plain("savepoint doorstep");
    }
    Result<void> release_savepoint() override {
        if (!in_transaction())
            return Error{Fault::broken, "The transaction was lost.", "Repeat what was being done."};
        return run_plain("release doorstep");
    }
    void rollback_to_savepoint() noexcept override {
        if (in_transaction())
            static_cast<void>(sqlite3_exec(database_.get(), "rollback to doorstep; release doorstep", nullptr,
                                           nullptr, nullptr));
    }

    bool in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }
    // Setting up ends hooks that were there before.
    Result<void> watch() {
        sqlite3_wal_hook(
            database_.get(),
            [](void* self, sqlite3*, const char*, int pages) {
                static_cast<SqliteConnection*>(self)->log_pages_ = pages;
                return SQLITE_OK;
            },
            this);
        return check(declare_unused_bytes(database_.get(), unused_));
    }

    const std::string& vfs() const { return vfs_; }
    sqlite3* handle() const { return database_.get(); }

private:
    UnusedBytes unused_{};  // outlives the database
    // SQLite does not remember the system's error of a failed write to its log, so
    // that the caller brings errno along.
    Result<void> check(int code, int system_error = 0) const {
        if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
            return {};
        const int remembered = sqlite3_system_errno(database_.get());
        if (view_only_ && (code & 0xff) == SQLITE_READONLY)
            return only_to_view(path_);
        if (((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB) &&
            !can_be_read(database_.get())) {
            failed_ = true;
            return disk_is_gone(path_);
        }
        auto error = sqlite_error(code, remembered != 0 ? remembered : system_error, path_);
        failed_ = failed_ || ((code & 0xff) == SQLITE_IOERR && error.fault == Fault::broken);
        return error;
    }

    Result<void> run_plain(std::string_view sql) {
        return query(sql, std::span<const SqlParameter>{}, [](const SqlRow&) { return true; });
    }

    // Where a statement is kept between one use and the next; others come and go beside it.
    Statement& kept_for(std::string_view sql) {
        const auto found = prepared_.find(sql);
        return found != prepared_.end() ? found->second
                                        : prepared_.emplace(std::string(sql), nullptr).first->second;
    }

    // A statement in use is not in the map, so that a query may run inside the rows
    // of the same query.
    Result<Statement> take(Statement& kept, std::string_view sql) {
        if (kept)
            return std::move(kept);
        sqlite3_stmt* raw = nullptr;
        const char* rest = nullptr;
        TRY_DO(check(sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, &rest)));
        assert(raw &&
               std::all_of(rest, sql.data() + sql.size(), [](char c) { return c == ' ' || c == '\n'; }));
        return Statement(raw);
    }

    Result<void> bind(sqlite3_stmt* statement, std::span<const SqlParameter> parameters) const {
        // A missing or an extra parameter is our own mistake.
        assert(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) == parameters.size());
        int likely = 1;
        for (const auto& parameter : parameters) {
            const auto index = place_of(statement, parameter.name, likely);
            assert(index > 0);
            TRY_DO(check(std::visit(Binder{statement, index}, parameter.value)));
            likely = index + 1;
        }
        return {};
    }

    // Most are given in the order in which the statement names them.
    static int place_of(sqlite3_stmt* statement, std::string_view name, int likely) {
        const auto is_it = [&](int index) {
            const char* const text = sqlite3_bind_parameter_name(statement, index);
            return text && text + 1 == name;
        };
        if (is_it(likely))
            return likely;
        for (int index = sqlite3_bind_parameter_count(statement); index > 0; --index)
            if (is_it(index))
                return index;
        return 0;
    }

    Result<void> step_through(sqlite3_stmt* statement, const std::function<bool(const SqlRow&)>& each) const {
        const SqliteRow row(statement);
        for (;;) {
            errno = 0;
            const int code = sqlite3_step(statement);
            if (code != SQLITE_ROW)
                return check(code, errno);
            if (!each(row))
                return {};
        }
    }

    Database database_;
    std::string path_;
    Ballast* ballast_;
    bool view_only_;
    std::string vfs_;
    int log_pages_ = 0;
    mutable bool failed_ = false;
    // Goes before the database.
    std::unordered_map<std::string, Statement, HashOfText, std::equal_to<>> prepared_;
};

Result<std::int64_t> number(SqlConnection& sql, std::string_view question) {
    std::int64_t answer = 0;
    TRY_DO(sql.query(question, {}, [&](const SqlRow& row) {
        answer = row.integer(0);
        return false;
    }));
    return answer;
}

// Before anything is written: switching a database of another program to WAL
// would change it.
Result<void> refuse_foreign(SqlConnection& sql, const std::string& schema, const std::string& path) {
    TRY(const auto id, number(sql, fmt::format("pragma {}.application_id", schema)));
    TRY(const auto tables, number(sql, fmt::format("select count(*) from {}.sqlite_master", schema)));
    if (id == sqlite_application_id || (id == 0 && tables == 0))
        return {};
    return Error{Fault::refused, fmt::format("{} is not a Doorstep store; another program made it.", path),
                 "Choose another folder."};
}

// `schema`: "main", or the name under which the file is attached.
Result<void> set_up(SqliteConnection& sql, const std::string& schema, const std::string& path) {
    // Locking first: WAL would otherwise use shared memory, which dies on a full disk.
    TRY_DO(sql.script(fmt::format("pragma {0}.locking_mode = exclusive; pragma trusted_schema = off; pragma "
                                  "foreign_keys = on; pragma {0}.secure_delete = on; "
                                  "pragma cell_size_check = on; pragma temp_store = memory",
                                  schema)));
    TRY_DO(refuse_foreign(sql, schema, path));
    std::string journal;
    TRY_DO(sql.query(fmt::format("pragma {}.journal_mode = wal", schema), {}, [&](const SqlRow& row) {
        journal = row.text(0);
        return false;
    }));
    if (journal != "wal" && journal != "memory")
        return Error{Fault::broken, fmt::format("{} cannot keep a write-ahead log.", path),
                     "Choose a folder on a local disk."};
    TRY_DO(sql.script(fmt::format("pragma {}.synchronous = full; pragma wal_autocheckpoint = 0", schema)));
    // Takes the lock now, not at the first fact.
    TRY_DO(sql.begin());
    TRY_DO(sql.commit());
    return settle_log(sql.handle(), schema, path);
}

// Names of residents stand in it: for this user alone, whatever the folder allows.
// SQLite gives its journals the same permissions.  A file that is there already is
// not opened: closing it would drop the lock of another connection of this process.
void make_private(const std::string& path, const SqliteOptions& options) {
    if (path == ":memory:" || !options.vfs.empty())
        return;
    if (const int fresh = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); fresh >= 0)
        ::close(fresh);
}

// Whether the log holds what the file does not: SQLite calls an empty one missing.
bool has_log(const std::string& path, const SqliteOptions& options) {
    auto* vfs = sqlite3_vfs_find(options.vfs.empty() ? nullptr : options.vfs.c_str());
    int found = 0;
    return vfs && vfs->xAccess(vfs, (path + "-wal").c_str(), SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK &&
           found != 0;
}

// To view, with a log: the file alone would show the past.  The log is read into memory, as
// EXCLUSIVE locking does, without locks: what cannot be written cannot be locked either.
std::string way_to(const std::string& path, const SqliteOptions& options) {
    return options.view_only && options.vfs.empty() && has_log(path, options) ? "unix-none" : options.vfs;
}

// A name in which nothing is taken for a part of the address.
std::string as_uri(const std::string& path, const SqliteOptions& options) {
    std::string uri = "file:";
    for (const char c : path)
        if (c == '%' || c == '?' || c == '#')
            uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        else
            uri += c;
    uri += options.view_only ? (has_log(path, options) ? "?mode=ro" : "?mode=ro&immutable=1") : "?";
    const auto vfs = way_to(path, options);
    return vfs.empty() ? uri : fmt::format("{}&vfs={}", uri, vfs);
}

Result<void> check_there(const std::string& path, const SqliteOptions& options) {
    auto* vfs = sqlite3_vfs_find(options.vfs.empty() ? nullptr : options.vfs.c_str());
    int found = 0;
    if (vfs && vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK && found != 0)
        return {};
    return Error{Fault::not_found, fmt::format("There is no file {} to view.", path), ""};
}

Result<void> set_up_to_view(SqliteConnection& sql, const std::string& schema, const std::string& path) {
    // Nor may closing write what the log holds into the file.
    sqlite3_db_config(sql.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    TRY_DO(sql.script(fmt::format("pragma {}.locking_mode = exclusive; pragma trusted_schema = off; "
                                  "pragma cell_size_check = on; pragma temp_store = memory",
                                  schema)));
    return refuse_foreign(sql, schema, path);
}

// To write or to view, whatever the options say.
Result<void> make_ready(SqliteConnection& sql, const std::string& schema, const std::string& path,
                        const SqliteOptions& options) {
    if (options.view_only)
        return set_up_to_view(sql, schema, path);
    if (sqlite3_db_readonly(sql.handle(), schema.c_str()) == 1)
        return sqlite_error(SQLITE_READONLY, 0, path);
    TRY_DO(set_up(sql, schema, path));
    return sql.watch();
}

// Before SQLite meets it: that would drop what stands behind a bad frame, and with the next
// checkpoint for good.
Result<void> check_log(const std::string& path, const SqliteOptions& options) {
    if (!has_log(path, options))
        return {};
    TRY(const auto file, VfsFile::open(path + "-wal", options.vfs));
    const auto log = file->read_all();
    if (!log.ok() || !LogFrames(*log).lost_transactions())
        return {};  // reading it once more will say what is wrong
    return Error{Fault::damaged,
                 fmt::format("The log beside {} is damaged: what was written last would be lost.", path),
                 "Nothing was changed. It can be mended."};
}

}  // namespace

Result<std::unique_ptr<SqlConnection>> open_in_memory_beside(const std::string& path,
                                                             const SqliteOptions& options) {
    count_no_memory();
    if (options.view_only) {
        TRY_DO(check_there(path, options));
    } else {
        if (options.vfs.empty() && path != ":memory:")
            TRY_DO(check_writable(path));
        if (options.vfs.empty())
            TRY_DO(finish_mending(path));
        make_private(path, options);
        TRY_DO(check_log(path, options));
    }
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(":memory:", &raw,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                         SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI,
                                     nullptr);
    Database database(raw);
    if (code != SQLITE_OK)
        return sqlite_error(code, 0, path);
    auto connection = std::make_unique<SqliteConnection>(std::move(database), path, options);
    // Attaching reads the file's schema: a WAL that is met before this would be shared memory.
    TRY_DO(connection->script("pragma locking_mode = exclusive"));
    TRY_DO(connection->run("attach :file as disk", {{"file", as_uri(path, options)}}));
    TRY_DO(make_ready(*connection, "disk", path, options));
    return std::unique_ptr<SqlConnection>(std::move(connection));
}

Result<std::unique_ptr<SqlConnection>> open_sqlite(const std::string& path, const SqliteOptions& options) {
    count_no_memory();
    if (options.view_only) {
        TRY_DO(check_there(path, options));
    } else {
        if (options.vfs.empty() && path != ":memory:")
            TRY_DO(check_writable(path));
        make_private(path, options);
    }
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(options.view_only ? as_uri(path, options).c_str() : path.c_str(), &raw,
                                     (options.view_only ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                                                        : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                                         SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                     options.vfs.empty() ? nullptr : options.vfs.c_str());
    Database database(raw);
    if (code != SQLITE_OK)
        return sqlite_error(code, raw ? sqlite3_system_errno(raw) : 0, path);
    auto connection = std::make_unique<SqliteConnection>(std::move(database), path, options);
    TRY_DO(make_ready(*connection, "main", path, options));
    return std::unique_ptr<SqlConnection>(std::move(connection));
}

std::string vfs_of(SqlConnection& connection) {
    const auto* ours = dynamic_cast<SqliteConnection*>(&connection);
    return ours ? ours->vfs() : std::string{};
}

sqlite3* raw_handle(SqlConnection& connection) {
    auto* ours = dynamic_cast<SqliteConnection*>(&connection);
    assert(ours);
    return ours->handle();
}

}  // namespace doorstep
