// The words of codes and waiting tablets on the command line, and what is done where the operator sits: the
// picture is drawn, and the words are compared.
#pragma once

#include <functional>
#include <string>

#include "sync/listener/commands.h"

namespace CLI {
class App;
}

namespace doorstep {

struct CodeWords {
    bool code = false;     // enrol: by a code
    std::string endpoint;  // where tablets find it; empty: as it is served
    std::string picture;   // a file for the picture, as SVG; empty: none
    std::string words;     // approve: as the tablet shows them; empty: ask here
};

// `enrol` and `tablets`: the commands of these names.
void declare_codes(CLI::App& enrol, CLI::App& tablets, CodeWords& words, Command& command);

using RunBeside = std::function<CommandOutcome(const Command&)>;
// enrol --code: with the picture below, and in a file of its owner alone.
CommandOutcome run_enrol_code(const CodeWords& words, Command command, const RunBeside& run);
// tablets approve: shows the four words and asks, where they were not given.
CommandOutcome run_approve(const CodeWords& words, Command command, const RunBeside& run);

}  // namespace doorstep
