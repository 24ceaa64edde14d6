#include "client/platform/endings.h"

#include <SDL.h>
#include <dlfcn.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "client/platform/sdl_events.h"

namespace doorstep {
namespace {

bool ignored(int signal) {
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t asks_to_end() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1})
        if (!ignored(signal))  // a blocked one would be kept, and read, all the same
            sigaddset(&set, signal);
    return set;
}

Error cannot_listen() {
    return {Fault::broken, "The window cannot listen for signals to close.",
            "Close other programs and start again."};
}

// As Xlib's XIOErrorHandler, whose header we do without.
extern "C" int doorstep_display_gone(void*) {
    constexpr std::string_view words =
        "doorstep: the display has gone. What was saved is kept; start again when there is a display.\n";
    const ssize_t said = ::write(STDERR_FILENO, words.data(), words.size());
    _exit(said < 0 ? EXIT_FAILURE + 1 : EXIT_FAILURE);
}

}  // namespace

Result<std::unique_ptr<CloseSignals>> CloseSignals::watch() {
    std::unique_ptr<CloseSignals> self(new CloseSignals);
    const sigset_t set = asks_to_end();
    self->blocked_ = pthread_sigmask(SIG_BLOCK, &set, &self->before_) == 0;
    self->signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    self->stop_ = eventfd(0, EFD_CLOEXEC);
    if (!self->blocked_ || self->signals_ < 0 || self->stop_ < 0)
        return cannot_listen();
    return self;
}

Result<void> CloseSignals::tell() {
    try {
        reader_ = std::thread([this] { read_on(); });
    } catch (const std::system_error&) {
        return cannot_listen();
    }
    return {};
}

void CloseSignals::read_on() const {
    std::array<pollfd, 2> both{pollfd{signals_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
    while (true) {
        if (poll(both.data(), both.size(), -1) < 0 && errno != EINTR)
            return;
        if (both[1].revents != 0)
            return;
        signalfd_siginfo info{};
        if (read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info))
            continue;  // another window of this process took it
        SDL_Event told{};
        told.type = info.ssi_signo == SIGUSR1 ? SdlEvents::lock_type() : static_cast<Uint32>(SDL_QUIT);
        SDL_PushEvent(&told);
    }
}

CloseSignals::~CloseSignals() {
    if (reader_.joinable()) {
        const std::uint64_t one = 1;
        while (write(stop_, &one, sizeof one) < 0 && errno == EINTR) {
        }
        reader_.join();
    }
    for (const int fd : {signals_, stop_})
        if (fd >= 0)
            close(fd);
    if (blocked_)
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void hold_lock_signal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void ignore_lock_signal() {
    std::signal(SIGUSR1, SIG_IGN);
}

void end_at_once_without_display() {
    // SDL has loaded Xlib by itself when it uses it; else there is nothing to do.
    void* xlib = dlopen("libX11.so.6", RTLD_LAZY | RTLD_NOLOAD);
    if (!xlib)
        return;
    using Handler = int (*)(void*);
    using Set = Handler (*)(Handler);
    if (const auto set = reinterpret_cast<Set>(dlsym(xlib, "XSetIOErrorHandler")))
        set(doorstep_display_gone);
    dlclose(xlib);  // SDL keeps its own hold
}

}  // namespace doorstep
