#include "sync/listener/alarm_command.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "tests/sync/listener/process.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

std::string script(const TemporaryFolder& folder, const std::string& body) {
    const std::string file = folder.path() + "/tell";
    std::ofstream(file) << "#!/bin/sh\n" << body << "\n";
    REQUIRE(::chmod(file.c_str(), 0700) == 0);
    return file;
}

}  // namespace

TEST_CASE("an alarm command is told its words, without a shell between") {
    const TemporaryFolder folder;
    const std::string told = folder.path() + "/told";
    const auto program = script(folder, "printf '%s|' \"$@\" >'" + told + "'");
    const std::vector<std::string> words{"not_received", "fire", "0b9e6f2c-0000-4000-8000-000000000001"};
    const auto ran = run_alarm_command(program, words, limits::milliseconds(60'000));
    INFO((ran.ok() ? "" : ran.error().text()));
    REQUIRE(ran.ok());
    CHECK(file_text(told) == "not_received|fire|0b9e6f2c-0000-4000-8000-000000000001|");
}

TEST_CASE("an alarm command is never told what could be personal") {
    const TemporaryFolder folder;
    const std::string told = folder.path() + "/told";
    const auto program = script(folder, "touch '" + told + "'");
    for (const std::string word : {"Mrs Quartzmeadow", "", "$(id)", "a\nb"}) {
        const std::vector<std::string> words{word};
        CHECK(run_alarm_command(program, words).error().fault == Fault::bad_input);
    }
    CHECK(::access(told.c_str(), F_OK) != 0);
}

TEST_CASE("an alarm command that nobody can run is told before it is needed") {
    const TemporaryFolder folder;
    const auto program = script(folder, "exit 0");
    CHECK(can_run_alarm_command("").ok());  // none is wanted
    CHECK(can_run_alarm_command(program).ok());
    CHECK(can_run_alarm_command("true").ok());
    for (const auto& wrong : {folder.path() + "/none", folder.path(), program + " loud",
                              std::string("no-such-program-of-doorstep")}) {
        const auto refused = can_run_alarm_command(wrong);
        INFO(wrong);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().fault == Fault::not_found);
    }
    REQUIRE(::chmod(program.c_str(), 0600) == 0);
    CHECK_FALSE(can_run_alarm_command(program).ok());

    EndpointProgram endpoint(folder / "data");
    const auto ended = endpoint.run({"serve", "--port", "0", "--alarm-command", folder / "none"});
    CHECK(ended.status == 1);
    CHECK(has(ended.err, "cannot be run"));
    CHECK_FALSE(std::filesystem::exists(endpoint.folder()));
}

TEST_CASE("an alarm command that hangs is ended with what it started, and one that fails is told") {
    const TemporaryFolder folder;
    const std::string child = folder.path() + "/child";
    const auto hangs = script(folder, "sleep 1000 & echo $! >'" + child + "'; wait");
    const std::vector<std::string> none;
    const auto hung = run_alarm_command(hangs, none, limits::milliseconds(2'000));
    REQUIRE_FALSE(hung.ok());
    CHECK(hung.error().fault == Fault::broken);
    const auto pid = std::atoi(file_text(child).c_str());
    if (pid > 0) {
        bool gone = false;
        for (int i = 0; i < 1'000 && !gone; ++i) {
            const std::string stat = file_text("/proc/" + std::to_string(pid) + "/stat");
            gone = stat.empty() || stat.find(") Z ") != std::string::npos;
            ::usleep(10'000);
        }
        CHECK(gone);
    }
    const auto fails = script(folder, "exit 3");
    CHECK(run_alarm_command(fails, none, limits::milliseconds(60'000)).error().fault == Fault::broken);
    CHECK(run_alarm_command(folder.path() + "/none", none).error().fault == Fault::not_found);
}
