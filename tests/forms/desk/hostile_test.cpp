// doorstep-forms against files that are made to hurt: each is refused with a message,
// within two seconds of computing and 256 MiB.  The kernel holds the program to both
// where it is built without sanitizers, as doorstep-forms-hostile does for the release;
// with them the time is stretched.
#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <sys/wait.h>

#include <filesystem>

#include "tests/forms/desk/hostile_run.h"
#include "tests/support/temporary_folder.h"

using namespace doorstep;

namespace {

#if defined(__SANITIZE_ADDRESS__)
const RunLimits limits{60, std::nullopt};
#else
const RunLimits limits{};
#endif

HostileRun check(const std::string& path) {
    return run_limited({DOORSTEP_FORMS, "check", path}, limits);
}

}  // namespace

TEST_CASE("every file that is made to hurt is refused in time, with a message", "[desk][hostile]") {
    const TemporaryFolder folder;
    int number = 0;
    for (const HostileFile& file : hostile_files()) {
        const std::string home = folder.file(std::to_string(++number));
        INFO(file.name);
        CHECK(run_hostile(DOORSTEP_FORMS, file, home, limits).complaint(file) == "");
        std::filesystem::remove_all(home);
    }
}

TEST_CASE("a file of holes is refused by its size, unread", "[desk][hostile]") {
    const TemporaryFolder folder;
    const std::string holes = folder.write("holes.csv", "");
    std::filesystem::resize_file(holes, std::uintmax_t{1} << 40);
    CHECK(check(holes).output.find("larger than 64 MiB") != std::string::npos);
}

TEST_CASE("a pipe in the place of a form holds nobody up", "[desk][hostile]") {
    const TemporaryFolder folder;
    for (const char* name : {"survey.csv", "form.csv", "form.xlsx", "form.md", "form.xml"}) {
        REQUIRE(mkfifo(folder.file(name).c_str(), 0600) == 0);
        const HostileRun run = check(folder.file(name));
        INFO(name << ": " << run.output);
        CHECK(WEXITSTATUS(run.status) == 1);
        CHECK(run.output.find(name) != std::string::npos);
    }
    CHECK(check(folder.path()).output.find("survey.csv: this is no file") != std::string::npos);
}
