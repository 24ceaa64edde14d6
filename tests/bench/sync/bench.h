// What the parts of bench-sync share.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/bench/figures.h"
#include "tests/bench/sync/centre.h"
#include "tests/bench/sync/records.h"

namespace doorstep::bench {

struct Bench {
    bool quick = false;
    std::set<std::string> parts{};    // of those in bench_sync.cpp
    std::set<std::string> engines{};  // sqlite, postgresql
    bool plain = false;               // records as sync.md counts them
    std::string data;                 // where a filled log is kept from run to run; empty: nowhere
    BenchFolder folder{};
    Library library{};
    std::shared_ptr<const wire::PhraseBooks> books{};
    Centre centre{};                // as it is before each run
    std::vector<Record> records{};  // sealed to its keys
    Figures figures{};
    std::vector<std::string> failures{};  // counts of work, and errors: these fail the bench

    int runs() const { return quick ? 1 : 5; }
    void must(bool holds, const std::string& otherwise) {
        if (!holds)
            failures.push_back(otherwise);
    }
};

inline double median(const std::vector<double>& values) {
    return quantile(values, 0.5);
}

// Bytes per record, up and down, with TLS and without.
Result<void> measure_bytes(Bench& bench);
// Records per second, two hundred tablets at once, a thousand slow ones.
Result<void> measure_load(Bench& bench);
// The same sync against a small log and a large one.
Result<void> measure_growth(Bench& bench);

}  // namespace doorstep::bench
