// Who learns what: the page for the information-governance review.
#include "forms/desk/sharing.h"

#include <catch2/catch.hpp>

#include "forms/desk/package.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

Directory directory() {
    Directory all;
    Agency fire{.code = "fire",
                .label = "Oakshire Fire and Rescue",
                .lawful_basis = "public task",
                .agreement_reference = "ISA-7"};
    fire.services = {{"visit", "Home safety visit", {}}};
    all.agencies = {fire, {.code = "nhw", .label = "Neighbourhood Watch"}};
    return all;
}

const std::string form =
    "| survey |\n"
    "| | type | name | label::Polski (pl) | label::English (en) | calculation | sensitive |\n"
    "| | text | name | Nazwisko? | Your name? | | |\n"
    "| | integer | alarms | Czujniki? | Alarms, working? | | |\n"
    "| | text | health | Zdrowie? | =Health? | | yes |\n"
    "| | calculate | risk | | | ${alarms} + 1 | |\n"
    "| | calculate | twice | | | concat(${health}, '!') | |\n"
    "| | calculate | worse | | | concat(${twice}, '?') | |\n"
    "| | text | worry | Obawa? | Worry? | | restricted |\n"
    "| settings |\n| | form_title | form_id | version | default_language | privacy_version |\n"
    "| | Street | street | 3 | Polski (pl) | 2016-1 |\n"
    "| referrals |\n"
    "| | agency | when | reason::Polski (pl) | reason::English (en) | shares | consent | urgency | service "
    "|\n"
    "| | fire | ${alarms} = 0 | Brak, ${alarms} | Only ${alarms} work | name alarms health risk worse | | "
    "soon | "
    "visit |\n"
    "| | nhw | ${alarms} > 0 | Chce | Wants to join | | | | |\n"
    "| | fire | ${worry} != '' | Obawa | A worry | name | safeguarding | today | |\n";

std::vector<Sharing> rules(FormPackage& package) {
    const TemporaryFolder folder;
    const Directory known = directory();
    package = open_package(folder.write("street.md", form), &known);
    for (const Diagnostic& one : package.found)
        UNSCOPED_INFO(one.text());
    REQUIRE(package.form);
    return sharing_of(*package.form, known);
}

}  // namespace

TEST_CASE("each rule is told with its agency, fields, labels and reason in English", "[desk][sharing]") {
    FormPackage package;
    const auto all = rules(package);
    REQUIRE(all.size() == 3);
    CHECK(all[0].agency_name == "Oakshire Fire and Rescue");
    CHECK(all[0].service_name == "Home safety visit");
    CHECK(all[0].urgency == Urgency::soon);
    CHECK(all[0].reason == "Only [alarms] work");
    REQUIRE(all[0].fields.size() == 5);
    CHECK(all[0].fields[0].label == "Your name?");
    CHECK(all[0].fields[2].sensitivity == Sensitivity::sensitive);
    CHECK(all[0].fields[3].label == "worked out from other answers");
    CHECK(all[0].fields[3].sensitivity == Sensitivity::ordinary);
    // What is worked out from a sensitive answer tells of it.
    CHECK(all[0].fields[4].sensitivity == Sensitivity::sensitive);
    CHECK(all[0].agreement_reference == "ISA-7");
    CHECK(all[1].fields.empty());
    CHECK(all[1].service_name.empty());
    CHECK(all[2].consent == Consent::safeguarding);
    CHECK(all[2].restricted);
    CHECK(all[2].rule == "fire-2");
}

TEST_CASE("the table says it when nothing beyond the reason is shared", "[desk][sharing]") {
    FormPackage package;
    const auto all = rules(package);
    const std::string table = sharing_table(*package.form, all);
    INFO(table);
    CHECK(table.find("Street, version 3, privacy wording 2016-1") == 0);
    CHECK(table.find("address, service and reason only") != std::string::npos);
    CHECK(table.find("=Health? (health, sensitive)") != std::string::npos);
    CHECK(table.find("safeguarding lead") != std::string::npos);
    CHECK(sharing_table(*package.form, {}).find("nothing is shared") != std::string::npos);
}

TEST_CASE("the table names an agency once, on one line, and marks each answer under its rules",
          "[desk][sharing]") {
    FormPackage package;
    const auto all = rules(package);
    const std::string table = sharing_table(*package.form, all);
    INFO(table);
    CHECK(table.find("\nOakshire Fire and Rescue (fire)\n===============================\n"
                     "    public task; sharing agreement ISA-7\n"
                     " 1  Only [alarms] work\n    Home safety visit; agreement; soon\n"
                     " 2  A worry\n") != std::string::npos);
    CHECK(table.find("\n\nNeighbourhood Watch (nhw)\n") != std::string::npos);
    const auto line = [&](const std::string& begin) {
        const std::size_t at = table.find("\n    " + begin);
        REQUIRE(at != std::string::npos);
        return table.substr(at + 1, table.find('\n', at + 1) - at - 1);
    };
    CHECK(line("Answers that go with it").ends_with("   1   2"));
    CHECK(line("Your name? (name)").ends_with("   x   x"));
    CHECK(line("Alarms, working? (alarms)").ends_with(" x"));
    CHECK(line("Alarms, working? (alarms)").size() + 4 == line("Your name? (name)").size());
}

TEST_CASE("the table stays within 100 letters and keeps every word of it", "[desk][sharing]") {
    FormPackage package;
    auto all = rules(package);
    const Sharing first = all.front();
    for (int i = 0; i < 30; ++i) {
        all.push_back(first);
        all.back().reason =
            "Because of this and that and the other thing that somebody said at length, twice "
            "over and then once more";
        all.back().fields = {{"field_" + std::to_string(i),
                              "Would you say that this is a question of many "
                              "words, and that it goes on?",
                              {}}};
    }
    const std::string table = sharing_table(*package.form, all);
    INFO(table);
    for (std::size_t at = 0, end = 0; end != std::string::npos; at = end + 1) {
        end = table.find('\n', at);
        CHECK(table.substr(at, end - at).size() <= 100);
    }
    for (int i = 0; i < 30; ++i)
        CHECK(table.find("field_" + std::to_string(i)) != std::string::npos);
}

TEST_CASE("the spreadsheet has a row per field, and no cell that computes", "[desk][sharing]") {
    FormPackage package;
    const std::string csv = sharing_csv(rules(package));
    INFO(csv);
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + 5 + 1 + 1);
    CHECK(csv.find("fire,Oakshire Fire and Rescue,visit,Home safety visit,yes,soon,fire,Only [alarms] "
                   "work,alarms,\"Alarms, working?\",ordinary,public task,ISA-7\r\n") != std::string::npos);
    CHECK(csv.find(",'=Health?,sensitive,") != std::string::npos);
    CHECK(csv.find("\"address, service and reason only\"") != std::string::npos);
}

TEST_CASE("a form without rules shares nothing", "[desk][sharing]") {
    const TemporaryFolder folder;
    const auto package = open_package(
        folder.write("a.md", "| survey |\n| | type | name | label |\n| | text | a | A |\n"), nullptr);
    REQUIRE(package.form);
    CHECK(sharing_of(*package.form, {}).empty());
}
