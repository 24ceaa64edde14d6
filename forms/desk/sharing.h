// Who learns what, and why: the rules of a form as its information-governance
// review reads them.
#pragma once

#include <string>
#include <vector>

#include "forms/definition/definition.h"
#include "forms/directory/directory.h"

namespace doorstep {

struct SharedField {
    std::string name;
    std::string label;
    Sensitivity sensitivity = Sensitivity::ordinary;
};

// One rule of the sheet `referrals`.  Names fall back to codes where the directory
// does not know them.
struct Sharing {
    std::string rule;  // id: "fire-2"
    std::string agency, agency_name;
    std::string service, service_name;  // blank when the rule names none
    Consent consent = Consent::yes;
    Urgency urgency = Urgency::routine;
    std::string reason;               // in English; an answer that it shows stands as [name]
    std::vector<SharedField> fields;  // empty: address, service and reason only
    bool restricted = false;          // set off by an answer of the officer's page
    std::string lawful_basis, agreement_reference;
};

// In the form's order.
std::vector<Sharing> sharing_of(const FormDefinition& form, const Directory& directory);

// For a reader: agency by agency its numbered rules with their reasons, then a line per
// answer with a mark under each rule that shares it.  At most 100 letters wide.
std::string sharing_table(const FormDefinition& form, const std::vector<Sharing>& rules);
// For a spreadsheet: one row per agency, field and reason.
std::string sharing_csv(const std::vector<Sharing>& rules);

}  // namespace doorstep
