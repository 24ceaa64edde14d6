// Answers that the disk refused, on their way over a lock: sealed, in memory that the next
// process inherits and that goes when the tablet is switched off (pin_shift.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/vault/sealed_row.h"

namespace doorstep {

// Of one questionnaire.
struct UnsavedLines {
    Uuid questionnaire;
    std::vector<std::string> lines;  // for Drafts::keep()
    std::int64_t answers = 0;        // that the officer gave among them
    std::string place;               // "14 Mill Lane"
};

// Its number, inherited.  broken: the system gives no memory.
Result<int> hand_on(const std::vector<UnsavedLines>& unsaved, const RowKeys& keys);
// refused: there is nothing there; damaged: these keys do not open it.
Result<std::vector<UnsavedLines>> handed_on(int number, const RowKeys& keys);

}  // namespace doorstep
