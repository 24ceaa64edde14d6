// A borough's addresses as a table.
#include "sync/search/address_list.h"

#include <catch2/catch.hpp>

#include "tests/sync/search/made_up_borough.h"

using namespace doorstep;

namespace {

const std::string head =
    "uprn,saon_text,paon_start_number,paon_start_suffix,paon_text,street_name,postcode\n";

AddressList read(const std::string& text) {
    auto list = read_address_list(text, "borough.csv");
    if (!list.ok())
        FAIL(list.error().text());
    return std::move(list).value();
}

std::string line_of(const AddressableObject& secondary, const AddressableObject& primary) {
    HomeAddress home;
    name_home(secondary, primary, home);
    home.road = "Mill Lane";
    home.town = "Borehamwood";
    home.postcode = "WD6 1AA";
    return one_line(home);
}

}  // namespace

TEST_CASE("an address is one line, as it stands on an envelope", "[address]") {
    const std::string rest = " Mill Lane, Borehamwood, WD6 1AA";
    CHECK(line_of({.text = "FLAT 2"}, {.start_number = "14", .start_suffix = "A"}) == "Flat 2, 14A" + rest);
    CHECK(line_of({.start_number = "2"}, {.start_number = "14", .start_suffix = "a"}) ==
          "Flat 2, 14A" + rest);
    CHECK(line_of({.start_number = "2", .start_suffix = "B", .text = "MAISONETTE"}, {.start_number = "14"}) ==
          "Maisonette 2B, 14" + rest);
    CHECK(line_of({}, {.start_number = "14", .end_number = "16", .end_suffix = "B"}) == "14-16B" + rest);
    CHECK(line_of({}, {.text = "WICKET COTTAGE"}) == "Wicket Cottage," + rest);
    CHECK(line_of({.text = "FLAT 2"}, {.start_number = "14", .text = "WICKET HOUSE"}) ==
          "Flat 2, Wicket House, 14" + rest);
    CHECK(line_of({.text = "2"}, {.text = "14A"}) == "Flat 2, 14A" + rest);
}

TEST_CASE("names in capitals become names, others stay", "[address]") {
    CHECK(in_title_case("MILL LANE") == "Mill Lane");
    CHECK(in_title_case("ST JOHN'S ROAD") == "St John's Road");
    CHECK(in_title_case("O'BRIEN HOUSE") == "O'Brien House");
    CHECK(in_title_case("STOKE-ON-TRENT") == "Stoke-On-Trent");
    CHECK(in_title_case("FLAT 2B") == "Flat 2B");
    CHECK(in_title_case("van der Berg Way") == "van der Berg Way");
    CHECK(in_title_case("ŁĄKOWA") == "ŁĄKOWA");
}

