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

namespace {

SqliteOptions how_to_open(bool view_only, std::optional<Ballast>& ballast) {
    return {.ballast = ballast ? &*ballast : nullptr, .view_only = view_only};
}

}  // namespace

Result<std::unique_ptr<OpenedTablet>> OpenedTablet::at(const std::string& folder, RowKeys keys,
                                                       const TabletOptions& options) {
    std::unique_ptr<OpenedTablet> tablet(new OpenedTablet(std::move(keys)));
    TRY(tablet->file_, store_file(folder));
    tablet->view_only_ = options.view_only;
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
    TRY(SecondCopy copy, SecondCopy::open(file_, how_to_open(view_only_, ballast_)));
    copy_.emplace(std::move(copy));
    return store_->keep_second_copy(*copy_);
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
