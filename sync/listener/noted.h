// What commands write into the audit, and read of it.
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
// Of a command that touches files alone, beside a serve that has the database: in a file of the folder until
// whoever has it takes it up.  Durable when it returns.  Nothing where there is no such folder.
Result<void> note_later(const std::string& folder, std::int64_t now_ms, const Noted& noted);
// Into the audit, with the time at which each was asked for; at an opening, and now and then by a serve.
Result<void> take_up_notes(DataFolder& data);
// Every entry that names it, as lines of text.
Result<std::string> noted_about(DataFolder& data, const Uuid& id);

}  // namespace doorstep
