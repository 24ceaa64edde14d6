// The words of erase, retention, history, subject-access, seen, export and concerns on the command
// line.
#pragma once

#include <string>

#include "sync/listener/commands.h"

namespace CLI {
class App;
}

namespace doorstep {

struct SubjectWords {
    std::string subject, id, name, who, second, reason, from, to;
    std::string passphrase_file;      // empty: the terminal
    std::string own_passphrase_file;  // of who exports; so too
    std::string sheet;                // a file with the custody sheet, or its safeguarding line alone
    std::string out;                  // the file to write; empty: standard output
};

void declare_subjects(CLI::App& app, SubjectWords& words);
// Whether the command is of this family; then it is `command` that is to be run, with its secrets
// read.  bad_input, refused: a file that others may read.
bool is_of_subjects(const CLI::App& chosen);
Result<void> fill_subject_command(const CLI::App& chosen, const SubjectWords& words, Command& command);
// What was asked for goes into a file of its owner's, where one was named.
CommandOutcome delivered(const SubjectWords& words, CommandOutcome outcome);

}  // namespace doorstep
