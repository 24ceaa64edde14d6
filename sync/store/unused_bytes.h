// Bytes of a SQLite file that no row owns any more.
//
// SQLite overwrites what is deleted (secure_delete). But where a page is full and its rows are spread over
// its neighbours, the copies that were moved away stay behind: in the middle of the page, between the list of
// its cells and the first of them.  What is deleted later, where it stands now, can still be read there.
// (SQLite 3.40, btree.c: rebuildPage; https://www.sqlite.org/fileformat2.html#b_tree_pages)
#pragma once

#include <cstdint>
#include <string>

#include "forms/base/result.h"

struct sqlite3;

namespace doorstep {

class UnusedBytes {
public:
    // A step looks at so much of the file at most: some 50 ms.
    static constexpr std::int64_t step_bytes = std::int64_t{64} * 1024 * 1024;

    // Something went since: from the first page on, once more.  A file that was just opened is looked at too,
    // since nobody knows what was begun.
    void begin_anew() { next_ = 1; }
    bool is_done() const { return next_ == 0; }

    // Goes on where the step before ended.  SQLite's code.  A power cut leaves the file as sound as it was.
    // REQUIRES: all of the log is in the file; nothing of `schema` is being read or written
    int wipe_some(sqlite3* database, const char* schema);

private:
    std::int64_t next_ = 1;  // page; 0: there is nothing left to look at
};

// For this room's connections: `select wipe_unused_bytes()` goes on with a step, `select
// unused_bytes_left()` says whether there are more to come, `select unused_bytes_again()` begins anew.
// `bytes` outlives the connection.
int declare_unused_bytes(sqlite3* database, UnusedBytes& bytes);

}  // namespace doorstep
