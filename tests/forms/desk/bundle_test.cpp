// Forms and the directory as they are published.
#include "forms/desk/bundle.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "forms/base/random.h"

using namespace doorstep;
namespace fs = std::filesystem;

namespace {

const std::string shipped_forms = std::string(DOORSTEP_SOURCE) + "/forms/questionnaires";

Directory shipped() {
    Diagnostics found;
    auto directory = read_directory(shipped_forms + "/directory", found);
    REQUIRE_FALSE(has_error(found));
    return directory;
}

struct OwnFolder {
    std::string path = (fs::temp_directory_path() / "doorstep-bundle-XXXXXX").string();
    OwnFolder() { REQUIRE(::mkdtemp(path.data())); }
    ~OwnFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(fs::path(path) / name, std::ios::binary) << text;
    }
};

}  // namespace

TEST_CASE("a form that was published opens as the one that was checked", "[desk][bundle]") {
    const auto directory = shipped();
    const std::string path = shipped_forms + "/safer_streets_doorstep/current";
    const auto package = open_package(path, &directory);
    REQUIRE(package.form);
    const auto bytes = bundle_form(package, path);
    REQUIRE(bytes.ok());
    const auto back = open_bundled_form(*bytes, "safer_streets", &directory);
    REQUIRE(back.form);
    CHECK(back.form->hash() == package.form->hash());
    CHECK(back.form->version() == package.form->version());
    CHECK(*bundle_form(package, path) == *bytes);
}

TEST_CASE("the lists that a form reads travel with it, and what lies beside them does not",
          "[desk][bundle]") {
    OwnFolder folder;
    folder.write("survey.csv", "type,name,label\nselect_one_from_file wards.csv,ward,Which ward?\n");
    folder.write("settings.csv", "form_id,version\nwards,1\n");
    folder.write("wards.csv", "name,label\nw1,Hillside\nw2,Elstree\n");
    folder.write("notes.csv", "what\nnot for tablets\n");
    const auto package = open_package(folder.path, nullptr);
    for (const auto& one : package.found)
        INFO(one.text());
    REQUIRE(package.form);
    const auto bytes = bundle_form(package, folder.path);
    REQUIRE(bytes.ok());
    const auto files = unbundled(*bytes);
    REQUIRE(files.ok());
    CHECK(files->size() == 2);
    CHECK(files->contains("wards.csv"));
    CHECK(open_bundled_form(*bytes, "wards", nullptr).form);

    auto without = *files;
    without.erase("wards.csv");
    const auto lacking = open_bundled_form(bundled(without), "wards", nullptr);
    CHECK_FALSE(lacking.form);
    CHECK_FALSE(lacking.found.empty());
}

TEST_CASE("the directory that was published is the one of its folder", "[desk][bundle]") {
    const auto bytes = bundle_directory(shipped_forms + "/directory");
    REQUIRE(bytes.ok());
    Diagnostics found;
    const auto back = read_bundled_directory(*bytes, found);
    CHECK_FALSE(has_error(found));
    const auto ours = shipped();
    CHECK(back.agencies.size() == ours.agencies.size());
    CHECK(back.agency("fire")->services.size() == ours.agency("fire")->services.size());
    CHECK(back.offers.size() == ours.offers.size());
    CHECK(back.programmes.size() == ours.programmes.size());
    CHECK(back.column_sets.size() == ours.column_sets.size());

    Diagnostics mistakes;
    read_bundled_directory("rubbish", mistakes);
    CHECK(has_error(mistakes));
    CHECK_FALSE(bundle_directory(shipped_forms + "/nowhere").ok());
}

TEST_CASE("bytes that are no bundle are told, whatever they are", "[desk][bundle]") {
    const Bundle files{{"a.csv", "one"}, {"b.csv", "two"}};
    const auto bytes = bundled(files);
    CHECK(*unbundled(bytes) == files);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        CHECK_FALSE(unbundled(std::string_view(bytes).substr(0, cut)).ok());
    CHECK_FALSE(unbundled(bytes + "x").ok());
    CHECK_FALSE(unbundled(bundled({{"../a.csv", "one"}})).ok());
    CHECK_FALSE(unbundled(bundled({{"", "one"}})).ok());
    CHECK_FALSE(open_bundled_form("rubbish", "form", nullptr).form);
    SeededRandom random(5);
    for (int i = 0; i < 2'000; ++i) {
        auto altered = bytes;
        altered[random.below(altered.size())] = static_cast<char>(random.below(256));
        static_cast<void>(unbundled(altered).ok());
    }
}
