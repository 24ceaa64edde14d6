// What the officer did, as plain values: screens say them, the app acts on them.
//
// Small, copyable, replayable in tests; logged by name only, never with content.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "client/view/choice_of.h"
#include "client/view/sign_in_intent.h"
#include "forms/base/calendar.h"
#include "forms/base/uuid.h"
#include "forms/session/session.h"
#include "sync/operation/operation.h"

namespace doorstep::intent {

// --- where one is ------------------------------------------------------------
struct Back {};  // one step; what was begun is kept
struct GoHome {};
struct OpenVisit {
    Uuid visit;
};
struct OpenDoor {  // a door of the visit in hand
    Uuid household;
};
struct OpenCounts {};
struct OpenReferralList {  // the list behind a number; empty: all agencies
    std::string agency;
};
struct OpenWaiting {};  // referrals that wait for an agreement, on drafts of this tablet
struct OpenSync {};
struct OpenSettings {};
struct OpenHomes {};  // the page that finds any home
struct FindHomes {
    std::string text;  // as typed; empty: the latest
};
struct OpenHome {  // its door on a visit of this tablet, or what can be done instead
    Uuid household;
};
struct AddHome {  // to today's visit, behind the other doors; then its door opens
    Uuid household;
};

// --- the doors of a visit ----------------------------------------------------
struct FilterDoors {
    DoorFilter filter = DoorFilter::all;
};
struct FindDoors {
    std::string text;  // as typed; empty: every door
};
struct RecordOutcome {
    Uuid household;
    ContactOutcome outcome = ContactOutcome::no_answer;
};
struct NoteHome {  // for whoever knocks there next
    Uuid household;
    HomeNoteKind kind = HomeNoteKind::hazard;
    bool holds = true;  // false: it is so no longer
    std::string text;
    std::vector<Uuid> seen;   // HomeNoteView::shown of the page: what it takes the place of
    std::uint64_t saved = 0;  // DoorView::notes_saved when its page was opened
};
struct Undo {  // what the notice offers to take back
    std::uint64_t token = 0;
};
struct DismissNotice {};
struct UndoChange {};  // of the questionnaire in hand: its latest act
struct RedoChange {};

// --- a questionnaire ---------------------------------------------------------
struct StartQuestionnaire {
    Uuid household;
    std::string form_id;  // empty: the programme's own
};
struct ResumeDraft {
    Uuid questionnaire;
};
struct GiveAnswer {
    NodeRef node;
    Answer answer;
    bool typing = false;  // more of the text may follow: it may wait for it a moment
};
struct StandOn {  // this question is in hand now
    NodeRef node;
};
struct SpeakLanguage {
    std::string language;  // as the form writes it: "Polish (pl)"
};
struct NextPage {};
struct PreviousPage {};
struct OpenPageOf {  // from the read-back, or from what stands in the way
    NodeRef node;
};
struct OpenSummary {};  // "Finish" is reachable from any page
struct OpenOfficersPage {};
struct LeaveOfficersPage {};
struct DecideConcern {
    std::string rule;
    SendConcern send = SendConcern::undecided;
    std::string lawful_reason;  // without the resident's agreement
    bool resident_agrees = false;
};
struct ShowToResident {};  // turns the screen over to the resident
struct LeaveResidentPage {};

// --- the closing page --------------------------------------------------------
struct AgreeReferral {
    std::string agency;
    std::string given_by = "resident";  // resident, interpreter, carer_with_authority
    std::string lawful_reason;          // instead of an agreement, where the rule allows it
};
struct RefuseReferral {
    std::string agency;
};
struct DropReferral {
    std::string agency;
};
struct ReopenReferral {  // takes back what was decided
    std::string agency;
};
struct AddReferral {
    std::string agency;
    std::string reason;
};
struct SetOffer {
    std::string code;
    OfferStatus status = OfferStatus::accepted;
    std::int64_t quantity = 1;
};
struct Finish {
    ContactOutcome outcome_if_partial = ContactOutcome::partial;
    bool without_undecided = false;  // the officer was told what is undecided, and goes on
};

// --- counts, sync, settings --------------------------------------------------
struct ShowPeriod {
    PeriodKind kind = PeriodKind::month;
    int steps = 0;  // relative to the period in view: -1 the one before
};
struct ShowDays {  // any period, both days included
    Day from;
    Day to;
};
struct ShowColumnSet {
    std::string name;
};
struct WithdrawReferral {
    Uuid referral;
    std::string reason;
};
struct SyncNow {};
struct SetProxy {
    ProxyWay way = ProxyWay::none;
    std::string address;   // as typed; for by_hand, with the two below
    std::string name;      // empty: it asks for none
    TypedSecret password;  // nothing: the one before, where the name is the same
};
struct ChooseTheme {
    Theme theme = Theme::light;
};
struct ChooseTextSize {
    int percent = 100;  // 100, 135, 200
};
struct TryAgain {};      // on the page that says why the store cannot be opened
struct MendRecords {};   // there, when the file is damaged: saves what is whole
struct ViewRecords {};   // there: opens to look, nothing can be changed
struct WriteRescue {     // everything that was not sent, sealed, into that folder
    std::string folder;  // of SyncView::sticks
};

}  // namespace doorstep::intent

namespace doorstep {

using Intent =
    std::variant<intent::Back, intent::GoHome, intent::OpenVisit, intent::OpenDoor, intent::OpenCounts,
                 intent::OpenReferralList, intent::OpenWaiting, intent::OpenSync, intent::OpenSettings,
                 intent::FilterDoors, intent::FindDoors, intent::RecordOutcome, intent::NoteHome,
                 intent::Undo, intent::DismissNotice, intent::UndoChange, intent::RedoChange,
                 intent::StartQuestionnaire, intent::ResumeDraft, intent::GiveAnswer, intent::StandOn,
                 intent::SpeakLanguage, intent::NextPage, intent::PreviousPage, intent::OpenPageOf,
                 intent::OpenSummary, intent::OpenOfficersPage, intent::LeaveOfficersPage,
                 intent::DecideConcern, intent::ShowToResident, intent::LeaveResidentPage,
                 intent::AgreeReferral, intent::RefuseReferral, intent::DropReferral, intent::ReopenReferral,
                 intent::AddReferral, intent::SetOffer, intent::Finish, intent::ShowPeriod, intent::ShowDays,
                 intent::ShowColumnSet, intent::WithdrawReferral, intent::SyncNow, intent::ChooseTheme,
                 intent::ChooseTextSize, intent::TryAgain, intent::MendRecords, intent::ViewRecords,
                 intent::WriteRescue, intent::JoinByCode, intent::CentreWords, intent::StopJoining,
                 intent::SetUp, intent::ChoosePerson, intent::SignIn, intent::UnlockByPin, intent::ChoosePin,
                 intent::WithoutPin, intent::LockNow, intent::SwitchOfficer, intent::OpenOfficers,
                 intent::AddOfficer, intent::NewPassphrase, intent::RemoveOfficer, intent::RenewLicence,
                 intent::OpenHomes, intent::FindHomes, intent::OpenHome, intent::AddHome, intent::SetProxy>;

// What a screen said in one frame, in order.
using Intents = std::vector<Intent>;

}  // namespace doorstep
