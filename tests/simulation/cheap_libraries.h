// What the libraries do at a price that a simulation of thousands of runs need not pay: the program's own
// functions of these names come before theirs.  None of it changes an outcome.
//
//   sodium_malloc, sodium_free      no guarded pages, which are calls of the system; wiped all the same
//   crypto_sign_detached and its    up to 2 KiB a hash under the secret half signs, and what was signed in
//   verify                          this run is good for the same key and text, without the curve; whatever
//                                   differs is looked at as ever, and is bad
//   ZSTD_create..., ZSTD_free...    contexts are used again: making one asks the processor what it can do,
//                                   and in a virtual machine that goes through the host
//   ZSTD_CCtx_setParameter          no level above 1: a frame may be longer, and is read as ever
//   operator new, SQLite's malloc   blocks by size, one thread, never given back (not under a sanitizer)
#pragma once

namespace doorstep::simulation {

// With each run, so that one does not depend on the one before.
void forget_what_was_signed();
// Before SQLite is used.
void give_sqlite_memory();

}  // namespace doorstep::simulation
