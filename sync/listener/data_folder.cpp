#include "sync/listener/data_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <limits>

#include "forms/desk/bundle.h"
#include "forms/desk/package.h"
#include "sync/agencies/outbox.h"
#include "sync/endpoint/parcels.h"
#include "sync/endpoint/postgres_connection.h"
#include "sync/endpoint/row_security.h"
#include "sync/endpoint/schema.h"
#include "sync/store/seal_plain.h"
#include "sync/store/snapshot.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/phrases.h"

namespace doorstep {

namespace fs = std::filesystem;

namespace {

// What tablets seal can be opened with the files only: to go on handing out the public
// halves without them would lose every record from now on.
Result<void> secret_halves_are_there(const KeyFiles& files, const Endpoint& endpoint) {
    if (!endpoint.sealing_key().bytes.empty())
        return Error{Fault::damaged,
                     fmt::format("{} is gone: what tablets send could never be opened.", files.file()),
                     "Put back the copy that was made of it."};
    if (endpoint.safeguarding_key().bytes.empty())
        return {};
    TRY(const auto older, files.older_safeguarding());
    if (!older)
        return Error{Fault::damaged,
                     fmt::format("{} is gone: concerns could never be opened again.", files.older_file()),
                     "Put back the copy that was made of it."};
    if (older->public_key != endpoint.safeguarding_key())
        return Error{Fault::damaged, fmt::format("{} is the key of another endpoint.", files.older_file()),
                     "Put back the file that was made with this endpoint."};
    return {};
}

Error wrong_directory(const std::string& folder, const Diagnostics& found) {
    std::string what = fmt::format("The directory of agencies in {} has mistakes.", folder);
    for (const auto& one : found)
        if (one.severity == Severity::error)
            what += "\n  " + one.text();
    return {Fault::bad_input, what, "Mend them, or name another folder with --questionnaires."};
}

// Ids are random, so that each fact touches pages all over the trees: of a log of a million facts the
// inner pages stay here, where SQLite's own 2 MiB would read them again for every row.
constexpr int cache_kib = 64 * 1024;
constexpr std::int64_t copies_kept_ms = std::int64_t{7} * 24 * 3'600'000;

Result<std::unique_ptr<SqlConnection>> open_rows(const DataPlace& place) {
    TRY(const auto file, store_file(place.folder));
    if (place.database.empty()) {
        TRY(auto sql, open_sqlite(file));
        TRY_DO(sql->script(fmt::format("pragma cache_size = -{}", cache_kib)));
        return sql;
    }
    TRY(auto sql, open_postgres(place.database));
    TRY_DO(check_rows_are_secure(*sql));
    TRY(const bool begun, place.may_begin ? Result<bool>(true) : holds_endpoint(*sql));
    if (!begun)
        return Error{Fault::not_found, "There is no endpoint in that database.",
                     "Check --database; serve and keys make begin a new one."};
    return sql;
}

}  // namespace

Result<DataFolder> DataFolder::open(const DataPlace& place) {
    DataFolder data;
    data.folder_ = place.folder;
    data.questionnaires_ = place.questionnaires;
    data.database_ = place.database;
    data.files_ = std::make_unique<KeyFiles>(place.folder, place.device_secret);
    data.erasures_ = std::make_unique<ErasureList>(place.erasure_list.empty()
                                                       ? (fs::path(place.folder) / "erasures.list").string()
                                                       : place.erasure_list);
    data.authority_ = std::make_unique<Authority>(place.folder, *data.files_, *data.clock_);
    const std::string agencies = (fs::path(place.questionnaires) / "directory").string();
    Diagnostics found;
    *data.directory_ = read_directory(agencies, found);
    if (has_error(found))
        return wrong_directory(agencies, found);
    TRY(data.sql_, open_rows(place));
    const auto none_yet = []() -> Result<PublicKey> { return PublicKey{}; };
    TRY(auto endpoint, Endpoint::open(*data.sql_, *data.directory_, *data.clock_, *data.random_, none_yet));
    data.endpoint_ = std::make_unique<Endpoint>(std::move(endpoint));
    TRY_DO(data.read_published_directory());
    TRY(auto keys, data.files_->load());
    if (!keys) {
        TRY_DO(secret_halves_are_there(*data.files_, *data.endpoint_));
        return data;
    }
    TRY_DO(data.endpoint_->use_keys(std::move(*keys)));
    // Before anybody is served: a database that was restored may be older than what was forgotten.
    TRY(const auto by, data.forgetting());
    TRY(const auto again, reapply_erasures(by));
    if (again > 0)
        TRY_DO(data.forget_copies());
    return data;
}

Result<SecretText> DataFolder::make_keys(const KeyFiles::ShowSheet& show) {
    TRY(auto made, files_->make(*clock_, show));
    TRY_DO(authority_->keep_spare(made.recovery));
    TRY_DO(endpoint_->use_keys(std::move(made.keys)));
    return std::move(made.sheet);
}

Result<std::string> DataFolder::confirm_keys() {
    TRY_DO(files_->mark_stored());
    TRY(const auto older, files_->older_safeguarding());
    return older ? fmt::format("{} holds the secret half of the safeguarding key in clear: it stands on the "
                               "sheet now, and the file should be removed.\n",
                               files_->older_file())
                 : std::string{};
}

Result<void> DataFolder::keys_are_stored() const {
    if (!has_keys())
        return Error{Fault::refused, "This endpoint has no keys yet to give to a tablet.",
                     "Make them with doorstep-endpoint keys make, store the sheet that it prints, and say so "
                     "with doorstep-endpoint keys confirm."};
    if (!files_->stored())
        return Error{
            Fault::refused,
            "Nobody has said yet that the custody sheet of this endpoint is stored. Without it, lost "
            "passphrases lose records.",
            "Store the sheet and say so with doorstep-endpoint keys confirm. If it is lost, "
            "doorstep-endpoint keys make prints a new one."};
    return {};
}

Result<void> DataFolder::sheet_was_shown() const {
    if (files_->stored() || files_->was_shown(endpoint_->keys()->recovery))
        return {};
    return Error{Fault::refused,
                 "This endpoint has keys that nobody confirmed, and nothing here tells that their custody "
                 "sheet was ever written: their recovery key may be on no sheet.",
                 "Make new ones, which no tablet can miss yet: doorstep-endpoint keys make --sheet FILE. "
                 "Whoever holds the sheet all the same says so with doorstep-endpoint keys confirm."};
}

Result<void> DataFolder::forget_copies() {
    TRY(const auto file, store_file(folder_));
    return remove_copies_made_before(file, std::numeric_limits<std::int64_t>::max());
}

Result<void> DataFolder::forget_old_copies() {
    TRY(const auto file, store_file(folder_));
    return remove_copies_made_before(file, clock_->now_ms() - copies_kept_ms);
}

Result<void> DataFolder::copy_into(const std::string& file) {
    return snapshot_into(*sql_, file);
}

Result<Endpoint> DataFolder::endpoint_on(SqlConnection& copy) {
    TRY(auto endpoint,
        Endpoint::open(copy, *directory_, *clock_, *random_, [] { return Result<PublicKey>(PublicKey{}); }));
    if (has_keys())
        TRY_DO(endpoint.use_keys(copy_of(*endpoint_->keys())));
    return endpoint;
}

// In its place: whoever was given it reads the new one.
Result<void> DataFolder::read_published_directory() {
    const auto content = parcel_content(*sql_, wire::ParcelKind::directory, published_directory);
    if (!content.ok())
        return content.error().fault == Fault::not_found ? Result<void>{} : Result<void>(content.error());
    Diagnostics found;
    auto directory = read_bundled_directory(*content, found);
    if (has_error(found))
        return Error{Fault::damaged, "The directory of agencies that was published cannot be read.",
                     "Publish it again with this version of Doorstep: doorstep-endpoint directory publish."};
    *directory_ = std::move(directory);
    return {};
}

Result<std::uint64_t> DataFolder::read_forms() {
    *library_ = open_library(questionnaires_);
    auto forms = library_->forms();
    TRY(const auto published, published_parcels(*sql_));
    TRY(followed_, last_publication(*sql_));
    for (const auto& one : published) {
        if (one.parcel.kind != wire::ParcelKind::form)
            continue;
        TRY(const auto content, parcel_content(*sql_, one.parcel.kind, one.parcel.name));
        // One that this version cannot open any more: what was written with it waits.
        if (auto package = open_bundled_form(content, one.parcel.name, nullptr); package.form)
            forms.push_back(std::move(package.form));
    }
    endpoint_->use_books(wire::books_of(forms));
    return endpoint_->read_set_aside();
}

Result<std::uint64_t> DataFolder::follow_published() {
    TRY(const auto newest, last_publication(*sql_));
    if (newest == followed_)
        return std::uint64_t{0};
    TRY_DO(read_published_directory());
    TRY(auto transaction, endpoint_->store().begin());
    TRY_DO(go_on_with_known_agencies(endpoint_->store(), *directory_, *clock_));
    TRY_DO(transaction.commit());
    return read_forms();
}

Result<void> DataFolder::checkpoint() {
    return sql_->engine() == SqlConnection::Engine::sqlite ? doorstep::checkpoint(*sql_) : Result<void>{};
}

Result<void> DataFolder::checkpoint_wholly() {
    return sql_->engine() == SqlConnection::Engine::sqlite ? doorstep::checkpoint_wholly(*sql_)
                                                           : Result<void>{};
}

bool DataFolder::is_wiped() {
    const auto wiped = doorstep::is_wiped(*sql_);
    return !wiped.ok() || *wiped;
}

}  // namespace doorstep
