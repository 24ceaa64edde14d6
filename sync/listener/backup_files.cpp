#include "sync/listener/backup_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <tuple>

#include "forms/base/calendar.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view first_line = "doorstep backup 1\n";
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t newest_kept = 30;
constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
constexpr std::string_view prefix = "doorstep-";
constexpr std::string_view suffix = ".backup";

Error cannot(const char* what, const std::string& file) {
    const int why = errno;
    const bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
    return {full ? Fault::disk_full : Fault::not_writable,
            fmt::format("The backup {} could not be {}: {}. Those made before are as they were.", file, what,
                        ::strerror(why)),
            full ? "Free some space there." : "Check that this user may write there."};
}

// A chain of hashes over pieces, so that no piece has to stay in memory: of a file read in the same
// pieces it is the same.
class FileHash {
public:
    static constexpr std::size_t piece = std::size_t{1} << 20;
    void add(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto part = bytes.substr(0, piece - waiting_.size());
            waiting_ += part;
            bytes.remove_prefix(part.size());
            if (waiting_.size() == piece)
                fold();
        }
    }
    Sha256 end() {
        fold();
        return hash_;
    }

private:
    void fold() {
        hash_ = Sha256::of(std::string(hash_.raw()) + waiting_);
        waiting_.clear();
    }
    Sha256 hash_;
    std::string waiting_;
};

