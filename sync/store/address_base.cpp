#include "sync/store/address_base.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "forms/base/packing.h"
#include "forms/base/secret.h"
#include "sync/search/address_pack.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"

namespace doorstep {

namespace {

constexpr std::uint64_t packed_version = 1;
constexpr std::size_t row_bytes_max = std::size_t{4} << 20;  // a thousand homes of 200-byte fields and more

// Its text columns, in the order in which they are packed.
constexpr std::string HomeAddress::*texts[] = {
    &HomeAddress::road,     &HomeAddress::house,    &HomeAddress::building, &HomeAddress::flat,
    &HomeAddress::postcode, &HomeAddress::locality, &HomeAddress::town,     &HomeAddress::ward,
    &HomeAddress::area,     &HomeAddress::road_code};

Error damaged() {
    return {Fault::damaged, "A part of this tablet's addresses cannot be read.",
            "Load the addresses again: doorstep load-addresses FILE."};
}

std::string packed(std::span<const HomeAddress> homes) {
    Packer packer;
    packer.number(packed_version);
    packer.number(homes.size());
    for (const HomeAddress& home : homes)
        packer.number(home.uprn);
    for (const auto text : texts)
        for (const HomeAddress& home : homes)
            packer(std::string_view(home.*text));
    return packer.bytes();
}

Result<std::vector<HomeAddress>> unpacked(std::string_view bytes) {
    Unpacker unpacker(bytes);
    if (unpacker.number() != packed_version)
        return damaged();
    std::vector<HomeAddress> homes(std::min(unpacker.count(), AddressBase::homes_per_row));
    for (HomeAddress& home : homes)
        home.uprn = unpacker.number();
    for (const auto text : texts)
        for (HomeAddress& home : homes)
            unpacker(home.*text);
    if (!unpacker.ok() || !unpacker.at_end())
        return damaged();
    return homes;
}

Result<std::vector<HomeAddress>> opened(std::string_view frame) {
    auto bytes = wire::expand(frame, row_bytes_max);
    if (!bytes.ok())
        return damaged();
    auto homes = unpacked(*bytes);
    wipe_text(*bytes);
    return homes;
}

}  // namespace

Result<std::size_t> AddressBase::count() const {
    std::size_t homes = 0;
    TRY_DO(store_.sql().query("select coalesce(sum(homes), 0) from address_row", {}, [&](const SqlRow& row) {
        homes = static_cast<std::size_t>(row.integer(0));
        return false;
    }));
    return homes;
}

Result<void>
AddressBase::each(const std::function<void(std::uint32_t place, const HomeAddress&)>& visit) const {
    std::uint32_t place = 0;
    Result<void> outcome;
    TRY_DO(store_.sql().query("select packed from address_row order by number", {}, [&](const SqlRow& row) {
        const auto homes = opened(row.bytes(0));
        if (!homes.ok()) {
            outcome = homes.error();
            return false;
        }
        for (const HomeAddress& home : *homes)
            visit(place++, home);
        return true;
    }));
    return outcome;
}

Result<std::vector<HomeAddress>> AddressBase::chunk(std::int64_t number) const {
    std::string frame;
    TRY_DO(store_.sql().query("select packed from address_row where number = :number", {{"number", number}},
                              [&](const SqlRow& row) {
                                  frame = row.blob(0);
                                  return false;
                              }));
    if (frame.empty())
        return Error{Fault::not_found, "There is no such address.", ""};
    return opened(frame);
}

Result<std::vector<HomeAddress>> AddressBase::at(std::span<const std::uint32_t> places) const {
    // Those of one road mostly lie in one row.
    std::unordered_map<std::int64_t, std::vector<HomeAddress>> rows;
    std::vector<HomeAddress> found;
    for (const std::uint32_t place : places) {
        const auto number = static_cast<std::int64_t>(place / homes_per_row) + 1;
        if (!rows.contains(number)) {
            TRY(auto homes, chunk(number));
            rows.emplace(number, std::move(homes));
        }
        const auto& homes = rows.at(number);
        if (place % homes_per_row >= homes.size())
            return Error{Fault::not_found, "There is no such address.", ""};
        found.push_back(homes[place % homes_per_row]);
    }
    return found;
}

// Rows that say the same are left alone: a list loaded again writes nothing.
Result<void> AddressBase::write(const std::vector<HomeAddress>& homes) {
    TRY(auto transaction, store_.begin());
    auto& sql = transaction.sql();
    std::int64_t number = 1;
    for (std::size_t from = 0; from < homes.size(); from += homes_per_row, ++number) {
        const auto here = std::span(homes).subspan(from, std::min(homes_per_row, homes.size() - from));
        std::string bytes = packed(here);
        if (bytes.size() > row_bytes_max)
            return Error{Fault::bad_input, "A thousand of these addresses are longer than 4 MiB.",
                         "Shorten the names of their streets and wards."};
        const Blob frame{wire::compress(bytes)};
        wipe_text(bytes);
        bool same = false;
        TRY_DO(sql.query("select packed from address_row where number = :number", {{"number", number}},
                         [&](const SqlRow& row) {
                             same = row.bytes(0) == frame.bytes;
                             return false;
                         }));
        if (!same)
            TRY_DO(sql.run(
                "insert into address_row(number, homes, packed) values(:number, :homes, :packed) "
                "on conflict(number) do update set homes = excluded.homes, packed = excluded.packed",
                {{"number", number}, {"homes", static_cast<std::int64_t>(here.size())}, {"packed", frame}}));
    }
    TRY_DO(sql.run("delete from address_row where number >= :number", {{"number", number}}));
    return transaction.commit();
}

Result<AddressesKept> AddressBase::keep(std::vector<HomeAddress> homes) {
    AddressesKept kept;
    std::unordered_map<std::uint64_t, std::size_t> by_uprn;
    by_uprn.reserve(homes.size());
    for (std::size_t i = 0; i < homes.size(); ++i)
        if (homes[i].uprn == 0 || !by_uprn.emplace(homes[i].uprn, i).second)
            return Error{Fault::bad_input,
                         fmt::format("Address {} of the list has no UPRN of its own.", i + 1),
                         "Give each home its UPRN, once."};
    const std::size_t given = homes.size();
    TRY_DO(each([&](std::uint32_t, const HomeAddress& home) {
        const auto same = by_uprn.find(home.uprn);
        if (same == by_uprn.end())
            homes.push_back(home);
        else
            ++(homes[same->second] == home ? kept.unchanged : kept.replaced);
    }));
    kept.total = homes.size();
    kept.added = given - kept.unchanged - kept.replaced;
    std::sort(homes.begin(), homes.end(), in_street_order);
    TRY_DO(write(homes));
    return kept;
}

Result<std::size_t> AddressBase::replace(const std::vector<std::string>& areas,
                                         std::vector<HomeAddress> homes) {
    std::unordered_set<std::uint64_t> given;
    given.reserve(homes.size());
    std::erase_if(homes, [&](const HomeAddress& home) { return !given.insert(home.uprn).second; });
    TRY_DO(each([&](std::uint32_t, const HomeAddress& home) {
        const bool goes = std::find(areas.begin(), areas.end(), home.area) != areas.end();
        if (!goes && !given.contains(home.uprn))
            homes.push_back(home);
    }));
    std::sort(homes.begin(), homes.end(), in_street_order);
    TRY_DO(write(homes));
    return homes.size();
}

Result<void> AddressBase::clear() {
    return write({});
}

Result<std::vector<std::uint32_t>> index_addresses(const AddressBase& base, HouseholdSearch& search) {
    TRY(const std::size_t count, base.count());
    search.reserve(count);
    std::vector<std::uint32_t> place_of_row;
    TRY_DO(base.each([&](std::uint32_t place, const HomeAddress& home) {
        const Uuid household = household_of_uprn(home.uprn);
        if (search.contains(household))
            return;
        const std::uint32_t row = search.put(household, search_text(home));
        if (row >= place_of_row.size())
            place_of_row.resize(row + 1, no_place);
        place_of_row[row] = place;
    }));
    return place_of_row;
}

}  // namespace doorstep
