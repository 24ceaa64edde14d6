// A CSV of an agency's answers, as its people write it: referral, state, note, at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "sync/store/store.h"

namespace doorstep {

inline constexpr std::size_t answers_file_bytes_max = 1024 * 1024;

struct AnswersFile {
    std::string name;  // in the folder `answers`
    std::string content;
};

struct AnswersTaken {
    std::int64_t added = 0;
    std::int64_t known = 0;
    std::int64_t wrong = 0;
    bool before = false;  // the same content was taken in already: nothing was done
    std::string errors;   // CSV of row, what is wrong, how to mend; empty where all was well
};

// One transaction: the good rows and the mark that the file was taken in, so that one which could not be
// put away is not taken twice.  A bad row never holds back the others.
Result<AnswersTaken> take_answers_file(Store& store, const std::string& agency, const AnswersFile& file);
// When it was put away: the same rows that come again are said again, and taken in again.
Result<void> answers_file_is_away(Store& store, const std::string& agency, const AnswersFile& file);

// "2026-03-14", "2026-03-14T10:05Z", "2026-03-14T10:05:30.250+01:00"; a day is its noon in UTC.
std::optional<std::int64_t> instant_in(std::string_view text);

}  // namespace doorstep
