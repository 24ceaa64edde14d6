#include "sync/store/mend_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "forms/base/packing.h"
#include "sync/store/outbound_media.h"
#include "sync/store/salvage.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/second_copy.h"
#include "sync/store/set_back.h"
#include "sync/store/store.h"
#include "sync/vault/durable_file.h"

namespace doorstep {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t everything = ~std::size_t{0} / 2;
constexpr std::size_t report_bytes_max = 4096;
// The log first: a new file beside an old log would be overwritten with what that holds.
constexpr const char* parts[] = {"-journal", "-wal", ""};

// Where it is made, and where it waits when it is whole.
std::string in_work(const std::string& file) {
    return file + ".mending";
}
std::string whole(const std::string& file) {
    return file + ".mended";
}
std::string report_of(const std::string& file) {
    return file + ".mended-report";
}

bool is_there(const std::string& path) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

Error not_writable(const std::string& path) {
    return {Fault::not_writable, fmt::format("{} cannot be put in place.", path),
            "Check that this user may write in its folder."};
}

Result<void> synced(const std::string& path, int flags) {
    const int handle = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
    const bool done = handle >= 0 && ::fsync(handle) == 0;
    if (handle >= 0)
        ::close(handle);
    return done ? Result<void>{} : not_writable(path);
}

Result<void> folder_synced(const std::string& file) {
    const auto folder = fs::path(file).parent_path().string();
    return synced(folder.empty() ? "." : folder, O_DIRECTORY);
}

// Names reach the disk in this order and no other.
Result<void> renamed(const std::string& from, const std::string& to) {
    std::error_code failed;
    fs::rename(from, to, failed);
    if (failed)
        return not_writable(to);
    return folder_synced(to);
}

void remove_all(const std::string& file) {
    std::error_code ignored;
    for (const char* part : parts)
        fs::remove(file + part, ignored);
    fs::remove(file + "-unsent", ignored);
}

std::string name_for_damaged(const std::string& file) {
    for (int number = 1;; ++number)
        if (const auto name = fmt::format("{}.damaged-{}", file, number); !is_there(name))
            return name;
}

// SQLite's lock, without opening the file as SQLite would: that may change it.
Result<void> check_free(const std::string& file) {
    constexpr off_t lock_bytes = 0x40000000;
    const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0)
        return {};  // reading it will say what is wrong
    struct flock asked {};
    asked.l_type = F_WRLCK;
    asked.l_whence = SEEK_SET;
    asked.l_start = lock_bytes;
    asked.l_len = 512;
    const bool taken = ::fcntl(handle, F_GETLK, &asked) == 0 && asked.l_type != F_UNLCK;
    ::close(handle);
    if (taken)
        return Error{Fault::conflict, fmt::format("Another Doorstep has this folder open ({}).", file),
                     "Close the other one and start again."};
    return {};
}

std::string packed(const MendReport& report) {
    Packer packer;
    packer(report.rows_saved, report.rows_lost, report.pages_lost, report.attachments_lost,
           report.unsent_saved, report.unsent_lost, report.from_second_copy, report.damaged_file,
           report.at_ms, report.was_gone, report.read);
    return packer.bytes();
}

// What is sent already, or is the read model, comes back by itself; what is not sent does not.
Result<void> count_unsent(Store& store, MendReport& report) {
    TRY(const auto stands, store.position());
    TRY(const auto envelopes, store.unsent(stands.acked_through, everything, everything));
    for (const auto& envelope : envelopes)
        report.unsent_saved += envelope.count;
    report.unsent_lost =
        static_cast<std::int64_t>(stands.last_sequence - stands.acked_through) - report.unsent_saved;
    return {};
}

class Mending {
public:
    Mending(const std::string& file, RowKeys& keys, const SqliteOptions& options,
            const MendProgress& progress)
        : file_(file), fresh_(in_work(file)), keys_(keys), options_(options), progress_(progress) {}

    Result<MendReport> run(const Clock& clock, Random& random) {
        remove_all(fresh_);  // left by one that was cut off
        auto made = make(clock, random);
        if (!made.ok()) {
            remove_all(fresh_);
            return made.error();
        }
        report_.damaged_file = fs::path(name_for_damaged(file_)).filename().string();
        report_.at_ms = clock.now_ms();
        TRY_DO(write_durably(report_of(file_), packed(report_), 0600));
        TRY_DO(renamed(fresh_, whole(file_)));
        tell(MendStep::whole);
        TRY_DO(finish_mending(file_, progress_));
        return report_;
    }

private:
    void tell(MendStep step) const {
        if (progress_)
            progress_(step);
    }

    Result<void> make(const Clock& clock, Random& random) {
        tell(MendStep::reading);
        copy_ = SecondCopy::look_at_all(file_);
        TRY(const auto pages, pages_to_read());
        tell(MendStep::salvaging);
        TRY(const auto salvaged, salvage_sealed(pages, fresh_, keys_, options_));
        report_.rows_saved = salvaged.saved();
        report_.rows_lost = salvaged.broken_rows + salvaged.unplaced;
        for (const auto& table : salvaged.tables)
            report_.rows_lost += table.refused;
        report_.pages_lost = salvaged.lost_pages;
        report_.attachments_lost = salvaged.lost_attachments;
        tell(MendStep::putting_back);
        TRY_DO(put_back());
        if (report_.rows_saved + report_.from_second_copy == 0 && !copy_.mark)
            return Error{Fault::damaged,
                         fmt::format("Nothing in {} can be opened any more. It was left as it is.", file_),
                         "Keep it, and take the tablet to whoever looks after Doorstep."};
        TRY_DO(put_in_order(clock, random));
        return synced(fresh_, 0);
    }

