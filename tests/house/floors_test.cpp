// Includes go downstairs only, and third-party headers stay in their rooms.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <set>

#include "tests/house/source_tree.h"

using namespace doorstep::house;

namespace {

// The floors of ARCHITECTURE.md.  A folder that is not here may not exist.
const std::map<std::string, int>& floors() {
    static const std::map<std::string, int> table{
        {"forms/base", 0},       {"forms/workbook", 1},  {"forms/xpath", 1},      {"forms/directory", 2},
        {"forms/definition", 2}, {"forms/xlsform", 3},   {"forms/session", 3},    {"forms/desk", 4},
        {"sync/operation", 5},   {"sync/search", 6},     {"sync/vault", 6},       {"sync/wire", 6},
        {"sync/http", 6},        {"sync/store", 7},      {"sync/report", 8},      {"sync/tablet", 8},
        {"sync/agencies", 9},    {"sync/endpoint", 10},  {"sync/listener", 11},   {"client/casework", 9},
        {"client/view", 10},     {"client/wording", 10}, {"client/platform", 10}, {"client/draw", 11},
        {"client/ui", 12},       {"client/screens", 13}, {"client/app", 14}};
    return table;
}

// Beyond the floors: pairs that stand above one another and still must not meet.
const std::set<std::pair<std::string, std::string>>& walls() {
    static const std::set<std::pair<std::string, std::string>> table{
        {"sync/endpoint", "sync/tablet"},       {"sync/listener", "sync/tablet"},
        {"forms/definition", "forms/workbook"}, {"client/casework", "sync/http"},
        {"client/screens", "client/casework"},  {"client/ui", "client/casework"},
        {"client/app", "sync/endpoint"},        {"client/app", "sync/listener"},
        {"client/app", "sync/agencies"},        {"sync/agencies", "sync/tablet"}};
    return table;
}

// A header and the rooms that may see it; tests may see what they drive.
struct Corner {
    std::string prefix;
    std::set<std::string> rooms;
};

const std::vector<Corner>& corners() {
    static const std::vector<Corner> table{
        {"sqlite3.h", {"sync/store", "tests/sync/store", "tests/faults", "tests/support"}},
        {"libpq", {"sync/endpoint"}},
        {"qrencode.h", {"sync/listener"}},
        {"curl/", {"sync/http"}},
        // The load of bench-sync: a thousand tablets in one thread.
        {"boost/", {"sync/listener", "sync/wire", "tests/bench/sync"}},
        {"boost/json/", {"sync/wire"}},
        {"boost/asio", {"sync/listener", "tests/bench/sync"}},
        {"boost/beast", {"sync/listener"}},
        {"sys/socket.h",
         {"sync/listener", "tests/sync/listener", "tests/sync/http", "tests/journeys", "tests/support"}},
        {"netinet/",
         {"sync/listener", "tests/sync/listener", "tests/sync/http", "tests/journeys", "tests/support"}},
        {"sys/un.h", {"sync/listener"}},
        {"imgui_internal.h", {"client/ui"}},
        {"imgui", {"client/draw", "client/ui", "tests/client/draw", "tests/client/ui", "tests/bench"}},
        {"misc/freetype", {"client/draw"}},
        {"gio/", {"client/platform", "tests/client/platform"}},
        {"gudev/", {"client/platform"}},
        {"SDL",
         {"client/platform", "client/draw", "tests/client/platform", "tests/client/draw", "tests/bench"}},
        {"pango", {"client/draw", "tests/client/draw"}},
        {"cairo", {"client/draw"}},
        {"fontconfig/", {"client/draw"}},
        // Where files are read, and in tests as the other opinion on what they say.
        {"libxml/",
         {"forms/definition", "forms/workbook", "tests/conformance", "tests/forms/xlsform",
          "tests/forms/definition", "tests/forms/session", "tests/forms/xpath", "tests/properties"}},
        {"re2/", {"forms/xpath"}},
        {"utf8proc.h", {"forms/base"}},
        {"zip.h", {"forms/workbook", "tests/support"}},
        {"openssl/",
         {"forms/xpath", "sync/listener", "sync/http", "tests/sync/listener", "tests/sync/http",
          "tests/support"}},
        {"zstd.h", {"sync/wire", "tests/sync/wire", "tests/simulation"}},
        {"sodium.h", {"forms/base", "sync/vault", "tests/simulation"}},
        {"spdlog/", {"sync/listener"}},
        {"rapidcheck", {"tests/properties"}}};
    return table;
}

int floor_of(const std::string& folder) {
    const auto found = floors().find(folder);
    return found == floors().end() ? -1 : found->second;
}

std::string folder_of(const std::string& header) {
    return header.substr(0, header.rfind('/'));
}

}  // namespace

