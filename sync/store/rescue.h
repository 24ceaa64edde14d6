// What a tablet could not send, in one file that anybody may carry: the push frames that it
// would have sent, sealed to the endpoint and signed with the seed of its enrolment.  The endpoint takes them
// in as it takes a push, as often as they come. Nobody reads them on the way, and nobody can make them in
// another tablet's name.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "sync/store/second_copy.h"
#include "sync/store/store.h"
#include "sync/vault/signing.h"
#include "sync/wire/messages.h"

namespace doorstep {

inline constexpr std::size_t rescue_file_bytes_max = 64 * 1024 * 1024;

struct Rescue {
    std::string file;
    std::uint64_t facts = 0;
    std::uint64_t left_behind = 0;  // that only an unlocked tablet can send
    std::uint64_t carried = 0;      // frames of other tablets, handed on as they are
};
// Of a store that is locked, unlocked or only to view.  not_found: everything was sent.
// refused: what is unsent would stand readable in the file.  conflict: the store's facts are of
// another enrolment, and nobody would take them under this one.
Result<Rescue> write_rescue(const Store& store, const TabletIdentity& identity);
// Of the second copy of a store that does not open any more: all that is in it, sent or not, since
// who has the store lost cannot tell; what was sent changes nothing when it comes again.
// not_found: nothing of that enrolment is in it.
Result<Rescue> write_rescue(const std::vector<CopiedEnvelope>& copied, const TabletIdentity& identity);

// The frames of a file, whole and signed.  bad_input: no rescue file; newer_version; damaged: cut
// off, altered, or not signed by the tablet it names.
Result<std::vector<std::string>> rescue_frames(std::string_view file);

struct RescuedPush {
    wire::PushRequest push;
    VerifyKey tablet_key;  // whose it is, only the endpoint knows
};
// damaged: altered, or not signed by the tablet it names.
Result<RescuedPush> open_rescue_frame(std::string_view frame);

// On any tablet, locked or not: its next sync hands them on.  How many were not here yet.
Result<std::int64_t> keep_rescued(Store& store, std::string_view file);

}  // namespace doorstep
