#include "sync/store/seal_plain.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "sync/store/schema.h"
#include "sync/store/sealed_tables.h"
#include "sync/store/sqlite_connection.h"

namespace doorstep {

namespace {

namespace fs = std::filesystem;

Result<std::vector<std::string>> columns_of(SqlConnection& sql, std::string_view table) {
    std::vector<std::string> columns;
    TRY_DO(sql.query(fmt::format("pragma table_info({})", table), {}, [&](const SqlRow& row) {
        columns.push_back(row.text(1));
        return true;
    }));
    return columns;
}

Result<void> copy_table(SqlConnection& from, SqlConnection& to, std::string_view table) {
    TRY(const auto columns, columns_of(from, table));
    const auto into = fmt::format("insert into {}({}) values(:{})", table, fmt::join(columns, ", "),
                                  fmt::join(columns, ", :"));
    Result<void> outcome;
    TRY_DO(from.query(fmt::format("select {} from {}", fmt::join(columns, ", "), table), {},
                      [&](const SqlRow& row) {
                          std::vector<SqlParameter> values;
                          for (std::size_t i = 0; i < columns.size(); ++i)
                              values.push_back({columns[i], row.value(static_cast<int>(i))});
                          if (const auto done = to.run(into, values); !done.ok())
                              outcome = done.error();
                          return outcome.ok();
                      }));
    return outcome;
}

Result<void> copy_all(SqlConnection& from, SqlConnection& to) {
    TRY_DO(to.begin());
    Result<void> outcome;
    for (const KeptTable& table : kept_tables())
        if (outcome.ok())
            outcome = copy_table(from, to, table.name);
    for (const std::string_view table : {"operation_body", "envelope"})
        if (outcome.ok())
            outcome = copy_table(from, to, table);
    if (outcome.ok())
        outcome = to.commit();
    if (!outcome.ok())
        to.rollback();
    return outcome;
}

Result<void> made_durable(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0)
        ::close(file);
    if (!synced)
        return Error{Fault::not_writable, fmt::format("{} could not be written.", path), ""};
    return {};
}

}  // namespace

Result<void> seal_plain_store(
    const std::string& path,
    const std::function<Result<std::unique_ptr<SqlConnection>>(const std::string& path)>& open_new) {
    const std::string sealing = path + ".sealing";
    std::error_code failed;
    for (const char* part : {"", "-wal", "-journal"})
        fs::remove(sealing + part, failed);  // left by a try that was cut off
    {
        TRY(const auto plain, open_sqlite(path));
        TRY_DO(bring_up_to_date(*plain, schema_history()));
        TRY(const auto sealed, open_new(sealing));
        TRY_DO(copy_all(*plain, *sealed));
        TRY_DO(checkpoint(*sealed));
        // Its log must be gone before another file takes its name.
        TRY_DO(checkpoint(*plain));
    }
    TRY_DO(made_durable(sealing, 0));
    fs::rename(sealing, path, failed);
    if (failed)
        return Error{Fault::not_writable, fmt::format("{} cannot be put in place of {}.", sealing, path), ""};
    TRY_DO(made_durable(fs::path(path).parent_path().string(), O_DIRECTORY));
    for (int version = 1; version <= schema_history().back().version; ++version)
        fs::remove(fmt::format("{}.before-version-{}", path, version), failed);
    return {};
}

}  // namespace doorstep
