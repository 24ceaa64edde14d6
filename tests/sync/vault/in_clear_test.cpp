// Built with DOORSTEP_SEALING_OFF: the control that searches for plain text must catch.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "sync/vault/sealed_row.h"

using namespace doorstep;

TEST_CASE("with sealing off a row can be read by anybody, and the build says so", "[vault]") {
    CHECK_FALSE(rows_are_sealed());
    RowKeys keys;
    keys.add(1, SecretBytes::random());
    const RowIdentity row{Uuid{}, "draft", 1};
    const auto sealed = keys.seal(row, "CANARY Quartzmeadow");
    CHECK(sealed.find("CANARY Quartzmeadow") != std::string::npos);
    CHECK(keys.open(row, 1, sealed)->view() == "CANARY Quartzmeadow");
}

TEST_CASE("no preset switches sealing off", "[vault]") {
    std::ostringstream presets;
    presets << std::ifstream("CMakePresets.json").rdbuf();
    CHECK(presets.str().find("configurePresets") != std::string::npos);
    CHECK(presets.str().find("SEALING_OFF") == std::string::npos);
}