TEST_CASE("a postcode has one form", "[address]") {
    CHECK(postcode_form("wd61aa") == "WD6 1AA");
    CHECK(postcode_form(" WD6  1AA ") == "WD6 1AA");
    for (const char* good : {"M1 1AA", "M60 1NW", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB", "GIR 0AA"})
        CHECK(postcode_form(good) == good);
    for (const char* bad : {"", "WD6", "WD6 1A", "WD6 11A", "6WD 1AA", "WDD6 1AA", "WD666 1AA", "WD6-1AA"}) {
        INFO(bad);
        CHECK_FALSE(postcode_form(bad));
    }
}

TEST_CASE("a gazetteer with other headings, quotes and line ends is read", "[address]") {
    const auto homes = made_up_borough(500);
    const auto list = read("\xEF\xBB\xBF" + as_gazetteer(homes));
    CHECK(list.refused.empty());
    CHECK(list.rows == 500);
    CHECK(list.homes == homes);
    const auto quoted =
        read("\"Street Description\",\"UPRN\",\"Pao Text\"\n\"Mill \"\"Top\"\" Lane\",1,\"Wicket, The\"\n");
    REQUIRE(quoted.homes.size() == 1);
    CHECK(one_line(quoted.homes[0]) == "Wicket, The, Mill \"Top\" Lane");
}

TEST_CASE("what cannot be loaded is told with its row, its column and what to do; the rest is loaded",
          "[address]") {
    const auto list = read(head + "100,,14,A,,MILL LANE,WD6 1AA\n" +  // row 2
                           ",,14,A,,MILL LANE,WD6 1AA\n" +            // 3: no UPRN
                           "1.0E+11,,14,A,,MILL LANE,WD6 1AA\n" +     // 4
                           "100,,15,,,MILL LANE,WD6 1AA\n" +          // 5: doubled
                           "\n" +                                     // 6: blank
                           "101,,16,,,,WD6 1AA\n" +                   // 7: no street
                           "102,,,,,MILL LANE,WD6 1AA\n" +            // 8: no number
                           "103,,17,,,MILL LANE,WD6 1A\n" +           // 9: postcode
                           "104,,17x,,,MILL LANE,\n" +                // 10: number
                           "105,FLAT 2,0,,THE MILL,MILL LANE,\n");    // 11: good
    REQUIRE(list.homes.size() == 2);
    CHECK(one_line(list.homes[0]) == "14A Mill Lane, WD6 1AA");
    CHECK(one_line(list.homes[1]) == "Flat 2, The Mill, Mill Lane");
    std::vector<std::pair<int, int>> places;
    for (const auto& each : list.refused) {
        places.emplace_back(each.row, each.column);
        CHECK_FALSE(each.why.empty());
        CHECK_FALSE(each.mend.empty());
    }
    CHECK(places ==
          std::vector<std::pair<int, int>>{{3, 1}, {4, 1}, {5, 1}, {7, 6}, {8, 3}, {9, 7}, {10, 3}});
    CHECK(list.refused[2].why.find("row 2") != std::string::npos);
    const auto csv = refused_as_csv(list.refused);
    CHECK(csv.starts_with("row,column,header,why,mend\r\n3,A,\"uprn\",\"The UPRN is missing.\","));
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 8);
    CHECK(csv.find("MILL") == std::string::npos);
    const auto words = in_words(list);
    CHECK(words.starts_with("9 rows read, 2 good.\n"));
    CHECK(words.find("1 left out (first in row 9): This has not the form of a postcode.\n") !=
          std::string::npos);
}

TEST_CASE("a broken quotation mark costs its row, and what it swallows is told", "[address]") {
    const auto list =
        read(head + "100,,14,,,MILL LANE,\n101,\"FLAT\" 2,15,,,MILL LANE,\n102,,16,,,MILL LANE,\n"
                    "103,\"FLAT,17,,,MILL LANE,\n104,,18,,,MILL LANE,\n");
    CHECK(list.homes.size() == 2);
    REQUIRE(list.refused.size() == 2);
    CHECK(list.refused[0].row == 3);
    CHECK(list.refused[1].row == 5);
    CHECK(list.refused[1].why.find("nothing behind it was read") != std::string::npos);
}

TEST_CASE("a table without what is needed says what is missing", "[address]") {
    const auto mistake = [](const std::string& text) {
        const auto list = read_address_list(text, "borough.csv");
        REQUIRE_FALSE(list.ok());
        CHECK(list.error().fault == Fault::bad_input);
        CHECK_FALSE(list.error().mend.empty());
        return list.error().what;
    };
    CHECK(mistake("").find("empty") != std::string::npos);
    CHECK(mistake("street_name,paon_text\n").find("\"uprn\"") != std::string::npos);
    CHECK(mistake("uprn,paon_text\n1,x\n").find("street") != std::string::npos);
    CHECK(mistake("uprn,street\n").find("number or name") != std::string::npos);
    CHECK(mistake("uprn,UPRN,street,paon\n").find("\"uprn\" stands there twice") != std::string::npos);
    CHECK_FALSE(read_address_list("uprn,street,paon\n1,M\xFFll Lane,1\n", "borough.csv").ok());
}

TEST_CASE("the home of a UPRN is one, however its address is written", "[address]") {
    HomeAddress home;
    home.uprn = 990000000001;
    home.house = "14A";
    home.road = "Mill Lane";
    CHECK(household_at(door_address(home)) == household_of_uprn(990000000001));
    home.building = "Wicket House";
    CHECK(door_address(home).number_or_name == "Wicket House, 14A");
    CHECK(household_at(door_address(home)) == household_of_uprn(990000000001));
}
