// What of a sealed store stands in clear, so that a locked tablet can send and receive:
// where push and pull stand, the envelopes as they travel, and pulled pages that wait,
// sealed to the vault's inbox.  Ids, sequences, hashes and lengths; nothing that names a
// person, an agency, a form or a time.
#pragma once

#include <string_view>

#include "forms/base/result.h"
#include "sync/store/sql_connection.h"
#include "sync/vault/sealed_box.h"

namespace doorstep {

// The tables of the file, and the functions with which SQL reads and writes them:
//   with_check(bytes), checked(bytes)   bytes with their hash behind them: a page that went
//                                       bad is told and not sent
//   position_proof(...)                 a hash over where push and pull stand
std::string_view clear_tables();
void register_clear_functions(SqlConnection& sql);
// seal_inbox(bytes), for a locked tablet.
void register_inbox(SqlConnection& sql, const PublicKey& inbox);
// What with_check() put behind the bytes is right.
bool is_checked(std::string_view bytes);

// sync_state in memory takes over what a locked tablet did meanwhile.  Not where the two
// cannot belong together: the row in memory stands then, and is older at worst.
// REQUIRES: sync_state was read from its sealed row; a transaction.
Result<void> take_over_position(SqlConnection& sql);
// From now on every change of sync_state in memory goes into the file as well.
Result<void> follow_position(SqlConnection& sql);

}  // namespace doorstep
