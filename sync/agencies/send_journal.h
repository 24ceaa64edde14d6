// Every try to hand a referral over, written before it is made: append-only rows, and a file on
// another disk where the operator names one.  After a restore it tells what left.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/store/sql_connection.h"

namespace doorstep {

struct SendAttempt {
    Uuid referral;
    std::string agency;
    int attempt = 0;
    std::int64_t at_ms = 0;
    std::string way{};  // way_of() its line; empty: not told
    bool operator==(const SendAttempt&) const = default;
};

// In the transaction that leases the row.  conflict is none: the same attempt twice is one.
Result<void> journal_attempt(SqlConnection& sql, const SendAttempt& attempt);
// What came of it, in a word of ours.
Result<void> journal_outcome(SqlConnection& sql, const SendAttempt& attempt, std::string_view outcome);

// The file, one line each, synced before append() returns.  A torn last line is a try that was
// never made: reading leaves it out, and the next line begins anew.
class JournalFile {
public:
    // Made when missing (0600).  not_writable.
    static Result<JournalFile> open(const std::string& file);
    JournalFile(JournalFile&& other) noexcept;
    JournalFile& operator=(JournalFile&&) = delete;
    ~JournalFile();
    Result<void> append(const SendAttempt& attempt);

private:
    JournalFile(std::string file, int handle) : file_(std::move(file)), handle_(handle) {}
    std::string file_;
    int handle_;
};
// not_found, or damaged at a line that is named.
Result<std::vector<SendAttempt>> read_journal_file(const std::string& file);

}  // namespace doorstep
