#include "sync/store/seal_plain.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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

class OpenFile {
public:
    OpenFile(const std::string& path, int flags) : file_(::open(path.c_str(), flags | O_CLOEXEC)) {}
    ~OpenFile() {
        if (file_ >= 0)
            ::close(file_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    bool synced() const { return file_ >= 0 && ::fsync(file_) == 0; }

    // As far as the disk writes in place; what a flash chip keeps aside is out of reach.
    bool overwritten() const {
        struct stat about {};
        if (file_ < 0 || ::fstat(file_, &about) != 0 || !S_ISREG(about.st_mode))
            return false;
        const std::string zeros(64 * 1024, '\0');
        for (off_t at = 0; at < about.st_size;) {
            const auto left = std::min(zeros.size(), static_cast<std::size_t>(about.st_size - at));
            const ssize_t wrote = ::pwrite(file_, zeros.data(), left, at);
            if (wrote <= 0)
                return false;
            at += wrote;
        }
        return ::fsync(file_) == 0;
    }

    std::int64_t made_ms() const {
        struct stat about {};
        return file_ < 0 || ::fstat(file_, &about) != 0 ? 0 : std::int64_t{about.st_mtim.tv_sec} * 1'000;
    }

    // Of a database, from its header: 0 where there is none.
    std::int64_t user_version() const {
        constexpr off_t at = 60;
        std::array<unsigned char, 4> bytes{};
        if (file_ < 0 || ::pread(file_, bytes.data(), bytes.size(), at) != ssize_t{bytes.size()})
            return 0;
        std::int64_t version = 0;
        for (const unsigned char byte : bytes)
            version = version << 8 | byte;
        return version;
    }

private:
    int file_;
};

Error not_written(const std::string& path) {
    return {Fault::not_writable, fmt::format("{} could not be written.", path), ""};
}

Result<void> made_durable(const std::string& path, int flags) {
    return OpenFile(path, flags | O_RDONLY).synced() ? Result<void>{} : not_written(path);
}

std::string folder_of(const std::string& path) {
    const auto folder = fs::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
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
    // The plain log's end too: it must not come back beside a file that it does not belong to.
    TRY_DO(made_durable(folder_of(path), O_DIRECTORY));
    const OpenFile readable(path, O_RDWR);
    fs::rename(sealing, path, failed);
    if (failed)
        return Error{Fault::not_writable, fmt::format("{} cannot be put in place of {}.", sealing, path), ""};
    TRY_DO(made_durable(folder_of(path), O_DIRECTORY));
    // It has no name any more; what cannot be overwritten is as good as freed.
    static_cast<void>(readable.overwritten());
    return {};
}

namespace {

Result<void> remove_copies(const std::string& path, const std::function<bool(const OpenFile&)>& goes) {
    const std::string start = fs::path(path).filename().string() + ".before-version-";
    bool removed = false;
    std::error_code failed;
    for (fs::directory_iterator at(folder_of(path), failed), end; !failed && at != end;
         at.increment(failed)) {
        if (!at->path().filename().string().starts_with(start))
            continue;
        const std::string copy = at->path().string();
        {
            const OpenFile readable(copy, O_RDWR | O_NOFOLLOW);
            if (!goes(readable))
                continue;
            if (!readable.overwritten())
                return not_written(copy);
        }
        if (::unlink(copy.c_str()) != 0)
            return not_written(copy);
        removed = true;
    }
    return removed ? made_durable(folder_of(path), O_DIRECTORY) : Result<void>{};
}

}  // namespace

Result<void> remove_readable_copies(const std::string& path) {
    return remove_copies(path,
                         [](const OpenFile& copy) { return copy.user_version() < sealed_file_version; });
}

Result<void> remove_copies_made_before(const std::string& path, std::int64_t at_ms) {
    return remove_copies(path, [&](const OpenFile& copy) { return copy.made_ms() < at_ms; });
}

}  // namespace doorstep
