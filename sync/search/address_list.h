// A borough's addresses as a table (CSV), one row a home, with the columns of BS 7666 by
// their names: those of AddressBase, of a council's gazetteer (LLPG), or our own.
//
//   uprn, saon_start_number, saon_start_suffix, saon_end_number, saon_end_suffix, saon_text,
//   paon_start_number, ... paon_text, street_description, locality, town_name, postcode,
//   ward, area, road_code
//
// In any order; only uprn, the street and a house's number or name are needed, and columns
// that we do not know are passed over.  UTF-8 with or without a byte order mark.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "sync/search/home_address.h"

namespace doorstep {

// A row that was left out; nothing of what stands in it is repeated here.
struct RefusedAddress {
    int row = 0;         // from 1, the header is row 1
    int column = 0;      // from 1; 0: the whole row
    std::string header;  // of that column, as it is written
    std::string why;
    std::string mend;
};

struct AddressList {
    std::vector<HomeAddress> homes;
    std::vector<RefusedAddress> refused;
    std::size_t rows = 0;  // that are not blank, without the header
};

// Reads what is good and says why each other row was left out: no usable UPRN, one that
// stands there already, no street, neither number nor name, a postcode that is none,
// text that is too long.  At most 2,000,000 rows; the text must be in memory.
// bad_input: not UTF-8, or a column that is needed is not there or stands there twice.
Result<AddressList> read_address_list(std::string_view csv, const std::string& file);

// The rows left out as CSV: row, column, header, why, mend.
std::string refused_as_csv(const std::vector<RefusedAddress>& refused);

// "499,998 addresses read, 2 rows left out (1 without a street, ...)", one line a reason.
std::string in_words(const AddressList& list);

}  // namespace doorstep
