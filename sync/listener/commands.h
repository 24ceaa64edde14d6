// What an operator may ask of an endpoint, whether a `serve` runs or not.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/result.h"
#include "sync/listener/data_folder.h"

namespace doorstep {

struct Command {
    std::string name;     // enrol, report, tablets, keys-make, keys-confirm, take-in
    std::string tablet;   // enrol
    std::string from;     // report: the first day
    std::string to;       // report: the last day
    std::string columns;  // report: a column set
    std::string form;     // report: table, csv or json
    std::string frame{};  // take-in: a frame of a rescue file
    // What else a command of a family needs, by name: {"agency", "fire"}.
    std::map<std::string, std::string, std::less<>> words{};

    // Empty when it was not given.
    std::string word(std::string_view named) const {
        const auto found = words.find(named);
        return found == words.end() ? std::string{} : found->second;
    }
};

// What a shown custody sheet is followed by.
extern const char* const how_to_confirm;

// For standard output and standard error, and the exit status: 0 done, 1 failed,
// 2 asked wrongly.
struct CommandOutcome {
    int status = 0;
    std::string out;
    std::string err;
};

CommandOutcome run_command(DataFolder& data, const Command& command);
// A family of commands, each in a file of its own; nothing when the command is not of it.
// Listed in commands.cpp.
using CommandFamily = std::optional<CommandOutcome> (*)(DataFolder& data, const Command& command);
std::optional<CommandOutcome> agency_commands(DataFolder& data, const Command& command);
CommandOutcome failed(const Error& error);
// For the audit: who asked, by the name of the operating system's user; main() says it in the
// word "operator".
std::string operator_of(const Command& command);

// One line of JSON each, for the socket of a running `serve`.
std::string encode(const Command& command);
std::string encode(const CommandOutcome& outcome);
Result<Command> decode_command(const std::string& line);
Result<CommandOutcome> decode_outcome(const std::string& line);

}  // namespace doorstep
