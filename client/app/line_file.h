// What a tablet keeps about its line to the endpoint, for as long as it is locked too: the proxy,
// how its syncs went, and whether it may be erased.  A small file under the device secret: a copy of the
// folder tells neither the password of the proxy nor when this tablet was where.
#pragma once

#include <cstdint>
#include <string>

#include "client/app/tablet_places.h"
#include "forms/base/result.h"
#include "sync/http/proxy.h"
#include "sync/operation/operation.h"
#include "sync/tablet/sync_trouble.h"
#include "sync/vault/told_time.h"

namespace doorstep {

struct LineNotes {
    Proxy proxy = {};
    std::int64_t success_ms = 0;              // everything was sent and fetched then; 0: never yet
    SyncTrouble trouble = SyncTrouble::none;  // the last one met
    std::int64_t trouble_ms = 0;
    std::int64_t proven_ms = 0;  // the time that the endpoint told last, under its signature; 0: none
    ToldTime told{};             // and what was counted since
    // Since when something that was sent has no backup at the endpoint, and how far its backup
    // went then; by the endpoint's clock.  0: everything has one.
    std::int64_t not_backed_up_since_ms = 0;
    Sequence durable_through = 0;
    // Questionnaires that are begun and not finished, as it was when the records were last open.
    std::int64_t begun = 0;
    bool operator==(const LineNotes&) const = default;

    // Where push and backup stand now; a backup that went further is of now.
    void follow_backup(Sequence acked_through, Sequence durable, std::int64_t now_ms);
};

// As it begins where there is none, or what is there is no file of this device.
LineNotes read_line_notes(const TabletPlaces& places);
// Durable when it returns; mode 0600.  Errors: not_found (no device secret: never enrolled), those of
// write_durably().
Result<void> write_line_notes(const TabletPlaces& places, const LineNotes& notes);

}  // namespace doorstep
