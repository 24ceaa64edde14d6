// The words of forms, directory and addresses on the command line.
#pragma once

#include <string>

#include "sync/listener/commands.h"

namespace CLI {
class App;
}

namespace doorstep {

struct ParcelWords {
    std::string path;  // a form, a folder with the directory, a table of addresses
    std::string area;
    std::string report;  // where the rows that are left out are told, as CSV
    bool leave_out = false;
};

// Also fills the command that `app` is parsed into.
void declare_parcels(CLI::App& app, ParcelWords& words, Command& command);
// Before the command is run: reads, checks and packs what is to be published.  bad_input names the rows.
// What to say first.
Result<std::string> fill_parcel_command(const ParcelWords& words, const std::string& folder,
                                        Command& command);

}  // namespace doorstep
