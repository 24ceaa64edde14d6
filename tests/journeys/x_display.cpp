#include "tests/journeys/x_display.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/journeys/endpoint_process.h"

namespace doorstep::journey {
namespace {

std::string found(const std::string& program) {
    const std::string path = "/usr/bin/" + program;
    return access(path.c_str(), X_OK) == 0 ? path : std::string{};
}

Result<pid_t> spawn(const std::vector<std::string>& command, const std::string& display, int keep_open) {
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    for (std::string& each : words)
        arguments.push_back(each.data());
    arguments.push_back(nullptr);
    const std::string setting = "DISPLAY=" + display;
    const pid_t pid = fork();
    if (pid == 0) {
        if (!display.empty())
            putenv(const_cast<char*>(setting.c_str()));
        unsetenv("WAYLAND_DISPLAY");
        if (keep_open >= 0)
            fcntl(keep_open, F_SETFD, 0);
        execv(arguments.front(), arguments.data());
        _exit(127);
    }
    if (pid < 0)
        return Error{Fault::broken, fmt::format("{} could not be started.", command.front()), ""};
    return pid;
}

std::uint32_t big_endian(const std::string& bytes, std::size_t word) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[word * 4 + i]);
    return value;
}

// The dump of xwd: a header of 25 words, a colour map, rows of 32 bits (B G R -).
Result<Picture> picture_of(const std::string& dump) {
    constexpr std::size_t words = 25;
    const Error wrong{Fault::broken, "The screen could not be read.", ""};
    if (dump.size() < words * 4)
        return wrong;
    const std::size_t header = big_endian(dump, 0);
    const std::size_t width = big_endian(dump, 4), height = big_endian(dump, 5);
    const std::size_t bits = big_endian(dump, 11), row = big_endian(dump, 12);
    const std::size_t colours = big_endian(dump, 19);
    const std::size_t begins = header + colours * 12;
    if (bits != 32 || dump.size() < begins + row * height)
        return wrong;
    Picture picture{static_cast<int>(width), static_cast<int>(height), {}};
    picture.rgb.reserve(width * height * 3);
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x)
            for (const std::size_t channel : {2u, 1u, 0u})
                picture.rgb.push_back(static_cast<std::uint8_t>(dump[begins + y * row + x * 4 + channel]));
    return picture;
}

}  // namespace

Result<XDisplay> XDisplay::start(int width, int height) {
    for (const std::string program : {"Xvfb", "xdotool", "xwd"})
        if (found(program).empty())
            return Error{Fault::not_found, program + " is not installed.",
                         "Run packaging/install-packages test."};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return Error{Fault::broken, "No pipe could be made.", ""};
    TRY(const pid_t pid, spawn({found("Xvfb"), "-displayfd", std::to_string(ends[1]), "-screen", "0",
                                fmt::format("{}x{}x24", width, height), "-nolisten", "tcp", "-noreset"},
                               {}, ends[1]));
    close(ends[1]);
    std::string line;
    for (char letter = 0; read(ends[0], &letter, 1) == 1 && letter != '\n';)
        line += letter;
    close(ends[0]);
    if (line.empty()) {
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        return Error{Fault::broken, "Xvfb ended instead of showing a screen.", ""};
    }
    return XDisplay(std::atoi(line.c_str()), pid);
}

XDisplay::XDisplay(XDisplay&& other) noexcept : number_(other.number_), pid_(std::exchange(other.pid_, -1)) {}

XDisplay::~XDisplay() {
    if (pid_ <= 0)
        return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

Result<pid_t> XDisplay::open(const std::vector<std::string>& command) const {
    return spawn(command, name(), -1);
}

Result<void> XDisplay::wait_for_window(const std::string& title) const {
    setenv("DISPLAY", name().c_str(), 1);
    for (int i = 0; i < 600; ++i) {
        TRY(const Ran ran, run({found("xdotool"), "search", "--onlyvisible", "--name", title}));
        if (ran.status == 0 && !ran.out.empty())
            return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return Error{Fault::not_found, fmt::format("No window \"{}\" came up.", title), ""};
}

Result<void> XDisplay::tap(float x, float y) const {
    setenv("DISPLAY", name().c_str(), 1);
    TRY(const Ran ran, run({found("xdotool"), "mousemove", fmt::format("{:.0f}", x), fmt::format("{:.0f}", y),
                            "sleep", "0.05", "mousedown", "1", "sleep", "0.05", "mouseup", "1"}));
    if (ran.status != 0)
        return Error{Fault::broken, "xdotool: " + ran.messages, ""};
    return {};
}

Result<Picture> XDisplay::look() const {
    setenv("DISPLAY", name().c_str(), 1);
    TRY(const Ran ran, run({found("xwd"), "-root", "-silent"}));
    if (ran.status != 0)
        return Error{Fault::broken, "xwd: " + ran.messages, ""};
    return picture_of(ran.out);
}

}  // namespace doorstep::journey
