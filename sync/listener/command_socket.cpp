#include "sync/listener/command_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <future>
#include <list>

namespace doorstep {

namespace {

constexpr const char* socket_name = "endpoint.socket";
constexpr const char* too_many_callers = "Too many commands are under way. Give this one again later.\n";

class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() {
        if (number_ >= 0)
            ::close(number_);
    }
    int get() const { return number_; }

private:
    int number_;
};

Error trouble(const std::string& folder) {
    return {Fault::not_writable,
            fmt::format("The command socket in {} cannot be used: {}.", folder, ::strerror(errno)),
            "Check that this user may write there."};
}

// A socket's path has at most 107 bytes, a folder's has no such bound: so it is named
// through the open folder.
sockaddr_un address_in(const Descriptor& folder) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = fmt::format("/proc/self/fd/{}/{}", folder.get(), socket_name);
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return address;
}

const sockaddr* plain(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

void set_patience(int socket, limits::seconds patience) {
    const timeval time{patience.count(), 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

bool send_all(int socket, std::string_view text) {
    while (!text.empty()) {
        const auto sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// Up to the end of the line; less when the other side ends or waits too long.
std::string read_line(int socket, std::size_t bytes_max) {
    std::string line;
    char part[4096];
    while (line.size() < bytes_max && (line.empty() || line.back() != '\n')) {
        const auto got = ::recv(socket, part, sizeof(part), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        line.append(part, static_cast<std::size_t>(got));
    }
    return line;
}

}  // namespace

struct CommandSocket::State {
    Intake& intake;
    Descriptor folder;
    Descriptor listening;
    Descriptor stop_read;
    Descriptor stop_write;
    // Each on a thread of its own, since some commands take minutes.
    struct Caller {
        std::shared_ptr<std::atomic<bool>> done = std::make_shared<std::atomic<bool>>(false);
        std::thread thread;
        Caller(State& state, Descriptor socket)
            : thread([&state, ended = done, one = std::move(socket)] {
                  state.answer(one.get());
                  *ended = true;
              }) {}
        Caller(const Caller&) = delete;
        Caller& operator=(const Caller&) = delete;
        ~Caller() { thread.join(); }
    };
    std::list<Caller> callers;  // the thread's
    std::thread thread;

    explicit State(Intake& where) : intake(where) {}
    ~State() {
        { const Descriptor closed = std::move(stop_write); }  // wakes the thread
        if (thread.joinable())
            thread.join();
        callers.clear();
        if (listening.get() >= 0)
            ::unlinkat(folder.get(), socket_name, 0);
    }
    void serve();
    void answer(int socket);
};

void CommandSocket::State::answer(int socket) {
    set_patience(socket, limits::command_wait);
    const auto line = read_line(socket, limits::command_bytes_max);
    auto answered = std::make_shared<std::promise<std::string>>();
    auto reply = answered->get_future();
    const bool taken =
        intake.put(Errand{line, [answered](std::string text) { answered->set_value(std::move(text)); }});
    // A backup takes minutes: a space now and then, which means nothing before the answer, says that
    // somebody is still at it.
    while (taken && reply.wait_for(limits::command_sign_of_life) == std::future_status::timeout)
        static_cast<void>(send_all(socket, " "));
    const auto text = taken ? reply.get() : encode(CommandOutcome{1, {}, "The endpoint is just ending.\n"});
    static_cast<void>(send_all(socket, text));  // who asked may have gone; nothing hangs on it
}

void CommandSocket::State::serve() {
    for (;;) {
        pollfd waiting[2] = {{listening.get(), POLLIN, 0}, {stop_read.get(), POLLIN, 0}};
        if (::poll(waiting, 2, -1) < 0 && errno != EINTR)
            return;
        if (waiting[1].revents != 0)
            return;
        if (waiting[0].revents == 0)
            continue;
        Descriptor caller(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
        // One is answered while another's backup is written.
        callers.remove_if([](const Caller& one) { return one.done->load(); });
        if (caller.get() < 0)
            continue;
        if (callers.size() >= limits::callers_max) {
            static_cast<void>(send_all(caller.get(), encode(CommandOutcome{1, {}, too_many_callers})));
            continue;
        }
        callers.emplace_back(*this, std::move(caller));
    }
}

CommandSocket::CommandSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}
CommandSocket::CommandSocket(CommandSocket&&) noexcept = default;
CommandSocket::~CommandSocket() = default;

Result<CommandSocket> CommandSocket::open(const std::string& folder, Intake& intake) {
    auto state = std::make_unique<State>(intake);
    state->folder = Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    Descriptor listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int pipe_ends[2] = {-1, -1};
    if (state->folder.get() < 0 || listening.get() < 0 || ::pipe2(pipe_ends, O_CLOEXEC) != 0)
        return trouble(folder);
    state->stop_read = Descriptor(pipe_ends[0]);
    state->stop_write = Descriptor(pipe_ends[1]);
    // Rows in a database keep nobody out of the folder.
    if (::flock(state->folder.get(), LOCK_EX | LOCK_NB) != 0)
        return Error{Fault::conflict, "Another doorstep-endpoint serves in the folder " + folder + ".",
                     "Give each its own --data."};
    ::unlinkat(state->folder.get(), socket_name, 0);
    const auto address = address_in(state->folder);
    // Nobody can connect before listen(), so the mode is right in time.
    if (::bind(listening.get(), plain(address), sizeof(address)) != 0 ||
        ::fchmodat(state->folder.get(), socket_name, 0600, 0) != 0 || ::listen(listening.get(), 8) != 0)
        return trouble(folder);
    state->listening = std::move(listening);
    state->thread = std::thread([raw = state.get()] { raw->serve(); });
    return CommandSocket(std::move(state));
}

Result<std::optional<CommandOutcome>> ask_running(const std::string& folder, const Command& command) {
    const Descriptor open_folder(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (open_folder.get() < 0 || socket.get() < 0)
        return std::optional<CommandOutcome>{};
    const auto address = address_in(open_folder);
    if (::connect(socket.get(), plain(address), sizeof(address)) != 0) {
        if (errno == EACCES || errno == EPERM)
            return trouble(folder);
        return std::optional<CommandOutcome>{};
    }
    set_patience(socket.get(), limits::command_wait * 3);
    if (!send_all(socket.get(), encode(command)))
        return trouble(folder);
    TRY(auto outcome, decode_outcome(read_line(socket.get(), 64 * 1024 * 1024)));
    return std::optional<CommandOutcome>(std::move(outcome));
}

}  // namespace doorstep
