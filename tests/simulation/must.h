// For what must not fail in a simulation: its own set-up, never what it looks
// for.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "forms/base/result.h"

namespace doorstep::simulation {

[[noreturn]] inline void give_up(const std::string& what, const Error& error) {
    fmt::print(stderr, "{}: {}\n", what, error.text());
    std::exit(2);
}

template<class T>
T must(Result<T> result, const std::string& what) {
    if (!result.ok())
        give_up(what, result.error());
    return std::move(result).value();
}

inline void must(const Result<void>& result, const std::string& what) {
    if (!result.ok())
        give_up(what, result.error());
}

}  // namespace doorstep::simulation
