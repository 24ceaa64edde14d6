#include "sync/store/locked_connection.h"

#include <fmt/format.h>

#include <filesystem>

#include "sync/store/clear_columns.h"
#include "sync/store/outbound_media.h"
#include "sync/store/schema.h"
#include "sync/store/sql_values.h"
#include "sync/store/standing.h"

namespace doorstep {

namespace {

// In memory what an unlocked tablet has there, as far as it stands in clear.
constexpr std::string_view memory = R"sql(
create table main.sync_state(partnership integer not null primary key, enrolment blob not null, epoch blob,
  acked_seq bigint not null, acked_chain blob not null, durable_seq bigint not null, last_seq bigint not null,
  last_chain blob not null, pull_cursor bigint not null, last_sync_ms bigint not null);
create temp view envelope as
  select 1 as partnership, enrolment, first_seq, last_seq, id as envelope_id,
    case when length(outbound) > 0 then checked(outbound) else x'' end as body, chain from sealed_envelope;
)sql";

constexpr std::string_view read_position =
    "insert into main.sync_state select partnership, enrolment, epoch, acked_seq, acked_chain, durable_seq, "
    "last_seq, last_chain, pull_cursor, 0 from disk.sync_position where proof = position_proof(enrolment, "
    "epoch, acked_seq, acked_chain, durable_seq, last_seq, last_chain, pull_cursor)";

Result<std::int64_t> version_of(SqlConnection& sql) {
    std::int64_t version = 0;
    TRY_DO(sql.query("pragma disk.user_version", {}, [&](const SqlRow& row) {
        version = row.integer(0);
        return false;
    }));
    return version;
}

Result<void> check_version(SqlConnection& sql, bool view_only) {
    TRY(const auto version, version_of(sql));
    if (version == 0)
        return Error{Fault::not_found, "There is no store of a tablet there yet.", ""};
    if (version < sealed_file_version)
        return Error{Fault::refused, "This store was made before records were sealed.",
                     "Sign in once: it is sealed then."};
    if (version > sealed_file_version && !view_only)
        return Error{Fault::newer_version,
                     fmt::format("The store was written by a newer Doorstep (version {} of its tables; this "
                                 "program knows {}). Nothing was changed.",
                                 version, sealed_file_version),
                     "Install the newer Doorstep again."};
    return {};
}

}  // namespace

Result<std::unique_ptr<SqlConnection>> open_locked(const std::string& path, const PublicKey& inbox,
                                                   const SqliteOptions& options) {
    if (!options.view_only && !usable(inbox))
        return Error{Fault::bad_input, "The vault's inbox key is no key.", ""};
    // Attaching would make one.
    std::error_code failed;
    if (const auto bytes = std::filesystem::file_size(path, failed);
        options.vfs.empty() && !options.view_only && (failed || bytes == 0))
        return Error{Fault::not_found, "There is no store of a tablet there yet.", ""};
    TRY(auto sql, open_in_memory_beside(path, options));
    TRY_DO(check_version(*sql, options.view_only));
    register_clear_functions(*sql);
    register_inbox(*sql, inbox);
    TRY_DO(sql->script(memory));
    TRY(const auto read, sql->run(read_position));
    if (read == 0)
        return Error{Fault::damaged,
                     "Where this tablet stands with its endpoint cannot be read while it is locked.",
                     "Sign in: nothing is lost."};
    if (options.view_only) {
        TRY_DO(stand_in_for_patches(*sql));
    } else {
        TRY_DO(add_standing_tables(*sql));
        TRY_DO(add_outbound_table(*sql));
        TRY_DO(follow_position(*sql));
    }
    return sql;
}

Result<std::int64_t> fold_waiting(Store& store,
                                  const std::function<Result<SecretText>(std::string_view)>& open_inbox) {
    Appended appended;
    for (;;) {
        TRY(const bool folded, store.fold_one_waiting(open_inbox, appended));
        if (!folded)
            return appended.added;
    }
}

}  // namespace doorstep
