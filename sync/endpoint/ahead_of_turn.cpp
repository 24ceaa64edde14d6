#include "sync/endpoint/ahead_of_turn.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace doorstep {

AheadOfTurn::AheadOfTurn() {
    try {
        thread_ = std::thread([this] { work(); });
    } catch (const std::system_error&) {
        // One that has no thread is slower, and no less right.
    }
}

AheadOfTurn::~AheadOfTurn() {
    end();
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void AheadOfTurn::begin(std::vector<Task> tasks) {
    {
        const std::lock_guard lock(mutex_);
        tasks_ = std::move(tasks);
        standing_.assign(tasks_.size(), Standing::waiting);
        next_ = turn_ = 0;
    }
    changed_.notify_all();
}

bool AheadOfTurn::is_wanted() const {
    return next_ < tasks_.size() && next_ <= turn_ + reach;
}

void AheadOfTurn::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return over_ || is_wanted(); });
        if (over_)
            return;
        const auto place = next_++;
        standing_[place] = Standing::running;
        lock.unlock();
        tasks_[place]();
        lock.lock();
        standing_[place] = Standing::done;
        changed_.notify_all();
    }
}

void AheadOfTurn::await(std::size_t place) {
    std::unique_lock lock(mutex_);
    turn_ = std::max(turn_, place);
    changed_.notify_all();
    if (standing_[place] != Standing::waiting)
        return changed_.wait(lock, [&] { return standing_[place] == Standing::done; });
    standing_[place] = Standing::running;
    next_ = std::max(next_, place + 1);
    lock.unlock();
    tasks_[place]();
    lock.lock();
    standing_[place] = Standing::done;
}

void AheadOfTurn::end() {
    std::unique_lock lock(mutex_);
    next_ = tasks_.size();
    changed_.wait(lock, [&] {
        return std::find(standing_.begin(), standing_.end(), Standing::running) == standing_.end();
    });
    tasks_.clear();
    standing_.clear();
    next_ = turn_ = 0;
}

}  // namespace doorstep
