#include "sync/store/sqlite_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <unordered_map>

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

Fault fault_of(int code, int system_error) {
    switch (code & 0xff) {
    case SQLITE_FULL:
        return Fault::disk_full;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return Fault::not_writable;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CONSTRAINT:
        return Fault::conflict;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return Fault::damaged;
    case SQLITE_IOERR:
        // A quota or a file size limit is a full disk to whoever has to mend it.
        return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG ? Fault::disk_full
                                                                                         : Fault::broken;
    default:
        return Fault::broken;
    }
}

Error error_of(int code, int system_error, const std::string& path) {
    const auto fault = fault_of(code, system_error);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {fault, fmt::format("Another Doorstep has this folder open ({}).", path),
                "Close the other one and start again."};
    case SQLITE_CONSTRAINT:
        return {fault, fmt::format("A row clashes with one that is already in {}.", path), ""};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {fault, fmt::format("{} is damaged, or is not a database.", path),
                "Keep a copy of it, and take it to whoever looks after Doorstep."};
    default:
        break;
    }
    if (fault == Fault::disk_full)
        return {fault, fmt::format("The disk is full: {} cannot grow. Nothing was changed.", path),
                "Free some space and repeat."};
    if (fault == Fault::not_writable)
        return {fault, fmt::format("{} cannot be opened for writing.", path),
                "Check that its folder exists and that this user may write there."};
    return {fault, fmt::format("The database {} failed: {}.", path, sqlite3_errstr(code)), ""};
}

class SqliteRow final : public SqlRow {
public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
    bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
    std::string text(int column) const override { return blob(column); }
    std::string blob(int column) const override {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return bytes ? std::string(bytes, size) : std::string{};
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
    SqliteConnection(Database database, std::string path)
        : database_(std::move(database)), path_(std::move(path)) {}

    Engine engine() const override { return Engine::sqlite; }

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
        TRY(Statement statement, take(sql));
        auto outcome = bind(statement.get(), parameters);
        if (outcome.ok())
            outcome = step_through(statement.get(), each);
        sqlite3_reset(statement.get());
        sqlite3_clear_bindings(statement.get());
        prepared_.insert_or_assign(std::string(sql), std::move(statement));
        return outcome;
    }

    Result<void> begin() override {
        if (in_transaction())
            return Error{Fault::conflict, "A transaction is already open.", ""};
        return run_plain("begin immediate");
    }
    Result<void> commit() override { return run_plain("commit"); }
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
    sqlite3* handle() const { return database_.get(); }
    bool is_read_only() const { return sqlite3_db_readonly(database_.get(), "main") == 1; }

private:
    // SQLite does not remember the system's error of a failed write to its log, so
    // that the caller brings errno along.
    Result<void> check(int code, int system_error = 0) const {
        if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
            return {};
        const int remembered = sqlite3_system_errno(database_.get());
        return error_of(code, remembered != 0 ? remembered : system_error, path_);
    }

    Result<void> run_plain(std::string_view sql) {
        return query(sql, std::span<const SqlParameter>{}, [](const SqlRow&) { return true; });
    }

    // A statement in use is not in the map, so that a query may run inside the rows
    // of the same query.
    Result<Statement> take(std::string_view sql) {
        if (const auto found = prepared_.find(std::string(sql)); found != prepared_.end() && found->second)
            return std::move(found->second);
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
        for (const auto& parameter : parameters) {
            const auto index =
                sqlite3_bind_parameter_index(statement, fmt::format(":{}", parameter.name).c_str());
            assert(index > 0);
            TRY_DO(check(std::visit(Binder{statement, index}, parameter.value)));
        }
        return {};
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
    std::unordered_map<std::string, Statement> prepared_;  // goes before the database
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
    return sql.commit();
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

// A name in which nothing is taken for a part of the address.
std::string as_uri(const std::string& path, const SqliteOptions& options) {
    std::string uri = "file:";
    for (const char c : path)
        if (c == '%' || c == '?' || c == '#')
            uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        else
            uri += c;
    return options.vfs.empty() ? uri : fmt::format("{}?vfs={}", uri, options.vfs);
}

}  // namespace

Result<std::unique_ptr<SqlConnection>> open_in_memory_beside(const std::string& path,
                                                             const SqliteOptions& options) {
    make_private(path, options);
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(":memory:", &raw,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                         SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI,
                                     nullptr);
    Database database(raw);
    if (code != SQLITE_OK)
        return error_of(code, 0, path);
    auto connection = std::make_unique<SqliteConnection>(std::move(database), path);
    // Attaching reads the file's schema: a WAL that is met before this would be shared memory.
    TRY_DO(connection->script("pragma locking_mode = exclusive"));
    TRY_DO(connection->run("attach :file as disk", {{"file", as_uri(path, options)}}));
    if (sqlite3_db_readonly(raw, "disk") == 1)
        return error_of(SQLITE_READONLY, 0, path);
    TRY_DO(set_up(*connection, "disk", path));
    return std::unique_ptr<SqlConnection>(std::move(connection));
}

Result<std::unique_ptr<SqlConnection>> open_sqlite(const std::string& path, const SqliteOptions& options) {
    make_private(path, options);
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                         SQLITE_OPEN_EXRESCODE,
                                     options.vfs.empty() ? nullptr : options.vfs.c_str());
    Database database(raw);
    if (code != SQLITE_OK)
        return error_of(code, raw ? sqlite3_system_errno(raw) : 0, path);
    auto connection = std::make_unique<SqliteConnection>(std::move(database), path);
    if (connection->is_read_only())
        return error_of(SQLITE_READONLY, 0, path);
    TRY_DO(set_up(*connection, "main", path));
    return std::unique_ptr<SqlConnection>(std::move(connection));
}

sqlite3* raw_handle(SqlConnection& connection) {
    auto* ours = dynamic_cast<SqliteConnection*>(&connection);
    assert(ours);
    return ours->handle();
}

Result<void> checkpoint(SqlConnection& connection) {
    bool busy = false;
    TRY_DO(connection.query("pragma wal_checkpoint(truncate)", {}, [&](const SqlRow& row) {
        busy = row.integer(0) != 0;
        return false;
    }));
    if (busy)
        return Error{Fault::conflict, "The write-ahead log is in use.", "Try again when idle."};
    return {};
}

}  // namespace doorstep
