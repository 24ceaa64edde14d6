// The addresses of an area as they are published.
#include "sync/search/address_pack.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>

#include "forms/base/random.h"
#include "sync/wire/codec.h"
#include "tests/sync/search/made_up_borough.h"

using namespace doorstep;

TEST_CASE("the addresses of an area come back in the order of their streets", "[search][parcels]") {
    auto borough = made_up_borough(3'000);
    const auto bytes = packed_addresses(borough);
    const auto back = unpacked_addresses(bytes);
    REQUIRE(back.ok());
    std::sort(borough.begin(), borough.end(), in_street_order);
    CHECK(*back == borough);
    // Whatever the order in which they are given.
    std::reverse(borough.begin(), borough.end());
    CHECK(packed_addresses(borough) == bytes);
    CHECK(unpacked_addresses(packed_addresses({}))->empty());
}

TEST_CASE("the first load of a borough fits the wire's target", "[search][parcels]") {
    const auto bytes = packed_addresses(made_up_borough(42'700));
    const auto frame = wire::compress_once(bytes);
    INFO(frame.size() << " bytes of " << bytes.size());
    CHECK(frame.size() <= 250'000);
    if (std::getenv("DOORSTEP_SAY_FIGURES"))
        WARN("42,700 homes: " << frame.size() << " bytes");
}

TEST_CASE("addresses that were cut or altered are no addresses, or others, and never a fault",
          "[search][parcels]") {
    const auto bytes = packed_addresses(made_up_borough(200));
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        CHECK_FALSE(unpacked_addresses(std::string_view(bytes).substr(0, cut)).ok());
    SeededRandom random(3);
    for (int i = 0; i < 3'000; ++i) {
        auto altered = bytes;
        altered[random.below(altered.size())] = static_cast<char>(random.below(256));
        static_cast<void>(unpacked_addresses(altered).ok());
    }
    CHECK_FALSE(unpacked_addresses(std::string(40, '\xff')).ok());
}
