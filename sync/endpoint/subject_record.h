// What is recorded about one home or person, opened for one request: its history for whoever works
// on it, and the bundle for the person who asks for it.
#pragma once

#include <string>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/store.h"

namespace doorstep {

struct RecordedFact {
    Operation operation;
    std::string recorded_by;  // the officer, where the fact names one; else the tablet
    std::string tablet;
    std::int64_t received_ms = 0;
    std::vector<Sha256> pictures_here{};  // of what a questionnaire names: those that came
};

// By the order in which they were recorded.  not_found: nothing is known of it.
Result<std::vector<RecordedFact>> record_of(Store& store, const Uuid& subject);

// Answer by answer, with what each correction put in place of what; as text.
std::string history_text(const std::vector<RecordedFact>& facts, const Clock& clock);

// Subject access: JSON with what the person said and what was done, and by name what is withheld until
// somebody has redacted it: what another person said, and what only safeguarding leads may open (said of
// every questionnaire, so that it tells nothing).
std::string subject_bundle(const Uuid& subject, const std::vector<RecordedFact>& facts, const Clock& clock);

// An export for a spreadsheet: one row for each answer, offer and referral of the period; a text that a
// spreadsheet would take for a formula begins with '.  The first row says who exported it, who
// confirmed it, when, and its id.
struct ExportMark {
    Uuid id;
    std::string who;
    std::string second;
    std::int64_t at_ms = 0;
};
Result<std::string> export_csv(Store& store, Day from, Day to, const ExportMark& mark);
// With quotes, and so that no spreadsheet calculates it.
std::string spreadsheet_cell(std::string_view text);

}  // namespace doorstep
