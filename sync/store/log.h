// The log's rows: one fact in, at most once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"
#include "sync/store/subject_keys.h"
#include "sync/wire/messages.h"

namespace doorstep {

// How a store keeps bodies and whom it knows.
struct Keeping {
    // An endpoint's, once it has its keys: bodies are sealed under the key of their subject.
    const SubjectKeys* keys = nullptr;
    bool with_people = true;  // false at an endpoint
};

struct Incoming {
    Uuid id;  // of the operation; made up from its bytes when it could not be read
    const wire::OpenedOperation* opened = nullptr;
    std::optional<Uuid> enrolment;     // nothing: born at the endpoint, or pulled
    std::optional<Sequence> sequence;  // its place among the enrolment's
    std::optional<std::uint64_t> pull_sequence;
    std::int64_t received_ms = 0;
    Keeping how{};
    std::optional<std::string> patch{};  // patches.h; nothing: not told
};

inline constexpr const char* other_id = "It stands under another id in the feed than in itself.";

// What the body kept under that id says; another id inside is a problem of its own.
wire::OpenedOperation open_as(const Uuid& id, std::string json);

// The body that is kept under that id, as it was before it was sealed; nothing when there is
// none.  damaged: it does not open.
Result<std::optional<std::string>> body_under(SqlConnection& sql, const Keeping& how, const Uuid& id);

// The name of its type, as it stands in a column.
std::string type_column(const wire::OpenedOperation& opened);

// Why the operation is set aside; empty when it can be folded.
std::string why_quarantined(const wire::OpenedOperation& opened);

enum class WasKept { added, known, fork };
// Looks whether the fact is there already, adds and folds it when it is not.  A fork
// is kept aside.  The reason of a quarantine is why_quarantined().
Result<WasKept> keep(SqlConnection& sql, const Incoming& arrival);
// Only whether it is there: by id with the same bytes, as a fork, or not at all.
Result<std::optional<WasKept>> find(SqlConnection& sql, const Incoming& arrival);
// REQUIRES: find() found nothing.
Result<void> add(SqlConnection& sql, const Incoming& arrival);
Result<void> keep_fork(SqlConnection& sql, const Incoming& arrival);
// All of them, in few statements, inside a transaction.  False: one of them, or another in its place, is
// here already, or stands twice among them; then nothing was written.
Result<bool> add_together(SqlConnection& sql, std::span<const Incoming> arrivals);

// The same without a savepoint of its own: where one of them is here already that is an error, then or with
// what is asked next, and the caller's savepoint is to be rolled back.
Result<void> add_all_new(SqlConnection& sql, std::span<const Incoming> arrivals);

// Whether `one` is what is left of `other` after it was forgotten.
bool is_bare_form(const Operation& one, const Operation& other);

inline constexpr const char* fork_reason = "Something else came before under its id or in its place: the "
                                           "tablet's storage may have been copied or set back.";

// The id under which bytes that hold no readable id are kept: the same bytes from
// the same place always get the same.
Uuid id_of_unreadable(const Uuid& enrolment, const wire::OpenedOperation& opened);

}  // namespace doorstep
