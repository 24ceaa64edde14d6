#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "forms/directory/directory.h"

using namespace doorstep;

namespace {

// The files of a directory in a folder of their own.
class DirectoryFolder {
public:
    DirectoryFolder() {
        std::string path = (std::filesystem::temp_directory_path() / "directory-XXXXXX").string();
        REQUIRE(mkdtemp(path.data()) != nullptr);
        path_ = path;
        write(
            "agencies.csv",
            "code,label,valid_from,valid_to,sensitive,telephone_in_hours,telephone_out_of_hours,lawful_basis,"
            "agreement_reference\n"
            "fire,Fire and Rescue,,,,01700 900100,999,vital interests,SA-1\n"
            "cah,Care at Home,2011-04-01,2015-03-31,,,,,\n"
            "drug_alcohol,Drug and Alcohol,,,yes,,,,\n");
        write("services.csv", "agency,code,label,valid_from,valid_to\n"
                              "fire,fire_safe_and_well,Safe and Well,2016-01-01,\n"
                              "fire,fitting,Alarm fitting,,\n");
        write("offers.csv", "code,label,valid_from,valid_to\nsmoke_detector,Smoke detector,,\n");
        write("columns.csv", "set,set_label,valid_from,valid_to,household_form,column_label,agency\n"
                             "2013-14,Season 2013/14,2013-04-01,2014-03-31,safer_streets_doorstep,CAH,cah\n"
                             "2013-14,Season 2013/14,2013-04-01,2014-03-31,safer_streets_doorstep,Other,\n"
                             "2016,Since 2016,2016-04-01,,safer_streets_doorstep,Fire,fire\n");
        write("programmes.csv", "code,label,form,valid_from,valid_to\n"
                                "safer_streets,Safer Streets,safer_streets_doorstep,,\n"
                                "safe_and_well,Safe and Well,safe_and_well,2016-06-01,\n");
    }
    ~DirectoryFolder() { std::filesystem::remove_all(path_); }
    DirectoryFolder(const DirectoryFolder&) = delete;
    DirectoryFolder& operator=(const DirectoryFolder&) = delete;

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    void remove(const std::string& name) const { std::filesystem::remove(path_ / name); }
    Directory read(Diagnostics& found) const { return read_directory(path_.string(), found); }

