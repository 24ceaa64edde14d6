#include "tests/conformance/score.h"

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/conformance/isolation.h"

namespace doorstep::conformance {
namespace {

struct Counts {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t skipped = 0;
};

// Keys of `set` in the table, each with the rest of its line: set, key, what ours gives, reason.
bool read_allowed(const std::string& path, const std::string& set, std::map<std::string, std::string>& keys) {
    if (path.empty())
        return true;
    std::ifstream file(path);
    if (!file) {
        fmt::print(stderr, "{}: cannot be read\n", path);
        return false;
    }
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line.empty() || line.front() == '#')
            continue;
        const auto first = line.find('\t');
        const auto second = line.find('\t', first == std::string::npos ? first : first + 1);
        if (second == std::string::npos) {
            fmt::print(stderr, "{}, line {}: not set, key, what ours gives, reason\n", path, number);
            return false;
        }
        if (line.substr(0, first) == set)
            keys[line.substr(first + 1, second - first - 1)] = line.substr(second);
    }
    return true;
}

void count(Counts& counts, Verdict verdict) {
    ++(verdict == Verdict::passed   ? counts.passed
       : verdict == Verdict::failed ? counts.failed
                                    : counts.skipped);
}

class Report {
public:
    Report(std::string set, const Options& options) : set_(std::move(set)), options_(options) {}

    bool open() {
        if (!read_allowed(options_.allow, set_, allowed_))
            return false;
        if (!options_.failures.empty())
            failures_.open(options_.failures, std::ios::trunc);
        if (options_.failures.empty() || failures_)
            return true;
        fmt::print(stderr, "{}: cannot be written\n", options_.failures);
        return false;
    }

    void add(const Case& one, Outcome outcome) {
        const bool listed = is_listed(one);
        if (listed && outcome.verdict == Verdict::passed) {
            fmt::print("no longer needed: {} {}\n", set_, one.key);
            outcome = Outcome::fail("a miss, as listed", "a pass", "listed as a deviation, but passes");
        } else if (listed && outcome.verdict == Verdict::failed) {
            outcome.verdict = Verdict::skipped;
            outcome.reason = "a listed deviation";
        }
        const bool listed_miss = listed && outcome.verdict == Verdict::skipped;
        const bool scored = one.gate || options_.all || !options_.only.empty();
        count(scored ? scored_ : apart_, outcome.verdict);
        for (const auto& [what, number] : outcome.tally)
            if (scored)
                tally_[(listed_miss ? "(listed) " : "") + what] += number;
        if (outcome.verdict == Verdict::failed)
            miss(one, outcome, scored);
        else if (outcome.verdict == Verdict::passed && !outcome.got.empty())
            fmt::print("{}: {}\n", one.key, outcome.got);
        if (!options_.only.empty())
            fmt::print("{}: expected {}, got {}; {}\n", one.key, outcome.expected, outcome.got,
                       outcome.reason);
    }

    int close() {
        for (const auto& [reason, keys] : misses_)
            fmt::print("{:5} {}: {}\n", keys.size(), reason, fmt::join(keys, " "));
        if (!options_.all && options_.only.empty())
            fmt::print("outside the gate: {} passed, {} failed, {} skipped\n", apart_.passed, apart_.failed,
                       apart_.skipped);
        for (const auto& [what, number] : tally_)
            fmt::print("{}: {}\n", what, number);
        fmt::print("{} passed, {} failed, {} skipped\n", scored_.passed, scored_.failed, scored_.skipped);
        return scored_.failed > 0 ? 1 : 0;
    }

private:
    bool is_listed(const Case& one) const {
        const auto found = allowed_.find(one.key);
        if (found == allowed_.end())
            return false;
        return found->second.find("(form ") == std::string::npos ||
               found->second.find("(form " + one.about + ")") != std::string::npos;
    }

    void miss(const Case& one, const Outcome& outcome, bool scored) {
        misses_[(scored ? "" : "(outside the gate) ") + outcome.reason].push_back(one.key);
        if (!failures_.is_open())
            return;
        const nlohmann::json line{{"set", set_},
                                  {"key", one.key},
                                  {"expected", outcome.expected},
                                  {"got", outcome.got},
                                  {"reason", outcome.reason}};
        failures_ << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    }

    std::string set_;
    const Options& options_;
    std::map<std::string, std::string> allowed_;
    std::ofstream failures_;
    Counts scored_;
    Counts apart_;
    std::map<std::string, std::size_t> tally_;
    std::map<std::string, std::vector<std::string>> misses_;
};

}  // namespace

int score(const std::string& set, const std::vector<Case>& cases, const Options& options) {
    Report report(set, options);
    if (!report.open())
        return 2;
    std::vector<const Case*> chosen;
    for (const Case& one : cases)
        if (options.only.empty() || options.only == one.key)
            chosen.push_back(&one);
    const auto outcomes = run_isolated(chosen);
    if (outcomes.size() < chosen.size()) {
        fmt::print(stderr, "no process could be started to run the cases\n");
        return 2;
    }
    for (std::size_t i = 0; i < chosen.size(); ++i)
        report.add(*chosen[i], outcomes[i]);
    return report.close();
}

}  // namespace doorstep::conformance
