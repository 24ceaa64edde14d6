// The officer's work without a screen: open a visit, work a door, answer, agree,
// finish.  The app, the season and the simulations all work through here.
//
// What returns ok is on disk.  Not thread-safe: the writer thread owns it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/desk/package.h"
#include "forms/session/session.h"
#include "sync/operation/operation.h"
#include "sync/store/drafts.h"
#include "sync/store/home_notes.h"
#include "sync/store/store.h"

namespace doorstep {

// Who holds this tablet, with whom.
struct OnDuty {
    std::string officer;
    std::string companion;
    std::string team;
};

struct Door {
    Uuid contact;
    Uuid visit;
    Uuid household;
    std::string area;
    std::string road_code;
    DoorAddress address;
};

// One agency's part of the closing page: all ordinary rules that name it make one
// referral with several reasons and services, and one agreement.
struct ProposedReferral {
    std::string agency;
    std::vector<Suggestion> because;
    std::vector<std::string> services;
    std::vector<std::string> shares;  // names of questions
    Urgency urgency = Urgency::routine;
    enum class Decision : std::uint8_t { open, agreed, refused, dropped } decision = Decision::open;
    bool added_by_officer = false;
    bool no_longer_suggested =
        false;            // was agreed, then its rule was withdrawn: stays until the officer decides
    Agreement agreement;  // once agreed
};

struct ProposedOffer {
    std::string code;
    std::vector<Suggestion> because;
    std::int64_t quantity = 1;
    std::optional<OfferStatus> status;  // until the officer says
    bool added_by_officer = false;
};

// A restricted suggestion, while the officer's page is open.  The officer is free to
// send it or not; undecided, the safeguarding lead decides.
struct Concern {
    enum class Send : std::uint8_t { undecided, yes, no };
    Suggestion because;
    Send send = Send::undecided;
    Agreement basis;
};

// One act of the officer's, as undo names it.
struct DoneAct {
    enum class What : std::uint8_t { answer, add_repeat, remove_repeat, referral, offer };
    What what = What::answer;
    std::string about;  // path of the question, of the repeat or of its instance; agency; offer
};

struct Finished {
    Uuid questionnaire;
    bool complete = false;
    std::vector<Operation> operations;
};

// One questionnaire at a door, with its draft.  Each call is durable when it
// returns; reopened after a crash it stands on the same question.
class OpenQuestionnaire {
public:
    OpenQuestionnaire(OpenQuestionnaire&&) noexcept;
    OpenQuestionnaire& operator=(OpenQuestionnaire&&) noexcept;
    ~OpenQuestionnaire();

    const Uuid& id() const;
    const Door& door() const;
    const FormSession& session() const;
    std::optional<NodeRef> position() const;  // the question in hand

    // `stand_there`: the question is in hand from then on, in one durable change.
    Result<ChangeList> answer(NodeRef node, Answer answer, bool stand_there = false);
    Result<void> stand_on(NodeRef node);
    Result<void> set_language(std::string_view language);
    Result<ChangeList> add_repeat(std::string_view repeat_path);
    Result<ChangeList> remove_repeat(NodeRef instance);

    // Called by the four above once the rules have run and before the disk is asked, so
    // that a screen can show the settled page while the disk works.  What the disk then
    // refuses is undone and returned as the error.
    void on_settled(std::function<void()> settled);

    // Restricted answers stay in memory while the officer's page is open.
    std::vector<Concern> concerns() const;
    // To send one needs the resident's agreement or a lawful reason.
    Result<void> decide_concern(std::string_view rule, Concern::Send send, const Agreement& basis = {});
    // The officer's page is left: seals what it holds to the safeguarding key.
    Result<void> leave_officers_page();

    // What was agreed to covers the answers that were named then: when the rules come
    // to share more of them, the agency is open again and is asked about once more.
    std::vector<ProposedReferral> referrals() const;
    std::vector<ProposedOffer> offers() const;
    Result<void> agree(std::string_view agency, const Agreement& agreement);
    Result<void> refuse(std::string_view agency);
    Result<void> drop(std::string_view agency);
    // A decision is taken back: the agency is open again.  Nothing changes for one that
    // is open already.
    Result<void> reopen(std::string_view agency);
    Result<void> add_referral(std::string_view agency, std::string_view reason);
    Result<void> set_offer(std::string_view code, OfferStatus status, std::int64_t quantity);
    // What was said of that offer is taken back; one that the officer added is gone.
    Result<void> undecide_offer(std::string_view code);

