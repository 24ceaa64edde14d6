// A home of the address base: from BS 7666 parts as councils give them to what stands on
// the door and on the envelope.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/uuid.h"
#include "sync/operation/operation.h"
#include "sync/search/household_search.h"

namespace doorstep {

// An addressable object of BS 7666: a number with suffix, or a range of them, and a name.
// The secondary one (SAON) is the flat, the primary one (PAON) the house.
struct AddressableObject {
    std::string start_number;
    std::string start_suffix;
    std::string end_number;
    std::string end_suffix;
    std::string text;

    std::string number() const;  // "14A", "14-16B"; empty without numbers
    bool empty() const { return start_number.empty() && text.empty(); }
};

struct HomeAddress {
    std::uint64_t uprn = 0;  // at most 999999999999
    std::string flat;        // "Flat 2", "Ground Floor Flat"
    std::string building;    // "Wicket House", beside a number
    std::string house;       // "14A"; the name where there is no number: "Wicket Cottage"
    std::string road;        // "Mill Lane"
    std::string locality;
    std::string town;
    std::string postcode;   // "WD6 1AA", or nothing
    std::string ward;       // codes, as they came
    std::string area;       // of the partnership: "BE"
    std::string road_code;  // "BE-001", or the street's USRN
    bool operator==(const HomeAddress&) const = default;
};

// Sets flat, building and house.  A flat that is a mere number becomes "Flat 2"; names
// in capitals become names: "WICKET HOUSE" -> "Wicket House".
void name_home(const AddressableObject& secondary, const AddressableObject& primary, HomeAddress& home);

// "MILL LANE" -> "Mill Lane", "ST JOHN'S ROAD" -> "St John's Road"; what has a small letter
// already stays as it is.
std::string in_title_case(std::string_view text);

// "wd61aa" -> "WD6 1AA"; nothing for what has not the form of a postcode.
std::optional<std::string> postcode_form(std::string_view text);

// "Flat 2, 14A Mill Lane, Borehamwood, WD6 1AA"
std::string one_line(const HomeAddress& home);

DoorAddress door_address(const HomeAddress& home);
// While the home, or the address, stands.
HouseholdText search_text(const HomeAddress& home);
HouseholdText search_text(const DoorAddress& address);

// The home at an address: the same wherever and however often it is loaded.  By its
// UPRN where there is one, else by its address, whatever the case and the spaces.
Uuid household_at(const DoorAddress& address);
Uuid household_of_uprn(std::uint64_t uprn);

}  // namespace doorstep
