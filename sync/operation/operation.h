// Operations: the immutable facts of which everything else is folded.
//
// One writer each; never edited.  A correction is an operation that supersedes
// another.  Ids are random and minted in the transaction that keeps the fact,
// never when it is sent.  All text is UTF-8 as it was typed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "forms/base/calendar.h"
#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"

namespace doorstep {

// Dense per enrolment, from 1; 0 means born at the endpoint.
using Sequence = std::uint64_t;

struct FormIdentity {
    std::string id;
    std::string version;
    Sha256 hash;
    bool operator==(const FormIdentity&) const = default;
};

// --- the words of the field ------------------------------------------------

enum class ContactOutcome : std::uint8_t {
    completed,
    partial,
    declined,
    do_not_return,
    no_answer,
    no_access,
    call_back,
    language,
    empty,
    not_residential,
    unsafe,
    already_visited
};

enum class OfferStatus : std::uint8_t { offered, accepted, declined, delivered };

// Ranks rise; declined, returned and withdrawn are ends that can come from any.
enum class ReferralState : std::uint8_t {
    raised,
    sent,
    received,
    accepted,
    in_progress,
    completed,
    declined,
    returned,
    withdrawn
};

enum class ShareBasis : std::uint8_t { agreement, safeguarding, vital_interest };

enum class AttachmentKind : std::uint8_t { signature = 1, photo = 2 };

// What whoever knocks at a home has to know: a register of the home for each.
enum class HomeNoteKind : std::uint8_t { do_not_return, hazard, safety, access, language };

// Each enum as the word that stands on the wire, in reports and in tables.
std::string_view word(ContactOutcome outcome);
std::string_view word(OfferStatus status);
std::string_view word(ReferralState state);
std::string_view word(ShareBasis basis);
std::string_view word(AttachmentKind kind);
std::string_view word(HomeNoteKind kind);
std::optional<ContactOutcome> contact_outcome(std::string_view word);
std::optional<OfferStatus> offer_status(std::string_view word);
std::optional<ReferralState> referral_state(std::string_view word);
std::optional<ShareBasis> share_basis(std::string_view word);
std::optional<AttachmentKind> attachment_kind(std::string_view word);
std::optional<HomeNoteKind> home_note_kind(std::string_view word);

// --- payloads ----------------------------------------------------------------

// An area on one day, worked by one or more teams.
struct VisitPlanned {
    Uuid visit;
    std::string label;      // "SS-2013-06-08-BE"
    std::string programme;  // "safer_streets"
    std::string area;       // BE, PB, AB
    Day day;
    std::vector<std::string> teams;
    bool operator==(const VisitPlanned&) const = default;
};

// Personal: lives in the people half of the read model.
struct DoorAddress {
    std::string number_or_name;  // "12A", "Wicket Cottage"
    std::string flat;
    std::string road;
    std::string postcode;
    std::optional<std::uint64_t> uprn;  // at most 999999999999
    bool operator==(const DoorAddress&) const = default;
};

// One try at a door and how it ended; several tries at one door of one visit are
// one contact.  The latest (by hybrid clock) says how the door ended.
struct ContactRecorded {
    Uuid contact;
    Uuid visit;
    Uuid household;
    std::string area;
    std::string road_code;  // "BE-001"
    std::string team;
    std::string officer;  // code: "off-pol-01"
    std::string companion;
    ContactOutcome outcome = ContactOutcome::no_answer;
    Day day;  // local day at the door
    std::string language;
    std::vector<std::string> formats;
    std::string respondent;  // resident, family, carer, neighbour, professional
    DoorAddress address;
    bool operator==(const ContactRecorded&) const = default;
};

// A try that was recorded by mistake, at a door that ended without a questionnaire:
// it never was.  What a questionnaire ended is corrected, not taken back.
struct ContactTakenBack {
    Uuid contact;
    Uuid of;  // the contact_recorded
    bool operator==(const ContactTakenBack&) const = default;
};

struct RecordedAnswer {
    std::string name;
    std::string path;   // without the root: "household_size", "people[2]/age"
    std::string kind;   // "given", "dont_know", "prefer_not", "not_asked"
    std::string value;  // raw
    bool operator==(const RecordedAnswer&) const = default;
};

// A signature or photo of a questionnaire, as its fact names it; it travels by itself (wire/media.h),
// sealed in pieces under a key that stands here alone.
struct MediaItem {
    Uuid id;                   // to which each piece is bound
    Sha256 sha256;             // of the sealed pieces, one after the other: the name under which it travels
    std::uint64_t length = 0;  // of those
    std::uint32_t pieces = 0;
    AttachmentKind kind = AttachmentKind::photo;
    std::string required_for;  // "send": no referral that it is the agreement to leaves before it; or empty
    std::string file_key;      // 32 bytes; empty where it was taken out
    bool operator==(const MediaItem&) const = default;
};

// One finished questionnaire, complete or partial: one operation.
struct QuestionnaireFinished {
    Uuid questionnaire;
    Uuid contact;
    FormIdentity form;
    bool complete = false;  // counts as completed (domain: privacy step and one later answer)
    Day day;
    std::int64_t started_ms = 0;
    std::int64_t finished_ms = 0;
    std::string privacy_version;
    std::vector<RecordedAnswer> answers;  // restricted ones are not among them
    // Restricted answers and their referrals, sealed to the safeguarding key and
    // padded.  Always there, so that its presence tells nothing.
    std::string restricted;
    std::vector<MediaItem> media{};  // filled in from its attachments when it is recorded
    bool operator==(const QuestionnaireFinished&) const = default;
};

struct OfferMade {
    Uuid offer;
    Uuid contact;
    std::string code;
    OfferStatus status = OfferStatus::offered;
    std::int64_t quantity = 1;
    Day day;
    std::string rule;  // id of the rule that suggested it; empty: added by the officer
    bool operator==(const OfferMade&) const = default;
};

struct SharedAnswer {
    std::string name;
    std::string value;
    std::string label;  // of the choices, in the agency's language
    bool operator==(const SharedAnswer&) const = default;
};

// Who agreed to what, for one agency.
struct Agreement {
    ShareBasis basis = ShareBasis::agreement;
    std::string given_by;         // resident, interpreter, carer_with_authority; empty without agreement
    std::string wording_version;  // of the privacy wording that was read out
    std::string language;
    std::string channel;   // spoken, signature
    std::string taken_by;  // officer code
    std::int64_t at_ms = 0;
    std::string lawful_reason;  // for a basis other than agreement
    bool operator==(const Agreement&) const = default;
};

// A request to one agency for one household.  Only `shares` leave, with the
// address, the services and the reasons.
struct ReferralRaised {
    Uuid referral;
    Uuid contact;
    Uuid household;
    std::string agency;
    std::vector<std::string> services;
    std::vector<std::string> rules;    // ids of the rules, in the form's order
    std::vector<std::string> reasons;  // one sentence per rule
    std::vector<SharedAnswer> shares;
    std::string urgency;  // routine, soon, today
    Agreement agreement;
    Day day;
    bool operator==(const ReferralRaised&) const = default;
};

struct ReferralStateSet {
    Uuid referral;
    int cycle = 1;  // reopening starts the next one
    ReferralState state = ReferralState::raised;
    std::string reason;
    std::string by;  // agency code, or the officer for a withdrawal
    bool operator==(const ReferralStateSet&) const = default;
};

// An entry of a register of a home, which any officer may write.  It takes the place of those that
// Operation::base names: what its writer saw there.  Two whose writers did not see each other both
// stand until somebody who sees both writes a third (store/home_notes.h).
struct HomeNoted {
    Uuid household;
    std::string area;  // of its door
    HomeNoteKind kind = HomeNoteKind::do_not_return;
    bool holds = true;    // false: it is so no longer
    std::string text;     // as typed: "Loose dog behind the gate"; may be empty
    std::string officer;  // code of who says so
    Day day;
    Day review;  // from then on somebody is to look whether it is still so
    Day until;   // the last day on which it counts
    bool operator==(const HomeNoted&) const = default;
};

// The centre forgets a home: of these facts only bare rows for the counts are left (bare.h).
struct RecordsErased {
    Uuid order;                    // random; stands where the home stood
    std::vector<Uuid> operations;  // of any type
    // What no order can name, as the endpoint lost it with a restore, is meant as far as this hybrid clock;
    // none: as far as this fact's own.
    std::optional<std::uint64_t> through{};
    bool operator==(const RecordsErased&) const = default;
};

// When a fact was recorded, where its tablet's own clock cannot be believed.
struct CorrectedTime {
    Uuid operation;
    std::int64_t at_ms = 0;
    Day day;  // for which it counts
    std::uint64_t hybrid_clock = 0;
    bool operator==(const CorrectedTime&) const = default;
};
// By the endpoint: the facts stay as they came.
struct ClockCorrected {
    Uuid enrolment;  // whose clock it was
    std::vector<CorrectedTime> facts;
    bool operator==(const ClockCorrected&) const = default;
};

// An operation of a type, or a version of a type, that this program does not
// know: kept byte for byte, set aside, never lost.
struct UnknownPayload {
    std::string type;
    std::string json;
    bool operator==(const UnknownPayload&) const = default;
};

using Payload =
    std::variant<VisitPlanned, ContactRecorded, ContactTakenBack, QuestionnaireFinished, OfferMade,
                 ReferralRaised, ReferralStateSet, HomeNoted, RecordsErased, ClockCorrected, UnknownPayload>;

struct Operation {
    Uuid id;
    Sequence sequence = 0;  // of the tablet
    int type_version = 1;
    std::int64_t at_ms = 0;      // the tablet's clock, UTC, as it stood (ClockCorrected)
    int utc_offset_minutes = 0;  // in force at the door
    std::uint64_t hybrid_clock = 0;
    Uuid subject;  // household, or the visit
    std::optional<Uuid> supersedes;
    std::vector<Uuid> base;  // of a HomeNoted: those that it takes the place of
    Payload payload;
    bool operator==(const Operation&) const = default;
};

// "questionnaire_finished" and so on; for UnknownPayload its own type.
std::string_view type_name(const Operation& operation);

}  // namespace doorstep
