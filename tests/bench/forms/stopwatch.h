// Times of one piece of work, taken often: what this thread computed, so that other
// programs on the machine do not count.  Nothing that is measured waits for anything.
#pragma once

#include <ctime>
#include <vector>

#include "tests/bench/figures.h"

namespace doorstep::bench {

inline double computed_ms() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

template<class Work>
double spent_ms(const Work& work) {
    const double begun = computed_ms();
    work();
    return computed_ms() - begun;
}

// The middle of `times`, so that one interruption does not count; what was made is put away
// after the watch has stopped.
template<class Work, class PutAway>
double usual_ms(int times, const Work& work, const PutAway& put_away) {
    std::vector<double> all;
    for (int i = 0; i < times; ++i) {
        all.push_back(spent_ms(work));
        put_away();
    }
    return quantile(std::move(all), 0.5);
}

template<class Work>
double usual_ms(int times, const Work& work) {
    return usual_ms(times, work, [] {});
}

}  // namespace doorstep::bench
