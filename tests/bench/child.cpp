#include "tests/bench/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <utility>

namespace doorstep::bench {
namespace {

namespace fs = std::filesystem;

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    for (std::string& word : words)
        list.push_back(word.data());
    list.push_back(nullptr);
    return list;
}

std::vector<std::string> environment_with(const std::vector<std::string>& ours) {
    std::vector<std::string> all = ours;
    for (char** at = environ; *at; ++at) {
        const std::string one = *at;
        const std::string name = one.substr(0, one.find('=') + 1);
        bool replaced = false;
        for (const std::string& other : ours)
            replaced = replaced || other.starts_with(name);
        if (!replaced)
            all.push_back(one);
    }
    return all;
}

// The number after `name` in a file of /proc; 0 when it is gone.
std::int64_t number_in(const fs::path& file, const std::string& name) {
    std::ifstream in(file);
    for (std::string word; in >> word;)
        if (word == name) {
            std::int64_t value = 0;
            in >> value;
            return value;
        }
    return 0;
}

}  // namespace

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double rss_mb(const std::string& process) {
    return static_cast<double>(number_in("/proc/" + process + "/status", "VmRSS:")) / 1024;
}

Result<Child> Child::start(const std::vector<std::string>& command,
                           const std::vector<std::string>& environment) {
    Child child;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return Error{Fault::broken, "No pipe could be opened.", "Close other programs and start again."};
    child.from_ = ends[0];
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::vector<std::string> words = command;
    std::vector<std::string> names = environment_with(environment);
    const auto arguments = pointers(words);
    const auto variables = pointers(names);
    child.started_ns_ = now_ns();
    const int failed = posix_spawn(&child.pid_, command.front().c_str(), &files, &attributes,
                                   arguments.data(), variables.data());
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    if (failed != 0) {
        child.pid_ = -1;
        return Error{Fault::not_found, fmt::format("{} could not be started.", command.front()),
                     "Build all programs of tests/bench."};
    }
    return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), from_(std::exchange(other.from_, -1)),
      started_ns_(other.started_ns_), heard_(std::move(other.heard_)) {}

Child::~Child() {
    if (pid_ > 0) {
        kill(pid_, SIGTERM);
        for (int tries = 0; tries < 500 && waitpid(pid_, nullptr, WNOHANG) == 0; ++tries) {
            if (tries == 499) {
                kill(pid_, SIGKILL);
                waitpid(pid_, nullptr, 0);
            }
            usleep(10'000);
        }
    }
    if (from_ >= 0)
        close(from_);
}

std::optional<std::string> Child::line(int timeout_ms) {
    const std::int64_t until = now_ns() + std::int64_t{timeout_ms} * 1'000'000;
    while (heard_.find('\n') == std::string::npos) {
        const std::int64_t left_ms = (until - now_ns()) / 1'000'000;
        pollfd ready{from_, POLLIN, 0};
        if (left_ms <= 0 || poll(&ready, 1, static_cast<int>(left_ms)) <= 0)
            return std::nullopt;
        char piece[256];
        const ssize_t size = read(from_, piece, sizeof piece);
        if (size <= 0)
            return std::nullopt;
        heard_.append(piece, static_cast<std::size_t>(size));
    }
    const std::size_t end = heard_.find('\n');
    std::string line = heard_.substr(0, end);
    heard_.erase(0, end + 1);
    return line;
}

double Child::rss_mb() const {
    return bench::rss_mb(std::to_string(pid_));
}

double Child::peak_mb() const {
    return static_cast<double>(number_in(fmt::format("/proc/{}/status", pid_), "VmHWM:")) / 1024;
}

Counted Child::counted() const {
    Counted all;
    std::error_code gone;
    for (fs::directory_iterator it(fmt::format("/proc/{}/task", pid_), gone), end; !gone && it != end;
         it.increment(gone)) {
        all.woken += number_in(it->path() / "status", "voluntary_ctxt_switches:");
        std::ifstream in(it->path() / "schedstat");
        std::int64_t ran_ns = 0;
        in >> ran_ns;
        all.cpu_ms += static_cast<double>(ran_ns) / 1e6;
    }
    return all;
}

std::string program(const std::string& name) {
    std::error_code problem;
    return (fs::read_symlink("/proc/self/exe", problem).parent_path() / name).string();
}

}  // namespace doorstep::bench
