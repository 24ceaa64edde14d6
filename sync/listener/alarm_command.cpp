#include "sync/listener/alarm_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

namespace doorstep {

namespace {

bool is_plain(const std::string& word) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:";
    return !word.empty() && word.size() <= 64 && word.find_first_not_of(allowed) == std::string::npos;
}

// Of a group of its own, so that it can be ended with what it started.
class SpawnRules {
public:
    SpawnRules() {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawn_file_actions_init(&files_);
        sigset_t none;
        sigset_t usual;
        ::sigemptyset(&none);
        ::sigemptyset(&usual);
        for (const int signal : {SIGPIPE, SIGXFSZ, SIGTERM, SIGINT})
            ::sigaddset(&usual, signal);
        ready_ = ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                              POSIX_SPAWN_SETSIGDEF) == 0 &&
                 ::posix_spawnattr_setpgroup(&attributes_, 0) == 0 &&
                 ::posix_spawnattr_setsigmask(&attributes_, &none) == 0 &&
                 ::posix_spawnattr_setsigdefault(&attributes_, &usual) == 0 &&
                 ::posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0) == 0 &&
                 ::posix_spawn_file_actions_addopen(&files_, 1, "/dev/null", O_WRONLY, 0) == 0 &&
                 ::posix_spawn_file_actions_addopen(&files_, 2, "/dev/null", O_WRONLY, 0) == 0 &&
                 // The store and the sockets are not for it.
                 ::posix_spawn_file_actions_addclosefrom_np(&files_, 3) == 0;
    }
    ~SpawnRules() {
        ::posix_spawn_file_actions_destroy(&files_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnRules(const SpawnRules&) = delete;
    SpawnRules& operator=(const SpawnRules&) = delete;

    bool start(pid_t& child, const std::string& program, std::span<const std::string> words) const {
        std::vector<std::string> copy{program};
        copy.insert(copy.end(), words.begin(), words.end());
        std::vector<char*> arguments;
        for (auto& word : copy)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        return ready_ &&
               ::posix_spawnp(&child, program.c_str(), &files_, &attributes_, arguments.data(), environ) == 0;
    }

private:
    posix_spawnattr_t attributes_{};
    posix_spawn_file_actions_t files_{};
    bool ready_ = false;
};

bool is_program(const std::string& file) {
    struct stat facts {};
    return ::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
           ::faccessat(AT_FDCWD, file.c_str(), X_OK, AT_EACCESS) == 0;
}

// As posix_spawnp looks for it.
bool is_found(const std::string& program) {
    if (program.find('/') != std::string::npos)
        return is_program(program);
    const char* const given = std::getenv("PATH");
    const std::string path = given != nullptr ? given : "/bin:/usr/bin";
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find(':', at), path.size());
        const auto folder = path.substr(at, end - at);
        if (is_program((folder.empty() ? std::string(".") : folder) + "/" + program))
            return true;
        at = end + 1;
    }
    return false;
}

}  // namespace

Result<void> can_run_alarm_command(const std::string& program) {
    if (program.empty() || is_found(program))
        return {};
    return Error{Fault::not_found, fmt::format("The alarm command {} cannot be run.", program),
                 "--alarm-command names one program that this user may run. It is run without a shell: what "
                 "needs words of its own goes into a script."};
}

Result<void> run_alarm_command(const std::string& program, std::span<const std::string> words,
                               limits::milliseconds at_most) {
    if (!std::all_of(words.begin(), words.end(), is_plain))
        return Error{Fault::bad_input, "An alarm command is told ids and codes only.", ""};
    const SpawnRules rules;
    pid_t child = -1;
    if (!rules.start(child, program, words))
        return Error{Fault::not_found, fmt::format("The alarm command {} cannot be started.", program),
                     "Check --alarm-command: it names a program that this user may run."};
    const auto end = std::chrono::steady_clock::now() + at_most;
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(child, &status, WNOHANG)) == 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(limits::milliseconds(10));
    if (ended == 0) {
        ::kill(-child, SIGKILL);
        ::waitpid(child, &status, 0);
        return Error{Fault::broken, fmt::format("The alarm command {} did not end in time.", program),
                     "It was killed. Let it hand over to another program and end."};
    }
    if (ended != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return Error{Fault::broken, fmt::format("The alarm command {} failed.", program),
                     "Run it by hand with the word test."};
    return {};
}

}  // namespace doorstep
