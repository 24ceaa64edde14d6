// Lists of doors: read in walking order, every mistake at its cell.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "client/app/commands.h"
#include "client/app/visit_file.h"
#include "sync/report/lists.h"
#include "sync/store/identity_file.h"
#include "sync/store/sqlite_connection.h"
#include "sync/wire/ticket.h"
#include "tests/support/row_keys.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

std::string head = "area,road_code,number_or_name,flat,road,postcode,uprn\n";

std::string mistakes_in(const std::string& text) {
    Diagnostics found;
    read_visit_file(text, "doors.csv", "BE", found);
    std::string all;
    for (const Diagnostic& each : found)
        all += each.text() + "\n";
    return all;
}

}  // namespace

TEST_CASE("the demonstration visits load", "[visit-file]") {
    for (const auto& [file, area] : {std::pair{"be", "BE"}, std::pair{"pb", "PB"}, std::pair{"ab", "AB"}}) {
        std::ifstream in(std::string("packaging/demo-visit/") + file + ".csv");
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        Diagnostics found;
        const auto doors = read_visit_file(text, file, area, found);
        CHECK(found.empty());
        CHECK(doors.size() >= 38);
        std::set<std::string> roads;
        for (const WalkDoor& door : doors)
            roads.insert(door.address.road);
        CHECK(roads.size() == 2);
    }
}

TEST_CASE("a home has the same id wherever it is loaded", "[visit-file]") {
    DoorAddress address{"14", "", "Mill Lane", "WD6 9OV", std::nullopt};
    const Uuid id = household_at(address);
    address.road = "  mill LANE ";
    CHECK(household_at(address) == id);
    address.flat = "Flat 1";
    CHECK(household_at(address) != id);
    address.uprn = 990000000001;
    const Uuid by_uprn = household_at(address);
    address.road = "Renamed Road";
    CHECK(household_at(address) == by_uprn);
}

TEST_CASE("every mistake in a list of doors is told at its row and column", "[visit-file]") {
    CHECK(mistakes_in("").find("missing") != std::string::npos);
    CHECK(mistakes_in(head).find("no door") != std::string::npos);
    CHECK(mistakes_in("area,road_code,road\nBE,BE-001,Mill Lane\n").find("\"number_or_name\" is missing") !=
          std::string::npos);
    CHECK(mistakes_in("nonsense," + head).find("row 1, column A") != std::string::npos);
    const std::string all =
        mistakes_in(head + "BE,BE-001,1,,Mill Lane,WD6 9OV,12x\n" + "PB,BE-001,2,,Mill Lane,WD6 9OV,\n" +
                    "BE,,3,,,WD6 9OV,1000000000000\n" +
                    "BE,BE-001,4,,Mill Lane,WD6 9OV,\nBE,BE-001,4,,mill lane,WD6 9OV,\n");
    CHECK(all.find("row 2, column G (uprn)") != std::string::npos);
    CHECK(all.find("row 3, column A (area)") != std::string::npos);
    CHECK(all.find("row 4, column B (road_code)") != std::string::npos);
    CHECK(all.find("row 4, column E (road)") != std::string::npos);
    CHECK(all.find("row 4, column G (uprn)") != std::string::npos);
    CHECK(all.find("stands in row 5 already") != std::string::npos);
}

