#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "sync/store/identity_file.h"
#include "sync/vault/durable_file.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

TabletIdentity some_identity() {
    return {*Uuid::parse("00000000-0000-4000-8000-000000000001"),
            "tab-01",
            "http://127.0.0.1:9",
            std::string(64, 'a'),
            std::string(32, 's'),
            std::string(32, '\0'),
            std::string(32, '\xff'),
            std::string(32, 'r')};
}

}  // namespace

TEST_CASE("the identity of a locked tablet comes back under its device secret alone", "[identity]") {
    const TemporaryFolder folder;
    const std::string file = folder.file("identity");
    const auto device = *DeviceSecret::make(folder.file("device"));
    REQUIRE(keep_identity(file, some_identity(), device).ok());
    const auto back = read_identity(file, device);
    REQUIRE(back.ok());
    CHECK(back->enrolment == some_identity().enrolment);
    CHECK(back->seed == some_identity().seed);
    CHECK(back->sealing_key == some_identity().sealing_key);
    CHECK(back->signing_key == some_identity().signing_key);
    struct stat facts {};
    REQUIRE(::stat(file.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    const auto bytes = *read_small_file(file, 100'000);
    CHECK(bytes.find("tab-01") == std::string::npos);
    CHECK(bytes.find(std::string(64, 'a')) == std::string::npos);

    const auto other = *DeviceSecret::make(folder.file("other-device"));
    CHECK(read_identity(file, other).error().fault == Fault::damaged);
    for (std::size_t at = 0; at < bytes.size(); at += 37) {
        auto altered = bytes;
        altered[at] = static_cast<char>(altered[at] ^ 1);
        REQUIRE(write_durably(file, altered, 0600).ok());
        CHECK(read_identity(file, device).error().fault == Fault::damaged);
    }
    CHECK(read_identity(folder.file("none"), device).error().fault == Fault::not_found);
}
