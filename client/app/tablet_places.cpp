#include "client/app/tablet_places.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "sync/store/schema.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/sqlite_connection.h"

namespace doorstep {

TabletPlaces places_of(const std::string& folder, const std::string& device_secret) {
    // "DIR/" is DIR: a secret in the folder itself would go where the folder goes.
    std::string bare = folder;
    while (bare.size() > 1 && bare.back() == '/')
        bare.pop_back();
    return {bare,
            device_secret.empty() ? bare + ".device-secret" : device_secret,
            {bare + "/vault", bare + "/vault-tries"},
            bare + "/identity"};
}

namespace {

namespace fs = std::filesystem;

bool is_gone(const std::string& file) {
    std::error_code failed;
    const auto bytes = fs::file_size(file, failed);
    return failed || bytes == 0;
}

Error gone(bool has_copy) {
    if (has_copy)
        return {Fault::damaged,
                "The file with the records of this tablet is missing or has nothing in it. What was finished "
                "and not sent is in its second copy.",
                "Mend the records: they begin anew from that copy."};
    return {
        Fault::not_found,
        "The file with the records of this tablet is missing or has nothing in it, and there is no second "
        "copy of what was not sent.",
        "Take the tablet to whoever looks after Doorstep, and leave its folder as it is."};
}

SqliteOptions how_to_open(bool view_only, std::optional<Ballast>& ballast) {
    return {.ballast = ballast ? &*ballast : nullptr, .view_only = view_only};
}

// What stands there, rather than what a disk says that fails for a moment.
bool is_bad_copy(const std::string& store_file, const Error& error) {
    std::error_code failed;
    const auto what = fs::status(store_file + "-unsent", failed).type();
    return error.fault == Fault::damaged || (what != fs::file_type::regular && what != fs::file_type::none &&
                                             what != fs::file_type::not_found);
}

// Its new name; empty where it could not be given one.
std::string put_bad_copy_by(const std::string& store_file) {
    std::error_code failed;
    for (int number = 1; number < 1000; ++number) {
        const auto aside = fmt::format("{}-unsent.bad-{}", store_file, number);
        if (fs::exists(fs::symlink_status(aside, failed)))
            continue;
        fs::rename(store_file + "-unsent", aside, failed);
        return failed ? std::string{} : fs::path(aside).filename().string();
    }
    return {};
}

std::string words_of_bad_copy(const std::string& aside, bool made_anew) {
    std::string words = "The second copy of what was not sent could not be read.";
    if (!aside.empty())
        words += fmt::format(" It is kept as {}.", aside);
    return words + (made_anew ? " The records are sound, and a new copy was made."
                              : " The records are sound, but what you record now is on this tablet only "
                                "once: sync soon, and take it to whoever looks after Doorstep.");
}

}  // namespace

// A second copy, a ballast, a copy from before an update, a damaged file, a place: whatever stands beside a
// store was made by one.
bool had_records(const std::string& folder) {
    constexpr std::string_view store = "doorstep.sqlite";
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
        const auto name = at->path().filename().string();
        if (name.starts_with("route.") || (name.starts_with(store) && name.size() > store.size()))
            return true;
    }
    return false;
}

bool records_are_gone(const std::string& folder) {
    return is_gone(folder + "/doorstep.sqlite") && !fs::exists(folder + "/doorstep.sqlite.mended") &&
           had_records(folder);
}

