#include "tests/simulation/sim_tablet.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/store/sqlite_connection.h"
#include "sync/wire/codec.h"
#include "tests/simulation/must.h"
#include "tests/simulation/mutants.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

using PowerCut = FragileSql::PowerCut;

SimTablet::SimTablet(World& world, int number, std::int64_t skew_ms)
    : world_(world), name_(fmt::format("tab-{:02}", number)), clock_(world.clock, skew_ms),
      random_(world.plan.seed * 104'729 + static_cast<std::uint64_t>(number)),
      officer_(number, world.neighbourhood, random_), sql_(must(open_sqlite(":memory:"), name_)) {
    store_.emplace(must(Store::open(sql_, StoreRole::tablet, clock_, random_), name_));
    // Some have recorded before they were ever enrolled.
    for (auto n = random_.chance(0.2) ? random_.below(3) : 0; n > 0; --n)
        work();
    enrol();
    start();
}

SimTablet::~SimTablet() = default;

void SimTablet::enrol() {
    const auto enrolled = must(world_.endpoint().enrol(name_), name_);
    enrolment_ = enrolled.enrolment;
    TabletIdentity identity{enrolment_, name_, "http://127.0.0.1:8080", enrolled.token, {}};
    identity.signing_key = enrolled.signing_key;
    must(store_->enrol(identity), name_);
    signer_.emplace(must(RequestSigner::of(identity, numbers_in_memory()), name_));
    for (auto& [id, fact] : world_.model.facts)
        if (fact.tablet == name_)
            fact.enrolment = enrolment_;
}

void SimTablet::start() {
    if (is_on())
        return;
    sql_.power_on();
    store_.emplace(must(Store::open(sql_, StoreRole::tablet, clock_, random_), name_));
    engine_.emplace(random_);
    check_own_log(world_, *this);
    feed(Begin{must(store_->position(), name_), enrolment_, clock_.now_ms()});
}

// The engine and all it knew is gone; the disk stays.
void SimTablet::crash() {
    if (!is_on())
        return;
    world_.trace(name_, "crashes");
    ++life_;
    events_.clear();
    unanswered_.clear();
    engine_.reset();
    store_.reset();
    sql_.power_on();
    check_cursor(world_, *this);
    const auto off_ms =
        calm_ || random_.chance(0.5) ? 0 : static_cast<std::int64_t>(random_.below(1'800'000));
    world_.after(off_ms, [this] { start(); });
}

void SimTablet::calm() {
    calm_ = true;
    start();
}

void SimTablet::jump(std::int64_t by_ms) {
    world_.trace(name_, fmt::format("has its clock moved by {}", by_ms));
    clock_.jump(by_ms);
}

bool SimTablet::happens(Fault fault, double probability) {
    const bool would = random_.chance(probability);
    return would && !calm_ && world_.plan.faults.count(fault) != 0;
}

// What becomes of the next commit.
void SimTablet::plan_mishap() {
    sql_.full = happens(Fault::full_disk, 0.05);
    const bool before = random_.chance(0.5);
    sql_.cut_power_at_commit(!happens(Fault::tablet_crash, 0.03) ? PowerCut::none
                             : before                            ? PowerCut::before_commit
                                                                 : PowerCut::after_commit);
}

void SimTablet::no_mishap() {
    sql_.full = false;
    sql_.cut_power_at_commit(PowerCut::none);
}

void SimTablet::work() {
    if (!store_ || sql_.is_cut())
        return;
    if (is_on())
        plan_mishap();
    const auto cursor = must(store_->position(), name_).cursor;
    std::vector<Operation> kept;
    bool durable = false;
    {
        auto transaction = must(store_->begin(), name_);
        kept = must(transaction.append(officer_.next(clock_.now_ms())), name_);
        durable = transaction.commit().ok() || sql_.was_kept();
    }
    no_mishap();
    if (durable || world_.plan.mutant == Mutant::said_before_kept) {
        for (const auto& operation : kept) {
            world_.model.facts[operation.id] = {name_, enrolment_, operation.sequence, cursor,
                                                wire::encode(operation)};
            if (const auto* raised = std::get_if<ReferralRaised>(&operation.payload))
                world_.model.referrals.insert(raised->referral);
        }
        officer_.remember(kept);
    }
    world_.trace(name_, fmt::format("{} {} through {}", durable ? "keeps" : "could not keep", kept.size(),
                                    kept.back().sequence));
    if (sql_.is_cut())
        return crash();
    if (durable && is_on())
        feed(FactsKept{kept.back().sequence, clock_.now_ms()});
}

void SimTablet::sync_now() {
    if (is_on())
        feed(SyncNow{clock_.now_ms()});
}

// Events queue up behind the one in hand, as they do on a real tablet's one
// thread.
void SimTablet::feed(Event event) {
    events_.push_back(std::move(event));
    if (feeding_)
        return;
    feeding_ = true;
    bool alive = true;
    while (!events_.empty() && alive) {
        const Event next = std::move(events_.front());
        events_.pop_front();
        alive = step(next);
    }
    feeding_ = false;
    if (!alive)
        crash();
}

// False: the power went.
bool SimTablet::step(const Event& event) {
    world_.trace(name_, describe(event));
    for (const Effect& effect : engine_->step(event)) {
        world_.trace(name_, "  " + describe(effect));
        carry(effect);
        if (sql_.is_cut() || happens(Fault::tablet_crash, 0.01))
            return false;
    }
    return true;
}

void SimTablet::carry(const Effect& effect) {
    if (const auto* request = std::get_if<SendRequest>(&effect))
        return send(*request);
    if (const auto* wake = std::get_if<WakeAt>(&effect)) {
        if (world_.plan.mutant != Mutant::retry_forgotten)
            world_.after(std::max<std::int64_t>(wake->at_ms - clock_.now_ms(), 0), [this, life = life_] {
                if (life == life_)
                    feed(Woken{clock_.now_ms()});
            });
        return;
    }
    auto answer = keep(effect);
    if (sql_.is_cut())
        return;
    if (std::holds_alternative<KeepAcknowledgement>(effect))
        check_acknowledged(world_, *this);
    if (std::holds_alternative<KeepPage>(effect))
        check_cursor(world_, *this);
    if (answer)
        events_.push_back(std::move(*answer));
}

std::optional<Event> SimTablet::keep(const Effect& effect) {
    const auto mutant = world_.plan.mutant;
    plan_mishap();
    const auto beside = rows_beside(mutant, sql_.disk());
    bool cut = false;
    auto answer =
        carry_out_with(mutant, effect, *store_, [&] { return cut = happens(Fault::tablet_crash, 0.2); });
    if (cut)
        sql_.cut_power_now();
    if (sql_.was_kept())
        lose_rows_beside(mutant, sql_.disk(), beside);
    no_mishap();
    return answer;
}

void SimTablet::send(const SendRequest& request) {
    before_sending(world_.plan.mutant, request, *store_);
    check_acknowledged(world_, *this);
    unanswered_.insert(request.attempt);
    world_.after(exchange_timeout_ms, [this, life = life_, request] {
        if (life == life_ && unanswered_.count(request.attempt) != 0)
            hear(request, Error{doorstep::Fault::unreachable, "The endpoint did not answer in time.", ""},
                 nullptr);
    });
    const auto going = must(signer_->sign(request.request, Uuid{}), name_);
    auto outward = world_.network.out(going);
    for (const auto after : outward.arrives_after_ms)
        world_.after(after, [this, request, going, outward, life = life_] {
            const auto answered = [this, request, going, life](Result<HttpReply> answer) {
                if (life == life_)
                    come_home({request.lane, request.attempt, going}, std::move(answer));
            };
            if (outward.instead)
                return answered(*outward.instead);
            world_.endpoint().arrive(outward.request, answered);
        });
}

void SimTablet::come_home(const SendRequest& request, Result<HttpReply> answer) {
    const auto homeward =
        answer.ok() ? world_.network.home(request.request.path, *answer) : Homeward{{20}, answer, false};
    const auto whole = homeward.cut_unseen ? *answer : HttpReply{};
    for (const auto after : homeward.arrives_after_ms)
        world_.after(after, [this, life = life_, request, homeward, whole] {
            if (life == life_)
                hear(request, homeward.reply, homeward.cut_unseen ? &whole : nullptr);
        });
}

void SimTablet::hear(const SendRequest& request, Result<HttpReply> reply, const HttpReply* whole) {
    unanswered_.erase(request.attempt);
    if (takes_reply(world_.plan.mutant, {request, reply, whole}, *store_)) {
        check_acknowledged(world_, *this);
        return crash();
    }
    if (reply.ok()) {
        signer_->prove(request.request, *reply);
        static_cast<void>(signer_->takes_number(*reply));
    }
    feed(Replied{request.lane, request.attempt, std::move(reply), clock_.now_ms()});
}

}  // namespace doorstep::simulation
