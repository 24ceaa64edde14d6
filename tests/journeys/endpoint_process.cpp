#include "tests/journeys/endpoint_process.h"

#include "sync/http/endpoint_address.h"
#include "sync/wire/ticket.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace doorstep::journey {
namespace {

// `output`, `messages`: descriptors for what it prints.
pid_t spawned(const std::vector<std::string>& command, int output, int messages) {
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    for (std::string& each : words)
        arguments.push_back(each.data());
    arguments.push_back(nullptr);
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    dup2(output, STDOUT_FILENO);
    dup2(messages, STDERR_FILENO);
    execv(arguments.front(), arguments.data());
    _exit(127);
}

Error no_process(const std::string& program) {
    return {Fault::broken, fmt::format("{} could not be started.", program), "Build it first."};
}

std::string first_line(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return in.eof() && line.empty() ? std::string{} : line;
}

std::string read_to_end(int file) {
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = read(file, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

// The second word of the line whose first is `name`.
std::string field(const std::string& text, const std::string& name) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first, second;
        if (words >> first >> second && first == name)
            return second;
    }
    return {};
}

}  // namespace

Result<Ran> run(const std::vector<std::string>& command) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return no_process(command.front());
    const int messages = memfd_create("messages", MFD_CLOEXEC);
    const pid_t pid = spawned(command, ends[1], messages);
    close(ends[1]);
    Ran ran;
    if (pid > 0)
        ran.out = read_to_end(ends[0]);
    close(ends[0]);
    int status = 0;
    const bool ended = pid > 0 && waitpid(pid, &status, 0) == pid;
    lseek(messages, 0, SEEK_SET);
    ran.messages = read_to_end(messages);
    close(messages);
    if (!ended)
        return no_process(command.front());
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

Result<EndpointProcess> EndpointProcess::start(const std::string& program, const std::string& folder) {
    EndpointProcess endpoint(program, folder);
    TRY_DO(endpoint.spawn());
    return endpoint;
}

EndpointProcess::EndpointProcess(EndpointProcess&& other) noexcept
    : program_(std::move(other.program_)), folder_(std::move(other.folder_)), port_(other.port_),
      pid_(std::exchange(other.pid_, -1)) {}

EndpointProcess::~EndpointProcess() {
    if (pid_ <= 0)
        return;
    kill(pid_, SIGTERM);
    for (int i = 0; i < 300; ++i) {
        if (waitpid(pid_, nullptr, WNOHANG) == pid_)
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    kill_now();
}

void EndpointProcess::kill_now() {
    if (pid_ <= 0)
        return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

Result<void> EndpointProcess::start_again() {
    return spawn();
}

Result<void> EndpointProcess::spawn() {
    const std::string port_file = folder_ + "/season.port";
    std::filesystem::remove(port_file);
    const int log = open((folder_ + "/season.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0)
        return Error{Fault::not_writable, "The endpoint's folder cannot be written.", "Free space there."};
    pid_ = spawned({program_, "serve", "--data", folder_, "--port", std::to_string(port_), "--port-file",
                    port_file, "--keys-stored", "--sheet", folder_ + ".custody-sheet"},
                   log, log);
    close(log);
    if (pid_ < 0)
        return no_process(program_);
    for (int i = 0; i < 6000; ++i) {  // a minute, for a machine that is busy
        if (const std::string line = first_line(port_file); !line.empty()) {
            port_ = std::atoi(line.c_str());
            return {};
        }
        if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
            pid_ = -1;
            return Error{Fault::broken, "The endpoint ended instead of listening.",
                         "Run again with --keep: its reason is in season.log of its folder."};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return Error{Fault::broken, "The endpoint did not begin to listen within a minute.", ""};
}

Result<TabletIdentity> EndpointProcess::enrol(const std::string& tablet) const {
    TRY(const Ran ran, run({program_, "enrol", "--data", folder_, tablet}));
    const auto ticket = wire::decode_ticket(field(ran.out, "ticket"));
    if (ran.status != 0 || !ticket.ok())
        return Error{Fault::broken, fmt::format("Tablet {} could not be enrolled: {}", tablet, ran.messages),
                     ""};
    TRY(const std::string address, pinned_address(url(), ticket->authority_pins));
    return TabletIdentity{ticket->enrolment,
                          tablet,
                          address,
                          ticket->seed,
                          ticket->safeguarding_key,
                          ticket->sealing_key,
                          ticket->signing_key,
                          ticket->recovery_key};
}

Result<std::string> EndpointProcess::report(const std::string& from, const std::string& to,
                                            const std::string& column_set) const {
    TRY(const Ran ran,
        run({program_, "report", "--data", folder_, "--from", from, "--to", to, "--columns", column_set}));
    if (ran.status != 0)
        return Error{Fault::broken, fmt::format("The endpoint gave no report: {}", ran.messages), ""};
    return ran.out;
}

Result<std::string> fresh_folder() {
    std::error_code fault;
    std::string name = std::filesystem::temp_directory_path(fault).string() + "/doorstep-season-XXXXXX";
    if (fault || !mkdtemp(name.data()))
        return Error{Fault::not_writable, "No temporary folder could be made.",
                     "Set TMPDIR to a folder that can be written."};
    return name;
}

std::string program_folder() {
    std::error_code fault;
    return std::filesystem::read_symlink("/proc/self/exe", fault).parent_path().string();
}

}  // namespace doorstep::journey
