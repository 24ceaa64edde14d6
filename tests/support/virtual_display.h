// An X server in memory, when Xvfb is installed: for what needs a real display.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace doorstep {

class VirtualDisplay {
public:
    // On a free display number; nothing when there is no Xvfb.
    static std::optional<VirtualDisplay> start(const std::string& screen = "1280x800x24") {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
            return std::nullopt;
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_adddup2(&files, ends[1], 3);
        posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes, &none);  // a window of ours blocks what ends it
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        const char* const words[] = {"Xvfb",      "-displayfd", "3",   "-screen",  "0",    screen.c_str(),
                                     "-nolisten", "tcp",        "-ac", "-noreset", nullptr};
        VirtualDisplay display;
        const int failed = posix_spawnp(&display.pid_, "Xvfb", &files, &attributes,
                                        const_cast<char* const*>(words), environ);
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
        close(ends[1]);
        if (failed == 0)
            display.name_ = read_number(ends[0]);
        else
            display.pid_ = -1;
        close(ends[0]);
        if (display.name_.empty())
            return std::nullopt;
        return display;
    }

    VirtualDisplay(VirtualDisplay&& other) noexcept
        : pid_(std::exchange(other.pid_, -1)), name_(std::move(other.name_)) {}
    VirtualDisplay& operator=(VirtualDisplay&&) = delete;
    ~VirtualDisplay() { end(SIGTERM); }

    const std::string& name() const { return name_; }  // ":7"
    void vanish() { end(SIGKILL); }

private:
    VirtualDisplay() = default;

    static std::string read_number(int from) {
        std::string number;
        pollfd ready{from, POLLIN, 0};
        char byte = 0;
        while (poll(&ready, 1, 20'000) > 0 && read(from, &byte, 1) == 1 && byte != '\n')
            number += byte;
        return number.empty() || byte != '\n' ? std::string() : ":" + number;
    }
    void end(int signal) {
        if (pid_ <= 0)
            return;
        kill(pid_, signal);
        waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }

    pid_t pid_ = -1;
    std::string name_;
};

}  // namespace doorstep
