// Once a day, when the endpoint is idle: what has outlived its time is forgotten, a few homes at a
// time, so that no tablet waits for it.
#pragma once

#include <cstdint>

#include "sync/endpoint/erasure.h"
#include "sync/listener/data_folder.h"

namespace doorstep {

class RetentionRound {
public:
    // Cheap: a step at a time, and once a day through all; call it when nothing else is to be done.
    void look(DataFolder& data);

private:
    std::int64_t done_ms_ = 0;  // 0: not since this start
    RetentionSearch search_{RetentionRule{}};
};

}  // namespace doorstep
