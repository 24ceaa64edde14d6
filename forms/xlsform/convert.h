// XLSForm (with our sheets `referrals` and `offers`) to ODK XForm XML, the form
// of record.  All mistakes of a workbook in one pass, each at its cell.
//
// Beside what every tool of the field writes, the XML holds, in the namespace
// urn:doorstep:forms:1 (declared as d: only when it is used):
//   <bind nodeset=".." d:sensitive="yes|restricted">     a group's mark stands on each of its questions
//   <meta><d:privacy_version>2026-01</d:privacy_version></meta>   in the primary instance
//   <d:referral id="fire" agency="fire" when="XPATH" reason="ITEXT ID" shares="/data/a /data/b"
//               consent="yes|safeguarding" urgency="routine|soon|today" service="gas"/>
//   <d:offer id="smoke_detector" offer="smoke_detector" when="XPATH" reason="ITEXT ID" quantity="XPATH"/>
// as children of <model>, after the binds.  Paths are absolute.  `shares` names
// questions only (groups are spelled out), separated by spaces; `shares` and
// `service` are left out when blank.  A later rule of the same agency or offer has
// the id "fire-2", "fire-3".  `reason` is the id of a <text>, "referral:fire:reason".
#pragma once

#include <map>
#include <string>

#include "forms/base/diagnostic.h"
#include "forms/directory/directory.h"
#include "forms/workbook/workbook.h"

namespace doorstep {

struct ConvertedForm {
    std::string xml;  // empty when `found` holds an error
    // What could be written in spite of the errors: only for the engine to look for
    // further mistakes, never to be used.  Empty when `xml` is not.
    std::string draft;
    // Where each part came from, to join errors of the engine to their cells:
    // the key is "<xpath of the node>#<property>" (property: type, relevant,
    // calculation, constraint, required, label, choice_filter ...), or
    // "referral:<id>#when", "offer:<id>#quantity" and so on.
    std::map<std::string, Place> origins;
};

struct ConvertOptions {
    std::string default_name = "data";  // of the root element, where settings name none
    // Null: agencies, services and offers are not checked (plain ODK forms).
    const Directory* directory = nullptr;
};

ConvertedForm convert(const Workbook& workbook, const ConvertOptions& options, Diagnostics& found);

}  // namespace doorstep