class OpenFile {
public:
    explicit OpenFile(int number) : number_(number) {}
    ~OpenFile() {
        if (number_ >= 0)
            ::close(number_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

Result<void> write_all(int file, const std::string& name, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return cannot("written", name);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

// What lies between the first line and the hash at the end.
class Content {
public:
    static Result<Content> open(const std::string& file) {
        auto in = std::make_unique<OpenFile>(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
        struct stat facts {};
        if (in->number() < 0 || ::fstat(in->number(), &facts) != 0)
            return Error{Fault::not_found, fmt::format("{} cannot be read: {}.", file, ::strerror(errno)),
                         ""};
        Content content(file, std::move(in), static_cast<std::uint64_t>(facts.st_size));
        const auto line = content.take(first_line.size());
        if (!S_ISREG(facts.st_mode) || !line.ok() || *line != first_line ||
            content.size_ < first_line.size() + hash_bytes)
            return Error{Fault::damaged, fmt::format("{} is no backup of an endpoint.", file), ""};
        content.end_ = content.size_ - hash_bytes;
        return content;
    }
    // Fewer at the end.
    Result<std::string> take(std::size_t size) {
        std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size, end_ - at_)), '\0');
        for (std::size_t got = 0; got < bytes.size();) {
            const auto part = ::read(file_->number(), bytes.data() + got, bytes.size() - got);
            if (part < 0 && errno == EINTR)
                continue;
            if (part <= 0)
                return Error{Fault::damaged, fmt::format("{} cannot be read to its end.", name_),
                             "Take another copy."};
            got += static_cast<std::size_t>(part);
        }
        at_ += bytes.size();
        return bytes;
    }
    Result<void> rewind() {
        at_ = 0;
        if (::lseek(file_->number(), 0, SEEK_SET) != 0)
            return Error{Fault::broken, fmt::format("{} cannot be read: {}.", name_, ::strerror(errno)), ""};
        return {};
    }
    Result<Sha256> written_hash() {
        end_ = size_;
        TRY(const auto bytes, take(hash_bytes));
        Sha256 hash;
        std::copy_n(bytes.begin(), std::min(bytes.size(), hash.bytes.size()), hash.bytes.begin());
        return hash;
    }

private:
    Content(std::string name, std::unique_ptr<OpenFile> file, std::uint64_t size)
        : name_(std::move(name)), file_(std::move(file)), size_(size), end_(size) {}
    std::string name_;
    std::unique_ptr<OpenFile> file_;
    std::uint64_t size_;
    std::uint64_t end_;
    std::uint64_t at_ = 0;
};

template<class Key>
Result<BackupSummary> read_with(const std::string& file, const Key& key, SqlConnection* into) {
    TRY_DO(check_backup_file(file));
    TRY(auto content, Content::open(file));
    TRY(auto stream, SealedStreamReader::open(key, [&](std::size_t size) { return content.take(size); }));
    return read_backup(stream, into);
}

std::string name_of(const BackupHead& head) {
    const auto day = Day::at(head.made_ms, 0);
    const auto seconds = (head.made_ms - day.start_ms()) / 1000;
    return fmt::format("{}{}T{:02}{:02}{:02}Z-{:012}-{}{}", prefix, day.text(), seconds / 3600,
                       seconds / 60 % 60, seconds % 60, head.cursor, head.epoch.text().substr(0, 8), suffix);
}

std::optional<std::uint64_t> digits(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || failed != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<NamedBackup> named(const fs::path& path) {
    const auto name = path.filename().string();
    // doorstep-2026-03-01T170000Z-000000004711-1a2b3c4d.backup
    constexpr std::size_t time_at = 20;
    constexpr std::size_t cursor_at = 28;
    constexpr std::size_t cursor_digits = 12;
    if (name.size() != 56 || !name.starts_with(prefix) || !name.ends_with(suffix))
        return std::nullopt;
    const std::string_view text = name;
    const auto day = Day::parse(text.substr(prefix.size(), 10));
    const auto time = digits(text.substr(time_at, 6));
    const auto cursor = digits(text.substr(cursor_at, cursor_digits));
    if (!day || !time || !cursor || text[time_at - 1] != 'T' || text[time_at + 6] != 'Z')
        return std::nullopt;
    const auto seconds = *time / 10'000 * 3600 + *time / 100 % 100 * 60 + *time % 100;
    return NamedBackup{path.string(), day->start_ms() + static_cast<std::int64_t>(seconds) * 1000, *cursor};
}

// Under its own name from here on; never in place of another.
Result<void> give_name(const std::string& draft, const std::string& file) {
    if (::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) != 0) {
        if (errno != EINVAL && errno != ENOSYS)
            return errno == EEXIST
                       ? Error{Fault::conflict, fmt::format("A backup {} is there already.", file), ""}
                       : cannot("named", file);
        // A file system without it: a link refuses a name that is taken.
        if (::link(draft.c_str(), file.c_str()) != 0)
            return errno == EEXIST
                       ? Error{Fault::conflict, fmt::format("A backup {} is there already.", file), ""}
                       : cannot("named", file);
        ::unlink(draft.c_str());
    }
    const OpenFile folder(::open(fs::path(file).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.number() < 0 || ::fsync(folder.number()) != 0)
        return cannot("kept", file);
    return {};
}

struct Draft {
    std::string name;
    ~Draft() { ::unlink(name.c_str()); }  // nothing once it has its own name
};

Result<WrittenBackup> write_draft(SqlConnection& snapshot, const BackupHead& head, const PublicKey& key,
                                  const std::string& draft) {
    ::unlink(draft.c_str());  // left by one that was cut off
    const OpenFile out(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (out.number() < 0)
        return cannot("begun", draft);
    FileHash hash;
    WrittenBackup written;
    const auto put = [&](std::string_view bytes) {
        hash.add(bytes);
        written.bytes += bytes.size();
        return write_all(out.number(), draft, bytes);
    };
    TRY_DO(put(first_line));
    TRY(auto stream, SealedStreamWriter::begin(key, put));
    TRY(written.summary, write_backup(snapshot, head, stream));
    written.stream_key = stream.key().duplicate();
    const auto end = hash.end();
    TRY_DO(write_all(out.number(), draft, end.raw()));
    written.bytes += end.raw().size();
    if (::fsync(out.number()) != 0)
        return cannot("kept", draft);
    return written;
}

}  // namespace

Result<WrittenBackup> write_backup_file(SqlConnection& snapshot, const BackupHead& head, const PublicKey& key,
                                        const std::string& folder) {
    if (!usable(key))
        return Error{Fault::bad_input, "The key that backups are sealed to is no key.",
                     "Give the public half of the recovery key."};
    const auto file = (fs::path(folder) / name_of(head)).string();
    const Draft draft{file + ".new"};
    TRY(auto written, write_draft(snapshot, head, key, draft.name));
    TRY(const auto read, read_backup_file(draft.name, written.stream_key, nullptr));
    if (read.rows != written.summary.rows || read.audit != written.summary.audit)
        return Error{Fault::damaged,
                     fmt::format("The disk of {} gives back other bytes than it was given.", folder),
                     "Use another disk."};
    TRY_DO(give_name(draft.name, file));
    written.file = file;
    return written;
}

Result<void> check_backup_file(const std::string& file) {
    TRY(auto content, Content::open(file));
    TRY_DO(content.rewind());
    FileHash hash;
    for (;;) {
        TRY(const auto bytes, content.take(FileHash::piece));
        hash.add(bytes);
        if (bytes.size() < FileHash::piece)
            break;
    }
    TRY(const auto written, content.written_hash());
    if (written != hash.end())
        return Error{Fault::damaged, fmt::format("{} is damaged, or was altered.", file),
                     "Take another backup."};
    return {};
}

Result<BackupSummary> read_backup_file(const std::string& file, const KeyPair& key, SqlConnection* into) {
    return read_with(file, key, into);
}

Result<BackupSummary> read_backup_file(const std::string& file, const SecretBytes& stream_key,
                                       SqlConnection* into) {
    return read_with(file, stream_key, into);
}

std::vector<NamedBackup> backups_in(const std::string& folder) {
    std::vector<NamedBackup> found;
    std::error_code failed;
    for (fs::directory_iterator each(folder, failed), end; !failed && each != end; each.increment(failed))
        if (auto one = named(each->path()))
            found.push_back(std::move(*one));
    std::sort(found.begin(), found.end(), [](const NamedBackup& a, const NamedBackup& b) {
        return std::tie(a.made_ms, a.cursor, a.file) < std::tie(b.made_ms, b.cursor, b.file);
    });
    return found;
}

std::vector<std::string> superfluous_backups(const std::vector<NamedBackup>& backups, std::int64_t now_ms) {
    std::vector<std::string> superfluous;
    const auto bounded = backups.size() > newest_kept ? backups.size() - newest_kept : 0;
    for (std::size_t i = 0; i < bounded; ++i) {
        const auto age = now_ms - backups[i].made_ms;
        const bool last_of_its_day = backups[i].made_ms / day_ms != backups[i + 1].made_ms / day_ms;
        if (age > backup_kept_ms || (age > 2 * day_ms && !last_of_its_day))
            superfluous.push_back(backups[i].file);
    }
    return superfluous;
}

}  // namespace doorstep
