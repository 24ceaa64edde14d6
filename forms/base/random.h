// Where chance comes from.  Nothing else in Doorstep may be random, so that
// every test and simulation replays from its seed.
#pragma once

#include <cstdint>
#include <random>
#include <span>

namespace doorstep {

class Random {
public:
    virtual ~Random() = default;

    virtual std::uint64_t next() = 0;

    // Evenly from 0 .. bound - 1.  REQUIRES: bound > 0.
    std::uint64_t below(std::uint64_t bound);
    // Evenly from [0, 1).
    double unit();
    bool chance(double probability) { return unit() < probability; }
    void fill(std::span<std::uint8_t> bytes);
};

// The same sequence on every machine for the same seed.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t next() override { return engine_(); }

private:
    std::mt19937_64 engine_;
};

// From the kernel; for ids, keys and tokens.
class SystemRandom final : public Random {
public:
    std::uint64_t next() override;
};

}  // namespace doorstep
