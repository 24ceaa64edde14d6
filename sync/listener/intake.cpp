#include "sync/listener/intake.h"

#include <algorithm>
#include <iterator>

namespace doorstep {

bool Intake::put(Arrival arrival) {
    const std::lock_guard lock(mutex_);
    if (waiting_.closed)
        return false;
    waiting_.arrivals.push_back(std::move(arrival));
    came_.notify_one();
    return true;
}

bool Intake::put(Errand errand) {
    const std::lock_guard lock(mutex_);
    if (waiting_.closed)
        return false;
    waiting_.errands.push_back(std::move(errand));
    came_.notify_one();
    return true;
}

bool Intake::put(Chore chore) {
    const std::lock_guard lock(mutex_);
    if (waiting_.closed)
        return false;
    waiting_.chores.push_back(std::move(chore));
    came_.notify_one();
    return true;
}

void Intake::close() {
    const std::lock_guard lock(mutex_);
    waiting_.closed = true;
    came_.notify_one();
}

Batch Intake::take(limits::milliseconds idle) {
    std::unique_lock lock(mutex_);
    // What came while the writer was busy has been together long enough.
    const bool alone = waiting_.empty();
    came_.wait_for(lock, idle, [&] { return waiting_.closed || !waiting_.empty(); });
    if (alone && !waiting_.empty())
        came_.wait_for(lock, limits::batch_wait,
                       [&] { return waiting_.closed || waiting_.arrivals.size() >= limits::batch_max; });
    Batch batch;
    auto& arrivals = waiting_.arrivals;
    const auto count = std::min(arrivals.size(), limits::batch_max);
    const auto end = arrivals.begin() + static_cast<std::ptrdiff_t>(count);
    batch.arrivals.assign(std::make_move_iterator(arrivals.begin()), std::make_move_iterator(end));
    arrivals.erase(arrivals.begin(), end);
    batch.errands.swap(waiting_.errands);
    batch.chores.swap(waiting_.chores);
    batch.closed = waiting_.closed && waiting_.empty();
    return batch;
}

}  // namespace doorstep
