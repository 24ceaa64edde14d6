#include <catch2/catch.hpp>

#include "sync/report/counts.h"

using namespace doorstep;

namespace {

Counts golden() {
    Counts counts;
    counts.period = {Day::of(2013, 4, 1), Day::of(2014, 3, 31)};
    counts.column_set = "2013-14";
    counts.visits = 12;
    counts.questionnaires = 253;
    counts.contacts = 300;
    counts.partial = 4;
    counts.columns = {{"Police", 64}, {"Fire", 95}, {"Herts Home Help", std::nullopt}};
    counts.already_open = 2;
    counts.other_agencies = 1;
    return counts;
}

}  // namespace

TEST_CASE("the table stands under its heads, and what was not recorded is a dash", "[report][printed]") {
    CHECK(as_table(golden()) ==
          "2013-04-01 to 2014-03-31, columns of 2013-14\n"
          "\n"
          "  Visits  Questionnaires  Police  Fire  Herts Home Help\n"
          "      12             253      64    95                -\n"
          "\n"
          "Doors worked 300, partly filled questionnaires 4.\n"
          "Referrals already open and not counted 2, to agencies without a column 1.\n");
    auto counts = golden();
    counts.columns = {{"Żółć", 12345}};
    CHECK(as_table(counts).find("  Questionnaires   Żółć\n      12             253  12345\n") !=
          std::string::npos);
}

TEST_CASE("the spreadsheet has a head and a row, by the letter of RFC 4180", "[report][printed]") {
    CHECK(as_csv(golden()) ==
          "From,To,Column set,Visits,Questionnaires,Police,Fire,Herts Home Help,Contacts,Partial,"
          "Already open,Other agencies\r\n"
          "2013-04-01,2014-03-31,2013-14,12,253,64,95,-,300,4,2,1\r\n");
}

TEST_CASE("a label that a spreadsheet would run is made harmless", "[report][printed]") {
    const auto head = [](const std::string& label) {
        auto counts = golden();
        counts.columns = {{label, 1}};
        const auto csv = as_csv(counts);
        const auto begin = csv.find("Questionnaires,") + 15;
        return csv.substr(begin, csv.find(",Contacts") - begin);
    };
    CHECK(head("=HYPERLINK(\"http://x\")") == "\"'=HYPERLINK(\"\"http://x\"\")\"");
    CHECK(head("+44") == "'+44");
    CHECK(head("-1+1") == "'-1+1");
    CHECK(head("@SUM(A1)") == "'@SUM(A1)");
    CHECK(head("\t=1") == "'\t=1");
    CHECK(head("Police, Fire") == "\"Police, Fire\"");
    CHECK(head("a\nb") == "\"a\nb\"");
    CHECK(head("Fire") == "Fire");
}

TEST_CASE("as JSON what was not recorded is null", "[report][printed]") {
    const auto json = as_json(golden());
    CHECK(json.find("\"label\": \"Herts Home Help\",\n      \"referrals\": null") != std::string::npos);
    CHECK(json.find("\"visits\": 12") != std::string::npos);
    CHECK(json.find("\"from\": \"2013-04-01\"") != std::string::npos);
    CHECK(json.back() == '\n');
}
