// What doorstep-forms does, one file a command.  Each returns the exit status.
#pragma once

#include <string>

#include "forms/desk/package.h"
#include "forms/directory/directory.h"

namespace doorstep::commands {

constexpr int done = 0;
constexpr int mistakes = 1;
constexpr int usage = 2;

// What was asked for on the command line.
struct Wishes {
    std::string form;
    std::string answers;
    std::string questionnaires;
    std::string output;
    std::string language;
    bool json = false;
    bool csv = false;
};

struct Opened {
    Directory directory;
    FormPackage package;
};
// The directory's own mistakes stand in front: a rule cannot be checked against a
// directory that does not load.
Opened open(const Wishes& wishes);

// To standard error.
void print(const Diagnostics& found);
// To the file named, else to standard output.
int write(const Wishes& wishes, const std::string& text);

int check(const Wishes& wishes);
int convert(const Wishes& wishes);
int try_form(const Wishes& wishes);
int submission(const Wishes& wishes);
int sharing(const Wishes& wishes);

}  // namespace doorstep::commands