    // Of a file that is gone or empty nothing is read, and what was not sent is in its second copy.
    Result<SqlitePages> pages_to_read() {
        auto pages = read_pages(file_);
        if (pages.ok() || pages.error().fault != Fault::not_found || copy_.empty())
            return pages;
        report_.was_gone = true;
        return SqlitePages({}, {});
    }

    Result<void> put_back() {
        TRY(const auto fresh, open_in_memory_beside(fresh_, options_));
        TRY(report_.from_second_copy, put_back_rows(*fresh, copy_, keys_));
        return {};
    }

    Result<void> put_in_order(const Clock& clock, Random& random) {
        tell(MendStep::putting_order);
        TRY(const auto sql, open_sealed(fresh_, keys_, options_));
        TRY_DO(mend_positions(*sql));
        TRY(auto store, Store::open(*sql, StoreRole::tablet, clock, random));
        TRY_DO(store.put_together());
        TRY_DO(put_back_from(store, copy_));
        tell(MendStep::folding);
        TRY_DO(store.rebuild());
        TRY_DO(gather_outbound_media(*sql));
        TRY_DO(count_unsent(store, report_));
        return checkpoint(*sql);
    }

    const std::string& file_;
    std::string fresh_;
    RowKeys& keys_;
    const SqliteOptions& options_;
    const MendProgress& progress_;
    CopyContent copy_;
    MendReport report_;
};

}  // namespace

std::string MendReport::text() const {
    auto text = was_gone
                    ? std::string("The records were gone. They were begun anew from the second copy of what "
                                  "was not sent.")
                    : fmt::format("The records were damaged and have been mended. Rows saved: {}, lost: "
                                  "{}.",
                                  rows_saved, rows_lost);
    if (pages_lost > 0)
        text += fmt::format(" Pages that cannot be read at all: {}.", pages_lost);
    if (unsent_lost == 0)
        text += fmt::format(" What was finished and not sent yet is complete: {}.", unsent_saved);
    else
        text += fmt::format(" Not sent yet: {}; lost before they were sent: {}. Tell your team lead.",
                            unsent_saved, unsent_lost);
    if (attachments_lost > 0)
        text += fmt::format(" Pictures or signatures lost: {}.", attachments_lost);
    if (lost_what_stays_away())
        text +=
            " Of unfinished questionnaires, lists of doors and addresses what was lost does not come back "
            "by itself: look through the questionnaires, and load the lists again.";
    text += " What others sent comes back with the next sync. What this tablet sent is safe at the endpoint, "
            "and comes back here when the tablet is enrolled anew.";
    return damaged_file.empty() || was_gone
               ? text
               : text + fmt::format(" The damaged file is kept as {}.", damaged_file);
}

Result<MendReport> mend_store(const std::string& file, RowKeys& keys, const Clock& clock, Random& random,
                              const SqliteOptions& options, const MendProgress& progress) {
    TRY_DO(check_free(file));
    TRY(const bool was_whole, finish_mending(file, progress));
    if (was_whole)
        return last_mending(file).value_or(MendReport{});
    return Mending(file, keys, options, progress).run(clock, random);
}

Result<bool> finish_mending(const std::string& file, const MendProgress& progress) {
    if (!is_there(whole(file)))
        return false;
    const auto aside = name_for_damaged(file);
    const auto tell = [&](MendStep step) {
        if (progress)
            progress(step);
    };
    for (const std::string part : parts) {
        if (is_there(file + part))
            TRY_DO(renamed(file + part, aside + part));
        if (part != "-journal")
            tell(part.empty() ? MendStep::damaged_aside : MendStep::log_aside);
    }
    TRY_DO(renamed(whole(file), file));
    tell(MendStep::in_place);
    return true;
}

std::optional<MendReport> last_mending(const std::string& file) {
    const auto bytes = read_small_file(report_of(file), report_bytes_max);
    if (!bytes.ok())
        return std::nullopt;
    Unpacker unpacker(*bytes);
    MendReport report;
    unpacker(report.rows_saved, report.rows_lost, report.pages_lost, report.attachments_lost,
             report.unsent_saved, report.unsent_lost, report.from_second_copy, report.damaged_file,
             report.at_ms, report.was_gone, report.read);
    if (!unpacker.ok() || !unpacker.at_end())
        return std::nullopt;
    return report;
}

Result<void> mending_was_read(const std::string& file) {
    auto report = last_mending(file);
    if (!report)
        return Error{Fault::not_found, "Nothing was mended on this tablet.", ""};
    report->read = true;
    return write_durably(report_of(file), packed(*report), 0600);
}

}  // namespace doorstep
