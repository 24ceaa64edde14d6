// A tablet: the real store, the real engine, and the steps between them, any of
// which may be the last before a crash.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "sync/store/store.h"
#include "sync/tablet/engine.h"
#include "tests/simulation/facts.h"
#include "tests/simulation/network.h"

namespace doorstep::simulation {

class World;

class SkewedClock final : public Clock {
public:
    SkewedClock(const Clock& base, std::int64_t by_ms) : base_(base), by_ms_(by_ms) {}
    std::int64_t now_ms() const override { return base_.now_ms() + by_ms_; }
    int utc_offset_minutes(std::int64_t) const override { return 60; }

private:
    const Clock& base_;
    std::int64_t by_ms_;
};

class SimTablet {
public:
    SimTablet(World& world, int number, std::int64_t skew_ms);
    ~SimTablet();

    void work();      // the officer presses a button
    void sync_now();  // the officer asks for a sync
    void crash();
    void calm() { calm_ = true; }  // no more crashes of its own

    const std::string& name() const { return name_; }
    const Uuid& enrolment() const { return enrolment_; }
    Store& store() { return *store_; }
    const SyncState& state() const { return engine_->state(); }

private:
    void start();
    void feed(Event event);
    void carry(const Effect& effect);
    void send(const SendRequest& request);
    void come_home(const SendRequest& request, Result<HttpReply> answer);
    void hear(const SendRequest& request, Result<HttpReply> reply, const HttpReply& whole, bool cut_unseen);
    bool crashes_here();

    // The deliberate mistakes; true: done in place of the right thing.
    bool mistaken_page(const KeepPage& page);
    void mistaken_retry(const Result<HttpReply>& reply, Lane lane);
    bool mistaken_acknowledgement(const Result<HttpReply>& reply, Lane lane);
    bool mistaken_whole(const HttpReply& whole, Lane lane);

    World& world_;
    std::string name_;
    SkewedClock clock_;
    SeededRandom random_;
    Officer officer_;
    std::unique_ptr<SqlConnection> sql_;
    std::optional<Store> store_;
    std::optional<SyncEngine> engine_;
    std::deque<Event> events_;
    bool feeding_ = false;
    bool calm_ = false;
    std::uint64_t life_ = 0;  // counts restarts; what belongs to an earlier one is gone
    Uuid enrolment_;
    std::string token_;
};

}  // namespace doorstep::simulation
