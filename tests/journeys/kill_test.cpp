// A tablet is killed with -9 at three hundred instants, or as many as DOORSTEP_KILLS says,
// while an officer answers, types, undoes and finishes on it.  Whatever was acknowledged is
// there when it is opened again, once, and one stands on the same question.
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

#include "forms/base/encoding.h"
#include "sync/store/sealed_connection.h"
#include "tests/journeys/officer_under_fire.h"
#include "tests/support/row_keys.h"

using namespace doorstep;
using namespace doorstep::journey;

namespace {

int kills() {
    const char* said = std::getenv("DOORSTEP_KILLS");
    return std::max(1, said ? std::atoi(said) : 300);
}

// What the parent may rely on, from the lines that came through the pipe.
struct Believed {
    std::string draft;                      // empty: none
    std::map<std::string, Answer> answers;  // by path
    std::string position;
    std::map<std::string, int> finished;
    int turns = 0;                  // undone, done again
    std::optional<Line> in_flight;  // tried, not acknowledged
};

void took_effect(Believed& believed, const Line& line) {
    if (line.what == "open") {
        believed.draft = line.id;
        believed.answers.clear();
        believed.position = line.path;
    } else if (line.what == "answer") {
        believed.answers[line.path] = line.answer;
    } else if (line.what == "type") {
        believed.answers[line.path] = line.answer;
        believed.position = line.path;
    } else if (line.what == "undo" || line.what == "redo") {
        believed.answers[line.path] = line.answer;
        believed.position = line.id;
        ++believed.turns;
    } else if (line.what == "stand") {
        believed.position = line.path;
    } else if (line.what == "finish") {
        believed.finished[believed.draft] = 1;
        believed.draft.clear();
    }
}

std::string read_until(int pipe_end, int lines, int budget_ms) {
    std::string text;
    char buffer[4096];
    int seen = 0;
    for (int waited = 0; seen < lines && waited < budget_ms;) {
        fd_set ready;
        FD_ZERO(&ready);
        FD_SET(pipe_end, &ready);
        timeval a_moment{0, 1000};
        if (select(pipe_end + 1, &ready, nullptr, nullptr, &a_moment) <= 0) {
            ++waited;
            continue;
        }
        const ssize_t got = read(pipe_end, buffer, sizeof buffer);
        if (got <= 0)
            break;
        text.append(buffer, static_cast<std::size_t>(got));
        seen = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    }
    return text;
}

// Lets the officer work and kills them somewhere.
std::string work_until_killed(const std::string& file, const Library& library, std::uint64_t seed,
                              Random& random) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        work_for_ever(file, library, seed, ends[1]);
    }
    close(ends[1]);
    REQUIRE(pid > 0);
    const bool by_line = random.chance(0.7);
    const int lines = by_line ? 1 + static_cast<int>(random.below(24)) : 1'000'000;
    const int budget_ms = by_line ? 20'000 : 1 + static_cast<int>(random.below(150));
    std::string text = read_until(ends[0], lines, budget_ms);
    usleep(static_cast<useconds_t>(random.below(3000)));
    kill(pid, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    text += read_until(ends[0], 1'000'000, 1'000'000);
    close(ends[0]);
    INFO(text);
    REQUIRE(WIFSIGNALED(status));
    return text;
}

void believe(Believed& believed, const std::string& text) {
    believed.in_flight.reset();
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto read = Line::read(line);
        if (!read) {
            // Only the last one may be cut short: then it is as if it was never said.
            REQUIRE((lines.eof() || lines.peek() == EOF));
            break;
        }
        INFO(line);
        REQUIRE(read->what != "fault");
        if (read->saved) {
            took_effect(believed, *read);
            believed.in_flight.reset();
        } else {
            believed.in_flight = *read;
        }
    }
}

// What was in flight either happened or did not: belief takes it over if it did.
void settle_in_flight(Believed& believed, const std::vector<DraftHeader>& drafts, const Store& store) {
    if (!believed.in_flight)
        return;
    if (believed.in_flight->what == "open" && !drafts.empty()) {
        believed.draft = drafts.front().questionnaire.text();
        believed.answers.clear();
        believed.position.clear();  // wherever it begins
    }
    if (believed.in_flight->what == "finish" && drafts.empty()) {
        const auto log = store.log();
        REQUIRE(log.ok());
        took_effect(believed, *believed.in_flight);
    }
}