// In the header of a SQLite file: an older version's store is sealed with the first vault.
Result<void> check_vault_is_there(const TabletPlaces& places) {
    constexpr std::size_t version_at = 60;
    std::error_code failed;
    const std::string file = places.folder + "/doorstep.sqlite";
    if (fs::exists(places.vault.file, failed))
        return {};
    std::string header(version_at + 4, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(header.data(), static_cast<std::streamsize>(header.size()));
    std::int64_t version = 0;
    for (std::size_t i = 0; in && i < 4; ++i)
        version = version << 8 | static_cast<unsigned char>(header[version_at + i]);
    const bool sealed = in ? version >= sealed_file_version
                           : !SecondCopy::look_at_all(file).empty() || records_are_gone(places.folder);
    if (!sealed)
        return {};
    return Error{Fault::not_found,
                 fmt::format("The vault of this tablet is missing ({}). Without it nobody can open its "
                             "records.",
                             places.vault.file),
                 "Put the file back from a copy. Where there is none, what was not sent cannot be read any "
                 "more: keep this folder under another name, and enrol the tablet anew in an empty one."};
}

Result<std::unique_ptr<OpenedTablet>> OpenedTablet::at(const std::string& folder, RowKeys keys,
                                                       const TabletOptions& options) {
    std::unique_ptr<OpenedTablet> tablet(new OpenedTablet(std::move(keys)));
    TRY(tablet->file_, store_file(folder));
    tablet->view_only_ = options.view_only;
    if (!options.begins_anew && records_are_gone(folder))
        return gone(!SecondCopy::look_at_all(tablet->file_).empty());
    if (options.ballast_bytes > 0 && !options.view_only)
        tablet->ballast_.emplace(tablet->file_, options.ballast_bytes);
    return tablet;
}

Result<std::unique_ptr<OpenedTablet>> OpenedTablet::open(const std::string& folder, RowKeys keys,
                                                         const Clock& clock, Random& random,
                                                         const TabletOptions& options) {
    TRY(auto tablet, at(folder, std::move(keys), options));
    TRY(tablet->sql_,
        open_sealed(tablet->file_, tablet->keys_, how_to_open(options.view_only, tablet->ballast_)));
    TRY_DO(tablet->stand(clock, random));
    return tablet;
}

Result<std::unique_ptr<OpenedTablet>> OpenedTablet::begin(const std::string& folder, RowKeys keys,
                                                          const TabletOptions& options,
                                                          std::function<void()> news) {
    TRY(auto tablet, at(folder, std::move(keys), options));
    tablet->unlock_.emplace(tablet->file_, tablet->keys_, how_to_open(options.view_only, tablet->ballast_),
                            std::move(news));
    return tablet;
}

Result<void> OpenedTablet::finish(const Clock& clock, Random& random) {
    TRY(sql_, unlock_->whole());
    unlock_.reset();
    return stand(clock, random);
}

Result<void> OpenedTablet::stand(const Clock& clock, Random& random) {
    TRY(Store store, Store::open(*sql_, StoreRole::tablet, clock, random));
    store_.emplace(std::move(store));
    if (view_only_)
        return {};
    return stand_with_copy();
}

// A copy that cannot be read bars nobody from records that can.  Where it is bad it is put by, and
// what is unsent is copied anew; where the disk failed it stays, for the next opening.
Result<void> OpenedTablet::stand_with_copy() {
    const auto how = how_to_open(view_only_, ballast_);
    auto copy = SecondCopy::open(file_, how);
    if (!copy.ok() && !is_bad_copy(file_, copy.error())) {
        to_tell_ = words_of_bad_copy({}, false);
        return {};
    }
    if (!copy.ok()) {
        const auto aside = put_bad_copy_by(file_);
        copy = SecondCopy::open(file_, how);
        to_tell_ = words_of_bad_copy(aside, copy.ok());
    }
    if (!copy.ok())
        return {};
    copy_.emplace(std::move(copy).value());
    TRY(const auto back, store_->keep_second_copy(*copy_));
    if (const auto text = back.text(); !text.empty())
        to_tell_ += (to_tell_.empty() ? "" : " ") + text;
    return {};
}

std::string OpenedTablet::disk_words() const {
    return ballast_ ? ballast_->room().text() : std::string{};
}

void OpenedTablet::rest() {
    // What a checkpoint cannot do now it does the next time; the log is durable as it is.
    // A ballast that finds no room stays given up, which room() tells.
    static_cast<void>(checkpoint(*sql_));
    if (ballast_)
        static_cast<void>(ballast_->stand_by());
}

Result<bool> OpenedTablet::seal_some_anew() {
    TRY(const auto left, seal_anew(*sql_));
    if (left == 0 && copy_)
        TRY_DO(copy_->begin_anew(*sql_));
    return left > 0;
}

}  // namespace doorstep
