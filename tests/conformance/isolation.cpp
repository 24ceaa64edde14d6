#include "tests/conformance/isolation.h"

#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

namespace doorstep::conformance {
namespace {

using nlohmann::json;

std::string packed(const Outcome& outcome) {
    const json line{{"verdict", static_cast<int>(outcome.verdict)},
                    {"expected", outcome.expected},
                    {"got", outcome.got},
                    {"reason", outcome.reason},
                    {"tally", outcome.tally}};
    return line.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
}

Outcome unpacked(const std::string& line) {
    const json read = json::parse(line, nullptr, false);
    if (!read.is_object())
        return Outcome::fail("", line, "the child's answer was cut off");
    return {static_cast<Verdict>(read.value("verdict", 1)), read.value("expected", ""), read.value("got", ""),
            read.value("reason", ""), read.value("tally", std::map<std::string, std::size_t>{})};
}

void write_all(int to, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t written = write(to, text.data() + done, text.size() - done);
        if (written <= 0)
            _exit(1);
        done += static_cast<std::size_t>(written);
    }
}

// Time of computing, so that a busy machine is no hang; and for what waits forever
// without computing, much more time by the clock.
void limit(unsigned seconds) {
    constexpr unsigned patience = 20;
    const itimerval computing{{0, 0}, {static_cast<time_t>(seconds), 0}};
    setitimer(ITIMER_PROF, &computing, nullptr);
    alarm(seconds * patience);
}

// Runs cases from `next` on and answers each with a line; ends early only by dying, of
// what is thrown too.
[[noreturn]] void child(const std::vector<const Case*>& cases, std::size_t next, int to) noexcept {
    for (; next < cases.size(); ++next) {
        limit(cases[next]->seconds);
        const Outcome outcome = cases[next]->run();
        limit(0);
        write_all(to, packed(outcome));
    }
    _exit(0);
}

void read_answers(int from, std::vector<Outcome>& outcomes) {
    FILE* const stream = fdopen(from, "r");
    char* line = nullptr;
    std::size_t room = 0;
    while (getline(&line, &room, stream) > 0)
        outcomes.push_back(unpacked(line));
    std::free(line);
    std::fclose(stream);
}

}  // namespace

std::vector<Outcome> run_isolated(const std::vector<const Case*>& cases) {
    std::vector<Outcome> outcomes;
    while (outcomes.size() < cases.size()) {
        int ends[2];
        if (pipe(ends) != 0)
            return outcomes;
        std::fflush(stdout);
        const pid_t worker = fork();
        if (worker == 0) {
            close(ends[0]);
            child(cases, outcomes.size(), ends[1]);
        }
        close(ends[1]);
        read_answers(ends[0], outcomes);
        int status = 0;
        if (worker < 0 || waitpid(worker, &status, 0) < 0)
            return outcomes;
        if (outcomes.size() < cases.size()) {
            const bool hung =
                WIFSIGNALED(status) && (WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGPROF);
            outcomes.push_back(Outcome::fail("", "", hung ? "never ended" : "crashed"));
        }
    }
    return outcomes;
}

}  // namespace doorstep::conformance
