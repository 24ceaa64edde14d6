// Rows that go in together, and questions about many ids: one statement for all of them where each
// statement is a round trip (PostgreSQL), one for each where none is (SQLite).  The same outcome.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/store/run_later.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// A table whose key begins with the partnership, and the columns behind that which are written.
class RowShape {
public:
    enum class Kind : std::uint8_t { number, text, blob };
    using enum Kind;
    struct Column {
        std::string name;
        Kind kind = Kind::number;
    };
    RowShape(const std::string& table, std::initializer_list<Column> columns);

private:
    friend class RowsAtOnce;
    std::vector<Column> columns_;
    std::string one_;   // SQLite
    std::string many_;  // PostgreSQL
    // Those fail where one is there already.
    std::string one_new_;
    std::string many_new_;
};

class RowsAtOnce {
public:
    // The shape must outlive it.
    explicit RowsAtOnce(const RowShape& shape);

    // One value for each column, of its kind: an id is a blob.
    template<class... Values>
    void add(const Values&... values) {
        std::size_t at = 0;
        (put(at++, values), ...);
        end_row(at);
    }
    std::size_t size() const { return rows_; }

    // Inside a transaction; what is there already stays as it is.  How many were new.
    Result<std::int64_t> insert(SqlConnection& sql) const;
    // The same, where nobody asks how many (run_later.h).
    Result<void> insert_later(SqlConnection& sql) const;
    // The same, where each must be new: one that is there already is an error.
    Result<void> insert_new_later(SqlConnection& sql) const;

private:
    void end_row(std::size_t columns);
    void put(std::size_t column, Null);
    void put(std::size_t column, std::int64_t number);
    void put(std::size_t column, const std::string& text);
    void put(std::size_t column, const Blob& blob);
    void put(std::size_t column, const Uuid& id);
    void put(std::size_t column, const std::optional<Uuid>& id);
    void put(std::size_t column, const SqlValue& value);
    void put_bytes(std::size_t column, std::string_view bytes);

    Result<std::int64_t> insert_one_by_one(SqlConnection& sql, const std::string& statement) const;
    Result<void> insert_later(SqlConnection& sql, const std::string& one, const std::string& many) const;
    std::vector<SqlParameter> as_arrays() const;

    const RowShape* shape_;
    std::size_t rows_ = 0;
    std::vector<std::string> columns_;  // each as PostgreSQL takes an array
};

// `question` names the id as `= :id` wherever it stands, and the partnership as a parameter; its answers
// come in no order.
Result<void> query_about(SqlConnection& sql, std::string_view question, std::span<const Uuid> ids,
                         const std::function<void(const SqlRow&)>& each);
// The same as questions of ask_together().
std::vector<Question> questions_about(const SqlConnection& sql, std::string_view question,
                                      std::span<const Uuid> ids,
                                      const std::function<void(const SqlRow&)>& each);

}  // namespace doorstep
