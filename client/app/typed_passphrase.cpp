#include "client/app/typed_passphrase.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <string_view>

namespace doorstep {

namespace {

// Those that end or stop a program at a terminal.  They wait while there is no echo, and
// are acted on when it is back.
sigset_t waiting_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int one : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP})
        sigaddset(&set, one);
    return set;
}

class QuietTerminal {
public:
    explicit QuietTerminal(const termios& before) : before_(before) {
        const sigset_t signals = waiting_signals();
        ::sigprocmask(SIG_BLOCK, &signals, &mask_before_);
        arrived_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
        quieten();
    }
    ~QuietTerminal() {
        restore();
        if (arrived_ >= 0)
            ::close(arrived_);
        ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
    }
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;

    // A line of the terminal; less than nothing: it is gone.
    ssize_t read_line(std::array<char, 4096>& line) {
        for (;;) {
            std::array<pollfd, 2> wanted{{{STDIN_FILENO, POLLIN, 0}, {arrived_, POLLIN, 0}}};
            if (::poll(wanted.data(), wanted.size(), -1) < 0) {
                if (errno == EINTR)
                    continue;
                return -1;
            }
            if (wanted[1].revents & POLLIN)
                act_on_signal();
            else if (wanted[0].revents != 0)
                return ::read(STDIN_FILENO, line.data(), line.size());
        }
    }

private:
    void quieten() {
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    void restore() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

    // As if it had come with the echo on.  Only who was stopped comes back from it.
    void act_on_signal() {
        signalfd_siginfo told{};
        if (::read(arrived_, &told, sizeof told) != static_cast<ssize_t>(sizeof told))
            return;
        restore();
        const sigset_t signals = waiting_signals();
        ::raise(static_cast<int>(told.ssi_signo));
        ::sigprocmask(SIG_UNBLOCK, &signals, nullptr);
        ::sigprocmask(SIG_BLOCK, &signals, nullptr);
        quieten();
    }

    const termios before_;
    sigset_t mask_before_{};
    int arrived_ = -1;
};

}  // namespace

Result<SecretText> typed_secret(const std::string& prompt, const std::string& what,
                                const std::string& instead) {
    termios before{};
    if (::tcgetattr(STDIN_FILENO, &before) != 0)
        return Error{Fault::bad_input, fmt::format("Nobody is at a terminal to type the {}.", what), instead};
    fmt::print(stderr, "{}: ", prompt);
    std::array<char, 4096> line;
    ssize_t read = -1;
    {
        QuietTerminal terminal(before);
        read = terminal.read_line(line);
    }
    fmt::print(stderr, "\n");
    auto size = read > 0 ? static_cast<std::size_t>(read) : 0;
    while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
        --size;
    SecretText typed(std::string_view(line.data(), size));
    ::explicit_bzero(line.data(), line.size());
    if (typed.view().find_first_not_of(" \t") == std::string_view::npos)
        return Error{Fault::bad_input, fmt::format("No {} was typed.", what), "Nothing was tried."};
    return typed;
}

Result<SecretText> typed_passphrase(const std::string& whose, const std::string& instead) {
    return typed_secret(fmt::format("Passphrase of {}", whose), "passphrase", instead);
}

}  // namespace doorstep
