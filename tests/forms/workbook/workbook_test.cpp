#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "forms/workbook/workbook.h"

using namespace doorstep;

namespace {

// A folder that is gone when the test ends.
class Folder {
public:
    Folder() {
        std::string path = (std::filesystem::temp_directory_path() / "workbook-XXXXXX").string();
        REQUIRE(mkdtemp(path.data()) != nullptr);
        path_ = path;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string write(const std::string& name, const std::string& text) const {
        const auto path = path_ / name;
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }
    std::string path() const { return path_.string(); }
    std::string name() const { return path_.filename().string(); }

private:
    std::filesystem::path path_;
};

std::string only_message(const std::string& path) {
    Diagnostics found;
    read_workbook(path, found);
    REQUIRE(found.size() == 1);
    return found.front().text();
}

}  // namespace

TEST_CASE("a folder is a workbook of its sheets, and other lists are left alone", "[workbook]") {
    const Folder folder;
    folder.write("survey.csv", "type,name,label\ntext,q1,Q1\n");
    folder.write("Choices.CSV", "list_name,name,label\nyn,yes,Yes\n");
    folder.write("wards.csv", "this,is\nno sheet");
    folder.write("_settings.csv", "form_id\nx\n");
    Diagnostics found;
    const Workbook workbook = read_workbook(folder.path() + "/", found);
    CHECK(found.empty());
    CHECK(workbook.file == folder.name());
    REQUIRE(workbook.sheet(" Survey ") != nullptr);
    REQUIRE(workbook.sheet("choices") != nullptr);
    // Named, so that a slip in a name can be told, and not read.
    REQUIRE(workbook.sheet("wards") != nullptr);
    CHECK(workbook.sheet("wards")->header.cells.empty());
    const Place place = workbook.place(*workbook.sheet("survey"), 2, 3);
    CHECK(place == Place{"survey.csv", "survey", 2, 3, "label"});
}

TEST_CASE("a sheet with nearly the right name is read, so that it can be told", "[workbook]") {
    const Folder folder;
    folder.write("survey.csv", "type,name\n");
    folder.write("refferals.csv", "agency\nfire\n");
    Diagnostics found;
    CHECK(read_workbook(folder.path(), found).sheet("refferals") != nullptr);
}

TEST_CASE("a table in markdown holds its sheets, with rows counted from the header", "[workbook]") {
    Diagnostics found;
    const Workbook workbook = read_markdown("# A form\n"
                                            "| survey |\n"
                                            "|        | type | name | label          |\n"
                                            "|        |------|------|----------------|\n"
                                            "|        | text | q1   | One \\| another |\n"
                                            "|        |      |      |                |\n"
                                            "|        | note | n    |                |\n"
                                            "\n"
                                            "| choices |\n"
                                            "|         | list_name | name |\n",
                                            "form.md", found);
    CHECK(found.empty());
    REQUIRE(workbook.sheets.size() == 2);
    const Sheet& survey = *workbook.sheet("survey");
    CHECK(survey.header.at(3)->text == "label");
    REQUIRE(survey.rows.size() == 2);
    CHECK(survey.rows[0].at(3)->text == "One | another");
    CHECK(survey.rows[1].number == 4);
    CHECK(workbook.place(survey, 4, 1) == Place{"form.md", "survey", 4, 1, "type"});
}

TEST_CASE("one CSV holds all sheets, each under its name in the first column", "[workbook]") {
    Diagnostics found;
    const Workbook workbook = read_csv_sheets(
        "survey,,\n,type,name\n,text,q1\n\n,note,n1\nchoices,list_name,name\n,yn,yes\n", "form.csv", found);
    CHECK(found.empty());
    REQUIRE(workbook.sheets.size() == 2);
    REQUIRE(workbook.sheets[0].rows.size() == 2);
    CHECK(workbook.sheets[0].rows[0].number == 2);
    CHECK(workbook.sheets[0].rows[1].number == 4);
    CHECK(workbook.sheets[0].rows[1].at(2)->text == "n1");
    CHECK(workbook.sheets[1].rows[0].at(1)->text == "yn");
}

TEST_CASE("a plain CSV given as a workbook is told what is missing", "[workbook]") {
    Diagnostics found;
    read_csv_sheets(",type,name\n,text,q1\n", "form.csv", found);
    REQUIRE(found.size() == 1);
    CHECK(found[0].code == "no-sheet-name");
    CHECK(found[0].place.row == 1);
}

TEST_CASE("workbooks in other formats are told what to do", "[workbook]") {
    const Folder folder;
    CHECK(only_message(folder.write("household.xls", "x")) ==
          "household.xls: this is the old .xls format. Open it and save it as .xlsx.");
    CHECK(only_message(folder.write("household.ods", "PK")) ==
          "household.ods: .ods workbooks are not read. Mend: open it and save it as .xlsx.");
    CHECK(
        only_message(folder.write("household.pdf", "x")).starts_with("household.pdf: this is no workbook."));
    CHECK(only_message(folder.path() + "/absent.csv").starts_with("absent.csv: the file cannot be read."));
}

TEST_CASE("a pipe by the name of a sheet holds nobody up", "[workbook]") {
    const Folder folder;
    REQUIRE(mkfifo((folder.path() + "/survey.csv").c_str(), 0600) == 0);
    CHECK(only_message(folder.path()).starts_with("survey.csv: this is no file but a folder, a pipe"));
    CHECK(only_message(folder.path() + "/survey.csv").starts_with("survey.csv: this is no file"));
}

TEST_CASE("a file that is too large is refused before it is read", "[workbook]") {
    const Folder folder;
    const std::string path = folder.write("form.csv", "");
    std::filesystem::resize_file(path, std::uintmax_t{1} << 40);  // a hole: it takes no room
    CHECK(only_message(path).starts_with("form.csv: the file is larger than 64 MiB."));
}

TEST_CASE("an empty folder and a folder that is not there are told", "[workbook]") {
    const Folder folder;
    CHECK(only_message(folder.path()).find("the folder holds no sheet of a form.") != std::string::npos);
    CHECK(only_message(folder.path() + "/nowhere").find("this is no workbook.") != std::string::npos);
}

TEST_CASE("a broken sheet does not hide the mistakes of the others", "[workbook]") {
    const Folder folder;
    folder.write("survey.csv", "type,name\n\"text,q1\n");
    folder.write("choices.csv", "list_name\n\xFF\n");
    Diagnostics found;
    read_workbook(folder.path(), found);
    REQUIRE(found.size() == 2);
    CHECK(found[0].place.file == "survey.csv");
    CHECK(found[1].place.file == "choices.csv");
}

TEST_CASE("any bytes at all are read or refused, never worse", "[workbook]") {
    const std::string parts[] = {"|", "\"",           ",", "\n", "\r", "survey", "\\",
                                 "-", "\xEF\xBB\xBF", " ", "é",  "${"};
    std::uint32_t state = 7;
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (int i = 0; i < 30; ++i) {
            state = state * 1664525 + 1013904223;
            text += parts[(state >> 16) % std::size(parts)];
        }
        Diagnostics found;
        read_markdown(text, "x.md", found);
        read_csv_sheets(text, "x.csv", found);
        read_csv(text, "x.csv", "x", found);
    }
    SUCCEED();
}
