// While a concern waits for a safeguarding lead, the operator's alarm command is run: ids only, and
// never on the thread that answers tablets.  `concern ID...`: nobody has acknowledged them; `unopened
// ID...`: a lead has to look whether anything was recorded; `set_aside ID...`, once a day: what came more
// than a day ago and cannot be read here.
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
    ConcernAlarm unopened_;
    std::int64_t looked_aside_ms_ = 0;
    void tell_aside(SqlConnection& sql);
    void add(const char* what, const Result<std::vector<Uuid>>& ids);

    std::vector<std::vector<std::string>> to_tell_;
    std::thread running_;
    std::atomic<bool> done_ = true;
};

}  // namespace doorstep
