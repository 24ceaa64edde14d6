// One connection to a database: the seam between the store and its engine
// (SQLite here, PostgreSQL at the endpoint).  Statements name their parameters
// (:visit) and are prepared once.  Used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"

namespace doorstep {

struct Null {
    bool operator==(const Null&) const = default;
};
struct Blob {
    std::string bytes;
    bool operator==(const Blob&) const = default;
};
using SqlValue = std::variant<Null, std::int64_t, double, std::string, Blob>;

struct SqlParameter {
    std::string_view name;  // without the colon
    SqlValue value;
};

class SqlRow {
public:
    virtual ~SqlRow() = default;
    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual std::string text(int column) const = 0;
    virtual std::string blob(int column) const = 0;
    virtual std::string_view bytes(int column) const = 0;  // while the row stands
    virtual SqlValue value(int column) const = 0;          // as it is stored
    Uuid uuid(int column) const { return Uuid::from_bytes(blob(column)).value_or(Uuid{}); }
};

class SqlConnection {
public:
    enum class Engine { sqlite, postgresql };
    virtual ~SqlConnection() = default;

    virtual Engine engine() const = 0;
    // Its disk failed at some act since it was opened: close it and open it again.
    virtual bool has_failed() const { return false; }
    // Several statements without parameters, for schemas.
    virtual Result<void> script(std::string_view sql) = 0;
    // One statement; returns the number of rows changed.
    virtual Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters = {}) = 0;
    // One query; calls `each` per row until it returns false.
    virtual Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                               const std::function<bool(const SqlRow&)>& each) = 0;

    virtual Result<void> begin() = 0;   // write transaction, at once
    virtual Result<void> commit() = 0;  // durable when it returns
    virtual void rollback() noexcept = 0;
    virtual Result<void> savepoint() = 0;
    virtual Result<void> release_savepoint() = 0;
    virtual void rollback_to_savepoint() noexcept = 0;

    Result<std::int64_t> run(std::string_view sql, std::initializer_list<SqlParameter> parameters) {
        return run(sql, std::span(parameters.begin(), parameters.size()));
    }
    Result<void> query(std::string_view sql, std::initializer_list<SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) {
        return query(sql, std::span(parameters.begin(), parameters.size()), each);
    }
};

}  // namespace doorstep
