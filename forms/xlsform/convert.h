// XLSForm (with our sheets `referrals` and `offers`) to ODK XForm XML, the form
// of record.  All mistakes of a workbook in one pass, each at its cell.
#pragma once

#include <map>
#include <string>

#include "forms/base/diagnostic.h"
#include "forms/directory/directory.h"
#include "forms/workbook/workbook.h"

namespace doorstep {

struct ConvertedForm {
    std::string xml;  // empty when `found` holds an error
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
