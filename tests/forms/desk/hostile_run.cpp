#include "tests/forms/desk/hostile_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace doorstep {
namespace {

[[noreturn]] void become(const std::vector<std::string>& arguments, const RunLimits& limits, int output) {
    const rlimit seconds{limits.seconds, limits.seconds};
    setrlimit(RLIMIT_CPU, &seconds);
    if (limits.bytes) {
        const rlimit bytes{*limits.bytes, *limits.bytes};
        setrlimit(RLIMIT_AS, &bytes);
    }
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    std::vector<char*> list;
    for (const std::string& one : arguments)
        list.push_back(const_cast<char*>(one.c_str()));
    list.push_back(nullptr);
    execv(list.front(), list.data());
    _exit(127);
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

HostileRun run_limited(const std::vector<std::string>& arguments, const RunLimits& limits) {
    constexpr std::size_t output_kept = 2'000'000;
    HostileRun run;
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return run;
    const pid_t child = fork();
    if (child == 0)
        become(arguments, limits, ends[1]);
    close(ends[1]);
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = read(ends[0], buffer.data(), buffer.size())) > 0;)
        if (run.output.size() < output_kept)
            run.output.append(buffer.data(), static_cast<std::size_t>(got));
    close(ends[0]);
    rusage used{};
    if (wait4(child, &run.status, 0, &used) != child)
        run.status = -1;
    run.seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    run.mebibytes = static_cast<double>(used.ru_maxrss) / 1024;
    return run;
}

HostileRun run_hostile(const std::string& program, const HostileFile& file, const std::string& folder,
                       const RunLimits& limits) {
    std::filesystem::create_directories(folder);
    const std::string form = folder + "/" + file.name;
    write(form, file.content());
    std::vector<std::string> arguments{program, file.command, form};
    for (const auto& [name, content] : file.beside)
        write(folder + "/" + name, content());
    if (file.command == "submission")
        arguments.push_back(folder + "/" + file.beside.front().first);
    return run_limited(arguments, limits);
}

std::string HostileRun::complaint(const HostileFile& file) const {
    constexpr std::size_t most_output = 1'000'000;
    constexpr std::size_t shown = 400;
    const auto with_output = [&](const std::string& what) {
        return fmt::format("{}; it said: {}", what, output.substr(0, shown));
    };
    if (WIFSIGNALED(status))
        return with_output(fmt::format("ended by signal {}", WTERMSIG(status)));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != file.status)
        return with_output(fmt::format("ended with status {}, not {}", WEXITSTATUS(status), file.status));
    if (output.find(file.says) == std::string::npos)
        return with_output(fmt::format("did not say \"{}\"", file.says));
    return output.size() < most_output ? "" : fmt::format("said {} bytes", output.size());
}

}  // namespace doorstep
