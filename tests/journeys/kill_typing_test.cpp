// A tablet is killed with -9 while somebody types: it opens on the same question, with all
// that was typed up to 250 ms before the kill.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "client/app/crew.h"
#include "tests/client/app/shift_in_hand.h"

using namespace doorstep;
using namespace doorstep::test;

namespace {

constexpr std::int64_t within_us = 250'000;
constexpr std::int64_t between_letters_us = 20'000;

int kills() {
    const char* said = std::getenv("DOORSTEP_KILLS");
    return std::max(3, (said ? std::atoi(said) : 300) / 25);
}

std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// In a number field each further digit is a new text, as in any other: 1, 2, 3 ...
struct Letter {
    int number = 0;
    std::int64_t at_us = 0;
    std::int64_t late_us = 0;  // how long, at most, the machine let this process wait so far
};

// Of the process that is killed: types, and says what, until it is.
[[noreturn]] void type_for_ever(ShiftInHand& day, NodeRef node, int tell) {
    CrewOptions options;
    options.shift = day.options();
    options.line = [](const TabletIdentity&) -> Result<std::unique_ptr<HttpClient>> {
        return std::unique_ptr<HttpClient>(new Answering([](const HttpRequest&) -> Result<HttpReply> {
            return Error{Fault::unreachable, "There is no network.", "Try again later."};
        }));
    };
    Crew crew(options, day.clock, day.random, day.wordings);
    if (!crew.start().ok())
        _exit(1);
    while (!std::holds_alternative<PageView>(crew.view()->screen) || crew.busy())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::int64_t late_us = 0;
    for (int number = 1;; ++number) {
        crew.post(intent::GiveAnswer{node, Answer::given(std::to_string(number)), true});
        std::ostringstream line;
        line << number << ' ' << now_us() << ' ' << late_us << '\n';
        const std::string text = line.str();
        if (::write(tell, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            _exit(1);
        const std::int64_t from = now_us();
        std::this_thread::sleep_for(std::chrono::microseconds(between_letters_us));
        late_us = std::max(late_us, now_us() - from - between_letters_us);
    }
}

std::string all_of(int pipe_end) {
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(pipe_end, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

std::vector<Letter> letters_in(const std::string& text) {
    std::vector<Letter> letters;
    std::istringstream lines(text);
    for (Letter one; lines >> one.number >> one.at_us >> one.late_us;)
        letters.push_back(one);
    return letters;
}

struct Killed {
    std::vector<Letter> letters;
    std::int64_t at_us = 0;
};

Killed type_until_killed(ShiftInHand& day, NodeRef node, int ms) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        type_for_ever(day, node, ends[1]);
    }
    close(ends[1]);
    REQUIRE(pid > 0);
    char first = 0;
    REQUIRE(::read(ends[0], &first, 1) == 1);  // it types
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    Killed killed;
    killed.at_us = now_us();
    kill(pid, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    REQUIRE(WIFSIGNALED(status));
    killed.letters = letters_in(first + all_of(ends[0]));
    close(ends[0]);
    return killed;
}

// What must be there.  A machine that lets processes wait is given as long again for each
// of the steps between a letter and the disk.
int surely_typed(const Killed& killed) {
    int number = 0;
    for (const Letter& each : killed.letters)
        if (each.at_us + within_us + 4 * killed.letters.back().late_us <= killed.at_us)
            number = each.number;
    return number;
}

}  // namespace

TEST_CASE("text that was typed up to 250 ms before a kill is there, on the same question", "[kill][typing]") {
    ShiftInHand day;
    day.open();
    day.start("14 Mill Lane");
    day.turn_to("household_size");
    const std::string place = day.view().place;
    NodeRef node{};
    for (const QuestionItem& item : day.screen<PageView>().items)
        if (item.question.name == "household_size")
            node = item.question.node;
    day.act(intent::StandOn{node});
    int held_to = 0;
    for (int i = 0; i < kills(); ++i) {
        day.shift.reset();  // the child opens the records
        const Killed killed = type_until_killed(day, node, 300 + static_cast<int>(day.random.below(500)));
        REQUIRE_FALSE(killed.letters.empty());
        day.open();
        INFO("kill " << i << ", after " << killed.letters.size() << " letters");
        CHECK(day.view().place == place);
        CHECK(day.screen<PageView>().in_hand == node);
        const int kept = std::atoi(day.answer_to("household_size").text.c_str());
        CHECK(kept >= surely_typed(killed));
        CHECK(kept <= killed.letters.back().number);
        held_to += surely_typed(killed) > 0 ? 1 : 0;
    }
    if (held_to == 0)
        WARN("this machine is too slow to tell: no letter was old enough at a kill");
}
