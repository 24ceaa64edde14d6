// A tablet is given the addresses of its borough.
#include "client/app/address_commands.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "sync/store/address_base.h"
#include "sync/store/sealed_connection.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

struct Tablet {
    Tablet() {
        keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'k')));
        auto opened = open_sealed(":memory:", keys);
        REQUIRE(opened.ok());
        sql = std::move(opened).value();
        auto made = Store::open(*sql, StoreRole::tablet, clock, random);
        REQUIRE(made.ok());
        store.emplace(std::move(made).value());
    }
    RowKeys keys;
    ManualClock clock{1'795'255'200'000, 0};
    SeededRandom random{1};
    std::unique_ptr<SqlConnection> sql;
    std::optional<Store> store;
};

const std::string head = "uprn,number_or_name,road,postcode\n";

}  // namespace

TEST_CASE("good addresses are loaded, the others are told in a report", "[addresses]") {
    TemporaryFolder folder;
    Tablet tablet;
    folder.write("borough.csv", head + "101,14A,Mill Lane,WD6 1AA\n102,2,,WD6 1AA\n103,2,Mill Lane,WD6\n");
    const AddressesToLoad wanted{folder.file("borough.csv"), folder.file("left-out.csv")};
    const auto said = load_addresses(wanted, *tablet.store);
    REQUIRE(said.ok());
    CHECK(said->find("3 rows read, 1 good.") != std::string::npos);
    CHECK(said->find("1 new, 0 changed, 0 as they were; 1 address on this tablet.") != std::string::npos);
    CHECK(said->find(wanted.report) != std::string::npos);
    std::ifstream in(wanted.report, std::ios::binary);
    const std::string report{std::istreambuf_iterator<char>(in), {}};
    CHECK(report.find("\r\n3,C,\"road\",\"The street is missing.\"") != std::string::npos);
    CHECK(report.find("\r\n4,D,\"postcode\",") != std::string::npos);
    folder.write("borough.csv", head + "101,14A,Mill Lane,WD6 1AB\n");
    const auto again = load_addresses({wanted.file, ""}, *tablet.store);
    REQUIRE(again.ok());
    CHECK(again->find("0 new, 1 changed") != std::string::npos);
    CHECK(again->find("--report") == std::string::npos);
    CHECK(*AddressBase(*tablet.store).count() == 1);
}

TEST_CASE("a file without one good address changes nothing", "[addresses]") {
    TemporaryFolder folder;
    Tablet tablet;
    CHECK(load_addresses({folder.file("nothing.csv"), ""}, *tablet.store).error().fault == Fault::not_found);
    folder.write("borough.csv", head + ",14A,Mill Lane,WD6 1AA\n");
    const auto said = load_addresses({folder.file("borough.csv"), ""}, *tablet.store);
    REQUIRE_FALSE(said.ok());
    CHECK(said.error().text().find("1 left out (first in row 2): The UPRN is missing.") != std::string::npos);
    CHECK(said.error().text().find("Nothing was loaded") != std::string::npos);
    CHECK(*AddressBase(*tablet.store).count() == 0);
}
