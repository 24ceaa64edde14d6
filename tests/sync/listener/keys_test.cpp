// Keys are never there without the custody sheet that opens them on the worst day.
#include <catch2/catch.hpp>

#include <filesystem>

#include "tests/support/temporary_folder.h"
#include "tests/sync/listener/process.h"

using namespace doorstep;
using namespace doorstep::testing;
namespace fs = std::filesystem;

namespace {

struct Keyless {
    TemporaryFolder temporary;
    EndpointProgram program{temporary / "data"};
    std::string nowhere = temporary / "nowhere/sheet";
    bool has_file(const std::string& name) const { return fs::exists(program.folder() + "/" + name); }
    // Whether the sheet is that of the keys which are in use.
    bool opens() const {
        fs::remove(program.folder() + ".device-secret");
        return program.run({"keys", "recover", "--sheet", program.sheet()}).status == 0;
    }
};

}  // namespace

TEST_CASE("a sheet that cannot be written leaves no keys, and the next start writes one",
          "[endpoint-program][keys]") {
    Keyless data;
    const auto refused = data.program.run({"serve", "--port", "0", "--sheet", data.nowhere, "--keys-stored"});
    CHECK(refused.status == 1);
    CHECK(has(refused.err, data.nowhere));
    CHECK_FALSE(data.has_file("endpoint.keys"));
    CHECK_FALSE(data.has_file("endpoint.keys.stored"));
    REQUIRE(data.program.serve());
    CHECK(has(file_text(data.program.sheet()), "RECOVERY KEY"));
    CHECK(data.program.run({"enrol", "tab-01"}).status == 0);
    CHECK(data.program.end() == 0);
    CHECK(data.opens());
}

TEST_CASE("keys whose sheet was never written are not confirmed by a start", "[endpoint-program][keys]") {
    Keyless data;
    const auto unwritten = data.program.run({"keys", "make", "--sheet", data.nowhere});
    CHECK(unwritten.status == 1);
    CHECK(has(unwritten.err, "keys make"));
    const auto sheet = data.program.sheet();
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{"--keys-stored"}, std::vector<std::string>{"--sheet", sheet},
          std::vector<std::string>{"--sheet", sheet, "--keys-stored"}}) {
        std::vector<std::string> words{"serve", "--port", "0"};
        words.insert(words.end(), more.begin(), more.end());
        const auto refused = data.program.run(words);
        INFO(refused.err);
        CHECK(refused.status == 1);
        CHECK(has(refused.err, "keys make"));
        CHECK_FALSE(data.has_file("endpoint.keys.stored"));
        CHECK_FALSE(fs::exists(sheet));
    }
    REQUIRE(data.program.run({"keys", "make", "--sheet", sheet}).status == 0);
    REQUIRE(data.program.serve());
    CHECK(data.program.run({"enrol", "tab-01"}).status == 0);
    CHECK(data.program.end() == 0);
    CHECK(data.opens());
}

TEST_CASE("with the flags of its first start an endpoint starts again, and its sheet stays what it was",
          "[endpoint-program][keys]") {
    Keyless data;
    const auto sheet = data.program.sheet();
    REQUIRE(data.program.serve_without_keys({"--sheet", sheet}));
    const auto written = file_text(sheet);
    CHECK(has(written, "RECOVERY KEY"));
    CHECK(data.program.end() == 0);
    REQUIRE(data.program.serve_without_keys({"--sheet", sheet}));
    CHECK(data.program.run({"enrol", "tab-01"}).status == 1);
    CHECK(data.program.end() == 0);
    CHECK(file_text(sheet) == written);
    REQUIRE(data.program.serve());
    CHECK(data.program.run({"enrol", "tab-01"}).status == 0);
    CHECK(data.program.end() == 0);
    CHECK(file_text(sheet) == written);
    // It belongs on paper: a file that was taken away does not come back.
    fs::remove(sheet);
    REQUIRE(data.program.serve());
    CHECK_FALSE(fs::exists(sheet));
    CHECK(data.program.end() == 0);
}
