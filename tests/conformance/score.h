// How every set of cases is run, counted and reported.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace doorstep::conformance {

struct Options {
    std::string path;      // the cases
    std::string failures;  // one JSON object a line for every miss, or nothing
    std::string allow;     // the table of deviations, or nothing
    std::string only;      // run one key
    bool all = false;      // score what lies outside the gate too
};

enum class Verdict { passed, failed, skipped };

struct Outcome {
    Verdict verdict = Verdict::passed;
    std::string expected;
    std::string got;
    std::string reason;  // why it failed or was skipped, short: failures are sorted by it
    std::map<std::string, std::size_t> tally;  // summed over the cases and printed beside the score

    static Outcome pass() { return {}; }
    static Outcome skip(std::string why) { return {Verdict::skipped, "", "", std::move(why), {}}; }
    static Outcome fail(std::string expected, std::string got, std::string reason) {
        return {Verdict::failed, std::move(expected), std::move(got), std::move(reason), {}};
    }
};

struct Case {
    std::string key;
    // What a listed miss may name behind its key, "(form f00d)": numbers of lines are the
    // same in other files.
    std::string about;
    bool gate = true;       // counts in the score
    unsigned seconds = 20;  // longer is a hang; sanitizers included
    std::function<Outcome()> run;
};

// Runs the cases, each safe from the others' crashes, and prints the score as
// the last line.  Returns 0 when nothing failed, 1 when something did, 2 when a
// file could not be read or written.
int score(const std::string& set, const std::vector<Case>& cases, const Options& options);

}  // namespace doorstep::conformance
