// What an opening finds stands from then on.
#pragma once

#include <string>

#include "forms/base/result.h"

struct sqlite3;

namespace doorstep {

// A commit that failed may be unseen and still come back with the next power cut: its frames lie in a log
// whose removal no disk knows of.  So the log, and with it the folder, are on the disk before anybody looks.
// `schema`: "main", or the name under which the file is attached.
Result<void> settle_log(sqlite3* database, const std::string& schema, const std::string& path);

}  // namespace doorstep
