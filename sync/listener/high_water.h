// How far an endpoint had come, written on another disk than its database: a database that was set back
// without a word is not served.
#pragma once

#include <cstdint>
#include <string>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "sync/store/store.h"

namespace doorstep {

class HighWater {
public:
    // `file` empty: none is kept.
    explicit HighWater(std::string file) : file_(std::move(file)) {}

    // At the start.  refused: the database stands behind the mark, and is no restored one.
    Result<void> check(const Store& store) const;
    // After a commit, and when idle: at most once a second, and never ahead of what is durable.
    void rise(const Store& store, std::int64_t now_ms);
    // At the end: whatever was not written for being too soon.
    void settle(const Store& store);

private:
    void write(const Store& store);

    std::string file_;
    std::string written_;
    std::int64_t written_ms_ = 0;
    bool told_ = false;
};

}  // namespace doorstep
