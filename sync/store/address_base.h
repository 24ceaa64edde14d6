// The addresses of a borough or a county, as this tablet was given them.  Local to the
// tablet, as walks are: no fact, never pushed, not folded.
//
// A thousand homes are one row: packed by columns in the order of their roads, compressed,
// and sealed as any row.  Half a million then cost the file about 3 MB and 500 rows,
// where a row for each would cost 256 bytes of padding alone.  They are loaded into a search
// index when somebody first needs it, after the unlock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "forms/base/result.h"
#include "sync/search/home_address.h"
#include "sync/search/household_search.h"
#include "sync/store/store.h"

namespace doorstep {

struct AddressesKept {
    std::size_t added = 0;
    std::size_t replaced = 0;   // the UPRN was there, with something else
    std::size_t unchanged = 0;  // and with the same
    std::size_t total = 0;      // that are there now
};

class AddressBase {
public:
    static constexpr std::size_t homes_per_row = 1'000;

    explicit AddressBase(Store& store) : store_(store) {}

    // Adds homes, or replaces them by their UPRN, in one durable transaction; the others
    // stay.  All homes are in memory meanwhile (about 400 bytes each).
    // bad_input: a home without a UPRN, or twice the same.
    Result<AddressesKept> keep(std::vector<HomeAddress> homes);
    // The homes of these areas from now on, whatever was known of them before; the others stay.  As
    // durable as keep(); how many there are now.
    Result<std::size_t> replace(const std::vector<std::string>& areas, std::vector<HomeAddress> homes);
    Result<void> clear();

    Result<std::size_t> count() const;
    // In the order of town, road and number; `place` counts from 0 and holds until the
    // next keep().
    Result<void> each(const std::function<void(std::uint32_t place, const HomeAddress&)>& visit) const;
    // Homes by their places, in that order; for the few that a search found.
    // not_found: a place that is none.
    Result<std::vector<HomeAddress>> at(std::span<const std::uint32_t> places) const;

private:
    Result<void> write(const std::vector<HomeAddress>& homes);
    Result<std::vector<HomeAddress>> chunk(std::int64_t number) const;

    Store& store_;
};

// Puts those homes into the index that it does not know yet.  For each of its rows the
// place in the base, or no_place.
inline constexpr std::uint32_t no_place = 0xFFFFFFFF;
Result<std::vector<std::uint32_t>> index_addresses(const AddressBase& base, HouseholdSearch& search);

}  // namespace doorstep
