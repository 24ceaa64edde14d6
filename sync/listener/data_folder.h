// The folder of an endpoint: its store, its keys, and the agencies it serves.
#pragma once

#include <memory>
#include <string>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/desk/package.h"
#include "forms/directory/directory.h"
#include "sync/endpoint/endpoint.h"
#include "sync/listener/authority.h"
#include "sync/listener/key_files.h"

namespace doorstep {

// Where an endpoint is.
struct DataPlace {
    std::string folder;
    std::string questionnaires;   // the folder that holds `directory`
    std::string device_secret{};  // see KeyFiles
    // postgresql://...: then the folder has the keys and the socket of the commands, and the database has the
    // rest; several endpoints may have one, each with a folder of its own and the same keys.
    std::string database{};
    // What was forgotten, by ids: outside the database, and better on another disk than its backups.
    std::string erasure_list{};  // a file; empty: erasures.list in the folder
    bool may_begin = true;       // a database that holds no endpoint yet; otherwise not_found
};

// Everything that an endpoint needs while it lives, in the order in which it goes.
class DataFolder {
public:
    // Errors name what is wrong and what to do; an older or foreign store is left as it was.
    static Result<DataFolder> open(const DataPlace& place);
    static Result<DataFolder> open(const std::string& folder, const std::string& questionnaires,
                                   const std::string& device_secret = {}) {
        return open(DataPlace{folder, questionnaires, device_secret});
    }

    Endpoint& endpoint() { return *endpoint_; }
    const std::string& folder() const { return folder_; }
    const std::string& questionnaires() const { return questionnaires_; }
    const std::string& database() const { return database_; }  // empty: a file in the folder
    const Clock& clock() const { return *clock_; }
    Random& random() { return *random_; }
    const KeyFiles& files() const { return *files_; }
    const Directory& directory() const { return *directory_; }
    // When idle; nothing to do where another program keeps the rows.
    Result<void> checkpoint();
    // What was forgotten is in no byte of the file when it returns.
    Result<void> checkpoint_wholly();
    bool is_wiped();
    // The copies that upgrades left beside the database, when something was forgotten that they still hold,
    // and when they are a week old.
    Result<void> forget_copies();
    Result<void> forget_old_copies();
    // The database as it stands, in another file.
    Result<void> copy_into(const std::string& file);
    // Another endpoint on such a copy, with the same directory and keys.
    Result<Endpoint> endpoint_on(SqlConnection& copy);
    // Before anything that tablets sent is opened: what they wrote short is read with the forms
    // of the questionnaires' folder and with those that were published.  What was set aside for want of
    // one is read again; how many facts.
    Result<std::uint64_t> read_forms();
    // What was published since, by this program or by another one on the same database, is used from now
    // on; how many facts were read again.
    Result<std::uint64_t> follow_published();
    const Library& library() const { return *library_; }  // of the folder, after read_forms()

    // What forgetting needs (endpoint/erasure.h); refused without keys.
    Result<Forgetting> forgetting() { return endpoint_->forgetting(*erasures_); }
    const std::string& erasure_list() const { return erasures_->file(); }
    // Under which passphrases of people at the centre are kept.
    Result<DeviceSecret> device_secret() const { return files_->device_secret(); }

    const Authority& authority() const { return *authority_; }
    // Where tablets find it while it is served, for those that are invited; empty: nobody said.
    void serve_at(std::string url) { served_at_ = std::move(url); }
    const std::string& served_at() const { return served_at_; }
    bool has_keys() const { return endpoint_->keys() != nullptr; }
    // The custody sheet; refused once one is stored.  See KeyFiles::make().
    Result<SecretText> make_keys(const KeyFiles::ShowSheet& show = {});
    // From now on tablets may be enrolled.  What there is to say beside it.
    Result<std::string> confirm_keys();
    // Whether tablets may be given the keys, in words for the operator when not.
    Result<void> keys_are_stored() const;
    // Whether the sheet of the keys that are there ever came out of this program; refused when not.
    // REQUIRES: has_keys()
    Result<void> sheet_was_shown() const;

private:
    DataFolder() = default;
    Result<void> read_published_directory();

    std::string folder_;
    std::string questionnaires_;
    std::string database_;
    std::string served_at_;
    std::unique_ptr<SystemClock> clock_ = std::make_unique<SystemClock>();
    std::unique_ptr<SystemRandom> random_ = std::make_unique<SystemRandom>();
    std::unique_ptr<Directory> directory_ = std::make_unique<Directory>();
    std::unique_ptr<Library> library_ = std::make_unique<Library>();
    std::uint64_t followed_ = 0;  // the last publication that is used
    std::unique_ptr<KeyFiles> files_;
    std::unique_ptr<ErasureList> erasures_;
    std::unique_ptr<Authority> authority_;
    std::unique_ptr<SqlConnection> sql_;
    std::unique_ptr<Endpoint> endpoint_;
};

}  // namespace doorstep
