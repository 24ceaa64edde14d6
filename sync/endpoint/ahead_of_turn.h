// Work that needs neither the database nor its turn, done by a second thread while the writer writes
// what came before: signatures, seals and JSON cost as much as the rows.  What comes out does not depend
// on who was faster.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace doorstep {

class AheadOfTurn {
public:
    // Pure, and throws nothing; what it refers to outlives end().
    using Task = std::function<void()>;

    // Of one thread, which waits between one batch and the next.  Where none can be had, await() does all.
    AheadOfTurn();
    ~AheadOfTurn();
    AheadOfTurn(const AheadOfTurn&) = delete;
    AheadOfTurn& operator=(const AheadOfTurn&) = delete;

    // How much there is in memory of what a task works out, in any unit that all have in common.
    struct Weighed {
        Task task;
        std::size_t weight = 0;
    };
    // What is worked out and had no turn yet weighs as much at most, or is four tasks.
    static constexpr std::size_t weight_max = 2 * 1024 * 1024;

    // By the thread that owns it, as all below.  REQUIRES: the tasks before were ended.
    void begin(std::vector<Weighed> tasks);
    // In their order, from `first` to before `end`: when it returns these are done.  Both threads see to it.
    void await(std::size_t first, std::size_t end);
    void await(std::size_t place) { await(place, place + 1); }
    // What nobody began is dropped.
    void end();

private:
    enum class Standing : std::uint8_t { waiting, running, done };
    static constexpr std::size_t reach = 4;

    void work();
    bool is_wanted() const;
    void take_next(std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Weighed> tasks_{};
    std::vector<Standing> standing_{};
    std::size_t next_ = 0;  // that nobody has begun
    std::size_t turn_ = 0;
    std::size_t weight_ = 0;  // of those from the turn to before the next one
    bool over_ = false;
    std::thread thread_{};
};

}  // namespace doorstep
