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

    // By the thread that owns it, as all below.  REQUIRES: the tasks before were ended.
    void begin(std::vector<Task> tasks);
    // In their order: when it returns this one is done.
    void await(std::size_t place);
    // What nobody began is dropped.
    void end();

private:
    enum class Standing : std::uint8_t { waiting, running, done };
    // So far before its turn at most: what is worked out is held in memory until then.
    static constexpr std::size_t reach = 4;

    void work();
    bool is_wanted() const;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Task> tasks_{};
    std::vector<Standing> standing_{};
    std::size_t next_ = 0;  // that nobody has begun
    std::size_t turn_ = 0;
    bool over_ = false;
    std::thread thread_{};
};

}  // namespace doorstep
