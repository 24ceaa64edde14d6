#include "forms/desk/form_cache.h"

#include <catch2/catch.hpp>

#include <filesystem>

#include "forms/desk/attachments.h"
#include "forms/desk/files.h"
#include "forms/desk/package.h"
#include "tests/forms/definition/form_text.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;
namespace fs = std::filesystem;

namespace {

const std::string xml =
    test::FormText{.instance = "<a/>",
                   .binds = R"(<bind nodeset="/data/a" relevant="1 = 1"/><bind nodeset="/data/gone"/>)",
                   .body = R"(<input ref="/data/a"/>)"}
        .xml();

std::string file_in(const std::string& folder) {
    return folder + "/" + Sha256::of(xml).hex() + ".form";
}

}  // namespace

TEST_CASE("a form opened once is kept compiled and opened from there, with the same warnings",
          "[desk][cache]") {
    const TemporaryFolder folder;
    const std::string cache = folder.file("forms");
    const FormPackage first = open_xform(xml, "street.xml", cache);
    REQUIRE(first.form);
    REQUIRE(fs::exists(file_in(cache)));
    const auto written = fs::last_write_time(file_in(cache));
    const FormPackage again = open_xform(xml, "street.xml", cache);
    REQUIRE(again.form);
    CHECK(again.form->compiled() == first.form->compiled());
    REQUIRE(again.found.size() == first.found.size());
    CHECK(again.found.front().text() == first.found.front().text());
    CHECK(fs::last_write_time(file_in(cache)) == written);
}

TEST_CASE("a damaged compiled form is read from the XML and replaced, without a word", "[desk][cache]") {
    const TemporaryFolder folder;
    const auto good = open_xform(xml, "street.xml", folder.path());
    const std::string whole = *read_file(file_in(folder.path()));
    for (const std::string& damaged :
         {std::string(), whole.substr(0, whole.size() / 2), std::string(300, '\xff'), whole + whole}) {
        folder.write(fs::path(file_in(folder.path())).filename().string(), damaged);
        const auto package = open_xform(xml, "street.xml", folder.path());
        REQUIRE(package.form);
        CHECK(package.found.size() == good.found.size());
        CHECK(*read_file(file_in(folder.path())) == whole);
    }
}

TEST_CASE("a cache that cannot be written costs nothing but time", "[desk][cache]") {
    const TemporaryFolder folder;
    folder.write("a-file", "no folder");
    const auto package = open_xform(xml, "street.xml", folder.file("a-file"));
    REQUIRE(package.form);
    CHECK(*read_file(folder.file("a-file")) == "no folder");
    CHECK(open_xform(xml, "street.xml", "/proc/nothing/here").form);
}

TEST_CASE("what does not load is never kept", "[desk][cache]") {
    const TemporaryFolder folder;
    CHECK_FALSE(open_xform("<data/>", "street.xml", folder.path()).form);
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a list beside the form is the one of today", "[desk][cache]") {
    const TemporaryFolder folder;
    test::FormText text{.instance = "<a/>", .body = R"(<input ref="/data/a"/>)"};
    text.model = R"(<instance id="wards" src="jr://file-csv/wards.csv"/>)";
    const std::string form = folder.write("form.xml", text.xml());
    folder.write("wards.csv", "name\nnorth\n");
    REQUIRE(open_package(form, nullptr, folder.file("cache")).form);
    folder.write("wards.csv", "name\nsouth\n");
    REQUIRE(open_package(form, nullptr, folder.file("cache")).form);
    fs::remove(folder.file("wards.csv"));
    const auto package = open_package(form, nullptr, folder.file("cache"));
    CHECK_FALSE(package.form);
    CHECK(package.found.front().code == "missing-attachment");
}
