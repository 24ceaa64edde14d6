// Times of one piece of work, taken often.
#pragma once

#include <chrono>
#include <vector>

#include "tests/bench/figures.h"

namespace doorstep::bench {

template<class Work>
double spent_ms(const Work& work) {
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

// The middle of `times`, so that one interruption does not count.
template<class Work>
double usual_ms(int times, const Work& work) {
    std::vector<double> all;
    for (int i = 0; i < times; ++i)
        all.push_back(spent_ms(work));
    return quantile(std::move(all), 0.5);
}

}  // namespace doorstep::bench
