// The real `doorstep-endpoint` as a child process, on a free loopback port and a
// folder of its own; killed with -9 and started again as often as wanted.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

#include "forms/base/result.h"
#include "sync/store/store.h"

namespace doorstep::journey {

struct Ran {
    int status = -1;       // exit status; -1 when it was killed
    std::string out;       // what it printed
    std::string messages;  // on standard error
};
// Runs a program to its end.
Result<Ran> run(const std::vector<std::string>& command);

class EndpointProcess {
public:
    // Starts `program serve` on `folder` and waits until it listens.
    static Result<EndpointProcess> start(const std::string& program, const std::string& folder);
    EndpointProcess(EndpointProcess&& other) noexcept;
    EndpointProcess& operator=(EndpointProcess&&) = delete;
    ~EndpointProcess();

    std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
    Result<TabletIdentity> enrol(const std::string& tablet) const;
    Result<std::string> report(const std::string& from, const std::string& to,
                               const std::string& column_set) const;

    void kill_now();  // -9; the kernel has taken it when this returns
    Result<void> start_again();

private:
    EndpointProcess(std::string program, std::string folder)
        : program_(std::move(program)), folder_(std::move(folder)) {}
    Result<void> spawn();

    std::string program_;
    std::string folder_;
    int port_ = 0;  // 0: any; kept afterwards, since the tablets know it
    pid_t pid_ = -1;
};

// A new folder for the season, or an error that says what to do.
Result<std::string> fresh_folder();
// The folder where this program stands, and its siblings.
std::string program_folder();

}  // namespace doorstep::journey
