// From a backup to an endpoint that serves: into a folder of its own, checked before anything uses it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/endpoint/backup.h"
#include "sync/endpoint/verify_store.h"
#include "sync/listener/data_folder.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

struct Restored {
    BackupSummary backup;
    EpochStep epoch;
    StoreVerdict verdict;
    std::int64_t erased_again = 0;  // orders of the erasure list that the backup did not know
    // Of agencies that put answers there: what was taken in since the backup lies in `taken` beneath.
    std::vector<std::string> answer_folders{};
    std::string text() const;  // for the operator
    // What only a person can do now, line by line; empty: nothing.
    std::string to_do() const;
};

struct RestoreRequest {
    std::string backup;
    std::string folder;  // the new one: it must not be there yet, or be empty
    std::string questionnaires;
    std::string device_secret;
    std::string erasures;  // the list; empty: none
    std::string who;
    std::string reason;
    std::string database{};  // postgresql://..., where no endpoint is yet: the rows go there
    std::string journal{};   // of `serve --send-journal`: what left since the backup; empty: not known
};

// With the recovery key: rows and keys.  The folder has its name only when all is whole; until then
// it ends in ".restoring".  damaged, refused, newer_version: nothing is there.
Result<Restored> restore(const RestoreRequest& request, const KeyPair& recovery);

// What a restore of this backup would give, tried in a scratch folder that goes again.
// With the key of the stream no paper is needed; `keys` opens what is sealed in the rows.
Result<Restored> drill(const std::string& backup, const SecretBytes& stream_key, const std::string& scratch,
                       const std::string& questionnaires, const WorkingKeys& keys);
Result<Restored> drill(const std::string& backup, const KeyPair& recovery, const std::string& scratch,
                       const std::string& questionnaires);

}  // namespace doorstep
