// A program that is measured from outside: when it was started, what it said, what the
// kernel counted for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "forms/base/result.h"

namespace doorstep::bench {

// Of the clock that parent and child share.
std::int64_t now_ns();
double rss_mb(const std::string& process = "self");

// What the kernel counted for all threads of a process.
struct Counted {
    std::int64_t woken = 0;  // a thread that slept ran again
    double cpu_ms = 0;
};

class Child {
public:
    // `environment`: "NAME=value" beside and above our own.  The command stands by its path.
    static Result<Child> start(const std::vector<std::string>& command,
                               const std::vector<std::string>& environment = {});
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();  // asks it to end and waits

    // Its next line; nothing when it ended or said nothing for so long.
    std::optional<std::string> line(int timeout_ms);
    std::int64_t started_ns() const { return started_ns_; }  // before execv
    double rss_mb() const;
    double peak_mb() const;  // the most that it ever had
    Counted counted() const;

private:
    Child() = default;

    pid_t pid_ = -1;
    int from_ = -1;
    std::int64_t started_ns_ = 0;
    std::string heard_;
};

// Beside the program that runs.
std::string program(const std::string& name);

}  // namespace doorstep::bench
