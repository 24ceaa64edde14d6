// A tablet: the real store, the real engine, and the steps between them, any of
// which may be the last before the power goes.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "sync/store/store.h"
#include "sync/tablet/engine.h"
#include "sync/tablet/request_signer.h"
#include "tests/simulation/facts.h"
#include "tests/simulation/fragile_sql.h"
#include "tests/simulation/network.h"

namespace doorstep::simulation {

class World;

class SkewedClock final : public Clock {
public:
    SkewedClock(const Clock& base, std::int64_t by_ms) : base_(base), by_ms_(by_ms) {}
    std::int64_t now_ms() const override { return base_.now_ms() + by_ms_; }
    int utc_offset_minutes(std::int64_t) const override { return 60; }
    void jump(std::int64_t by_ms) { by_ms_ += by_ms; }

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
    void jump(std::int64_t by_ms);
    void calm();  // no more mishaps of its own; on, if it was off

    const std::string& name() const { return name_; }
    const Uuid& enrolment() const { return enrolment_; }
    Store& store() { return *store_; }             // REQUIRES: is_on()
    SqlConnection& disk() { return sql_.disk(); }  // on or off
    const SyncState& state() const { return engine_->state(); }
    bool is_on() const { return engine_.has_value(); }

private:
    void start();
    void enrol();
    void feed(Event event);
    bool step(const Event& event);
    void carry(const Effect& effect);
    std::optional<Event> keep(const Effect& effect);
    void send(const SendRequest& request);
    void come_home(const SendRequest& request, Result<HttpReply> answer);
    void hear(const SendRequest& request, Result<HttpReply> reply, const HttpReply* whole);
    bool happens(Fault fault, double probability);
    void plan_mishap();
    void no_mishap();

    World& world_;
    std::string name_;
    SkewedClock clock_;
    SeededRandom random_;
    Officer officer_;
    FragileSql sql_;
    std::optional<Store> store_;
    std::optional<SyncEngine> engine_;  // none while the tablet is off
    std::deque<Event> events_;
    std::set<std::uint64_t> unanswered_;  // attempts
    bool feeding_ = false;
    bool calm_ = false;
    std::uint64_t life_ = 0;  // counts crashes; what belongs to an earlier life is gone
    Uuid enrolment_;
    std::optional<RequestSigner> signer_;  // its numbers outlive a crash
};

}  // namespace doorstep::simulation