TEST_CASE("every folder with code stands on a floor", "[house]") {
    for (const SourceFile& file : sources())
        if (!file.is_test()) {
            INFO(file.path);
            CHECK(floor_of(file.folder()) >= 0);
        }
}

TEST_CASE("includes go downstairs only", "[house]") {
    for (const SourceFile& file : sources()) {
        if (file.is_test())
            continue;
        for (const Include& include : includes(file)) {
            if (!include.ours)
                continue;
            const std::string to = folder_of(include.name);
            if (to == file.folder())
                continue;
            INFO(fmt::format("{}:{} includes {}", file.path, include.line, include.name));
            CHECK(floor_of(to) >= 0);
            CHECK(floor_of(to) < floor_of(file.folder()));
            CHECK(walls().count({file.folder(), to}) == 0);
        }
    }
}

TEST_CASE("includes of ours are written from the root and name a file that exists", "[house]") {
    std::set<std::string> headers;
    for (const SourceFile& file : sources())
        headers.insert(file.path);
    for (const SourceFile& file : sources())
        for (const Include& include : includes(file))
            if (include.ours) {
                INFO(fmt::format("{}:{} includes {}", file.path, include.line, include.name));
                CHECK(headers.count(include.name) == 1);
            }
}

TEST_CASE("third-party headers stay in their rooms", "[house]") {
    for (const SourceFile& file : sources())
        for (const Include& include : includes(file))
            for (const Corner& corner : corners())
                if (!include.ours && include.name.starts_with(corner.prefix)) {
                    INFO(fmt::format("{}:{} includes <{}>", file.path, include.line, include.name));
                    CHECK(corner.rooms.count(file.folder()) == 1);
                }
}

TEST_CASE("heavy headers stay out of headers", "[house]") {
    // What the listener's three files of sockets share; no header includes them in turn.
    const std::set<std::string> among_few{"sync/listener/guest_stream.h", "sync/listener/session.h"};
    for (const SourceFile& file : sources())
        for (const Include& include : includes(file))
            if (file.is_header() && !file.is_test()) {
                INFO(fmt::format("{}:{} includes <{}>", file.path, include.line, include.name));
                CHECK(include.name != "nlohmann/json.hpp");
                CHECK((among_few.count(file.path) == 1 || !include.name.starts_with("boost/")));
                CHECK(among_few.count(include.name) == 0);
                CHECK_FALSE(include.name.starts_with("CLI/"));
                CHECK_FALSE(include.name.starts_with("spdlog/"));
            }
}

TEST_CASE("the checker of the floors sees a step upstairs", "[house]") {
    const SourceFile wrong{"forms/base/x.cpp", {"#include \"sync/store/store.h\"", "#  include <sqlite3.h>"}};
    const auto found = includes(wrong);
    REQUIRE(found.size() == 2);
    CHECK(found[0].ours);
    CHECK(floor_of(folder_of(found[0].name)) > floor_of(wrong.folder()));
    CHECK_FALSE(found[1].ours);
    CHECK(found[1].name == "sqlite3.h");
}
