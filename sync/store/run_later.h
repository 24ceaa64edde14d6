// Where each statement is a round trip: statements that travel together.
//
// Writes whose outcome nobody waits for go with the next statement.  What becomes of them is told by the next
// statement whose answer is read, and at the latest by release_savepoint() or commit(): what a savepoint
// holds never counts as written before.  Questions of which none needs another's answer go all at once.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct Question {
    std::string sql;
    std::vector<SqlParameter> parameters{};
    std::function<bool(const SqlRow&)> each{};
};

// A connection that gains by it is one of these too.
class RunsLater {
public:
    virtual ~RunsLater() = default;
    virtual Result<void> ask_together(std::span<const Question> questions) = 0;
    virtual Result<void> run_later(std::string_view sql, std::span<const SqlParameter> parameters) = 0;
};

// Inside a transaction, as all below.
inline Result<void> ask_together(SqlConnection& sql, std::span<const Question> questions) {
    if (auto* later = dynamic_cast<RunsLater*>(&sql))
        return later->ask_together(questions);
    for (const auto& one : questions)
        TRY_DO(sql.query(one.sql, one.parameters, one.each));
    return {};
}
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