void check_draft(Believed& believed, Casework& casework) {
    const auto id = Uuid::parse(believed.draft);
    REQUIRE(id);
    const auto resumed = casework.resume(*id);
    if (!resumed.ok())
        FAIL(resumed.error().text());
    const auto& flight = believed.in_flight;
    const bool turning = flight && (flight->what == "undo" || flight->what == "redo");
    if (turning || (flight && (flight->what == "answer" || flight->what == "type"))) {
        const auto node = resumed->session().find(flight->path);
        REQUIRE(node);
        const auto view = resumed->session().view(*node);
        REQUIRE(view.ok());
        // Nobody was told how an undo ends before it is told that it is saved.
        if (turning || view->answer == flight->answer)
            believed.answers[flight->path] = view->answer;
    }
    for (const auto& [path, answer] : believed.answers) {
        INFO(path);
        const auto node = resumed->session().find(path);
        REQUIRE(node);
        const auto view = resumed->session().view(*node);
        REQUIRE(view.ok());
        CHECK(view->answer == answer);
    }
    REQUIRE(resumed->position());
    const auto stands = resumed->session().view(*resumed->position());
    REQUIRE(stands.ok());
    const bool in_flight = turning || (flight && (flight->what == "stand" || flight->what == "type") &&
                                       stands->path == flight->path);
    if (!in_flight && !believed.position.empty())
        CHECK(stands->path == believed.position);
    believed.position = stands->path;
    CHECK(resumed->session().dump() == resumed->session().dump_from_scratch());
}

void check_finished(const Believed& believed, const Store& store) {
    const auto log = store.log();
    REQUIRE(log.ok());
    std::map<std::string, int> finished;
    for (const Operation& operation : *log)
        if (const auto* each = std::get_if<QuestionnaireFinished>(&operation.payload))
            ++finished[each->questionnaire.text()];
    CHECK(finished == believed.finished);
    const auto position = store.position();
    REQUIRE(position.ok());
    CHECK(position->last_sequence == log->size());
}

}  // namespace

TEST_CASE("what was acknowledged survives kill -9 at three hundred instants", "[kill]") {
    const Library library = open_library(shipped_questionnaires());
    for (const Diagnostic& each : library.found)
        UNSCOPED_INFO(each.text());
    REQUIRE_FALSE(has_error(library.found));
    std::string folder = (std::filesystem::temp_directory_path() / "doorstep-kill-XXXXXX").string();
    REQUIRE(mkdtemp(folder.data()));
    const std::string file = folder + "/doorstep.sqlite";
    SeededRandom random(20130608);
    Believed believed;
    std::size_t acknowledged = 0;
    const int many = kills();
    for (int i = 0; i < many; ++i) {
        INFO("kill " << i);
        const std::string text =
            work_until_killed(file, library, 1000 + static_cast<std::uint64_t>(i), random);
        believe(believed, text);
        if (!std::filesystem::exists(file))
            continue;
        const ManualClock clock(1'370'700'000'000, 60);
        RowKeys keys = row_keys_for_tests();
        auto sql = open_sealed(file, keys);
        REQUIRE(sql.ok());
        auto store = Store::open(**sql, StoreRole::tablet, clock, random);
        REQUIRE(store.ok());
        Casework casework(*store, library, clock, random, OnDuty{"off-pol-01", "", "team-1"});
        const auto drafts = casework.drafts();
        REQUIRE(drafts.ok());
        settle_in_flight(believed, *drafts, *store);
        CHECK(drafts->size() == (believed.draft.empty() ? 0U : 1U));
        if (!believed.draft.empty())
            check_draft(believed, casework);
        check_finished(believed, *store);
        acknowledged += believed.answers.size();
    }
    CHECK(acknowledged > static_cast<std::size_t>(many));
    if (many >= 300) {
        CHECK(believed.finished.size() > 3);
        CHECK(believed.turns > 20);
    }
    std::filesystem::remove_all(folder);
}
