// When the endpoint is idle: once a day what has outlived its time is forgotten, a few homes at a
// time, so that no tablet waits for it; every hour what was ordered to be, and failed.
#pragma once

#include <cstdint>

#include "sync/endpoint/erasure.h"
#include "sync/listener/data_folder.h"

namespace doorstep {

class RetentionRound {
public:
    // Cheap: once an hour, and a step of the search at a time; call it when nothing else is to be done.
    void look(DataFolder& data);

private:
    void go_on_forgetting(DataFolder& data);

    std::int64_t looked_ms_ = 0;
    std::int64_t done_ms_ = 0;  // 0: not since this start
    RetentionSearch search_{RetentionRule{}};
};

}  // namespace doorstep
