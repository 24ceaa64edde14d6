#include "sync/store/unlock.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "sync/store/sealed_connection.h"
#include "sync/store/sealed_records.h"

namespace doorstep {

namespace {

// What the worker may be ahead: some megabytes.
constexpr std::size_t batches_waiting_max = 4;

Error abandoned() {
    return {Fault::refused, "Opening the store was stopped.", ""};
}

}  // namespace

struct Unlock::Work {
    const std::string path;
    RowKeys& keys;
    const SqliteOptions options;
    const std::function<void()> news;
    std::atomic<bool> stop{false};

    mutable std::mutex mutex;  // of all that follows
    std::condition_variable changed;
    std::deque<PeopleBatch> batches;
    bool people_wanted = true;
    bool people_done = false;
    std::optional<Result<std::unique_ptr<SqlConnection>>> outcome;

    std::thread thread;

    void tell(const std::function<void()>& change) {
        {
            const std::lock_guard lock(mutex);
            change();
        }
        changed.notify_all();
        if (news && !stop)
            news();
    }

    // Waits while the reader is behind.
    Result<void> hand_out(PeopleBatch&& batch) {
        {
            std::unique_lock lock(mutex);
            changed.wait(lock,
                         [&] { return stop || !people_wanted || batches.size() < batches_waiting_max; });
            if (stop)
                return abandoned();
            if (!people_wanted)
                return {};
        }
        tell([&] { batches.push_back(std::move(batch)); });
        return {};
    }

    Result<void> read_people(SealedConnection& sealed) {
        PeopleFeed feed([&](PeopleBatch&& batch) { return hand_out(std::move(batch)); });
        TRY_DO(sealed.newest_first(
            [&](const SealedConnection::Record& record) { return feed.read(record.number, record.text); }));
        return feed.finish([&](std::int64_t number) {
            return sealed.only(
                number, [&](const SealedConnection::Record& record) { return feed.read_again(record.text); });
        });
    }

    Result<std::unique_ptr<SqlConnection>> open() {
        auto attached = SealedConnection::attach(path, keys, options, &stop);
        if (!attached.ok() && attached.error().fault == Fault::refused && options.vfs.empty() && !stop) {
            // From before records were sealed: once in the life of a tablet.
            TRY_DO(open_sealed(path, keys, options));
            attached = SealedConnection::attach(path, keys, options, &stop);
        }
        TRY(auto sealed, std::move(attached));
        TRY_DO(read_people(*sealed));
        tell([&] { people_done = true; });
        TRY_DO(sealed->load());
        end_sealing(path, options);
        return std::unique_ptr<SqlConnection>(std::move(sealed));
    }

    void run() {
        auto opened = open();
        if (stop)
            opened = abandoned();
        tell([&] {
            people_done = true;
            outcome.emplace(std::move(opened));
        });
    }
};

Unlock::Unlock(std::string path, RowKeys& keys, SqliteOptions options, std::function<void()> news)
    : work_(new Work{
          std::move(path), keys, std::move(options), std::move(news), {}, {}, {}, {}, true, false, {}, {}}) {
    work_->thread = std::thread([work = work_.get()] { work->run(); });
}

Unlock::~Unlock() {
    abandon();
    if (work_->thread.joinable())
        work_->thread.join();
}

void Unlock::abandon() {
    {
        const std::lock_guard lock(work_->mutex);
        work_->stop = true;
        work_->batches.clear();
    }
    work_->changed.notify_all();
}

std::optional<PeopleBatch> Unlock::people() {
    {
        std::unique_lock lock(work_->mutex);
        work_->changed.wait(lock,
                            [&] { return work_->stop || work_->people_done || !work_->batches.empty(); });
    }
    return people_now();
}

std::optional<PeopleBatch> Unlock::people_now() {
    std::optional<PeopleBatch> batch;
    {
        const std::lock_guard lock(work_->mutex);
        if (work_->batches.empty())
            return batch;
        batch.emplace(std::move(work_->batches.front()));
        work_->batches.pop_front();
    }
    work_->changed.notify_all();
    return batch;
}

bool Unlock::people_done() const {
    const std::lock_guard lock(work_->mutex);
    return work_->stop || (work_->people_done && work_->batches.empty());
}

bool Unlock::is_loaded() const {
    const std::lock_guard lock(work_->mutex);
    return work_->outcome.has_value();
}

Result<std::unique_ptr<SqlConnection>> Unlock::whole() {
    {
        const std::lock_guard lock(work_->mutex);
        work_->people_wanted = false;
        work_->batches.clear();
    }
    work_->changed.notify_all();
    work_->thread.join();
    return std::exchange(work_->outcome, std::nullopt).value_or(abandoned());
}

}  // namespace doorstep
