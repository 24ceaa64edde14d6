// A tablet at work on a thread of its own, while endpoints come and go.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "tests/sync/listener/real_tablet.h"

namespace doorstep::testing {

// No assertions within: Catch2's belong to the test's own thread.
class Working {
public:
    explicit Working(RealTablet& tablet)
        : tablet_(tablet), signer_(tablet.signer()),
          chance_(static_cast<unsigned char>(tablet.identity.enrolment.raw().front())) {}

    // One fact, then one sync with any of the endpoints, again and again.  Few facts wait at a time:
    // what all of them have is fetched by each.
    void work(const std::vector<std::string>& addresses, const std::atomic<bool>& over) {
        Sequence acked = 0;
        while (!over) {
            if (tablet_.kept - static_cast<std::int64_t>(acked) < waiting_max)
                honest_ = honest_ && keep_one();
            syncs_ += sync_once(addresses[chance_.below(addresses.size())]) ? 1 : 0;
            const auto now = tablet_.store.position();
            honest_ = honest_ && now.ok() && now->acked_through >= acked &&
                      now->acked_through <= now->last_sequence;
            acked = now.ok() ? now->acked_through : acked;
            std::this_thread::sleep_for(std::chrono::milliseconds(5 + chance_.below(40)));
        }
    }
    RealTablet& tablet() { return tablet_; }
    bool honest() const { return honest_; }  // what was acknowledged stayed so
    int syncs() const { return syncs_; }     // that came to their end

private:
    static constexpr std::int64_t waiting_max = 3;

    bool sync_once(const std::string& address) {
        auto http = CurlClient::open(tablet_.pinned(address), tablet_.line());
        if (!http.ok())
            return false;
        SignedClient line(*http, signer_);
        const auto outcome = sync_now(
            tablet_.store, line, tablet_.clock, tablet_.random,
            [](std::int64_t ms) {
                std::this_thread::sleep_for(std::chrono::milliseconds(std::min<std::int64_t>(ms, 20)));
            },
            2);
        return outcome.ok() && outcome->up_to_date;
    }
    bool keep_one() {
        VisitPlanned visit;
        visit.visit = Uuid::random(tablet_.random);
        visit.label = "SS";
        visit.programme = "safer_streets";
        visit.area = "BE";
        visit.day = Day::of(2013, 6, 8);
        Operation fact;
        fact.subject = visit.visit;
        fact.payload = visit;
        auto transaction = tablet_.store.begin();
        if (!transaction.ok() || !transaction->append({fact}).ok() || !transaction->commit().ok())
            return false;
        ++tablet_.kept;
        return true;
    }

    RealTablet& tablet_;
    RequestSigner signer_;
    SeededRandom chance_;
    bool honest_ = true;
    int syncs_ = 0;
};

// Several of them, each on its thread, until they are told to stop.
class Depot {
public:
    Depot(const EndpointProgram& program, int tablets) {
        for (int i = 0; i < tablets; ++i)
            tablets_.push_back(std::make_unique<RealTablet>(program, fmt::format("tab-{:02}", i)));
        for (const auto& tablet : tablets_)
            working_.emplace_back(*tablet);
    }
    ~Depot() { stop(); }
    Depot(const Depot&) = delete;
    Depot& operator=(const Depot&) = delete;

    void start(const std::vector<std::string>& addresses) {
        for (auto& one : working_)
            threads_.emplace_back([this, &one, addresses] { one.work(addresses, over_); });
    }
    void stop() {
        over_ = true;
        for (auto& thread : threads_)
            thread.join();
        threads_.clear();
    }
    // Everything that was kept is acknowledged at the end; how much that is.
    std::int64_t all_sent_to(const std::string& address) {
        std::int64_t kept = 0;
        for (auto& one : working_) {
            CHECK(one.honest());
            const auto outcome = one.tablet().sync(address, 100, 1'000);
            INFO(outcome.state.words);
            CHECK(outcome.up_to_date);
            const auto stands = *one.tablet().store.position();
            CHECK(stands.acked_through == stands.last_sequence);
            kept += one.tablet().kept;
        }
        return kept;
    }
    int syncs() const {
        int all = 0;
        for (const auto& one : working_)
            all += one.syncs();
        return all;
    }
    RealTablet& tablet(std::size_t nth) { return *tablets_[nth]; }

private:
    std::vector<std::unique_ptr<RealTablet>> tablets_;
    std::deque<Working> working_;
    std::atomic<bool> over_ = false;
    std::vector<std::thread> threads_;
};

// A number for a long run by hand or at night; ctest has the small one.
inline int size_of_run(const char* variable, int small) {
    const char* const said = std::getenv(variable);
    return said ? std::atoi(said) : small;
}

}  // namespace doorstep::testing
