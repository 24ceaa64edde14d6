// A wire in between that counts what passes, to the byte: the real tablet's client does not tell.
#pragma once

#include <cstdint>
#include <memory>

namespace doorstep::bench {

struct Passed {
    std::uint64_t up = 0;
    std::uint64_t down = 0;
    std::uint64_t connections = 0;
};

class CountingRelay {
public:
    // Listens on a free port of 127.0.0.1, on a thread of its own, and passes on to `port`.
    explicit CountingRelay(int port);
    ~CountingRelay();
    int port() const;
    Passed passed() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace doorstep::bench
