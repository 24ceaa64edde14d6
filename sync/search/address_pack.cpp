#include "sync/search/address_pack.h"

#include <algorithm>
#include <tuple>

#include "forms/base/packing.h"

namespace doorstep {

namespace {

constexpr std::uint64_t addresses_version = 1;
constexpr std::size_t homes_max = 2'000'000;

// Roads and towns first: what follows repeats with them.
constexpr std::string HomeAddress::*columns[] = {
    &HomeAddress::town, &HomeAddress::road,    &HomeAddress::locality, &HomeAddress::road_code,
    &HomeAddress::ward, &HomeAddress::area,    &HomeAddress::postcode, &HomeAddress::house,
    &HomeAddress::flat, &HomeAddress::building};

std::pair<std::uint64_t, std::string_view> number_first(std::string_view text) {
    std::uint64_t number = 0;
    std::size_t at = std::min(text.find_first_of("0123456789"), text.size());
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
        number = number * 10 + static_cast<std::uint64_t>(text[at] - '0');
    return {number, text.substr(at)};
}

// Small either way.
std::uint64_t zigzag(std::uint64_t from, std::uint64_t to) {
    return to >= from ? (to - from) << 1 : ((from - to) << 1) - 1;
}

std::uint64_t unzigzag(std::uint64_t from, std::uint64_t step) {
    return (step & 1) == 0 ? from + (step >> 1) : from - ((step + 1) >> 1);
}

}  // namespace

bool in_street_order(const HomeAddress& a, const HomeAddress& b) {
    const auto key = [](const HomeAddress& home) {
        return std::tuple(std::string_view(home.town), std::string_view(home.road), number_first(home.house),
                          std::string_view(home.house), std::string_view(home.building),
                          number_first(home.flat), home.uprn);
    };
    return key(a) < key(b);
}

// Of a column, what is as in the home before is a count.
std::string packed_addresses(std::vector<HomeAddress> homes) {
    std::sort(homes.begin(), homes.end(), in_street_order);
    Packer packer;
    packer.number(addresses_version);
    packer.number(homes.size());
    std::uint64_t last = 0;
    for (const HomeAddress& home : homes) {
        packer.number(zigzag(last, home.uprn));
        last = home.uprn;
    }
    for (const auto column : columns)
        for (std::size_t i = 0; i < homes.size();) {
            std::size_t same = i + 1;
            while (same < homes.size() && homes[same].*column == homes[i].*column)
                ++same;
            packer.number(same - i);
            packer(std::string_view(homes[i].*column));
            i = same;
        }
    return packer.bytes();
}

Result<std::vector<HomeAddress>> unpacked_addresses(std::string_view bytes) {
    const Error damaged{Fault::damaged, "The addresses that were published cannot be read.",
                        "Load them again at the endpoint."};
    Unpacker unpacker(bytes);
    if (unpacker.number() != addresses_version)
        return damaged;
    const std::size_t count = unpacker.count();
    if (count > homes_max)
        return damaged;
    std::vector<HomeAddress> homes(count);
    std::uint64_t last = 0;
    for (HomeAddress& home : homes)
        home.uprn = last = unzigzag(last, unpacker.number());
    for (const auto column : columns)
        for (std::size_t i = 0; i < homes.size();) {
            const std::uint64_t same = unpacker.number();
            std::string text;
            unpacker(text);
            if (!unpacker.ok() || same == 0 || same > homes.size() - i)
                return damaged;
            for (std::uint64_t left = same; left > 0; --left)
                homes[i++].*column = text;
        }
    if (!unpacker.ok() || !unpacker.at_end())
        return damaged;
    return homes;
}

}  // namespace doorstep
