#include "sync/operation/operation.h"

#include <algorithm>
#include <array>

namespace doorstep {

namespace {

// In the order of the enums.
constexpr std::array<std::string_view, 12> contact_outcomes = {
    "completed", "partial",  "declined", "do_not_return",   "no_answer", "no_access",
    "call_back", "language", "empty",    "not_residential", "unsafe",    "already_visited"};
constexpr std::array<std::string_view, 4> offer_statuses = {"offered", "accepted", "declined", "delivered"};
constexpr std::array<std::string_view, 9> referral_states = {"raised",   "sent",        "received",
                                                             "accepted", "in_progress", "completed",
                                                             "declined", "returned",    "withdrawn"};
constexpr std::array<std::string_view, 3> share_bases = {"agreement", "safeguarding", "vital_interest"};
constexpr std::array<std::string_view, 5> home_note_kinds = {"do_not_return", "hazard", "safety", "access",
                                                             "language"};
constexpr std::array<std::string_view, 2> attachment_kinds = {"signature", "photo"};

template<class Enum, std::size_t size>
std::optional<Enum> from_word(const std::array<std::string_view, size>& words, std::string_view word) {
    for (std::size_t i = 0; i < size; ++i)
        if (words[i] == word)
            return static_cast<Enum>(i);
    return std::nullopt;
}

struct TypeName {
    std::string_view operator()(const VisitPlanned&) const { return "visit_planned"; }
    std::string_view operator()(const ContactRecorded&) const { return "contact_recorded"; }
    std::string_view operator()(const ContactTakenBack&) const { return "contact_taken_back"; }
    std::string_view operator()(const QuestionnaireFinished&) const { return "questionnaire_finished"; }
    std::string_view operator()(const OfferMade&) const { return "offer_made"; }
    std::string_view operator()(const ReferralRaised&) const { return "referral_raised"; }
    std::string_view operator()(const ReferralStateSet&) const { return "referral_state_set"; }
    std::string_view operator()(const HomeNoted&) const { return "home_noted"; }
    std::string_view operator()(const RecordsErased&) const { return "records_erased"; }
    std::string_view operator()(const ClockCorrected&) const { return "clock_corrected"; }
    std::string_view operator()(const UnknownPayload& unknown) const { return unknown.type; }
};

}  // namespace

std::string_view word(ContactOutcome outcome) {
    return contact_outcomes.at(static_cast<std::size_t>(outcome));
}
std::string_view word(OfferStatus status) {
    return offer_statuses.at(static_cast<std::size_t>(status));
}
std::string_view word(ReferralState state) {
    return referral_states.at(static_cast<std::size_t>(state));
}
std::string_view word(ShareBasis basis) {
    return share_bases.at(static_cast<std::size_t>(basis));
}
std::string_view word(HomeNoteKind kind) {
    return home_note_kinds.at(static_cast<std::size_t>(kind));
}
std::string_view word(AttachmentKind kind) {
    return attachment_kinds.at(static_cast<std::size_t>(kind) - 1);
}

std::optional<ContactOutcome> contact_outcome(std::string_view word) {
    return from_word<ContactOutcome>(contact_outcomes, word);
}
std::optional<OfferStatus> offer_status(std::string_view word) {
    return from_word<OfferStatus>(offer_statuses, word);
}
std::optional<ReferralState> referral_state(std::string_view word) {
    return from_word<ReferralState>(referral_states, word);
}
std::optional<ShareBasis> share_basis(std::string_view word) {
    return from_word<ShareBasis>(share_bases, word);
}
std::optional<HomeNoteKind> home_note_kind(std::string_view word) {
    return from_word<HomeNoteKind>(home_note_kinds, word);
}
std::optional<AttachmentKind> attachment_kind(std::string_view word) {
    const auto found = std::find(attachment_kinds.begin(), attachment_kinds.end(), word);
    return found == attachment_kinds.end()
               ? std::nullopt
               : std::optional(static_cast<AttachmentKind>(found - attachment_kinds.begin() + 1));
}

std::string_view type_name(const Operation& operation) {
    return std::visit(TypeName{}, operation.payload);
}

}  // namespace doorstep
