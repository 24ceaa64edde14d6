// On the tablet: of which patches (wire/patch.h) it holds the history, and how far.
//
// A row for each patch of its scope, one for what belongs to no patch, or one for the whole partnership; no
// row: the whole partnership too, as tablets had it before there were scopes.  Of a patch everything is
// here that lies at or below `at`, and between `through` and the cursor of the pull; in between is the
// history that is still to come.  The rows stand in clear, beside the cursor and in the same transactions: a
// locked tablet moves them too.  What went out of the scope is dropped when the tablet is unlocked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"
#include "sync/wire/messages.h"

namespace doorstep {

struct HeldPatch {
    std::string patch;  // wire::every_patch, wire::no_patch or an area
    std::uint64_t at = 0;
    std::uint64_t through = 0;

    bool is_whole() const { return at >= through; }
    bool operator==(const HeldPatch&) const = default;
};

// As a status tells it: none for the whole partnership.
std::vector<std::string> scope_of(const std::vector<HeldPatch>& held);

// How often at most a patch that is not as the endpoint says is pulled again.
inline constexpr std::int64_t pulled_again_ms = std::int64_t{24} * 3600 * 1000;

// By name; only what is in the scope.
Result<std::vector<HeldPatch>> held_patches(SqlConnection& sql);

// Something that went out of the scope is still here.
Result<bool> something_goes(SqlConnection& sql);

// All below inside a transaction.
// The scope is these from now on (none: everything): what is new in it is to be fetched up to the cursor.
Result<void> keep_patches(SqlConnection& sql, const std::vector<std::string>& scope, std::uint64_t cursor);
// The cursor goes back.
Result<void> set_back_patches(SqlConnection& sql, std::uint64_t cursor);
// Facts of this patch (every_patch: of any) are wanted once more, from behind this place; one that is not
// held is not asked for.
Result<void> pull_patch_again(SqlConnection& sql, const std::string& patch, std::uint64_t behind,
                              std::uint64_t cursor);
// A page of a snapshot stands.  conflict: another one is due.
Result<void> move_patch(SqlConnection& sql, const wire::PullReply& page);
// What the endpoint tells at the end of the feed is compared once everything is folded.
Result<void> note_totals(SqlConnection& sql, const wire::PullReply& page);

// Unlocked, and with nothing waiting: drops what went out of the scope, and compares what was told.  A patch
// of which other facts are here is pulled again.  True: facts were dropped.
Result<bool> settle_patches(SqlConnection& sql, std::uint64_t cursor, std::int64_t now_ms);
Result<bool> is_settled(SqlConnection& sql);  // nothing of that is to be done

}  // namespace doorstep