TEST_CASE("a visit loaded twice is planned once, and a wrong one changes nothing", "[visit-file]") {
    TemporaryFolder folder;
    const ManualClock clock(1'795'255'200'000, 0);
    SeededRandom random(5);
    VisitToLoad wanted{folder.file("data"),
                       folder.write("doors.csv", head + "BE,BE-001,1,,Mill Lane,,\n"),
                       "SS-1",
                       "BE",
                       "2026-11-21",
                       "safer_streets",
                       {}};
    REQUIRE(load_visit(wanted, row_keys_for_tests(), clock, random).ok());
    folder.write("doors.csv", head + "BE,BE-001,1,,Mill Lane,,\nBE,BE-001,2,,Mill Lane,,\n");
    REQUIRE(load_visit(wanted, row_keys_for_tests(), clock, random).ok());
    folder.write("doors.csv", head + "BE,BE-001,,,Mill Lane,,\n");
    const auto wrong = load_visit(wanted, row_keys_for_tests(), clock, random);
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().fault == Fault::bad_input);
    CHECK(wrong.error().text().find("Nothing was loaded") != std::string::npos);
    folder.write("doors.csv", head + "BE,BE-001,1,,Mill Lane,,\n");
    VisitToLoad other = wanted;
    other.day = "2026-11-22";
    CHECK(load_visit(other, row_keys_for_tests(), clock, random).error().fault == Fault::conflict);
    other.day = "tomorrow";
    CHECK(load_visit(other, row_keys_for_tests(), clock, random).error().fault == Fault::bad_input);

    auto tablet = OpenedTablet::open(folder.file("data"), row_keys_for_tests(), clock, random);
    REQUIRE(tablet.ok());
    const auto visits = planned_visits((*tablet)->sql());
    REQUIRE(visits.ok());
    REQUIRE(visits->size() == 1);
    const auto doors = Walks((*tablet)->store()).doors(visits->front().visit);
    REQUIRE(doors.ok());
    CHECK(doors->size() == 2);
}

namespace {

wire::Ticket some_ticket() {
    return {*Uuid::parse("01234567-89ab-4def-8123-456789abcdef"),
            "tab-01",
            std::string(64, 'a'),
            KeyPair::make().public_key.bytes,
            SigningPair::make().public_key.bytes,
            KeyPair::make().public_key.bytes,
            KeyPair::make().public_key.bytes,
            std::string(64, 'p')};
}

}  // namespace

TEST_CASE("an enrolment is checked before it is kept", "[enrol]") {
    TemporaryFolder folder;
    const ManualClock clock(1'795'255'200'000, 0);
    const wire::Ticket ticket = some_ticket();
    const std::string line = wire::encode(ticket);
    const TabletPlaces places = places_of(folder.file("data/"));
    CHECK(places.device_secret == folder.file("data.device-secret"));
    const auto given = [&](const std::string& endpoint, const std::string& text) {
        EnrolmentGiven one;
        one.places = places;
        one.endpoint = endpoint;
        one.ticket = folder.write("ticket", text);
        one.cost = PasswordCost{1, 64};
        return one;
    };
    for (const auto& [wrong, fault] :
         {std::pair{given("http://example.org", line), Fault::refused},
          std::pair{given("http://127.0.0.1:8080", line.substr(0, line.size() - 1)), Fault::bad_input},
          std::pair{given("http://127.0.0.1:8080", "nothing"), Fault::bad_input}}) {
        folder.write("ticket", wrong.endpoint == "http://example.org" ? line : "nothing");
        const auto kept = enrol(wrong, clock);
        REQUIRE_FALSE(kept.ok());
        CHECK(kept.error().fault == fault);
        CHECK(kept.error().text().find(ticket.seed) == std::string::npos);
    }
    EnrolmentGiven right = given("http://127.0.0.1:8080", line + "\n");
    REQUIRE(enrol(right, clock).ok());
    const auto device = DeviceSecret::load(places.device_secret);
    REQUIRE(device.ok());
    CHECK(read_identity(places.identity, *device)->seed == ticket.seed);

    // With a first team lead, who can sign in then; a second enrolment leaves the vault alone.
    right.lead = "off-pol-01";
    right.passphrase = SecretText("too short");
    CHECK(enrol(right, clock).error().fault == Fault::bad_input);
    right.passphrase = SecretText("marble otter dusk");
    REQUIRE(enrol(right, clock).ok());
    CHECK(enrol(right, clock).error().fault == Fault::conflict);
    right.lead.clear();
    REQUIRE(enrol(right, clock).ok());
}
