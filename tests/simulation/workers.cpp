#include "tests/simulation/workers.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace doorstep::simulation {

namespace {

struct Worker {
    pid_t process = -1;
    int pipe = -1;
    std::size_t task = 0;
};

void say(int pipe, const std::string& text) {
    for (std::size_t said = 0; said < text.size();) {
        const auto wrote = ::write(pipe, text.data() + said, text.size() - said);
        if (wrote <= 0)
            return;
        said += static_cast<std::size_t>(wrote);
    }
}

Worker begin(const std::vector<std::function<std::string()>>& tasks, std::size_t task) {
    int ends[2] = {-1, -1};
    std::fflush(nullptr);
    if (::pipe(ends) != 0)
        return {-1, -1, task};
    const pid_t process = ::fork();
    if (process == 0) {
        ::close(ends[0]);
        say(ends[1], tasks[task]());
        std::_Exit(0);
    }
    ::close(ends[1]);
    return {process, ends[0], task};
}

// False: it has ended.
bool listen(const Worker& worker, std::string& heard) {
    char bytes[4096];
    const auto got = ::read(worker.pipe, bytes, sizeof bytes);
    if (got > 0) {
        heard.append(bytes, static_cast<std::size_t>(got));
        return true;
    }
    ::close(worker.pipe);
    int status = 0;
    ::waitpid(worker.process, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        heard.clear();
    return false;
}

}  // namespace

std::vector<std::string> run_tasks(const std::vector<std::function<std::string()>>& tasks,
                                   unsigned processes) {
    std::vector<std::string> said(tasks.size());
    if (processes <= 1) {
        for (std::size_t i = 0; i < tasks.size(); ++i)
            said[i] = tasks[i]();
        return said;
    }
    std::vector<Worker> workers;
    std::size_t next = 0;
    while (next < tasks.size() || !workers.empty()) {
        while (workers.size() < processes && next < tasks.size())
            if (const auto worker = begin(tasks, next++); worker.process > 0)
                workers.push_back(worker);
        std::vector<pollfd> waits;
        for (const auto& worker : workers)
            waits.push_back({worker.pipe, POLLIN, 0});
        ::poll(waits.data(), waits.size(), -1);
        for (std::size_t i = workers.size(); i-- > 0;)
            if (waits[i].revents != 0 && !listen(workers[i], said[workers[i].task]))
                workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return said;
}

}  // namespace doorstep::simulation
