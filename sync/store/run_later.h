// Writes whose outcome nobody waits for: where each statement is a round trip they travel with the next
// one.  What becomes of them is told by the next statement whose answer is read, and at the latest by
// release_savepoint() or commit(): what a savepoint holds never counts as written before.
#pragma once

#include <span>
#include <string_view>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

// A connection that gains by it is one of these too.
class RunsLater {
public:
    virtual ~RunsLater() = default;
    virtual Result<void> run_later(std::string_view sql, std::span<const SqlParameter> parameters) = 0;
};

// Inside a transaction.
inline Result<void> run_later(SqlConnection& sql, std::string_view statement,
                              std::span<const SqlParameter> parameters) {
    if (auto* later = dynamic_cast<RunsLater*>(&sql))
        return later->run_later(statement, parameters);
    TRY_DO(sql.run(statement, parameters));
    return {};
}
inline Result<void> run_later(SqlConnection& sql, std::string_view statement,
                              std::initializer_list<SqlParameter> parameters) {
    return run_later(sql, statement, std::span(parameters.begin(), parameters.size()));
}

}  // namespace doorstep
