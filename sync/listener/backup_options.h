// The words of backup, restore, verify, drill and epoch on the command line.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "forms/base/result.h"
#include "sync/listener/serve.h"

namespace CLI {
class App;
}

namespace doorstep {

struct BackupWords {
    std::string to;
    std::string key;  // a file
    bool off_site = false;
    std::string off_site_done;
    std::string file;  // of restore and verify
    std::string sheet;
    std::string reason;
    std::string erasures;
    bool no_erasures = false;
    std::string journal;
};

void declare_backup(CLI::App& app, BackupWords& words);
void declare_backup_of_serve(CLI::App& serve, ServeOptions& options);

// What the running endpoint, or the command itself, needs of them.
Result<std::map<std::string, std::string, std::less<>>> backup_words(const BackupWords& words);

struct BackupPlace {
    std::string data;
    std::string questionnaires;
    std::string device_secret;
    std::string who;
    std::string database{};
};
// restore, and verify of a file: of files alone.
Result<std::string> run_restore(const BackupWords& words, const BackupPlace& place, const KeyPair& recovery);
// Without a key only whether the copy is what was written.
Result<std::string> run_verify_file(const BackupWords& words, const BackupPlace& place,
                                    const KeyPair* recovery);

}  // namespace doorstep
