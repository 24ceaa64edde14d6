// `doorstep load-addresses FILE [--report FILE]`: a tablet is given the addresses of its
// borough.
#pragma once

#include <string>

#include "forms/base/result.h"
#include "sync/store/store.h"

namespace doorstep {

struct AddressesToLoad {
    std::string file;    // CSV, see sync/search/address_list.h; at most 1 GiB
    std::string report;  // where the rows that were left out are written as CSV; empty: nowhere
};

// Good rows are kept, those with a UPRN that is there already replace what it had; what to
// print.  Nothing is kept when no row is good, the table lacks a column, or the report
// cannot be written.
Result<std::string> load_addresses(const AddressesToLoad& wanted, Store& store);

}  // namespace doorstep
