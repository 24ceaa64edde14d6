// Everything that happened in a run, as one hash: two runs of a seed are the
// same run when their hashes are equal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "forms/base/sha256.h"
#include "sync/tablet/engine.h"

namespace doorstep::simulation {

class Trace {
public:
    explicit Trace(bool print) : print_(print) {}
    void add(std::int64_t at_ms, std::string_view who, std::string_view what);
    const Sha256& hash() const { return hash_; }

private:
    bool print_;
    Sha256 hash_;
};

// One line each; bodies as the beginning of their hash.
std::string describe(const Event& event);
std::string describe(const Effect& effect);
std::string brief(std::string_view bytes);

}  // namespace doorstep::simulation
