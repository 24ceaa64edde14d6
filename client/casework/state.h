// What one open questionnaire holds; shared by the files of this room.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/casework/casework.h"
#include "client/casework/decisions.h"
#include "client/casework/journal.h"

namespace doorstep {

struct OpenQuestionnaire::State {
    Store& store;
    const Library& library;
    const Clock& clock;
    Random& random;
    OnDuty on_duty;
    DraftHeader header;
    Door door;
    FormSession session;
    std::string language;
    std::optional<NodeRef> position;
    Decisions decisions;

    // The officer's page while it is open: the events on restricted questions by
    // path, and what was decided on what they suggest.  Memory only.
    std::map<std::string, JournalEntry> unsealed;
    std::map<std::string, Concern, std::less<>> concerned;
    std::vector<std::string> sealed;  // bytes, one per leaving of the page
    std::vector<std::string> owed;    // lines that could not be written yet
    bool finished = false;
    std::function<void()> settled;

    Result<void> still_open() const;
    void tell_settled() const;
    // Durable when it returns ok.
    Result<void> keep(const std::vector<journal::Line>& lines);
    std::vector<ProposedReferral> referrals() const;
    std::vector<ProposedOffer> offers() const;
    Result<void> decide(std::string_view agency, ProposedReferral::Decision decision);
    // An agreement with what the tablet knows filled in; why it is none, otherwise.
    Result<Agreement> completed(Agreement agreement, bool may_go_without) const;
    Day today() const;
};

// The restricted part of a finished questionnaire: sealed texts, each after its length
// in four bytes (big-endian); of one size, whether anything was recorded or not.
Result<std::string> restricted_part(const OpenQuestionnaire::State& state);
// The safeguarding key of this tablet; `refused` with a remedy while it has none.
Result<std::string> safeguarding_key(const Store& store);

}  // namespace doorstep
