// Where the files of a tablet lie, and its records opened without a screen: for commands,
// and for those who hold the row keys already.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "sync/store/ballast.h"
#include "sync/store/second_copy.h"
#include "sync/store/sql_connection.h"
#include "sync/store/store.h"
#include "sync/store/unlock.h"
#include "sync/vault/vault.h"

namespace doorstep {

struct TabletPlaces {
    std::string folder;         // of the records
    std::string device_secret;  // outside it, so that a copy of the folder opens nothing
    VaultPlace vault;
    std::string identity;  // who this tablet is, for when it is locked
};

// `device_secret` empty: a file beside the folder, "FOLDER.device-secret".
TabletPlaces places_of(const std::string& folder, const std::string& device_secret = {});

// Whether a tablet worked in that folder before: something that only records leave is beside them.
bool had_records(const std::string& folder);
// And the file with its records is missing, or nothing is in it: SQLite would take it for a new one.
bool records_are_gone(const std::string& folder);
// not_found: there are sealed records and no vault, without which nobody opens them.  A new
// vault beside them would bar them for good.
Result<void> check_vault_is_there(const TabletPlaces& places);

struct TabletOptions {
    std::uint64_t ballast_bytes = Ballast::usual_bytes;  // 0: none; tests have no 16 MiB to spare
    bool view_only = false;                              // nothing is created or changed
    bool begins_anew = false;  // somebody said so, of a folder whose records are gone
};

// The records of a tablet, whole, with the second copy of what was not sent and with the
// room kept for a full disk.  Neither copied nor moved: the store stands on the keys.
class OpenedTablet {
public:
    // Errors: those of store_file(), open_sealed() and Store::open().  damaged: the records are gone, and
    // what was not sent can be mended from its second copy; not_found: that is gone too.
    static Result<std::unique_ptr<OpenedTablet>> open(const std::string& folder, RowKeys keys,
                                                      const Clock& clock, Random& random,
                                                      const TabletOptions& options = {});
    // The same while somebody waits: unlock() hands out the people, then finish() is the rest.
    // `news`: see unlock.h.  Until finish() nothing else may be asked; who gives up lets it go.
    // Errors: those of store_file().
    static Result<std::unique_ptr<OpenedTablet>>
    begin(const std::string& folder, RowKeys keys, const TabletOptions& options, std::function<void()> news);
    Unlock& unlock() { return *unlock_; }
    // Waits for the tables.  Errors: as open().
    // REQUIRES: after begin(), once.
    Result<void> finish(const Clock& clock, Random& random);
    OpenedTablet(const OpenedTablet&) = delete;
    OpenedTablet& operator=(const OpenedTablet&) = delete;

    Store& store() { return *store_; }
    SqlConnection& sql() { return *sql_; }
    SecondCopy* second_copy() { return copy_ ? &*copy_ : nullptr; }
    // What to tell of the disk; empty while there is nothing to say.
    std::string disk_words() const;
    // What the opening found of the second copy: the records were set back, or it was bad; empty, or
    // words for the officer.
    const std::string& to_tell() const { return to_tell_; }
    // When idle: the log goes into the file, the ballast is made again where there is room.
    void rest();
    // A rotation began: from now on rows are sealed under the newest of `keys`.
    void take_keys(RowKeys keys) { keys_ = std::move(keys); }
    // Some more rows to the newest key; whether there are others left.  When there are
    // none the second copy is written again too.
    Result<bool> seal_some_anew();

private:
    explicit OpenedTablet(RowKeys keys) : keys_(std::move(keys)) {}
    static Result<std::unique_ptr<OpenedTablet>> at(const std::string& folder, RowKeys keys,
                                                    const TabletOptions& options);
    Result<void> stand(const Clock& clock, Random& random);
    Result<void> stand_with_copy();

    RowKeys keys_;
    std::string file_;
    bool view_only_ = false;
    std::optional<Ballast> ballast_;
    std::optional<Unlock> unlock_;
    std::unique_ptr<SqlConnection> sql_;
    std::optional<SecondCopy> copy_;
    std::optional<Store> store_;
    std::string to_tell_;
};

}  // namespace doorstep