    // What undo() and redo() are about.  One act is an answer, a text typed in one go, a
    // decision on a referral or an offer, a repeat more or less; after a restart the same
    // ones.  Nothing while the officer's page holds something, and never what it sealed.
    std::optional<DoneAct> can_undo() const;
    std::optional<DoneAct> can_redo() const;
    // The questionnaire as if the act had never been; stands on the question that it
    // changed.  References to nodes stay good as far as the nodes are there.  A new act
    // forgets what was undone.  `refused` when there is nothing to undo.
    Result<DoneAct> undo();
    Result<DoneAct> redo();

    // What could not be written so far, and after it these answers that the disk refused, as
    // lines for Drafts::keep(): for who takes them elsewhere.  Restricted answers, and those
    // whose question is gone, are left out.  Nothing changes here.
    std::vector<std::string> unwritten(const std::vector<std::pair<NodeRef, Answer>>& refused);

    // Complete, or partial when it does not count as completed.  `bad_input` names the
    // questions that stand in the way (what was never asked stands only in the way of a
    // complete one); a referral without its agreement is never raised.
    Result<Finished> finish(ContactOutcome outcome_if_partial = ContactOutcome::partial);

    struct State;  // of this room only

private:
    friend class Casework;
    explicit OpenQuestionnaire(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class Casework {
public:
    // All must outlive it.
    Casework(Store& store, const Library& library, const Clock& clock, Random& random, OnDuty on_duty);

    Result<Uuid> plan_visit(const std::string& label, const std::string& programme, const std::string& area,
                            Day day, const std::vector<std::string>& teams);
    // A door of a visit.  Nothing is written until something happened there.
    Door door(const Uuid& visit, const std::string& area, const std::string& road_code,
              const DoorAddress& address, std::optional<Uuid> household = std::nullopt);
    // A door that ended without a questionnaire; again for each further try.  The fact.
    Result<Uuid> record_outcome(const Door& door, ContactOutcome outcome);
    // One that was recorded by mistake: the try before it holds again, or the door is
    // untouched.  `refused` for what a questionnaire ended.
    Result<void> take_back(const Door& door, const Uuid& fact);

    Result<OpenQuestionnaire> open_questionnaire(const Door& door, const std::string& form_id,
                                                 const std::string& form_version,
                                                 const std::string& language = {});
    // Drafts on this tablet, latest first.
    Result<std::vector<DraftHeader>> drafts() const;
    // not_found with a remedy when the form of that draft is gone.
    Result<std::shared_ptr<const FormDefinition>> form_of(const DraftHeader& draft) const;
    // `damaged` when its head cannot be read.
    Result<Door> door_of(const DraftHeader& draft) const;
    // Continues on the same question, with the form version it began with; not_found
    // with a remedy when that form is gone (the draft stays).
    Result<OpenQuestionnaire> resume(const Uuid& questionnaire);

    // What whoever knocks at this home next has to know, or (`holds` false) has to know no longer.  It
    // takes the place of what its writer was shown of that kind and of nothing else: what a colleague wrote
    // meanwhile stands beside it, even where it has come here already.  bad_input: something that holds
    // needs words, and at most note_text_max bytes of them.
    Result<Uuid> note_home(const Door& door, HomeNoteKind kind, bool holds, const std::string& text,
                           std::vector<Uuid> shown);
    static constexpr std::size_t note_text_max = 500;
    static constexpr int note_review_days = 183;
    static constexpr int note_days = 730;
    // Today's, as home_notes.h orders them.
    Result<std::vector<StandingNote>> notes_of(const Uuid& household) const;

    // A resident changed their mind: out of the counts, agency told, event kept.
    Result<void> withdraw(const Uuid& referral, const std::string& reason);

private:
    Day today() const;

    Store& store_;
    const Library& library_;
    const Clock& clock_;
    Random& random_;
    OnDuty on_duty_;
};

}  // namespace doorstep
