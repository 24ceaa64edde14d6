// The closing page: offers, one agreement per agency, read-back, alarms fitted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/view/questionnaire_view.h"

namespace doorstep {

struct OfferLine {
    std::string code;
    std::string words;                 // "Smoke alarm"
    std::vector<std::string> reasons;  // why it is suggested
    std::int64_t quantity = 1;
    bool counts_pieces = false;  // ask how many
    bool decided = false;
    OfferStatus status = OfferStatus::offered;
    bool added_by_officer = false;
};

struct SharedLine {
    std::string words;  // "How many people live here?"
    std::string value;  // "3"
};

struct ReferralCard {
    std::string agency;  // code
    std::string name;    // "Fire and rescue service"
    std::vector<std::string> reasons;
    std::vector<SharedLine> shares;  // what the agency will get, beside name and address
    std::string wording_version;     // of the privacy wording that was read out
    std::string urgency;             // "routine", "soon", "today"
    enum class Decision : std::uint8_t { open, agreed, refused, dropped } decision = Decision::open;
    std::string decided_words;  // "The resident agreed, 10:42"
    bool lawful_reason_allowed = false;
    bool added_by_officer = false;
    bool no_longer_suggested = false;
};

struct ReadBackLine {
    NodeRef node;
    std::string section;  // set on the first line of a section
    std::string label;
    std::string value;  // "Not asked" and so on for answers that are no text
};

struct AgencyName {
    std::string code;
    std::string name;
};

struct InTheWay {
    NodeRef node;
    std::string label;
    std::string words;
};

struct SummaryView {
    Uuid questionnaire;
    std::vector<QuestionItem> officer_items;  // alarms left and fitted today
    std::vector<ReferralCard> referrals;
    std::vector<OfferLine> offers;
    std::vector<ReadBackLine> read_back;
    std::vector<InTheWay> in_the_way;  // what stands in the way of a complete finish
    std::vector<AgencyName> addable;   // agencies that are valid today and not yet on the page
    std::vector<AgencyName> addable_offers;
    std::optional<NodeRef> missing;  // where to go on towards a complete one
    bool complete = false;           // would finish as completed
    int undecided = 0;               // referrals still open
    std::string language;
    std::vector<std::string> languages;
    bool has_officers_page = false;
    std::string saved;
    bool saved_trouble = false;
    std::string today;  // "2026-11-21", for date questions
    UndoWords changes = {};
};

}  // namespace doorstep
