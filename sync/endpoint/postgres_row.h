// A row of a result that libpq brought in its binary form.
#pragma once

#include <libpq-fe.h>

#include <string>

#include "sync/store/sql_connection.h"

namespace doorstep {

class PostgresRow final : public SqlRow {
public:
    // `result` must outlive it.
    PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}

    bool is_null(int column) const override;
    // A number of any width, or what a text says as one.
    std::int64_t integer(int column) const override;
    // A number as its digits.
    std::string text(int column) const override;
    std::string blob(int column) const override { return text(column); }
    std::string_view bytes(int column) const override;
    SqlValue value(int column) const override;

private:
    std::string_view raw(int column) const;
    const PGresult* result_;
    int row_;
    mutable std::string digits_;
};

}  // namespace doorstep
