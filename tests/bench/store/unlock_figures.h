// What unlocking costs, in a process of its own: its memory is all of what it takes.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "sync/vault/sealed_row.h"
#include "tests/bench/figures.h"

namespace doorstep::bench {

RowKeys bench_keys();

// Fills the file, then unlocks it several times in children of bench-store.
Result<void> measure_unlock(const std::string& file, int contacts, Figures& figures);

// What such a child does: says on its standard output what it measured, "NAME VALUE" a line.
Result<void> unlock_once(const std::string& file);

}  // namespace doorstep::bench
