// An endpoint as the operator has it: a folder with keys and enrolled tablets, and the real
// doorstep-endpoint that serves it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/store/store.h"
#include "tests/bench/child.h"

namespace doorstep::bench {

struct Centre {
    std::string folder;
    std::string database{};  // postgresql://...; empty: SQLite in the folder
    std::string pins{};      // of its authorities, as a ticket has them
    Uuid epoch{};
    std::vector<TabletIdentity> tablets{};  // without an address
};

// With keys, so many enrolled tablets and nothing in its log.
Result<Centre> make_centre(const std::string& folder, const std::string& database, int tablets);
// More of them, where nobody serves.
Result<void> enrol_more(Centre& centre, int tablets);
// The same in another folder, with its keys, for one run.  The database is the caller's to copy.
Result<Centre> copy_of(const Centre& centre, const std::string& folder, const std::string& database = {});

class Serving {
public:
    // Waits until it listens.
    static Result<Serving> start(const Centre& centre, bool in_clear = false);
    int port() const { return port_; }
    double peak_mb() const { return child_.peak_mb(); }  // VmHWM
    double cpu_s() const { return child_.counted().cpu_ms / 1e3; }

private:
    Serving(Child child, int port) : child_(std::move(child)), port_(port) {}
    Child child_;
    int port_ = 0;
};

// A folder that goes with the object.
class BenchFolder {
public:
    BenchFolder();
    ~BenchFolder();
    BenchFolder(const BenchFolder&) = delete;
    BenchFolder& operator=(const BenchFolder&) = delete;
    std::string in(const std::string& name) const { return path_ + "/" + name; }
    // A name in it that nobody had before.
    std::string fresh() { return in("run-" + std::to_string(++given_)); }

private:
    std::string path_;
    int given_ = 0;
};

}  // namespace doorstep::bench
