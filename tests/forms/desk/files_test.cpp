#include "forms/desk/files.h"

#include <catch2/catch.hpp>

#include "forms/desk/attachments.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

TEST_CASE("a file is replaced as a whole", "[desk]") {
    const TemporaryFolder folder;
    const std::string path = folder.file("form.xml");
    REQUIRE(write_file(path, "first").ok());
    REQUIRE(write_file(path, "second").ok());
    CHECK(*read_file(path) == "second");
    CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE("a file that cannot be read or written is named", "[desk]") {
    const TemporaryFolder folder;
    CHECK(read_file(folder.file("none")).error().fault == Fault::not_found);
    CHECK(read_file(folder.path()).error().fault == Fault::not_found);
    const auto refused = write_file(folder.file("no/such/folder/form.xml"), "x");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::not_writable);
    CHECK(refused.error().what.find("form.xml") != std::string::npos);
}

TEST_CASE("attachments come from the form's folder and nowhere else", "[desk]") {
    const TemporaryFolder folder;
    folder.write("wards.csv", "name,label,area\nx,X\n\"y\",\"Y, or y\",PB\n");
    folder.write("media/roads.csv", "name\nr1\n");
    const FormAttachments attachments = attachments_in(folder.path());
    const auto wards = attachments("jr://file-csv/wards.csv");
    REQUIRE(wards.ok());
    REQUIRE(wards->rows.size() == 3);
    CHECK(wards->rows[0] == std::vector<std::string>{"name", "label", "area"});
    CHECK(wards->rows[1] == std::vector<std::string>{"x", "X", ""});
    CHECK(wards->rows[2] == std::vector<std::string>{"y", "Y, or y", "PB"});
    CHECK(attachments("jr://file-csv/roads.csv").ok());
    for (const char* uri :
         {"jr://file-csv/none.csv", "jr://file-csv/../secret.csv", "jr://file/passwd", "", ".."})
        CHECK_FALSE(attachments(uri).ok());
}
