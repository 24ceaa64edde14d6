// The tables in which a fact stands: one row in each of them, or none.
#pragma once

#include <array>
#include <string_view>

namespace doorstep {

// What it folds into, and its bare form (erase.h) as well.
inline constexpr std::array<std::string_view, 7> tables_of_bare_facts = {
    "fact_contact",        "fact_questionnaire", "fact_offer", "fact_referral",
    "fact_referral_state", "people_contact",     "people_note"};
// What has no bare form, and the log itself.
inline constexpr std::array<std::string_view, 4> tables_of_facts_beside = {"fact_visit", "fact_visit_team",
                                                                           "operation_body", "operation"};

}  // namespace doorstep
