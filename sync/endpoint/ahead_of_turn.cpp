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

void AheadOfTurn::begin(std::vector<Weighed> tasks) {
    {
        const std::lock_guard lock(mutex_);
        tasks_ = std::move(tasks);
        standing_.assign(tasks_.size(), Standing::waiting);
        next_ = turn_ = weight_ = 0;
    }
    changed_.notify_all();
}

bool AheadOfTurn::is_wanted() const {
    return next_ < tasks_.size() && (next_ < turn_ + reach || weight_ + tasks_[next_].weight <= weight_max);
}

void AheadOfTurn::take_next(std::unique_lock<std::mutex>& lock) {
    const auto place = next_++;
    weight_ += tasks_[place].weight;
    standing_[place] = Standing::running;
    lock.unlock();
    tasks_[place].task();
    lock.lock();
    standing_[place] = Standing::done;
    changed_.notify_all();
}

void AheadOfTurn::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return over_ || is_wanted(); });
        if (over_)
            return;
        take_next(lock);
    }
}

void AheadOfTurn::await(std::size_t first, std::size_t end) {
    std::unique_lock lock(mutex_);
    for (; turn_ < first; ++turn_) {
        weight_ -= turn_ < next_ ? tasks_[turn_].weight : 0;
        next_ = std::max(next_, turn_ + 1);  // what nobody waited for is passed over
    }
    changed_.notify_all();
    while (next_ < end)
        take_next(lock);
    const auto is_done = [](Standing one) { return one == Standing::done; };
    const auto from = standing_.begin();
    changed_.wait(lock, [&] {
        return std::all_of(from + static_cast<std::ptrdiff_t>(first), from + static_cast<std::ptrdiff_t>(end),
                           is_done);
    });
}

void AheadOfTurn::end() {
    std::unique_lock lock(mutex_);
    next_ = tasks_.size();
    changed_.wait(lock, [&] {
        return std::find(standing_.begin(), standing_.end(), Standing::running) == standing_.end();
    });
    tasks_.clear();
    standing_.clear();
    next_ = turn_ = weight_ = 0;
}

}  // namespace doorstep
