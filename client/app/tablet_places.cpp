#include "client/app/tablet_places.h"

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

Result<std::unique_ptr<OpenedTablet>> OpenedTablet::open(const std::string& folder, RowKeys keys,
                                                         const Clock& clock, Random& random,
                                                         const TabletOptions& options) {
    std::unique_ptr<OpenedTablet> tablet(new OpenedTablet(std::move(keys)));
    TRY(const std::string file, store_file(folder));
    SqliteOptions how{.view_only = options.view_only};
    if (options.ballast_bytes > 0 && !options.view_only) {
        tablet->ballast_.emplace(file, options.ballast_bytes);
        how.ballast = &*tablet->ballast_;
    }
    TRY(tablet->sql_, open_sealed(file, tablet->keys_, how));
    TRY(Store store, Store::open(*tablet->sql_, StoreRole::tablet, clock, random));
    tablet->store_.emplace(std::move(store));
    if (options.view_only)
        return tablet;
    TRY(SecondCopy copy, SecondCopy::open(file, how));
    tablet->copy_.emplace(std::move(copy));
    TRY_DO(tablet->store_->keep_second_copy(*tablet->copy_));
    return tablet;
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
