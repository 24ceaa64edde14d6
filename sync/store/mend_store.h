// A damaged store is mended: what is intact is taken out of it, what was not sent comes
// from its second copy, and the whole is put in its place.  The damaged file is kept
// beside it as "<file>.damaged-N".
//
// The damaged file is only read until the new one is whole and on the disk; then names
// change, one after the other.  A kill before that costs the work and nothing else; a
// kill after it is gone on from by whoever opens the store or mends it again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "sync/store/sqlite_connection.h"
#include "sync/vault/sealed_row.h"

namespace doorstep {

struct MendReport {
    std::int64_t rows_saved = 0;
    std::int64_t rows_lost = 0;         // seen and no longer what was written
    std::int64_t pages_lost = 0;        // of which nothing can be told any more
    std::int64_t attachments_lost = 0;  // pictures and signatures
    std::int64_t unsent_saved = 0;      // facts that wait to be sent
    std::int64_t unsent_lost = 0;       // places in the tablet's sequence that nothing is known of
    std::int64_t from_second_copy = 0;  // sendings that the damaged file had no more
    std::string damaged_file;           // its name, without its folder
    std::int64_t at_ms = 0;             // when it was mended, UTC
    bool was_gone = false;              // there was no file, or nothing in it
    bool read = false;                  // somebody has read this report: mending_was_read()

    // For the officer: counts, no content.
    std::string text() const;
    // Rows that no endpoint gives back may be among what was lost.
    bool lost_what_stays_away() const { return was_gone || rows_lost > 0 || pages_lost > 0; }
};

enum class MendStep : std::uint8_t {
    reading,
    salvaging,
    putting_back,   // what was not sent, from the second copy
    putting_order,  // positions, facts that were saved in part
    folding,
    whole,          // on the disk
    log_aside,      // the damaged log has its new name
    damaged_aside,  // the damaged file too
    in_place
};
// Told when a step begins, the last four when they are done: for a page that shows how far it is.
using MendProgress = std::function<void(MendStep)>;

// Takes seconds for each 10,000 contacts: not for the thread that draws.  `options` without a VFS, and not
// to view.  REQUIRES: this process has the store not open.
// Errors leave everything as it was: not_found, conflict (another Doorstep has it open), damaged (nothing
// that these keys open is left), newer_version, disk_full (as much room as the store takes is needed; the
// ballast is given up by then, so that trying again may do), not_writable.
Result<MendReport> mend_store(const std::string& file, RowKeys& keys, const Clock& clock, Random& random,
                              const SqliteOptions& options = {}, const MendProgress& progress = {});

// Ends a mending that was cut off when the new store was whole already; whether there was
// one.  what opens a sealed store calls it first: until then the damaged file may have no name.
Result<bool> finish_mending(const std::string& file, const MendProgress& progress = {});

// What the last mending came to, for who did not see it end.
std::optional<MendReport> last_mending(const std::string& file);
// The report stays, and says from now on that it was read.  not_found: nothing was mended.
Result<void> mending_was_read(const std::string& file);

}  // namespace doorstep
