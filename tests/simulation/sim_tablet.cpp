#include "tests/simulation/sim_tablet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
#include "tests/simulation/must.h"
#include "tests/simulation/mutants.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

bool SimTablet::happens(Fault fault, double probability) {
    const bool would = random_.chance(probability);
    return would && !calm_ && world_.plan.faults.count(fault) != 0;
}

void SimTablet::work() {
    if (!is_open())
        return;
    // What the officer was told is not kept comes first, with the ids that it has.
    if (!again_.empty()) {
        auto facts = std::move(again_.front());
        again_.erase(again_.begin());
        for (auto& fact : facts) {
            fact.sequence = 0;
            fact.hybrid_clock = 0;
        }
        return keep(std::move(facts));
    }
    if (random_.chance(0.2))
        if (const auto log = store_->log(); log.ok())
            officer_.look_at(*log);
    keep(next_press());
}

std::vector<Operation> SimTablet::next_press() {
    const Day today = Day::at(clock_.now_ms(), 60);
    return officer_.next(clock_.now_ms(), [&](const Uuid& household) {
        auto notes = notes_of(*sql_, household, today);
        return notes.ok() ? *std::move(notes) : std::vector<StandingNote>{};
    });
}

void SimTablet::is_kept(const std::vector<Operation>& kept, std::uint64_t cursor) {
    for (const auto& operation : kept) {
        world_.model.facts[operation.id] = {name_, enrolment_, operation.sequence, cursor,
                                            wire::encode(operation)};
        auto& fact = world_.model.facts[operation.id];
        fact.recorded_ms = world_.clock.now_ms();
        fact.wrong_clock = std::abs(operation.at_ms - fact.recorded_ms) > limits::clock_skew_ms_max;
        if (const auto* raised = std::get_if<ReferralRaised>(&operation.payload))
            world_.model.referrals.insert(raised->referral);
    }
    world_.erasures.judge();
    officer_.remember(kept);
}

void SimTablet::keep(std::vector<Operation> facts) {
    const auto stands = store_->position();
    std::vector<Operation> kept;
    const auto done = [&]() -> Result<void> {
        TRY(auto transaction, store_->begin());
        TRY(kept, transaction.append(std::move(facts)));
        return transaction.commit();
    }();
    const bool durable = done.ok();
    // The store says so.
    const bool unchanged = !durable && done.error().fault == doorstep::Fault::disk_full && !must_end();
    const auto cursor = stands.ok() ? stands->cursor : 0;
    world_.trace(name_, kept.empty() ? "could not keep anything"
                                     : fmt::format("{} {} through {}", durable ? "keeps" : "could not keep",
                                                   kept.size(), kept.back().sequence));
    if (!kept.empty() && (durable || world_.plan.mutant == Mutant::said_before_kept))
        is_kept(kept, cursor);
    else if (!kept.empty() && !unchanged)
        pending_.push_back({kept, cursor});
    else if (!kept.empty())
        again_.push_back(kept);
    if (!durable && !disk_.is_troubled())
        world_.broken(fmt::format("I1 no loss: {} kept nothing, and nothing was wrong with its disk: {}",
                                  name_, done.error().text()));
    if (!engine_)
        return;
    if (must_end())
        return end(disk_.is_cut());
    if (!durable)
        return;
    check_shown(world_, *this);
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
        return end(disk_.is_cut() || random_.chance(0.7));
    if (state().what == SyncState::What::refused)
        ask_operator();
}

// Somebody enrols it again, some time later.
void SimTablet::ask_operator() {
    if (operator_asked_)
        return;
    operator_asked_ = true;
    const auto minutes = calm_ ? 1 : 1 + static_cast<std::int64_t>(random_.below(60));
    world_.after(minutes * 60'000, [this] { enrol_again(); });
}

// False: the power went, or the program has to begin anew.
bool SimTablet::step(const Event& event) {
    world_.trace(name_, describe(event));
    const auto effects = engine_->step(event);
    hear_time();
    for (const Effect& effect : effects) {
        world_.trace(name_, "  " + describe(effect));
        const auto before = locked_ ? std::set<Uuid>{} : rows_beside(world_.plan.mutant, *sql_);
        carry(effect);
        if (must_end())
            return false;
        if (--effects_left_ == 0) {
            if (!locked_)
                beside_ = before;
            return false;
        }
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
    if (const auto* told = std::get_if<KeepAcknowledgement>(&effect))
        note_acknowledged(told->reply);
    auto answer = keep(effect);
    if (must_end())
        return;
    if (std::holds_alternative<KeepAcknowledgement>(effect))
        check_acknowledged(world_, *this);
    if (std::holds_alternative<KeepPage>(effect) && !locked_) {
        check_cursor(world_, *this);
        check_states(world_, *sql_, name_);
    }
    if (answer)
        events_.push_back(std::move(*answer));
}

std::optional<Event> SimTablet::keep(const Effect& effect) {
    bool ends = false;
    auto answer = carry_out_with(
        world_.plan.mutant, effect, *store_,
        {[&] { return ends = happens(Fault::tablet_crash, 0.2); }, [&] { return random_.chance(0.3); }},
        parcels_ ? &*parcels_ : nullptr);
    if (ends)
        disk_.cut_power(random_);
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
    if (!is_on())
        return;
    unanswered_.erase(request.attempt);
    if (takes_reply(world_.plan.mutant, {request, reply, whole}, *store_)) {
        check_acknowledged(world_, *this);
        return end(false);
    }
    if (reply.ok()) {
        signer_->prove(request.request, *reply);
        if (world_.plan.mutant == Mutant::believe_unsigned && reply->status == 200)
            reply->proven = true;
        static_cast<void>(signer_->takes_number(*reply));
    }
    feed(Replied{request.lane, request.attempt, std::move(reply), clock_.now_ms()});
}

}  // namespace doorstep::simulation
