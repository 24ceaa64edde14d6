// The addresses of a borough on a tablet.
#include "sync/store/address_base.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"
#include "tests/sync/search/made_up_borough.h"
#include "tests/sync/store/rig.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::vector<HomeAddress> all(const AddressBase& base) {
    std::vector<HomeAddress> homes;
    const auto read = base.each([&](std::uint32_t place, const HomeAddress& home) {
        CHECK(place == homes.size());
        homes.push_back(home);
    });
    if (!read.ok())
        FAIL(read.error().text());
    return homes;
}

std::int64_t rows(Rig& rig) {
    std::int64_t count = -1;
    REQUIRE(rig.sql
                ->query("select count(*) from address_row", {},
                        [&](const SqlRow& row) {
                            count = row.integer(0);
                            return false;
                        })
                .ok());
    return count;
}

}  // namespace

TEST_CASE("addresses are kept a thousand to a row, sealed, and come back after a start",
          "[store][addresses]") {
    TemporaryFolder folder;
    Rig rig(folder / "doorstep.sqlite");
    auto borough = made_up_borough(2'500);
    const auto kept = AddressBase(*rig.store).keep(borough);
    if (!kept.ok())
        FAIL(kept.error().text());
    CHECK(kept->added == 2'500);
    CHECK(kept->total == 2'500);
    CHECK(rows(rig) == 3);
    rig.open();
    AddressBase base(*rig.store);
    CHECK(*base.count() == 2'500);
    auto back = all(base);
    const auto by_uprn = [](const HomeAddress& a, const HomeAddress& b) { return a.uprn < b.uprn; };
    std::sort(back.begin(), back.end(), by_uprn);
    std::sort(borough.begin(), borough.end(), by_uprn);
    CHECK(back == borough);
    rig.close();
    for (const auto& each : std::filesystem::directory_iterator(folder.path())) {
        std::ifstream in(each.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        CHECK(bytes.find(borough[0].road) == std::string::npos);
    }
}

TEST_CASE("homes lie in the order of their roads and numbers", "[store][addresses]") {
    Rig rig(":memory:");
    AddressBase base(*rig.store);
    std::vector<HomeAddress> homes(4);
    const char* houses[] = {"10", "2", "2A", "1"};
    for (std::size_t i = 0; i < homes.size(); ++i) {
        homes[i].uprn = 100 + i;
        homes[i].house = houses[i];
        homes[i].road = "Mill Lane";
    }
    REQUIRE(base.keep(homes).ok());
    std::string order;
    for (const HomeAddress& home : all(base))
        order += home.house + " ";
    CHECK(order == "1 2 2A 10 ");
}

TEST_CASE("a list loaded again replaces by UPRN and doubles nothing", "[store][addresses]") {
    Rig rig(":memory:");
    AddressBase base(*rig.store);
    auto borough = made_up_borough(2'500);
    REQUIRE(base.keep(borough).ok());
    auto again = base.keep(borough);
    REQUIRE(again.ok());
    CHECK(again->unchanged == 2'500);
    CHECK(again->total == 2'500);
    HomeAddress renamed = borough[77];
    renamed.road = "Renamed Road";
    HomeAddress fresh = borough[78];
    fresh.uprn = 123;
    again = base.keep({renamed, fresh});
    REQUIRE(again.ok());
    CHECK(again->replaced == 1);
    CHECK(again->added == 1);
    CHECK(again->total == 2'501);
    const auto now = all(base);
    CHECK(std::count(now.begin(), now.end(), renamed) == 1);
    CHECK(std::count(now.begin(), now.end(), borough[77]) == 0);
    REQUIRE(base.clear().ok());
    CHECK(*base.count() == 0);
    CHECK(rows(rig) == 0);
}

TEST_CASE("homes without a UPRN of their own are refused, and nothing is changed", "[store][addresses]") {
    Rig rig(":memory:");
    AddressBase base(*rig.store);
    auto borough = made_up_borough(10);
    borough[3].uprn = borough[2].uprn;
    CHECK(base.keep(borough).error().fault == Fault::bad_input);
    borough[3].uprn = 0;
    CHECK(base.keep(borough).error().fault == Fault::bad_input);
    CHECK(*base.count() == 0);
}

TEST_CASE("what is loaded is found, beside what was known before, and its address is at hand",
          "[store][addresses]") {
    Rig rig(":memory:");
    AddressBase base(*rig.store);
    const auto borough = made_up_borough(2'500);
    REQUIRE(base.keep(borough).ok());
    HouseholdSearch search;
    HouseholdText known;
    known.names = "Łucja Nowak";
    known.house = "7";
    known.road = "Known Road";
    search.put(household_of_uprn(borough[5].uprn), known);
    const auto places = index_addresses(base, search);
    REQUIRE(places.ok());
    CHECK(search.size() == 2'500);
    CHECK(search.find("lucja").matches == 1);
    CHECK((*places)[0] == no_place);
    const auto found = search.find(std::to_string(borough[42].uprn));
    REQUIRE(found.matches == 1);
    const std::uint32_t place = places->at(found.first[0].row);
    const auto home = base.at(std::vector{place});
    REQUIRE(home.ok());
    CHECK(home->front() == borough[42]);
    CHECK(base.at(std::vector{std::uint32_t{2'500}}).error().fault == Fault::not_found);
    CHECK(base.at(std::vector{std::uint32_t{9'999}}).error().fault == Fault::not_found);
}

TEST_CASE("a row that went bad is told, without what it holds", "[store][addresses]") {
    Rig rig(":memory:");
    AddressBase base(*rig.store);
    REQUIRE(base.keep(made_up_borough(10)).ok());
    REQUIRE(rig.sql->run("update address_row set packed = :bad", {{"bad", Blob{"rubbish"}}}).ok());
    const auto read = base.each([](std::uint32_t, const HomeAddress&) {});
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().fault == Fault::damaged);
    CHECK(read.error().mend.find("load-addresses") != std::string::npos);
}
