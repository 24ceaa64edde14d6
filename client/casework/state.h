// What one open questionnaire holds; shared by the files of this room.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/casework/casework.h"
#include "client/casework/decisions.h"
#include "client/casework/history.h"
#include "client/casework/journal.h"
#include "sync/wire/officers_words.h"

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
    std::vector<std::string> sealed;  // slots, of each leaving of the page
    std::vector<std::string> owed;    // lines that could not be written yet
    bool finished = false;
    std::function<void()> settled;

    std::shared_ptr<const FormDefinition> form{};
    History history{};
    // What is being typed, so that it stays one act: a path, or an agency's reason.
    std::string typing{};
    std::int64_t typed_ms = 0;

    // Of the form's officer's page; empty where it has none.
    const wire::OfficersWords& officers_words() const;
    mutable std::optional<wire::OfficersWords> words_of_officer{};

    Result<void> still_open() const;
    void tell_settled() const;
    // Durable when it returns ok.
    Result<void> keep(const std::vector<journal::Written>& lines);
    Result<void> keep_answer(const JournalEntry& entry, bool typed, bool stand_there);
    // They go before the next line that can be written; they count already.
    void owe(const std::vector<journal::Written>& lines);
    bool goes_on_typing(const std::string& what) const;
    void types(std::string what);
    // From the beginning, by the acts that count; stands where that act was, where it can.
    struct Settled {
        FormSession session;
        Decisions decisions;
        std::optional<NodeRef> position;
    };
    Result<Settled> settled_from(const History& acts, const DoneAct& about) const;
    void exchange(Settled& with);
    Result<DoneAct> turn(bool back);
    std::vector<ProposedReferral> referrals() const;
    std::vector<ProposedOffer> offers() const;
    Result<void> decide(std::string_view agency, ProposedReferral::Decision decision);
    // An agreement with what the tablet knows filled in; why it is none, otherwise.
    Result<Agreement> completed(Agreement agreement, bool may_go_without) const;
    Day today() const;
};

// The restricted part of a finished questionnaire (sync/store/concern_notice.h), whose size does not
// tell whether anything was recorded.  Empty where the form has no officer's page.
Result<std::string> restricted_part(const OpenQuestionnaire::State& state);
// The safeguarding key of this tablet; `refused` with a remedy while it has none.
Result<std::string> safeguarding_key(const Store& store);

}  // namespace doorstep
