// What the commands about people write into the audit, and read of it.
#pragma once

#include <string>

#include "sync/listener/data_folder.h"

namespace doorstep {

struct Noted {
    std::string who;
    std::string what;
    std::string about;   // an id, or a name that we gave
    std::string reason;  // or empty
};

// Durable when it returns: what is asked for is done after it, or not at all.
Result<void> note(DataFolder& data, const Noted& noted);
// Every entry that names it, as lines of text.
Result<std::string> noted_about(DataFolder& data, const Uuid& id);

}  // namespace doorstep
