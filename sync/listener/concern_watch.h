// While a concern waits for a safeguarding lead, the operator's alarm command is run: ids only, and
// never on the thread that answers tablets.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "forms/base/clock.h"
#include "sync/endpoint/concerns.h"

namespace doorstep {

class ConcernWatch {
public:
    // `command` empty: nobody is told but by `concerns list`.
    ConcernWatch(std::string command, const Clock& clock) : command_(std::move(command)), clock_(clock) {}
    ~ConcernWatch();
    ConcernWatch(const ConcernWatch&) = delete;
    ConcernWatch& operator=(const ConcernWatch&) = delete;

    // Whenever the writer is awake; it wakes by itself within a second.  Cheap while nothing waits.
    void look(SqlConnection& sql);

private:
    std::string command_;
    const Clock& clock_;
    ConcernAlarm alarm_;
    std::thread running_;
    std::atomic<bool> done_ = true;
};

}  // namespace doorstep