    std::vector<std::string> messages() const {
        Diagnostics found;
        read(found);
        std::vector<std::string> texts;
        for (const Diagnostic& one : found)
            texts.push_back(one.text());
        return texts;
    }

private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("the directory is read with its dates, telephones and columns", "[directory]") {
    const DirectoryFolder folder;
    Diagnostics found;
    const Directory directory = folder.read(found);
    for (const Diagnostic& one : found)
        FAIL(one.text());
    REQUIRE(directory.agency("fire") != nullptr);
    CHECK(directory.agency("fire")->telephone_out_of_hours == "999");
    CHECK(directory.agency("fire")->services.size() == 2);
    CHECK(directory.agency("fire")->service("fitting")->label == "Alarm fitting");
    CHECK(directory.agency("fire")->service("gas") == nullptr);
    CHECK(directory.agency("drug_alcohol")->sensitive);
    CHECK_FALSE(directory.agency("cah")->valid.covers(Day::of(2015, 4, 1)));
    CHECK(directory.agency("cah")->valid.covers(Day::of(2015, 3, 31)));
    CHECK(directory.agency("nobody") == nullptr);
    CHECK(directory.offer("smoke_detector")->label == "Smoke detector");
}

TEST_CASE("a report's columns keep the order of the rows, one without an agency is not recorded",
          "[directory]") {
    const DirectoryFolder folder;
    Diagnostics found;
    const Directory directory = folder.read(found);
    const ColumnSet* set = directory.column_set("2013-14");
    REQUIRE(set != nullptr);
    REQUIRE(set->columns.size() == 2);
    CHECK(set->label == "Season 2013/14");
    CHECK(set->columns[0].agency == std::optional<std::string>("cah"));
    CHECK(set->columns[1].label == "Other");
    CHECK_FALSE(set->columns[1].agency.has_value());
    CHECK(directory.column_set("2016")->valid.covers(Day::of(2030, 1, 1)));
}

TEST_CASE("a programme names the questionnaire that its doors are asked, and from when", "[directory]") {
    const DirectoryFolder folder;
    Diagnostics found;
    const Directory directory = folder.read(found);
    REQUIRE(directory.programme("safe_and_well") != nullptr);
    CHECK(directory.programme("safe_and_well")->form == "safe_and_well");
    CHECK(directory.programme("safe_and_well")->valid.covers(Day::of(2016, 6, 1)));
    CHECK_FALSE(directory.programme("safe_and_well")->valid.covers(Day::of(2016, 5, 31)));
    CHECK(directory.programme("plate_safe") == nullptr);
    folder.write("programmes.csv", "code,label,form\nsafer_streets,Safer Streets,\n"
                                   "safer_streets,Again,safer_streets_doorstep\n");
    CHECK(folder.messages() ==
          std::vector<std::string>{
              "programmes.csv, row 2, column C (form): the cell is empty. Mend: fill in form.",
              "programmes.csv, row 3, column A (code): the programme \"safer_streets\" stands in row 2 "
              "already. Mend: keep one of the two rows."});
}

TEST_CASE("an unknown agency is told at its cell, with the nearest one", "[directory]") {
    const DirectoryFolder folder;
    folder.write("services.csv", "agency,code,label\nfires,fitting,Alarm fitting\n");
    CHECK(folder.messages() ==
          std::vector<std::string>{
              "services.csv, row 2, column A (agency): \"fires\" is not in agencies.csv. Mend: "
              "fires -> fire."});
}

TEST_CASE("every mistake of the directory is told in one reading", "[directory]") {
    const DirectoryFolder folder;
    folder.write("agencies.csv", "code,label,valid_from,valid_to,sensitive,phone\n"
                                 "fire,Fire,2016-02-30,,maybe,\n"
                                 "cah,,2015-01-01,2014-01-01,,\n"
                                 "fire,Fire again,,,,\n"
                                 "Red Cross,Red Cross,,,,\n");
    const std::vector<std::string> messages = folder.messages();
    const auto has = [&](const std::string& text) {
        INFO(text);
        CHECK(std::find(messages.begin(), messages.end(), text) != messages.end());
    };
    has("agencies.csv, row 1, column F (phone): the column \"phone\" is not known. Mend: take the column "
        "out.");
    has("agencies.csv, row 2, column C (valid_from): \"2016-02-30\" is no date. Mend: write year, month and "
        "day, for "
        "example 2016-04-01.");
    has("agencies.csv, row 2, column E (sensitive): \"maybe\" is not allowed. Mend: write yes or no, or "
        "leave it "
        "blank.");
    has("agencies.csv, row 3, column B (label): the cell is empty. Mend: fill in label.");
    has("agencies.csv, row 3, column D (valid_to): ends on 2014-01-01, before it begins on 2015-01-01. Mend: "
        "exchange "
        "valid_from and valid_to, or correct one of them.");
    has("agencies.csv, row 4, column A (code): the agency \"fire\" stands in row 2 already. Mend: keep one "
        "of the two "
        "rows.");
    has("agencies.csv, row 5, column A (code): \"Red Cross\" is no code. Mend: use small letters, digits, _ "
        "and - "
        "only.");
    CHECK(messages.size() == 7);
}

TEST_CASE("rows of one set that contradict one another are told", "[directory]") {
    const DirectoryFolder folder;
    folder.write("columns.csv", "set,set_label,household_form,column_label,agency\n"
                                "2016,Since 2016,doorstep,Fire,fire\n"
                                "2016,From 2016,doorstep,Fire,fire\n");
    const std::vector<std::string> messages = folder.messages();
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].find("stands in row 2 already") != std::string::npos);
    CHECK(messages[1] ==
          "columns.csv, row 3, column B (set_label): the set \"2016\" has \"From 2016\" here and "
          "\"Since 2016\" in an earlier row. Mend: write the same in every row of a set.");
}

TEST_CASE("a missing file and a missing column are told by name", "[directory]") {
    const DirectoryFolder folder;
    folder.remove("offers.csv");
    folder.write("services.csv", "agency,label\nfire,Fitting\n");
    const std::vector<std::string> messages = folder.messages();
    REQUIRE(messages.size() == 2);
    CHECK(messages[0] == "services.csv: the column \"code\" is missing. Mend: add the column code.");
    CHECK(messages[1].starts_with("offers.csv: the file is missing"));
}

TEST_CASE("two validities overlap when a day belongs to both", "[directory]") {
    const auto from = [](int year, int to) { return Validity{Day::of(year, 1, 1), Day::of(to, 12, 31)}; };
    CHECK(from(2013, 2014).overlaps(from(2014, 2015)));
    CHECK_FALSE(from(2013, 2014).overlaps(from(2015, 2016)));
    CHECK(Validity{}.overlaps(from(2013, 2014)));
    CHECK_FALSE((Validity{std::nullopt, Day::of(2012, 1, 1)}.overlaps(from(2013, 2014))));
}
